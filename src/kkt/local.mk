libncf_core_la_SOURCES += \
	src/kkt/census.c \
	src/kkt/line.c \
	src/kkt/line.h \
	src/kkt/orbit.c \
	src/kkt/orbit.h \
	src/kkt/orbit_internal.h
