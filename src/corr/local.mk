libncf_core_la_SOURCES += src/corr/tensor.h
