libncf_core_la_SOURCES += \
	src/certify/binary_lines.c \
	src/certify/cap.c \
	src/certify/cap.h \
	src/certify/cap_bound.c \
	src/certify/cap_expand.c \
	src/certify/cap_form.c \
	src/certify/cap_gram.c \
	src/certify/cap_idle.c \
	src/certify/cap_internal.h \
	src/certify/cap_norm.c \
	src/certify/cap_propose.c \
	src/certify/cap_search.c \
	src/certify/cap_shell.c \
	src/certify/cover.c \
	src/certify/cover.h \
	src/certify/cover_box.c \
	src/certify/cover_internal.h \
	src/certify/cover_line.c \
	src/certify/cover_merge.c \
	src/certify/cover_shape.c \
	src/certify/descartes.c \
	src/certify/eigen.h \
	src/certify/eigen_ball.c \
	src/certify/eigen_certify.c \
	src/certify/eigen_distinct.c \
	src/certify/eigen_fast.c \
	src/certify/eigen_internal.h \
	src/certify/eigen_kernel.c \
	src/certify/eigen_locate.c \
	src/certify/eigen_refine.c \
	src/certify/eigen_system.c \
	src/certify/eigen_table.c \
	src/certify/inertia.c \
	src/certify/interval_matrix.c \
	src/certify/interval_matrix.h \
	src/certify/kkt_inertia.c \
	src/certify/kkt_inertia.h \
	src/certify/kkt_point.c \
	src/certify/kkt_point.h \
	src/certify/lines.h \
	src/certify/matrix_lines.c \
	src/certify/multiplicity.c \
	src/certify/patch.c \
	src/certify/patch.h \
	src/certify/prune.c \
	src/certify/prune.h \
	src/certify/prune_box.c \
	src/certify/prune_class.c \
	src/certify/prune_conclude.c \
	src/certify/prune_internal.h \
	src/certify/prune_lift.c \
	src/certify/prune_lift.h \
	src/certify/prune_search.h \
	src/certify/prune_state.c \
	src/certify/prune_strata.h \
	src/certify/prune_stratum.c \
	src/certify/prune_tube.c \
	src/certify/point.c \
	src/certify/point.h \
	src/certify/point_internal.h \
	src/certify/point_propose.c \
	src/certify/point_rank.c \
	src/certify/point_slice.c \
	src/certify/point_system.c \
	src/certify/point_zero.c \
	src/certify/rank_one_proof.c \
	src/certify/rank_one_proof.h \
	src/certify/rational_line.c \
	src/certify/rational_line.h \
	src/certify/real_internal.h \
	src/certify/real_isolate.c \
	src/certify/real_refine.c \
	src/certify/real_roots.c \
	src/certify/real_roots.h \
	src/certify/sphere_line.c \
	src/certify/validated.c \
	src/certify/validated.h \
	src/certify/validated_internal.h \
	src/certify/validated_series.c \
	src/certify/validated_step.c \
	src/certify/validated_tape.c

# Error bounds of T-INTERVALMATRIX and T-VALIDATEDFLOW hold for fused multiplications and
# additions as well; the rest of the library is compiled with -ffp-contract=off.
noinst_LTLIBRARIES += libncf-product.la
libncf_product_la_CFLAGS = $(AM_CFLAGS) -ffp-contract=fast
libncf_product_la_SOURCES = \
	src/certify/product.inc \
	src/certify/product_avx2.c \
	src/certify/product_avx512.c \
	src/certify/product_portable.c \
	src/certify/validated_rows.inc \
	src/certify/validated_rows_avx2.c \
	src/certify/validated_rows_avx512.c \
	src/certify/validated_rows_portable.c
libncf_core_la_LIBADD += libncf-product.la

# Vectors are arguments of inlined functions only; the note about their passing is silenced.
noinst_LTLIBRARIES += libncf-prune.la
libncf_prune_la_CFLAGS = $(AM_CFLAGS) -Wno-psabi
libncf_prune_la_SOURCES = \
	src/certify/prune_avx2.c \
	src/certify/prune_avx512.c \
	src/certify/prune_kernel.inc \
	src/certify/prune_portable.c
libncf_core_la_LIBADD += libncf-prune.la
