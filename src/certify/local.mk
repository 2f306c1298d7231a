libncf_core_la_SOURCES += \
	src/certify/cover.c \
	src/certify/cover.h \
	src/certify/cover_box.c \
	src/certify/cover_internal.h \
	src/certify/cover_line.c \
	src/certify/cover_merge.c \
	src/certify/cover_shape.c \
	src/certify/eigen.h \
	src/certify/kkt_point.c \
	src/certify/kkt_point.h
