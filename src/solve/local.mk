libncf_core_la_SOURCES += \
	src/solve/homotopy.c \
	src/solve/homotopy.h \
	src/solve/multi_start.c \
	src/solve/multi_start.h \
	src/solve/path_lane.c \
	src/solve/path_lane.h \
	src/solve/path_system.c \
	src/solve/path_system.h \
	src/solve/real_search.c \
	src/solve/sphere_ascend.c \
	src/solve/sphere_descend.c \
	src/solve/sphere_search.c \
	src/solve/sphere_search.h \
	src/solve/tensor_form.c

# The kernels propose and prove nothing, so multiply-adds may be fused in them; the
# rest of the library is compiled with -ffp-contract=off.
noinst_LTLIBRARIES += libncf-kernel.la
libncf_kernel_la_CFLAGS = $(AM_CFLAGS) -ffp-contract=fast
libncf_kernel_la_SOURCES = \
	src/solve/kernel.inc \
	src/solve/kernel_avx2.c \
	src/solve/kernel_avx512.c \
	src/solve/kernel_portable.c \
	src/solve/kernel_scalar.c
libncf_core_la_LIBADD += libncf-kernel.la
