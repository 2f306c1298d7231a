/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * real_refine.c: quadratic interval refinement (Abbott). A bracket of one root is cut into
 * 2^e equal parts, the secant proposes the part, and signs at its two ends decide. A hit
 * doubles e, a miss halves it. Only signs shrink the bracket (T-REALROOTS).
 */
#include "real_internal.h"

typedef struct {
    const fmpz_poly_struct *g;
    arf_t lo, hi;   /* the bracket; equal when the root is met */
    int sign_lo;    /* sign of g(lo); g(hi) has the other one */
    slong steps;    /* e */
    slong guard;    /* bits that evaluation loses to cancellation, as seen so far */
} refinement_t;

/* The exponent of a power of two above |x|. */
static slong exponent(const arf_t x)
{
    return arf_abs_bound_lt_2exp_si(x);
}

/* A value of g(x) with an error that is small on a grid of spacing 2^grid, and its sign. */
static int evaluate(arb_t value, refinement_t *state, const arf_t x, slong grid)
{
    arb_t point;
    arb_init(point);
    arb_set_arf(point, x);
    slong prec = state->guard + FLINT_MAX(exponent(x) - grid, 0);
    arb_fmpz_poly_evaluate_arb(value, state->g, point, prec);
    int sign = arb_is_positive(value) - arb_is_negative(value);
    if (sign == 0) {
        sign = ncf__descartes_sign(state->g, x, 2 * prec);
        state->guard += state->guard / 2;
    }
    arb_clear(point);
    return sign;
}

/* The index 1 <= j < 2^e of the grid point next to the zero of the secant. */
static void propose_index(fmpz_t j, const arb_t at_lo, const arb_t at_hi, slong e)
{
    arf_t ratio, fall;
    fmpz_t last;
    arf_init(ratio);
    arf_init(fall);
    fmpz_init(last);
    arf_sub(fall, arb_midref(at_lo), arb_midref(at_hi), e + 32, ARF_RND_DOWN);
    arf_div(ratio, arb_midref(at_lo), fall, e + 32, ARF_RND_DOWN);
    arf_mul_2exp_si(ratio, ratio, e);
    fmpz_one(last);
    fmpz_mul_2exp(last, last, (ulong) e);
    fmpz_sub_ui(last, last, 1);
    if (arf_is_finite(ratio) && arf_sgn(ratio) > 0 && exponent(ratio) <= e + 1)
        arf_get_fmpz(j, ratio, ARF_RND_NEAR);
    else
        fmpz_one(j);
    if (fmpz_sgn(j) <= 0)
        fmpz_one(j);
    if (fmpz_cmp(j, last) > 0)
        fmpz_set(j, last);
    fmpz_clear(last);
    arf_clear(fall);
    arf_clear(ratio);
}

/* Moves the end of the bracket on the side of x's sign to x; both when x is the root. */
static void move_end(refinement_t *state, const arf_t x, int sign)
{
    if (sign == 0 || sign == state->sign_lo)
        arf_set(state->lo, x);
    if (sign == 0 || sign != state->sign_lo)
        arf_set(state->hi, x);
}

/* One grid of 2^e parts. */
static void refine_once(refinement_t *state, slong e)
{
    arb_t at_lo, at_hi;
    arf_t width, x;
    fmpz_t j;
    arb_init(at_lo);
    arb_init(at_hi);
    arf_init(width);
    arf_init(x);
    fmpz_init(j);
    arf_sub(width, state->hi, state->lo, ARF_PREC_EXACT, ARF_RND_DOWN);
    arf_mul_2exp_si(width, width, -e);
    slong grid = exponent(width);
    evaluate(at_lo, state, state->lo, grid);
    evaluate(at_hi, state, state->hi, grid);
    propose_index(j, at_lo, at_hi, e);
    arf_mul_fmpz(x, width, j, ARF_PREC_EXACT, ARF_RND_DOWN);
    arf_add(x, x, state->lo, ARF_PREC_EXACT, ARF_RND_DOWN);
    int sign = evaluate(at_lo, state, x, grid), below = sign == state->sign_lo;
    move_end(state, x, sign);
    if (sign != 0) {
        /* The other end of the part that the root is in if the secant was right. */
        (below ? arf_add : arf_sub)(x, x, width, ARF_PREC_EXACT, ARF_RND_DOWN);
        if (arf_cmp(x, state->lo) > 0 && arf_cmp(x, state->hi) < 0)
            move_end(state, x, evaluate(at_lo, state, x, grid));
    }
    arf_sub(x, state->hi, state->lo, ARF_PREC_EXACT, ARF_RND_DOWN);
    state->steps = arf_cmp(x, width) <= 0 ? 2 * e : FLINT_MAX(e / 2, 1);
    fmpz_clear(j);
    arf_clear(x);
    arf_clear(width);
    arb_clear(at_hi);
    arb_clear(at_lo);
}

/* Halvings until the width is below 2^-prec times the root; 0 when it is. */
static slong halvings_left(const refinement_t *state, slong prec)
{
    arf_t width;
    arf_init(width);
    arf_sub(width, state->hi, state->lo, ARF_PREC_EXACT, ARF_RND_DOWN);
    slong left = arf_is_zero(width) ? 0 : exponent(width) - (exponent(state->lo) - 1 - prec);
    arf_clear(width);
    return FLINT_MAX(left, 0);
}

void ncf__isolation_refine(arb_t out, const ncf_isolation_t *isolation, slong i, slong prec)
{
    const ncf_bracket_struct *bracket = &isolation->roots.items[i];
    refinement_t state = {.g = isolation->poly, .steps = 1, .guard = isolation->prec};
    arf_init(state.lo);
    arf_init(state.hi);
    arf_set(state.lo, bracket->lo);
    arf_set(state.hi, bracket->hi);
    slong left = halvings_left(&state, prec + 2);
    if (left > 0) {
        state.sign_lo = ncf__descartes_sign(state.g, state.lo, state.guard);
        int sign_hi = ncf__descartes_sign(state.g, state.hi, state.guard);
        NCF_REQUIRE(state.sign_lo * sign_hi < 0);
    }
    for (; left > 0; left = halvings_left(&state, prec + 2))
        refine_once(&state, FLINT_MIN(state.steps, left));
    arb_set_interval_arf(out, state.lo, state.hi, prec + 32);
    if (arf_equal(state.lo, state.hi))
        arb_set_arf(out, state.lo);
    arf_clear(state.hi);
    arf_clear(state.lo);
}
