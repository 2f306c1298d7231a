/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* symmetry_equal.c: units whose weights are equal up to sign, exactly (T-RANKS 3). */
#include "symmetry_internal.h"

/* The enclosure of one weight, with that sign, lies inside of the box of another. */
static int goes_inside(const ncf_orbit_member_t *z, slong from, slong to, int sign)
{
    if (sign > 0)
        return arb_contains(z->box + to, z->point + from);
    arb_t negated;
    arb_init(negated);
    arb_neg(negated, z->point + from);
    int inside = arb_contains(z->box + to, negated);
    arb_clear(negated);
    return inside;
}

static int change_places(const ncf_orbit_member_t *z, slong a, slong b, int sign)
{
    return goes_inside(z, a, b, sign) && goes_inside(z, b, a, sign);
}

/*
 * The element that exchanges units j and k and gives both the sign maps the point into the
 * box: T-ORBIT 1. It moves the weights of these two units and no others.
 */
static int exchange_fixes(const ncf_orbit_member_t *z, const ncf_unit_class_t *class, slong j,
                          slong k, int sign)
{
    int out_sign = class->sign == NCF_SIGN_BOTH ? sign : 1, fixes = 1;
    for (slong s = 0; fixes && s < class->in_count; s++)
        fixes = change_places(z, class->in_offset + j * class->in_count + s,
                              class->in_offset + k * class->in_count + s, sign);
    for (slong i = 0; fixes && i < class->out_rows * class->out_taps; i++) {
        slong o = i / class->out_taps, t = i % class->out_taps;
        fixes = change_places(z, ncf__unit_out(class, j, o, t), ncf__unit_out(class, k, o, t),
                              out_sign);
    }
    return fixes;
}

static int are_equal(const ncf_orbit_member_t *z, const ncf_unit_class_t *class, slong j, slong k)
{
    return exchange_fixes(z, class, j, k, 1) ||
           (class->sign != NCF_SIGN_NONE && exchange_fixes(z, class, j, k, -1));
}

void ncf__symmetry_equal_units(slong *first, const ncf_symmetry_group_t sym,
                               const ncf_orbit_member_t *z)
{
    for (slong v = 0; v < sym->units; v++)
        first[v] = v;
    if (z->slice_dimension > 0 || !_arb_vec_is_finite(z->point, sym->unknowns + 1) ||
        !_arb_vec_is_finite(z->box, sym->unknowns + 1))
        return;
    for (slong c = 0; c < sym->class_count; c++) {
        const ncf_unit_class_t *class = &sym->classes[c];
        slong *label = first + class->first;
        for (slong j = 1; j < class->units; j++) {
            for (slong k = 0; k < j && label[j] == class->first + j; k++) {
                if (label[k] == class->first + k && are_equal(z, class, j, k))
                    label[j] = class->first + k;
            }
        }
    }
}
