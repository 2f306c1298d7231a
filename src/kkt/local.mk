libncf_core_la_SOURCES += \
	src/kkt/census.c \
	src/kkt/line.c \
	src/kkt/line.h \
	src/kkt/orbit.c \
	src/kkt/orbit.h \
	src/kkt/orbit_internal.h \
	src/kkt/rank_one.c \
	src/kkt/rank_one.h \
	src/kkt/rank_one_list.c
