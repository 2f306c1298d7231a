/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * compat.h: the one place that knows which FLINT this is. FLINT 2.9 has Arb in a
 * library and headers of its own (Debian 12); since FLINT 3 Arb is a part of FLINT.
 */
#ifndef NCF_COMPAT_H
#define NCF_COMPAT_H

#include <gmp.h>
#include <mpfr.h>

#include <flint/flint.h>

#include <flint/fmpq.h>
#include <flint/fmpq_mat.h>
#include <flint/fmpq_mpoly.h>
#include <flint/fmpq_poly.h>
#include <flint/fmpq_vec.h>
#include <flint/fmpz.h>
#include <flint/fmpz_factor.h>
#include <flint/fmpz_mat.h>
#include <flint/fmpz_poly.h>
#include <flint/fmpz_poly_factor.h>
#include <flint/fmpz_vec.h>
#include <flint/nmod.h>
#include <flint/nmod_mat.h>
#include <flint/nmod_poly.h>
#include <flint/nmod_poly_factor.h>
#include <flint/ulong_extras.h>

#if __FLINT_RELEASE >= 30000
#include <flint/acb.h>
#include <flint/acb_mat.h>
#include <flint/acb_poly.h>
#include <flint/arb.h>
#include <flint/arb_fmpz_poly.h>
#include <flint/arb_mat.h>
#include <flint/arb_poly.h>
#include <flint/arf.h>
#include <flint/mag.h>
#define NCF_ARB_VERSION FLINT_VERSION " (in flint)"
#else
#include <acb.h>
#include <acb_mat.h>
#include <acb_poly.h>
#include <arb.h>
#include <arb_fmpz_poly.h>
#include <arb_mat.h>
#include <arb_poly.h>
#include <arf.h>
#include <mag.h>
#define NCF_ARB_VERSION arb_version
#endif

/*
 * The proofs assume IEEE arithmetic as written, NaN and infinities included. Parts of
 * -ffast-math that are given one by one have macros of their own; doubles must not be kept
 * in wider registers.
 */
#if defined(__FAST_MATH__) || defined(__ASSOCIATIVE_MATH__) || defined(__RECIPROCAL_MATH__)
#error "libncf must not be built with -ffast-math or a part of it"
#endif
#if defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__
#error "libncf must not be built with -ffinite-math-only: proofs rest on tests for NaN"
#endif
#if defined(__FLT_EVAL_METHOD__) && __FLT_EVAL_METHOD__ != 0
#error "libncf needs doubles that are evaluated as doubles (on i386: -msse2 -mfpmath=sse)"
#endif

#endif
