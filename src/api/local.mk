libncf_core_la_SOURCES += src/api/version.c
