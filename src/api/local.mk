libncf_core_la_SOURCES += \
	src/api/certify.c \
	src/api/match.c \
	src/api/result.c \
	src/api/result.h \
	src/api/solve.c \
	src/api/version.c
