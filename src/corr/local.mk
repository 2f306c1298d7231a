libncf_core_la_SOURCES += \
	src/corr/essential.c \
	src/corr/polynomial.c \
	src/corr/polynomial.h \
	src/corr/polynomial_size.c \
	src/corr/tensor.c \
	src/corr/tensor.h \
	src/corr/tensor_eval.c \
	src/corr/tensor_internal.h
