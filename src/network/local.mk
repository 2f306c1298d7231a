libncf_core_la_SOURCES += \
	src/network/batch.c \
	src/network/batch.h \
	src/network/evaluate_arb.c \
	src/network/evaluate_double.c \
	src/network/evaluate_fmpq.c \
	src/network/evaluate_midrad.c \
	src/network/evaluate_mpfr.c \
	src/network/evaluate_template.h \
	src/network/features.c \
	src/network/features.h \
	src/network/network.c \
	src/network/network.h \
	src/network/terms_template.h

# The kernels claim nothing, so multiply-adds may be fused in them.
noinst_LTLIBRARIES += libncf-batch.la
libncf_batch_la_CFLAGS = $(AM_CFLAGS) -ffp-contract=fast -Wno-psabi
libncf_batch_la_SOURCES = \
	src/network/batch_avx2.c \
	src/network/batch_avx512.c \
	src/network/batch_kernel.inc \
	src/network/batch_portable.c
libncf_core_la_LIBADD += libncf-batch.la
