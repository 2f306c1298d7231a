/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * evaluate_template.h: value, gradient and Hessian of N(u) = sum_i z_i H(x_i; u),
 * written once for every arithmetic. The including file defines before:
 *
 *   scalar_t                                     one number in an array
 *   data_t, input(x, i, j, columns)              the entries of the data, const scalar_t *
 *   hessian_t, entry(hessian, n, i, j)           the entries of the result, scalar_t *
 *   scalar_new(count), scalar_delete(v, count)   arrays, initialised to zero
 *   scalar_zero(r), scalar_set(r, a), scalar_is_zero(a)    the last: EXACTLY zero
 *   scalar_mul(r, a, b, prec), scalar_add(r, a, b, prec)
 *   scalar_power(r, a, c, e, prec)               r = c a^e, integers c, e >= 0
 *   scalar_dot(r, initial, x, xstep, y, ystep, count, prec)   initial may be NULL
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
 */

typedef struct {
    const ncf_network_struct *network;
    const scalar_t *u;
    slong prec;
    slong capacity;     /* points of a full batch */
    slong batch;        /* points of the current batch: the stride between units */
    slong square;       /* entries of the largest matrix k_m x k_l, m, l >= 1 */
    int second_order;   /* the arrays for the Hessian exist */
    scalar_t **a;       /* a_l, 0 <= l < K: k_l x batch */
    scalar_t **b;       /* b_l, 1 <= l <= K */
    scalar_t **slope;   /* s_l'(b_l), 1 <= l < K */
    scalar_t **bend;    /* s_l''(b_l), 1 <= l < K */
    scalar_t **back;    /* v_l, 1 <= l < K */
    scalar_t **delta;   /* delta_l, 1 <= l <= K */
    scalar_t **second;  /* S_l, 1 <= l < K: k_l x k_l x batch */
    scalar_t *jacobian; /* F_{m,l}: k_m x k_l x batch */
    scalar_t *product;  /* S_m F_{m,l}, and S_{l+1} W_{l+1} */
    scalar_t *scaled;   /* Q_{m,l} */
    scalar_t *term;     /* batch */
} pass_t;

/* About 2^20 numbers at once, at most 256 points: a bound on memory only. */
static slong batch_capacity(const ncf_network_struct *network, slong points, slong square,
                            int second_order)
{
    double each = 0;
    for (slong l = 0; l <= network->depth; l++)
        each += 6.0 * (double) network->widths[l];
    if (second_order)
        each += (3.0 + (double) network->depth) * (double) square;
    double room = 1048576.0 / each;
    slong capacity = room < 1 ? 1 : room > 256 ? 256 : (slong) room;
    return capacity < points ? capacity : points;
}

static scalar_t **layers_new(const pass_t *pass, slong first, slong last, int squared)
{
    scalar_t **layers = ncf__calloc((size_t) pass->network->depth + 1, sizeof(*layers));
    for (slong l = first; l <= last; l++) {
        slong width = pass->network->widths[l];
        layers[l] = scalar_new((squared ? width * width : width) * pass->capacity);
    }
    return layers;
}

static void layers_delete(const pass_t *pass, scalar_t **layers, int squared)
{
    for (slong l = 0; l <= pass->network->depth; l++) {
        slong width = pass->network->widths[l];
        if (layers[l] != NULL)
            scalar_delete(layers[l], (squared ? width * width : width) * pass->capacity);
    }
    ncf__free(layers);
}

static void pass_init(pass_t *pass, const ncf_network_struct *network, const scalar_t *u,
                      slong points, int second_order, slong prec)
{
    slong depth = network->depth, widest = 1;
    for (slong l = 1; l <= depth; l++)
        widest = FLINT_MAX(widest, network->widths[l]);
    pass->network = network;
    pass->u = u;
    pass->prec = prec;
    pass->second_order = second_order;
    pass->square = second_order ? widest * widest : 0;
    pass->capacity = batch_capacity(network, points, pass->square, second_order);
    pass->a = layers_new(pass, 0, depth - 1, 0);
    pass->b = layers_new(pass, 1, depth, 0);
    pass->slope = layers_new(pass, 1, depth - 1, 0);
    pass->bend = layers_new(pass, 1, second_order ? depth - 1 : 0, 0);
    pass->back = layers_new(pass, 1, depth - 1, 0);
    pass->delta = layers_new(pass, 1, depth, 0);
    pass->second = layers_new(pass, 1, second_order ? depth - 1 : 0, 1);
    pass->jacobian = scalar_new(pass->square * pass->capacity);
    pass->product = scalar_new(pass->square * pass->capacity);
    pass->scaled = scalar_new(pass->square * pass->capacity);
    pass->term = scalar_new(pass->capacity);
}

static void pass_clear(pass_t *pass)
{
    layers_delete(pass, pass->a, 0);
    layers_delete(pass, pass->b, 0);
    layers_delete(pass, pass->slope, 0);
    layers_delete(pass, pass->bend, 0);
    layers_delete(pass, pass->back, 0);
    layers_delete(pass, pass->delta, 0);
    layers_delete(pass, pass->second, 1);
    scalar_delete(pass->jacobian, pass->square * pass->capacity);
    scalar_delete(pass->product, pass->square * pass->capacity);
    scalar_delete(pass->scaled, pass->square * pass->capacity);
    scalar_delete(pass->term, pass->capacity);
}

/* The first entry of W_l, 1 <= l <= K. */
static const scalar_t *layer_weights(const pass_t *pass, slong l)
{
    return pass->u + pass->network->offsets[l - 1];
}

static int all_zero(const scalar_t *v, slong count)
{
    for (slong i = 0; i < count; i++) {
        if (!scalar_is_zero(v + i))
            return 0;
    }
    return 1;
}

/* a_l = b_l^p and the derivatives that later passes need. */
static void activate(pass_t *pass, slong l, slong count)
{
    ulong p = (ulong) pass->network->activations[l - 1].degree;
    for (slong i = 0; i < count; i++) {
        const scalar_t *t = pass->b[l] + i;
        scalar_power(pass->a[l] + i, t, 1, p, pass->prec);
        scalar_power(pass->slope[l] + i, t, p, p - 1, pass->prec);
        if (pass->second_order && p >= 2)
            scalar_power(pass->bend[l] + i, t, p * (p - 1), p - 2, pass->prec);
    }
}

/* Loads the points first .. first + batch - 1 and runs through the layers. */
static void forward(pass_t *pass, data_t x, slong first)
{
    const slong *k = pass->network->widths;
    slong depth = pass->network->depth, batch = pass->batch;
    for (slong j = 0; j < k[0]; j++) {
        for (slong i = 0; i < batch; i++)
            scalar_set(pass->a[0] + j * batch + i, input(x, first + i, j, k[0]));
    }
    for (slong l = 1; l <= depth; l++) {
        const scalar_t *w = layer_weights(pass, l);
        for (slong j = 0; j < k[l]; j++) {
            for (slong i = 0; i < batch; i++)
                scalar_dot(pass->b[l] + j * batch + i, NULL, w + j * k[l - 1], 1,
                           pass->a[l - 1] + i, batch, k[l - 1], pass->prec);
        }
        if (l < depth)
            activate(pass, l, k[l] * batch);
    }
}

/* delta_K, ..., delta_1; forward has run. */
static void reverse(pass_t *pass, data_t weights, slong first)
{
    const slong *k = pass->network->widths;
    slong depth = pass->network->depth, batch = pass->batch;
    for (slong i = 0; i < batch; i++)
        scalar_set(pass->delta[depth] + i, input(weights, first + i, 0, 1));
    for (slong l = depth - 1; l >= 1; l--) {
        const scalar_t *w = layer_weights(pass, l + 1);
        for (slong j = 0; j < k[l]; j++) {
            for (slong i = 0; i < batch; i++) {
                slong at = j * batch + i;
                scalar_dot(pass->back[l] + at, NULL, w + j, k[l], pass->delta[l + 1] + i,
                           batch, k[l + 1], pass->prec);
                scalar_mul(pass->delta[l] + at, pass->slope[l] + at, pass->back[l] + at,
                           pass->prec);
            }
        }
    }
}

static void add_gradient(scalar_t *gradient, const pass_t *pass)
{
    const slong *k = pass->network->widths;
    slong batch = pass->batch;
    scalar_t *out = gradient;
    for (slong l = 1; l <= pass->network->depth; l++) {
        for (slong a = 0; a < k[l]; a++) {
            for (slong b = 0; b < k[l - 1]; b++, out++)
                scalar_dot(out, out, pass->delta[l] + a * batch, 1, pass->a[l - 1] + b * batch,
                           1, batch, pass->prec);
        }
    }
}

/* out = D_l W_{l+1}^T S_{l+1} W_{l+1} D_l, the part of S_l from the layers above. */
static void pull_back_second(scalar_t *out, pass_t *pass, slong l)
{
    slong k = pass->network->widths[l], above = pass->network->widths[l + 1];
    slong batch = pass->batch, prec = pass->prec;
    const scalar_t *w = layer_weights(pass, l + 1);
    for (slong c = 0; c < above * k; c++) {
        for (slong i = 0; i < batch; i++)
            scalar_dot(pass->product + c * batch + i, NULL,
                       pass->second[l + 1] + (c / k) * above * batch + i, batch, w + c % k, k,
                       above, prec);
    }
    for (slong c = 0; c < k; c++) {
        for (slong a = c; a < k; a++) {
            for (slong i = 0; i < batch; i++) {
                scalar_t *s = out + (c * k + a) * batch + i;
                scalar_dot(s, NULL, w + c, k, pass->product + a * batch + i, k * batch, above,
                           prec);
                scalar_mul(s, s, pass->slope[l] + c * batch + i, prec);
                scalar_mul(s, s, pass->slope[l] + a * batch + i, prec);
                scalar_set(out + (a * k + c) * batch + i, s);
            }
        }
    }
}

/* S_{K-1}, ..., S_1. S_K = 0 is not stored, so S_{K-1} is diagonal. */
static void reverse_second(pass_t *pass)
{
    slong depth = pass->network->depth, batch = pass->batch;
    for (slong l = depth - 1; l >= 1; l--) {
        slong k = pass->network->widths[l];
        scalar_t *second = pass->second[l];
        if (l + 1 < depth) {
            pull_back_second(second, pass, l);
        } else {
            for (slong c = 0; c < k * k * batch; c++)
                scalar_zero(second + c);
        }
        for (slong c = 0; c < k; c++) {
            for (slong i = 0; i < batch; i++) {
                scalar_t *diagonal = second + (c * k + c) * batch + i;
                scalar_mul(pass->term, pass->bend[l] + c * batch + i,
                           pass->back[l] + c * batch + i, pass->prec);
                scalar_add(diagonal, diagonal, pass->term, pass->prec);
            }
        }
    }
}

/*
 * Adds sum_i left_i a_{l-1}[b]_i right[r]_i to row (l, a, b), column + r * step, for
 * every b and r; `triangle` keeps r >= b.
 */
static void add_products(hessian_t hessian, pass_t *pass, slong l, slong a,
                         const scalar_t *left, const scalar_t *right, slong count,
                         slong column, slong step, int triangle)
{
    slong n = pass->network->unknowns, batch = pass->batch;
    slong inputs = pass->network->widths[l - 1];
    slong row = pass->network->offsets[l - 1] + a * inputs;
    if (all_zero(left, batch))
        return;
    for (slong b = 0; b < inputs; b++) {
        for (slong i = 0; i < batch; i++)
            scalar_mul(pass->term + i, left + i, pass->a[l - 1] + b * batch + i, pass->prec);
        for (slong r = triangle ? b : 0; r < count; r++) {
            scalar_t *out = entry(hessian, n, row + b, column + r * step);
            scalar_dot(out, out, pass->term, 1, right + r * batch, 1, batch, pass->prec);
        }
    }
}

/* The terms with S_m F_{m,l} = `product` (k_m x k_l) of the block (l, m). */
static void add_curvature(hessian_t hessian, pass_t *pass, slong l, slong m,
                          const scalar_t *product)
{
    const slong *k = pass->network->widths;
    slong offset = pass->network->offsets[m - 1];
    for (slong a = 0; a < k[l]; a++) {
        for (slong c = l == m ? a : 0; c < k[m]; c++)
            add_products(hessian, pass, l, a, product + (c * k[l] + a) * pass->batch,
                         pass->a[m - 1], k[m - 1], offset + c * k[m - 1], 1, l == m && a == c);
    }
}

/* The terms with delta_m and Q_{m-1,l} = `scaled` (k_{m-1} x k_l), l < m. */
static void add_mixed(hessian_t hessian, pass_t *pass, slong l, slong m)
{
    const slong *k = pass->network->widths;
    slong offset = pass->network->offsets[m - 1];
    for (slong a = 0; a < k[l]; a++) {
        for (slong e = 0; e < k[m - 1]; e++)
            add_products(hessian, pass, l, a, pass->scaled + (e * k[l] + a) * pass->batch,
                         pass->delta[m], k[m], offset + e, k[m - 1], 0);
    }
}

/* scaled = Q_{l,l} = D_l. */
static void start_chain(pass_t *pass, slong l)
{
    slong k = pass->network->widths[l], batch = pass->batch;
    for (slong c = 0; c < k * k * batch; c++)
        scalar_zero(pass->scaled + c);
    for (slong c = 0; c < k; c++) {
        for (slong i = 0; i < batch; i++)
            scalar_set(pass->scaled + (c * k + c) * batch + i, pass->slope[l] + c * batch + i);
    }
}

/* jacobian = F_{m,l} = W_m Q_{m-1,l}. */
static void extend_chain(pass_t *pass, slong l, slong m)
{
    const slong *k = pass->network->widths;
    slong batch = pass->batch;
    const scalar_t *w = layer_weights(pass, m);
    for (slong c = 0; c < k[m]; c++) {
        for (slong a = 0; a < k[l] * batch; a++)
            scalar_dot(pass->jacobian + c * k[l] * batch + a, NULL, w + c * k[m - 1], 1,
                       pass->scaled + a, k[l] * batch, k[m - 1], pass->prec);
    }
}

/* product = S_m F_{m,l} and scaled = Q_{m,l} = D_m F_{m,l}, m < K. */
static void close_chain(pass_t *pass, slong l, slong m)
{
    const slong *k = pass->network->widths;
    slong batch = pass->batch;
    for (slong c = 0; c < k[m]; c++) {
        for (slong a = 0; a < k[l] * batch; a++) {
            slong at = c * k[l] * batch + a, i = a % batch;
            scalar_dot(pass->product + at, NULL, pass->second[m] + c * k[m] * batch + i, batch,
                       pass->jacobian + a, k[l] * batch, k[m], pass->prec);
            scalar_mul(pass->scaled + at, pass->jacobian + at, pass->slope[m] + c * batch + i,
                       pass->prec);
        }
    }
}

/* Adds the batch to the upper triangle. */
static void add_hessian(hessian_t hessian, pass_t *pass)
{
    slong depth = pass->network->depth;
    reverse_second(pass);
    for (slong l = 1; l < depth; l++) {
        add_curvature(hessian, pass, l, l, pass->second[l]);
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
    pass_t pass;
    pass_init(&pass, network, u, points, hessian != NULL, prec);
    clear_outputs(value, gradient, hessian, network->unknowns);
    for (slong first = 0; first < points; first += pass.batch) {
        pass.batch = FLINT_MIN(pass.capacity, points - first);
        forward(&pass, x, first);
        reverse(&pass, weights, first);
        if (value != NULL)
            scalar_dot(value, value, pass.delta[network->depth], 1, pass.b[network->depth], 1,
                       pass.batch, prec);
        if (gradient != NULL)
            add_gradient(gradient, &pass);
        if (hessian != NULL)
            add_hessian(hessian, &pass);
    }
    if (hessian != NULL)
        mirror(hessian, network->unknowns);
    pass_clear(&pass);
}
