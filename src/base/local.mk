libncf_core_la_SOURCES += \
	src/base/arithmetic.c \
	src/base/base.h \
	src/base/compat.h \
	src/base/decimal.c \
	src/base/dense.c \
	src/base/digest.c \
	src/base/error.c \
	src/base/midrad.h \
	src/base/limits.c \
	src/base/memory.c \
	src/base/parallel.c \
	src/base/random.c \
	src/base/rational.c
