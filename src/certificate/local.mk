libncf_core_la_SOURCES += \
	src/certificate/assemble.c \
	src/certificate/basin.c \
	src/certificate/candidates.c \
	src/certificate/certificate.h \
	src/certificate/classes.c \
	src/certificate/closed_form.c \
	src/certificate/congruence.c \
	src/certificate/cover_tree.c \
	src/certificate/dyadic.c \
	src/certificate/pairs.c \
	src/certificate/point_exists.c \
	src/certificate/point_inertia.c \
	src/certificate/point_units.c \
	src/certificate/problem_text.c \
	src/certificate/solution.c \
	src/certificate/witness.c \
	src/certificate/write.c
