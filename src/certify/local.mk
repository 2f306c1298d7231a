libncf_core_la_SOURCES += \
	src/certify/cover.h \
	src/certify/eigen.h \
	src/certify/kkt_point.c \
	src/certify/kkt_point.h
