/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * evaluate_template.h: value, gradient, Hessian and Hessian-vector products of
 * N(u) = sum_i z_i H(x_i; u), written once for every arithmetic. The including file
 * defines before:
 *
 *   scalar_t                                     one number in an array
 *   data_t, input(x, i, j, columns)              the entries of the data, const scalar_t *
 *   hessian_t, entry(hessian, n, i, j)           the entries of the result, scalar_t *
 *   scalar_new(count, prec), scalar_delete(v, count)       arrays, with any contents
 *   scalar_zero(r), scalar_one(r), scalar_set(r, a)
 *   scalar_constant(r, constants, k, prec)       the k-th of an ncf_constants_t
 *   scalar_is_zero(a)                            EXACTLY zero
 *   scalar_mul(r, a, b, prec), scalar_add(r, a, b, prec)
 *   scalar_power(r, a, c, e, prec)               r = c a^e, integers c, e >= 0
 *   scalar_polynomial(r, c, degree, t, prec)     r[0..2] = s(t), s'(t), s''(t), where
 *                                                s has the coefficients c[0..degree]
 *   scalar_dot(r, initial, x, xstep, y, ystep, count, prec)   initial may be NULL
 *   scalar_mix(r, w, wstep, a, astep, count, batch, prec)
 *                            r[i] = sum_k w[k wstep] a[k astep + i], 0 <= i < batch
 *
 * For one point, with a_0 = x, b_l = W_l a_{l-1}, a_l = s_l(b_l), H = b_K, the chain
 * rule gives, weighted by z from the start and with D_l = diag(s_l'(b_l)),
 *
 *   delta_K = z,  delta_l = D_l v_l,  v_l = W_{l+1}^T delta_{l+1},  dN/dW_l = delta_l a_{l-1}^T,
 *   S_K = 0,  S_l = D_l W_{l+1}^T S_{l+1} W_{l+1} D_l + diag(s_l''(b_l) * v_l),
 *   F_{l,l} = I,  Q_{m,l} = D_m F_{m,l},  F_{m,l} = db_m/db_l = W_m Q_{m-1,l},
 *
 * and for l <= m, the second term being absent for l = m,
 *
 *   d^2N / dW_l[a,b] dW_m[c,e]
 *       = a_{l-1}[b] ((S_m F_{m,l})[c,a] a_{m-1}[e] + delta_m[c] Q_{m-1,l}[e,a]).
 *
 * Points are taken in batches, the point index runs fastest in every array, so that the
 * sums over points are dot products. Products with a factor that is exactly zero at all
 * points of a batch are left out: two units of a two-layer network have no common block,
 * an unused unit costs little.
 *
 * Where weights are tied, the matrices W_l are filled in from u, and a derivative by an
 * entry of W_l is added to that of its weight.
 */

/* The arrays of one layer; k = k_l. */
typedef struct {
    const scalar_t *w; /* W_l */
    scalar_t *filled;  /* W_l when it has ties */
    scalar_t *a;       /* a_l: k x batch */
    scalar_t *b;       /* b_l */
    scalar_t *slope;   /* s_l'(b_l) */
    scalar_t *bend;    /* s_l''(b_l), for second derivatives */
    scalar_t *back;    /* v_l */
    scalar_t *delta;   /* delta_l */
    scalar_t *second;  /* S_l: k x k x batch */
    /* Their derivatives in the direction v, for products with the Hessian. */
    const scalar_t *v;
    scalar_t *v_filled;
    scalar_t *da, *dback, *ddelta;
} layer_t;

typedef enum { PASS_GRADIENT, PASS_HESSIAN, PASS_PRODUCT } purpose_t;

typedef struct {
    const ncf_layers_t *layers;
    slong n;            /* columns of the Hessian */
    slong first;        /* where the weights of these layers start in it */
    purpose_t purpose;
    slong prec;
    slong capacity;     /* points of a full batch */
    slong batch;        /* points of the current batch: the stride between units */
    slong square;       /* entries of the largest matrix k_m x k_l, m, l >= 1 */
    scalar_t *memory;   /* holds all arrays */
    slong used;         /* numbers of it */
    layer_t *layer;     /* K + 1 */
    scalar_t **coefficients; /* K - 1: of s_l when it is a polynomial */
    scalar_t *jacobian; /* F_{m,l}: k_m x k_l x batch */
    scalar_t *product;  /* S_m F_{m,l}, and S_{l+1} W_{l+1} */
    scalar_t *scaled;   /* Q_{m,l} */
    scalar_t *term;     /* batch */
    scalar_t *jet;      /* 3: s(t), s'(t), s''(t) */
} pass_t;

/* About 2^20 numbers at once, at most 256 points: a bound on memory only. */
static slong batch_capacity(const pass_t *pass, slong points)
{
    double each = 0;
    for (slong l = 0; l <= pass->layers->depth; l++)
        each += 6.0 * (double) pass->layers->widths[l];
    if (pass->purpose == PASS_HESSIAN)
        each += (3.0 + (double) pass->layers->depth) * (double) pass->square;
    double room = 1048576.0 / each;
    slong capacity = room < 1 ? 1 : room > 256 ? 256 : (slong) room;
    return capacity < points ? capacity : points;
}

/* The next `count` numbers of the memory, which is only measured while it is NULL. */
static scalar_t *take(pass_t *pass, slong count)
{
    scalar_t *block = pass->memory == NULL ? NULL : pass->memory + pass->used;
    pass->used += count;
    return block;
}

static void lay_out_direction(pass_t *pass, slong l, slong units)
{
    layer_t *layer = pass->layer + l;
    layer->dback = take(pass, units);
    layer->ddelta = take(pass, units);
    layer->da = take(pass, units);
}

static void lay_out_layer(pass_t *pass, slong l)
{
    const ncf_layers_t *layers = pass->layers;
    layer_t *layer = pass->layer + l;
    slong k = layers->widths[l], units = k * pass->capacity;
    layer->a = take(pass, units);
    if (pass->purpose == PASS_PRODUCT)
        lay_out_direction(pass, l, units);
    if (l == 0)
        return;
    layer->b = take(pass, units);
    layer->back = take(pass, units);
    layer->delta = take(pass, units);
    layer->slope = take(pass, units);
    layer->bend = take(pass, units);
    if (pass->purpose == PASS_HESSIAN && l < layers->depth)
        layer->second = take(pass, k * units);
    if (l < layers->depth)
        pass->coefficients[l - 1] = take(pass, layers->constants[l - 1].count);
    if (layers->ties[l - 1] != NULL) {
        layer->filled = take(pass, k * layers->widths[l - 1]);
        layer->v_filled = take(pass, k * layers->widths[l - 1]);
    }
}

static void lay_out(pass_t *pass)
{
    pass->used = 0;
    for (slong l = 0; l <= pass->layers->depth; l++)
        lay_out_layer(pass, l);
    pass->jacobian = take(pass, pass->square * pass->capacity);
    pass->product = take(pass, pass->square * pass->capacity);
    pass->scaled = take(pass, pass->square * pass->capacity);
    pass->term = take(pass, pass->capacity);
    pass->jet = take(pass, 3);
}

/* W_l from u: the entries that are weights, and with `constants` those that are 1. */
static void fill_matrix(scalar_t *out, const ncf_layers_t *layers, slong l, const scalar_t *u,
                        int constants)
{
    for (slong k = 0; k < layers->widths[l] * layers->widths[l - 1]; k++) {
        slong tie = layers->ties[l - 1][k];
        if (tie >= 0)
            scalar_set(out + k, u + tie);
        else if (tie == NCF_TIE_ONE && constants)
            scalar_one(out + k);
        else
            scalar_zero(out + k);
    }
}

/* u and v hold the weights of these layers; v is NULL but for products. */
static void load_weights(pass_t *pass, const scalar_t *u, const scalar_t *v)
{
    const ncf_layers_t *layers = pass->layers;
    for (slong l = 1; l <= layers->depth; l++) {
        layer_t *layer = pass->layer + l;
        layer->w = u + layers->offsets[l - 1];
        layer->v = v == NULL ? NULL : v + layers->offsets[l - 1];
        if (l < layers->depth) {
            for (slong k = 0; k < layers->constants[l - 1].count; k++)
                scalar_constant(pass->coefficients[l - 1] + k, layers->constants + l - 1, k,
                                pass->prec);
        }
        if (layers->ties[l - 1] == NULL)
            continue;
        fill_matrix(layer->filled, layers, l, u, 1);
        layer->w = layer->filled;
        if (v == NULL)
            continue;
        fill_matrix(layer->v_filled, layers, l, v, 0);
        layer->v = layer->v_filled;
    }
}

static void pass_init(pass_t *pass, const ncf_network_struct *network, slong n, slong points,
                      purpose_t purpose, slong prec)
{
    slong depth = network->layers.depth, widest = 1;
    for (slong l = 1; l <= depth; l++)
        widest = FLINT_MAX(widest, network->layers.widths[l]);
    memset(pass, 0, sizeof(*pass));
    pass->layers = &network->layers;
    pass->n = n;
    pass->first = network->first;
    pass->prec = prec;
    pass->purpose = purpose;
    pass->square = purpose == PASS_HESSIAN ? widest * widest : 0;
    pass->capacity = batch_capacity(pass, points);
    pass->layer = ncf__calloc((size_t) depth + 1, sizeof(*pass->layer));
    pass->coefficients = ncf__calloc((size_t) depth, sizeof(*pass->coefficients));
    lay_out(pass);
    pass->memory = scalar_new(pass->used, prec);
    lay_out(pass);
}

static void pass_clear(pass_t *pass)
{
    scalar_delete(pass->memory, pass->used);
    ncf__free(pass->layer);
    ncf__free(pass->coefficients);
}

static int all_zero(const scalar_t *v, slong count)
{
    for (slong i = 0; i < count; i++) {
        if (!scalar_is_zero(v + i))
            return 0;
    }
    return 1;
}

/* a_l = s_l(b_l) and the derivatives that later passes need. */
static void activate(pass_t *pass, slong l, slong count)
{
    layer_t *layer = pass->layer + l;
    ulong p = (ulong) pass->layers->activations[l - 1].degree;
    int second = pass->purpose != PASS_GRADIENT;
    for (slong i = 0; i < count; i++) {
        const scalar_t *t = layer->b + i;
        scalar_power(layer->a + i, t, 1, p, pass->prec);
        scalar_power(layer->slope + i, t, p, p - 1, pass->prec);
        if (second && p >= 2)
            scalar_power(layer->bend + i, t, p * (p - 1), p - 2, pass->prec);
        else if (second)
            scalar_zero(layer->bend + i);
    }
}

static void activate_polynomial(pass_t *pass, slong l, slong count)
{
    layer_t *layer = pass->layer + l;
    slong degree = pass->layers->activations[l - 1].degree;
    for (slong i = 0; i < count; i++) {
        scalar_polynomial(pass->jet, pass->coefficients[l - 1], degree, layer->b + i,
                          pass->prec);
        scalar_set(layer->a + i, pass->jet);
        scalar_set(layer->slope + i, pass->jet + 1);
        scalar_set(layer->bend + i, pass->jet + 2);
    }
}

/* Loads the points first .. first + batch - 1 and runs through the layers. */
static void forward(pass_t *pass, data_t x, slong first)
{
    const slong *k = pass->layers->widths;
    slong depth = pass->layers->depth, batch = pass->batch;
    for (slong j = 0; j < k[0]; j++) {
        for (slong i = 0; i < batch; i++)
            scalar_set(pass->layer[0].a + j * batch + i, input(x, first + i, j, k[0]));
    }
    for (slong l = 1; l <= depth; l++) {
        layer_t *layer = pass->layer + l;
        for (slong j = 0; j < k[l]; j++)
            scalar_mix(layer->b + j * batch, layer->w + j * k[l - 1], 1, pass->layer[l - 1].a,
                       batch, k[l - 1], batch, pass->prec);
        if (l < depth && pass->layers->constants[l - 1].count > 0)
            activate_polynomial(pass, l, k[l] * batch);
        else if (l < depth)
            activate(pass, l, k[l] * batch);
    }
}

/* delta_K, ..., delta_1; forward has run. */
static void reverse(pass_t *pass, data_t weights, slong first)
{
    const slong *k = pass->layers->widths;
    slong depth = pass->layers->depth, batch = pass->batch;
    for (slong i = 0; i < batch; i++)
        scalar_set(pass->layer[depth].delta + i, input(weights, first + i, 0, 1));
    for (slong l = depth - 1; l >= 1; l--) {
        layer_t *layer = pass->layer + l, *above = layer + 1;
        for (slong j = 0; j < k[l]; j++)
            scalar_mix(layer->back + j * batch, above->w + j, k[l], above->delta, batch,
                       k[l + 1], batch, pass->prec);
        for (slong at = 0; at < k[l] * batch; at++)
            scalar_mul(layer->delta + at, layer->slope + at, layer->back + at, pass->prec);
    }
}

/* The weight at entry k of W_l, counted within the layers, or a negative number. */
static slong weight_index(const pass_t *pass, slong l, slong k)
{
    const slong *ties = pass->layers->ties[l - 1];
    return ties == NULL ? pass->layers->offsets[l - 1] + k : ties[k];
}

/* gradient_w += sum_i left[r]_i right[c]_i for the entries (r, c) of W_l that are w. */
static void add_outer(scalar_t *gradient, const pass_t *pass, slong l, const scalar_t *left,
                      const scalar_t *right)
{
    slong rows = pass->layers->widths[l], columns = pass->layers->widths[l - 1];
    slong batch = pass->batch;
    for (slong k = 0; k < rows * columns; k++) {
        slong at = weight_index(pass, l, k);
        if (at >= 0)
            scalar_dot(gradient + at, gradient + at, left + (k / columns) * batch, 1,
                       right + (k % columns) * batch, 1, batch, pass->prec);
    }
}

/* gradient: the weights of these layers. */
static void add_gradient(scalar_t *gradient, const pass_t *pass)
{
    for (slong l = 1; l <= pass->layers->depth; l++)
        add_outer(gradient, pass, l, pass->layer[l].delta, pass->layer[l - 1].a);
}

/* out = D_l W_{l+1}^T S_{l+1} W_{l+1} D_l, the part of S_l from the layers above. */
static void pull_back_second(scalar_t *out, pass_t *pass, slong l)
{
    slong k = pass->layers->widths[l], above = pass->layers->widths[l + 1];
    slong batch = pass->batch, prec = pass->prec;
    const scalar_t *w = pass->layer[l + 1].w;
    for (slong c = 0; c < above * k; c++)
        scalar_mix(pass->product + c * batch, w + c % k, k,
                   pass->layer[l + 1].second + (c / k) * above * batch, batch, above, batch, prec);
    for (slong c = 0; c < k; c++) {
        for (slong a = c; a < k; a++) {
            scalar_mix(out + (c * k + a) * batch, w + c, k, pass->product + a * batch, k * batch,
                       above, batch, prec);
            for (slong i = 0; i < batch; i++) {
                scalar_t *s = out + (c * k + a) * batch + i;
                scalar_mul(s, s, pass->layer[l].slope + c * batch + i, prec);
                scalar_mul(s, s, pass->layer[l].slope + a * batch + i, prec);
                scalar_set(out + (a * k + c) * batch + i, s);
            }
        }
    }
}

/* S_{K-1}, ..., S_1. S_K = 0 is not stored, so S_{K-1} is diagonal. */
static void reverse_second(pass_t *pass)
{
    slong depth = pass->layers->depth, batch = pass->batch;
    for (slong l = depth - 1; l >= 1; l--) {
        slong k = pass->layers->widths[l];
        scalar_t *second = pass->layer[l].second;
        if (l + 1 < depth) {
            pull_back_second(second, pass, l);
        } else {
            for (slong c = 0; c < k * k * batch; c++)
                scalar_zero(second + c);
        }
        for (slong c = 0; c < k; c++) {
            for (slong i = 0; i < batch; i++) {
                scalar_t *diagonal = second + (c * k + c) * batch + i;
                scalar_mul(pass->term, pass->layer[l].bend + c * batch + i,
                           pass->layer[l].back + c * batch + i, pass->prec);
                scalar_add(diagonal, diagonal, pass->term, pass->prec);
            }
        }
    }
}

/* The entry of the upper triangle for two weights of these layers. */
static scalar_t *hessian_entry(hessian_t hessian, const pass_t *pass, slong i, slong j)
{
    return entry(hessian, pass->n, pass->first + FLINT_MIN(i, j),
                 pass->first + FLINT_MAX(i, j));
}

/*
 * Adds sum_i term_i right_i to the second derivative by entry k of W_l and entry c of
 * W_m, which come in one order only: two entries with one weight count twice for it.
 */
static void add_to_pair(hessian_t hessian, const pass_t *pass, slong l, slong k, slong m,
                        slong c, const scalar_t *right)
{
    slong i = weight_index(pass, l, k), j = weight_index(pass, m, c);
    if (i < 0 || j < 0)
        return;
    scalar_t *out = hessian_entry(hessian, pass, i, j);
    scalar_dot(out, out, pass->term, 1, right, 1, pass->batch, pass->prec);
    if (i == j && (l != m || k != c))
        scalar_dot(out, out, pass->term, 1, right, 1, pass->batch, pass->prec);
}

/*
 * Adds sum_i left_i a_{l-1}[b]_i right[r]_i to row (l, a, b) and column (m, column +
 * r * step), for every b and r; `triangle` keeps r >= b.
 */
static void add_products(hessian_t hessian, pass_t *pass, slong l, slong a,
                         const scalar_t *left, const scalar_t *right, slong count, slong m,
                         slong column, slong step, int triangle)
{
    slong batch = pass->batch, inputs = pass->layers->widths[l - 1];
    if (all_zero(left, batch))
        return;
    for (slong b = 0; b < inputs; b++) {
        for (slong i = 0; i < batch; i++)
            scalar_mul(pass->term + i, left + i, pass->layer[l - 1].a + b * batch + i,
                       pass->prec);
        for (slong r = triangle ? b : 0; r < count; r++)
            add_to_pair(hessian, pass, l, a * inputs + b, m, column + r * step,
                        right + r * batch);
    }
}

/* The terms with S_m F_{m,l} = `product` (k_m x k_l) of the block (l, m). */
static void add_curvature(hessian_t hessian, pass_t *pass, slong l, slong m,
                          const scalar_t *product)
{
    const slong *k = pass->layers->widths;
    for (slong a = 0; a < k[l]; a++) {
        for (slong c = l == m ? a : 0; c < k[m]; c++)
            add_products(hessian, pass, l, a, product + (c * k[l] + a) * pass->batch,
                         pass->layer[m - 1].a, k[m - 1], m, c * k[m - 1], 1,
                         l == m && a == c);
    }
}

/* The terms with delta_m and Q_{m-1,l} = `scaled` (k_{m-1} x k_l), l < m. */
static void add_mixed(hessian_t hessian, pass_t *pass, slong l, slong m)
{
    const slong *k = pass->layers->widths;
    for (slong a = 0; a < k[l]; a++) {
        for (slong e = 0; e < k[m - 1]; e++)
            add_products(hessian, pass, l, a, pass->scaled + (e * k[l] + a) * pass->batch,
                         pass->layer[m].delta, k[m], m, e, k[m - 1], 0);
    }
}

/* scaled = Q_{l,l} = D_l. */
static void start_chain(pass_t *pass, slong l)
{
    slong k = pass->layers->widths[l], batch = pass->batch;
    for (slong c = 0; c < k * k * batch; c++)
        scalar_zero(pass->scaled + c);
    for (slong c = 0; c < k; c++) {
        for (slong i = 0; i < batch; i++)
            scalar_set(pass->scaled + (c * k + c) * batch + i, pass->layer[l].slope + c * batch + i);
    }
}

/* jacobian = F_{m,l} = W_m Q_{m-1,l}. */
static void extend_chain(pass_t *pass, slong l, slong m)
{
    const slong *k = pass->layers->widths;
    slong batch = pass->batch;
    const scalar_t *w = pass->layer[m].w;
    for (slong c = 0; c < k[m]; c++) {
        scalar_mix(pass->jacobian + c * k[l] * batch, w + c * k[m - 1], 1, pass->scaled,
                   k[l] * batch, k[m - 1], k[l] * batch, pass->prec);
    }
}

/* product = S_m F_{m,l} and scaled = Q_{m,l} = D_m F_{m,l}, m < K. */
static void close_chain(pass_t *pass, slong l, slong m)
{
    const slong *k = pass->layers->widths;
    slong batch = pass->batch;
    for (slong c = 0; c < k[m]; c++) {
        for (slong a = 0; a < k[l] * batch; a++) {
            slong at = c * k[l] * batch + a, i = a % batch;
            scalar_dot(pass->product + at, NULL, pass->layer[m].second + c * k[m] * batch + i, batch,
                       pass->jacobian + a, k[l] * batch, k[m], pass->prec);
            scalar_mul(pass->scaled + at, pass->jacobian + at, pass->layer[m].slope + c * batch + i,
                       pass->prec);
        }
    }
}

/* Adds the batch to the upper triangle. */
static void add_hessian(hessian_t hessian, pass_t *pass)
{
    slong depth = pass->layers->depth;
    reverse_second(pass);
    for (slong l = 1; l < depth; l++) {
        add_curvature(hessian, pass, l, l, pass->layer[l].second);
        start_chain(pass, l);
        for (slong m = l + 1; m <= depth; m++) {
            add_mixed(hessian, pass, l, m);
            if (m == depth)
                break;
            extend_chain(pass, l, m);
            close_chain(pass, l, m);
            add_curvature(hessian, pass, l, m, pass->product);
        }
    }
}

/* ---- Products with the Hessian --------------------------------------------------- */

/* The derivatives of a_0, ..., a_{K-1} in the direction v; forward has run. */
static void forward_direction(pass_t *pass)
{
    const slong *k = pass->layers->widths;
    slong batch = pass->batch, prec = pass->prec;
    for (slong c = 0; c < k[0] * batch; c++)
        scalar_zero(pass->layer[0].da + c);
    for (slong l = 1; l < pass->layers->depth; l++) {
        layer_t *layer = pass->layer + l, *below = layer - 1;
        for (slong j = 0; j < k[l]; j++) {
            scalar_t *db = layer->da + j * batch; /* until it is scaled */
            scalar_mix(db, layer->v + j * k[l - 1], 1, below->a, batch, k[l - 1], batch, prec);
            scalar_mix(pass->term, layer->w + j * k[l - 1], 1, below->da, batch, k[l - 1],
                       batch, prec);
            for (slong i = 0; i < batch; i++) {
                slong at = j * batch + i;
                scalar_add(db + i, db + i, pass->term + i, prec);
                scalar_mul(layer->bend + at, layer->bend + at, db + i, prec);
                scalar_mul(db + i, db + i, layer->slope + at, prec);
            }
        }
    }
}

/* Those of delta_K, ..., delta_1; bend holds the derivative of slope. */
static void reverse_direction(pass_t *pass)
{
    const slong *k = pass->layers->widths;
    slong depth = pass->layers->depth, batch = pass->batch, prec = pass->prec;
    for (slong i = 0; i < batch; i++)
        scalar_zero(pass->layer[depth].ddelta + i);
    for (slong l = depth - 1; l >= 1; l--) {
        layer_t *layer = pass->layer + l, *above = layer + 1;
        for (slong j = 0; j < k[l]; j++) {
            scalar_t *dback = layer->dback + j * batch;
            scalar_mix(dback, above->v + j, k[l], above->delta, batch, k[l + 1], batch, prec);
            scalar_mix(pass->term, above->w + j, k[l], above->ddelta, batch, k[l + 1], batch,
                       prec);
            for (slong i = 0; i < batch; i++) {
                slong at = j * batch + i;
                scalar_add(dback + i, dback + i, pass->term + i, prec);
                scalar_mul(layer->ddelta + at, layer->bend + at, layer->back + at, prec);
                scalar_mul(dback + i, dback + i, layer->slope + at, prec);
                scalar_add(layer->ddelta + at, layer->ddelta + at, dback + i, prec);
            }
        }
    }
}

static void add_direction(scalar_t *out, pass_t *pass)
{
    forward_direction(pass);
    reverse_direction(pass);
    for (slong l = 1; l <= pass->layers->depth; l++) {
        add_outer(out, pass, l, pass->layer[l].ddelta, pass->layer[l - 1].a);
        add_outer(out, pass, l, pass->layer[l].delta, pass->layer[l - 1].da);
    }
}

/* ---- The whole ------------------------------------------------------------------- */

/* Adds the contribution of layers; gradient and v start with their first weight. */
static void add_layers(scalar_t *value, scalar_t *gradient, hessian_t hessian, slong n,
                       scalar_t *product, const scalar_t *u, const scalar_t *v,
                       const ncf_network_struct *network, data_t x, data_t weights,
                       slong points, slong prec)
{
    pass_t pass;
    slong depth = network->layers.depth;
    purpose_t purpose = product != NULL   ? PASS_PRODUCT
                        : hessian != NULL ? PASS_HESSIAN
                                          : PASS_GRADIENT;
    pass_init(&pass, network, n, points, purpose, prec);
    load_weights(&pass, u, v);
    for (slong first = 0; first < points; first += pass.batch) {
        pass.batch = FLINT_MIN(pass.capacity, points - first);
        forward(&pass, x, first);
        reverse(&pass, weights, first);
        if (value != NULL)
            scalar_dot(value, value, pass.layer[depth].delta, 1, pass.layer[depth].b, 1,
                       pass.batch, prec);
        if (gradient != NULL)
            add_gradient(gradient, &pass);
        if (hessian != NULL)
            add_hessian(hessian, &pass);
        if (product != NULL)
            add_direction(product, &pass);
    }
    pass_clear(&pass);
}

#include "terms_template.h"

/* One part of a sum, or the whole network when it is none. */
static void add_part(scalar_t *value, scalar_t *gradient, hessian_t hessian, slong n,
                     scalar_t *product, const scalar_t *u, const scalar_t *v,
                     const ncf_network_struct *part, data_t x, data_t weights, slong points,
                     slong prec)
{
    if (gradient != NULL)
        gradient += part->first;
    if (product != NULL) {
        product += part->first;
        v += part->first;
    }
    if (part->layers.depth > 0)
        add_layers(value, gradient, hessian, n, product, u + part->first, v, part, x, weights,
                   points, prec);
    else
        add_terms(value, gradient, hessian, n, product, u + part->first, v, part, x, weights,
                  points, prec);
}

static void mirror(hessian_t hessian, slong n)
{
    for (slong i = 0; i < n; i++) {
        for (slong j = 0; j < i; j++)
            scalar_set(entry(hessian, n, i, j), entry(hessian, n, j, i));
    }
}

static void clear_outputs(scalar_t *value, scalar_t *gradient, hessian_t hessian, slong n)
{
    if (value != NULL)
        scalar_zero(value);
    for (slong i = 0; gradient != NULL && i < n; i++)
        scalar_zero(gradient + i);
    for (slong i = 0; hessian != NULL && i < n; i++) {
        for (slong j = 0; j < n; j++)
            scalar_zero(entry(hessian, n, i, j));
    }
}

static void evaluate(scalar_t *value, scalar_t *gradient, hessian_t hessian, const scalar_t *u,
                     const ncf_network_struct *network, data_t x, data_t weights, slong points,
                     slong prec)
{
    slong n = network->unknowns;
    clear_outputs(value, gradient, hessian, n);
    const ncf_network_struct *parts = network->part_count > 0 ? network->parts : network;
    for (slong i = 0; i < FLINT_MAX(network->part_count, 1); i++)
        add_part(value, gradient, hessian, n, NULL, u, NULL, parts + i, x, weights, points,
                 prec);
    if (hessian != NULL)
        mirror(hessian, n);
}

static void multiply_hessian(scalar_t *out, const scalar_t *u, const scalar_t *v,
                             const ncf_network_struct *network, data_t x, data_t weights,
                             slong points, slong prec)
{
    slong n = network->unknowns;
    clear_outputs(NULL, out, NULL, n);
    const ncf_network_struct *parts = network->part_count > 0 ? network->parts : network;
    for (slong i = 0; i < FLINT_MAX(network->part_count, 1); i++)
        add_part(NULL, NULL, NULL, n, out, u, v, parts + i, x, weights, points, prec);
}
