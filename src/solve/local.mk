libncf_core_la_SOURCES += src/solve/homotopy.h
