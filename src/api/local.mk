libncf_core_la_SOURCES += \
	src/api/solve.c \
	src/api/version.c
