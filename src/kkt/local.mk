libncf_core_la_SOURCES += \
	src/kkt/census.c \
	src/kkt/line.c \
	src/kkt/line.h \
	src/kkt/orbit.c \
	src/kkt/orbit.h \
	src/kkt/orbit_internal.h \
	src/kkt/rank_one.c \
	src/kkt/rank_one.h \
	src/kkt/rank_one_list.c \
	src/kkt/symmetry.c \
	src/kkt/symmetry.h \
	src/kkt/symmetry_canonical.c \
	src/kkt/symmetry_equal.c \
	src/kkt/symmetry_internal.h \
	src/kkt/symmetry_match.c \
	src/kkt/symmetry_orbit.c
