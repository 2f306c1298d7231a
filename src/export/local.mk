libncf_core_la_SOURCES += \
	src/export/export.c \
	src/export/export.h \
	src/export/solutions.c \
	src/export/solutions.h \
	src/export/system.c \
	src/export/system.h \
	src/export/write_system.c
