libncf_core_la_SOURCES += \
	src/problem/convolution.c \
	src/problem/csv.c \
	src/problem/data.c \
	src/problem/document.c \
	src/problem/draw.c \
	src/problem/file.c \
	src/problem/formula.c \
	src/problem/formula.h \
	src/problem/formula_parse.c \
	src/problem/layers.c \
	src/problem/locate.c \
	src/problem/network_type.c \
	src/problem/node.c \
	src/problem/normal.c \
	src/problem/npy.c \
	src/problem/points.c \
	src/problem/points.h \
	src/problem/points_csv.c \
	src/problem/points_json.c \
	src/problem/problem.c \
	src/problem/problem.h \
	src/problem/reader.h \
	src/problem/spec.c \
	src/problem/teacher.c \
	src/problem/trajectory.c \
	src/problem/trajectory.h
