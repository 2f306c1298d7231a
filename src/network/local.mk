libncf_core_la_SOURCES += src/network/network.h
