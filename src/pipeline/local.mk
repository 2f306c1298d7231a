libncf_core_la_SOURCES += \
	src/pipeline/certify_points.c \
	src/pipeline/certify_points.h \
	src/pipeline/collect.c \
	src/pipeline/collect.h \
	src/pipeline/count_classes.c \
	src/pipeline/cover_sphere.c \
	src/pipeline/deep.c \
	src/pipeline/deep.h \
	src/pipeline/deep_families.c \
	src/pipeline/deep_orbits.c \
	src/pipeline/deep_prune.c \
	src/pipeline/deep_search.c \
	src/pipeline/line_search.c \
	src/pipeline/line_search.h \
	src/pipeline/objective.c \
	src/pipeline/objective.h \
	src/pipeline/pipeline.h \
	src/pipeline/point_orbit.c \
	src/pipeline/point_orbit.h \
	src/pipeline/polish.c \
	src/pipeline/polish.h \
	src/pipeline/proved_line.c \
	src/pipeline/rational_classes.c \
	src/pipeline/rational_classes.h \
	src/pipeline/route.c \
	src/pipeline/route.h \
	src/pipeline/verify.c
