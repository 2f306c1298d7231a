libncf_core_la_SOURCES += \
	src/certify/binary_lines.c \
	src/certify/cover.c \
	src/certify/cover.h \
	src/certify/cover_box.c \
	src/certify/cover_internal.h \
	src/certify/cover_line.c \
	src/certify/cover_merge.c \
	src/certify/cover_shape.c \
	src/certify/eigen.h \
	src/certify/eigen_ball.c \
	src/certify/eigen_certify.c \
	src/certify/eigen_distinct.c \
	src/certify/eigen_fast.c \
	src/certify/eigen_internal.h \
	src/certify/eigen_kernel.c \
	src/certify/eigen_refine.c \
	src/certify/eigen_system.c \
	src/certify/eigen_table.c \
	src/certify/inertia.c \
	src/certify/kkt_point.c \
	src/certify/kkt_point.h \
	src/certify/lines.h \
	src/certify/matrix_lines.c \
	src/certify/real_roots.c \
	src/certify/real_roots.h
