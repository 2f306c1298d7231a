/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* symmetry.c: the classes of units of a network and the action of the group (T-SYMMETRY). */
#include "symmetry_internal.h"

#include <string.h>

/* ---- The group ------------------------------------------------------------------- */

/* The parity of s, from its exact coefficients (T-SYMMETRY). */
static ncf_unit_sign_t activation_sign(const ncf_activation_t *activation)
{
    int even = activation->degree % 2 == 0, odd = !even;
    for (slong i = 0; activation->kind == NCF_ACTIVATION_POLYNOMIAL && i <= activation->degree;
         i++) {
        if (fmpq_is_zero(activation->coefficients + i))
            continue;
        even = even && i % 2 == 0;
        odd = odd && i % 2 == 1;
    }
    return even ? NCF_SIGN_IN : odd ? NCF_SIGN_BOTH : NCF_SIGN_NONE;
}

/*
 * The hidden layers of a network whose first weight is u[shift]. The units of a layer, the
 * channels of a convolution, are the rows of its block; in the next block the columns of one
 * unit are neighbours. After the last block, where there is none, the outputs are added up:
 * then nothing can undo a sign or a rotation.
 */
static void append_layers(ncf_symmetry_group_struct *sym, const ncf_network_struct *network,
                          slong shift)
{
    slong count = network->layers.depth - 1;
    for (slong l = 0; l < count; l++) {
        slong index = sym->class_count++;
        ncf_unit_class_t *class = &sym->classes[index];
        const ncf_activation_t *activation = &network->layers.activations[l];
        ncf_network_block_t in = ncf__network_block(network, l);
        class->units = in.rows;
        class->sign = activation_sign(activation);
        class->in_offset = shift + in.offset;
        class->in_count = in.columns;
        class->out_taps = 1;
        class->below = l >= 1 ? index - 1 : -1;
        class->above = l + 1 < count ? index + 1 : -1;
        class->first = sym->units;
        sym->units += class->units;
        if (l + 1 < ncf__network_block_count(network)) {
            ncf_network_block_t out = ncf__network_block(network, l + 1);
            NCF_REQUIRE(out.columns % class->units == 0);
            class->out_offset = shift + out.offset;
            class->out_rows = out.rows;
            class->out_taps = out.columns / class->units;
            class->linear = activation->degree == 1 && class->sign == NCF_SIGN_BOTH;
        } else if (class->sign == NCF_SIGN_BOTH) {
            class->sign = NCF_SIGN_NONE;
        }
    }
}

static int is_layered(const ncf_network_struct *network)
{
    return network->kind == NCF_NETWORK_FEEDFORWARD ||
           network->kind == NCF_NETWORK_CONVOLUTION;
}

/* T-SYMMETRY f is about these. */
static int is_deep_linear(const ncf_network_struct *network)
{
    int linear = network->kind == NCF_NETWORK_FEEDFORWARD && network->depth >= 2;
    for (slong l = 0; linear && l + 1 < network->depth; l++)
        linear = network->activations[l].kind == NCF_ACTIVATION_LINEAR;
    return linear;
}

void ncf__symmetry_init(ncf_symmetry_group_t sym, const ncf_network_t network)
{
    /* A hidden layer has a block of its own. */
    size_t most = (size_t) ncf__network_block_count(network) + 1;
    *sym = (ncf_symmetry_group_struct){.unknowns = network->unknowns};
    sym->classes = ncf__calloc(most, sizeof(*sym->classes));
    sym->all_linear = is_deep_linear(network);
    if (is_layered(network))
        append_layers(sym, network, 0);
    for (slong i = 0; i < network->part_count; i++) {
        if (is_layered(network->parts + i))
            append_layers(sym, network->parts + i, network->parts[i].first);
    }
}

void ncf__symmetry_clear(ncf_symmetry_group_t sym)
{
    ncf__free(sym->classes);
}

void ncf__symmetry_order(fmpz_t order, const ncf_symmetry_group_t sym)
{
    fmpz_t factor;
    fmpz_init(factor);
    fmpz_one(order);
    for (slong c = 0; c < sym->class_count; c++) {
        const ncf_unit_class_t *class = &sym->classes[c];
        fmpz_fac_ui(factor, (ulong) class->units);
        fmpz_mul(order, order, factor);
        if (class->sign != NCF_SIGN_NONE)
            fmpz_mul_2exp(order, order, (ulong) class->units);
    }
    fmpz_clear(factor);
}

int ncf__symmetry_is_infinite(const ncf_symmetry_group_t sym)
{
    for (slong c = 0; c < sym->class_count; c++) {
        if (sym->classes[c].linear && sym->classes[c].units > 1)
            return 1;
    }
    return 0;
}

static char *class_text(const ncf_unit_class_t *class, slong number)
{
    const char *group =
        class->linear                  ? "orthogonal transformations"
        : class->sign == NCF_SIGN_NONE ? "permutations"
        : class->sign == NCF_SIGN_IN
            ? "permutations, and signs of incoming weights"
            : "permutations, and signs of incoming and outgoing weights together";
    return ncf__format("hidden layer %ld: %ld unit%s, %s", (long) number, (long) class->units,
                       class->units == 1 ? "" : "s", group);
}

char *ncf__symmetry_text(const ncf_symmetry_group_t sym)
{
    char *text = ncf__strdup(sym->class_count == 0 ? "no symmetry is known" : "");
    for (slong c = 0; c < sym->class_count; c++) {
        char *clause = class_text(&sym->classes[c], c + 1);
        char *longer = ncf__format("%s%s%s", text, c == 0 ? "" : "; ", clause);
        ncf__free(clause);
        ncf__free(text);
        text = longer;
    }
    return text;
}

/* ---- Elements -------------------------------------------------------------------- */

static void set_identity(ncf_symmetry_element_t *g, slong units)
{
    for (slong v = 0; v < units; v++) {
        g->image[v] = v;
        g->sign[v] = 1;
    }
}

void ncf__symmetry_element_init(ncf_symmetry_element_t *g, const ncf_symmetry_group_t sym)
{
    g->image = ncf__malloc((size_t) sym->units, sizeof(*g->image));
    g->sign = ncf__malloc((size_t) sym->units, sizeof(*g->sign));
    set_identity(g, sym->units);
}

void ncf__symmetry_element_clear(ncf_symmetry_element_t *g)
{
    ncf__free(g->image);
    ncf__free(g->sign);
}

void ncf__symmetry_element_set(ncf_symmetry_element_t *out, const ncf_symmetry_element_t *g,
                               const ncf_symmetry_group_t sym)
{
    for (slong v = 0; v < sym->units; v++) {
        out->image[v] = g->image[v];
        out->sign[v] = g->sign[v];
    }
}

void ncf__symmetry_element_random(ncf_symmetry_element_t *g, const ncf_symmetry_group_t sym,
                                  ncf_random_t *random)
{
    set_identity(g, sym->units);
    for (slong c = 0; c < sym->class_count; c++) {
        const ncf_unit_class_t *class = &sym->classes[c];
        slong *image = g->image + class->first;
        for (slong j = class->units - 1; j >= 0; j--) {
            slong i = (slong) ncf__random_below(random, (uint64_t) j + 1);
            slong kept = image[j];
            image[j] = image[i];
            image[i] = kept;
            if (class->sign != NCF_SIGN_NONE && ncf__random_below(random, 2) == 1)
                g->sign[class->first + j] = -1;
        }
    }
}

void ncf__symmetry_compose(ncf_symmetry_element_t *out, const ncf_symmetry_element_t *g,
                           const ncf_symmetry_element_t *h, const ncf_symmetry_group_t sym)
{
    for (slong v = 0; v < sym->units; v++) {
        out->image[v] = g->image[h->image[v]];
        out->sign[v] = (signed char) (h->sign[v] * g->sign[h->image[v]]);
    }
}

void ncf__symmetry_inverse(ncf_symmetry_element_t *out, const ncf_symmetry_element_t *g,
                           const ncf_symmetry_group_t sym)
{
    for (slong v = 0; v < sym->units; v++) {
        out->image[g->image[v]] = v;
        out->sign[g->image[v]] = g->sign[v];
    }
}

/* ---- The action on weights ------------------------------------------------------- */

/* Rows of the class, columns by the class below (or none): its incoming weights. */
static void map_incoming(slong *target, signed char *sign,
                         const ncf_symmetry_group_struct *sym, const ncf_unit_class_t *class,
                         const ncf_symmetry_element_t *g)
{
    const ncf_unit_class_t *below = class->below >= 0 ? &sym->classes[class->below] : NULL;
    for (slong j = 0; j < class->units; j++) {
        slong row = class->in_offset + j * class->in_count;
        slong to =
            class->in_offset + (g->image[class->first + j] - class->first) * class->in_count;
        signed char row_sign = g->sign[class->first + j];
        for (slong s = 0; s < class->in_count; s++) {
            target[row + s] = to + s;
            sign[row + s] = row_sign;
            if (below == NULL)
                continue;
            slong unit = below->first + s / below->out_taps;
            target[row + s] =
                to + (g->image[unit] - below->first) * below->out_taps + s % below->out_taps;
            if (below->sign == NCF_SIGN_BOTH)
                sign[row + s] = (signed char) (row_sign * g->sign[unit]);
        }
    }
}

/* The outgoing weights of a class with no class above. */
static void map_outgoing(slong *target, signed char *sign, const ncf_unit_class_t *class,
                         const ncf_symmetry_element_t *g)
{
    for (slong o = 0; o < class->out_rows; o++) {
        for (slong j = 0; j < class->units; j++) {
            slong to = g->image[class->first + j] - class->first;
            for (slong t = 0; t < class->out_taps; t++) {
                slong w = ncf__unit_out(class, j, o, t);
                target[w] = ncf__unit_out(class, to, o, t);
                sign[w] = class->sign == NCF_SIGN_BOTH ? g->sign[class->first + j] : 1;
            }
        }
    }
}

void ncf__symmetry_map(slong *target, signed char *sign, const ncf_symmetry_group_t sym,
                       const ncf_symmetry_element_t *g)
{
    for (slong w = 0; w < sym->unknowns; w++) {
        target[w] = w;
        sign[w] = 1;
    }
    for (slong c = 0; c < sym->class_count; c++) {
        const ncf_unit_class_t *class = &sym->classes[c];
        map_incoming(target, sign, sym, class, g);
        if (class->above < 0)
            map_outgoing(target, sign, class, g);
    }
}

void ncf__symmetry_apply_double(double *out, const ncf_symmetry_group_t sym,
                                const ncf_symmetry_element_t *g, const double *u)
{
    slong *target = ncf__malloc((size_t) sym->unknowns, sizeof(*target));
    signed char *sign = ncf__malloc((size_t) sym->unknowns, sizeof(*sign));
    ncf__symmetry_map(target, sign, sym, g);
    for (slong w = 0; w < sym->unknowns; w++)
        out[target[w]] = sign[w] < 0 ? -u[w] : u[w];
    ncf__free(sign);
    ncf__free(target);
}

void ncf__symmetry_apply_arb(arb_ptr out, const ncf_symmetry_group_t sym,
                             const ncf_symmetry_element_t *g, arb_srcptr u)
{
    slong *target = ncf__malloc((size_t) sym->unknowns, sizeof(*target));
    signed char *sign = ncf__malloc((size_t) sym->unknowns, sizeof(*sign));
    ncf__symmetry_map(target, sign, sym, g);
    for (slong w = 0; w < sym->unknowns; w++) {
        if (sign[w] < 0)
            arb_neg(out + target[w], u + w);
        else
            arb_set(out + target[w], u + w);
    }
    ncf__free(sign);
    ncf__free(target);
}
