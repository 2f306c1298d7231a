/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * prune_state.c: a search as text, so that it can go on later. Doubles are written in
 * hexadecimal: nothing is rounded. The first lines name the problem, by a digest of its
 * exact data and degrees, and lambda_min; a digest of all lines before it ends the text.
 */
#include "prune_search.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define STATE_HEAD "ncf-prune 1"
#define LONGEST_NUMBER 40

/* ---- Text that grows ------------------------------------------------------------- */

typedef struct {
    char *text;
    size_t length, allocated;
} text_t;

static void put(text_t *t, const char *piece)
{
    size_t length = strlen(piece);
    if (t->length + length + 1 > t->allocated) {
        t->allocated = 2 * (t->length + length + 1);
        t->text = ncf__realloc(t->text, t->allocated, 1);
    }
    memcpy(t->text + t->length, piece, length + 1);
    t->length += length;
}

static void put_integer(text_t *t, slong k)
{
    char piece[LONGEST_NUMBER];
    snprintf(piece, sizeof(piece), " %ld", (long) k);
    put(t, piece);
}

static void put_double(text_t *t, double x)
{
    char piece[LONGEST_NUMBER];
    snprintf(piece, sizeof(piece), " %a", x);
    put(t, piece);
}

static void put_box(text_t *t, const char *name, const ncf_prune_box_t *box, slong n)
{
    put(t, name);
    for (slong j = 0; j < n; j++) {
        put_double(t, box->low[j]);
        put_double(t, box->high[j]);
    }
    put(t, "\n");
}

static void put_rational(text_t *t, const fmpq_t q)
{
    char *piece = fmpq_get_str(NULL, 10, q);
    put(t, " ");
    put(t, piece);
    flint_free(piece);
}

/* What the search depends on: widths, degrees, points and weights z_i. */
static void problem_digest(char hex[65], const struct ncf_problem *problem)
{
    text_t t = {NULL, 0, 0};
    fmpq_mat_t weights;
    fmpq_mat_init(weights, problem->points, 1);
    ncf__problem_weights(weights, problem);
    put(&t, "widths");
    for (slong l = 0; l <= problem->network.depth; l++)
        put_integer(&t, problem->network.widths[l]);
    put(&t, " degrees");
    for (slong l = 0; l + 1 < problem->network.depth; l++)
        put_integer(&t, problem->network.activations[l].degree);
    for (slong i = 0; i < problem->points; i++) {
        put(&t, " point");
        for (slong j = 0; j < problem->network.inputs; j++)
            put_rational(&t, fmpq_mat_entry(problem->x, i, j));
        put_rational(&t, fmpq_mat_entry(weights, i, 0));
    }
    ncf__sha256(hex, t.text, t.length);
    ncf__free(t.text);
    fmpq_mat_clear(weights);
}

static void put_head(text_t *t, const struct ncf_problem *problem, const fmpq_t lambda_min)
{
    char hex[65];
    problem_digest(hex, problem);
    put(t, STATE_HEAD "\nproblem ");
    put(t, hex);
    put(t, "\nlambda-min");
    put_rational(t, lambda_min);
    put(t, "\n");
}

/* ---- Writing --------------------------------------------------------------------- */

static void put_job(text_t *t, const ncf_prune_job_t *job, slong n)
{
    put(t, "job");
    put_integer(t, job->stratum);
    put_integer(t, job->chart);
    put_integer(t, job->done);
    put_integer(t, job->zeros_inherited);
    put_integer(t, job->tubes_inherited);
    put(t, "\n");
    for (slong k = 0; k < job->open.count; k++)
        put_box(t, "open", &job->open.boxes[k], n);
    for (slong k = 0; k < job->small.count; k++)
        put_box(t, "small", &job->small.boxes[k], n);
    for (slong k = 0; k < job->zero_count; k++) {
        put_box(t, "zero", &job->zeros[k].unique, n);
        put_box(t, "at", &job->zeros[k].at, n);
    }
    for (slong k = 0; k < job->tube_count; k++) {
        put(t, "tube");
        for (slong j = 0; j < n; j++)
            put_integer(t, job->tubes[k].solved[j]);
        put(t, "\n");
        put_box(t, "box", &job->tubes[k].box, n);
        put_box(t, "at", &job->tubes[k].at, n);
    }
}

ncf_status_t ncf__prune_save(FILE *stream, const ncf_prune_search_t *search, ncf_error_t *err)
{
    text_t t = {NULL, 0, 0};
    char hex[65];
    put_head(&t, search->problem, search->lambda_min);
    put(&t, "search");
    put_double(&t, search->floor);
    put_integer(&t, search->last_small);
    put_integer(&t, search->finished);
    put_double(&t, search->seconds);
    put(&t, "\n");
    for (slong i = 0; i < search->job_count; i++)
        put_job(&t, &search->jobs[i],
                search->strata.strata[search->jobs[i].stratum].variables);
    ncf__sha256(hex, t.text, t.length);
    put(&t, "end ");
    put(&t, hex);
    put(&t, "\n");
    size_t written = fwrite(t.text, 1, t.length, stream);
    int good = written == t.length && fflush(stream) == 0;
    ncf__free(t.text);
    return good ? NCF_OK
                : ncf__fail(err, NCF_EIO, "the state of the search could not be written: %s",
                            strerror(errno));
}

/* ---- Reading --------------------------------------------------------------------- */

static void read_all(text_t *t, FILE *stream)
{
    char piece[4097];
    size_t length;
    put(t, "");
    while ((length = fread(piece, 1, sizeof(piece) - 1, stream)) > 0) {
        piece[length] = 0;
        put(t, piece);
    }
}

/* The text after a word at the cursor, or NULL. */
static const char *take_word(const char **cursor, const char *word)
{
    size_t length = strlen(word);
    if (strncmp(*cursor, word, length) != 0)
        return NULL;
    *cursor += length;
    return *cursor;
}

static int take_integer(slong *out, const char **cursor, slong low, slong high)
{
    char *end;
    errno = 0;
    long value = strtol(*cursor, &end, 10);
    if (end == *cursor || errno != 0 || value < low || value > high)
        return 0;
    *cursor = end;
    *out = value;
    return 1;
}

static int take_double(double *out, const char **cursor)
{
    char *end;
    *out = strtod(*cursor, &end);
    if (end == *cursor || !isfinite(*out))
        return 0;
    *cursor = end;
    return 1;
}

static int take_box(ncf_prune_box_t *box, const char **cursor, slong n)
{
    memset(box, 0, sizeof(*box));
    for (slong j = 0; j < n; j++)
        if (!take_double(&box->low[j], cursor) || !take_double(&box->high[j], cursor) ||
            !(box->low[j] <= box->high[j]))
            return 0;
    return take_word(cursor, "\n") != NULL;
}

static int take_tube(ncf_prune_tube_t *tube, const char **cursor, slong n)
{
    slong solved;
    memset(tube, 0, sizeof(*tube));
    for (slong j = 0; j < n; j++) {
        if (!take_integer(&solved, cursor, 0, 1))
            return 0;
        tube->solved[j] = (unsigned char) solved;
    }
    return take_word(cursor, "\nbox") != NULL && take_box(&tube->box, cursor, n) &&
           take_word(cursor, "at") != NULL && take_box(&tube->at, cursor, n);
}

/* The lines of one job after its first one. */
static int take_job_lines(ncf_prune_job_t *job, const char **cursor, slong n)
{
    ncf_prune_box_t box;
    ncf_prune_zero_t zero;
    ncf_prune_tube_t tube;
    for (;;) {
        if (take_word(cursor, "open") != NULL) {
            if (!take_box(&box, cursor, n))
                return 0;
            ncf__prune_append(&job->open, &box);
        } else if (take_word(cursor, "small") != NULL) {
            if (!take_box(&box, cursor, n))
                return 0;
            ncf__prune_append(&job->small, &box);
        } else if (take_word(cursor, "zero") != NULL) {
            if (!take_box(&zero.unique, cursor, n) || take_word(cursor, "at") == NULL ||
                !take_box(&zero.at, cursor, n))
                return 0;
            ncf__prune_add_zero(job, &zero);
        } else if (take_word(cursor, "tube") != NULL) {
            if (!take_tube(&tube, cursor, n))
                return 0;
            ncf__prune_add_tube(job, &tube);
        } else {
            return 1;
        }
    }
}

static int take_job(ncf_prune_search_t *search, const char **cursor)
{
    slong stratum, chart, done, zeros, tubes;
    if (take_word(cursor, "job") == NULL ||
        !take_integer(&stratum, cursor, 0, search->strata.count - 1) ||
        !take_integer(&chart, cursor, 0, search->strata.strata[stratum].charts - 1) ||
        !take_integer(&done, cursor, 0, WORD_MAX) ||
        !take_integer(&zeros, cursor, 0, WORD_MAX) ||
        !take_integer(&tubes, cursor, 0, WORD_MAX) || take_word(cursor, "\n") == NULL)
        return 0;
    ncf_prune_job_t *job = ncf__prune_add_job(search, stratum, chart);
    job->done = done;
    job->zeros_inherited = zeros;
    job->tubes_inherited = tubes;
    return take_job_lines(job, cursor, search->strata.strata[stratum].variables) &&
           zeros <= job->zero_count && tubes <= job->tube_count;
}

static int take_search(ncf_prune_search_t *search, const char **cursor)
{
    slong finished;
    if (take_word(cursor, "search") == NULL || !take_double(&search->floor, cursor) ||
        !take_integer(&search->last_small, cursor, 0, WORD_MAX) ||
        !take_integer(&finished, cursor, 0, 1) || !take_double(&search->seconds, cursor) ||
        take_word(cursor, "\n") == NULL || !(search->floor > 0))
        return 0;
    search->finished = (int) finished;
    while (**cursor == 'j')
        if (!take_job(search, cursor))
            return 0;
    return 1;
}

/* Is the last line the digest of all that comes before it? The text is cut there. */
static int is_whole(text_t *t)
{
    char hex[65];
    size_t tail = strlen("end \n") + 64;
    if (t->length < tail || t->text[t->length - 1] != '\n')
        return 0;
    char *end = t->text + t->length - tail;
    ncf__sha256(hex, t->text, (size_t) (end - t->text));
    int whole = strncmp(end, "end ", 4) == 0 && strncmp(end + 4, hex, 64) == 0;
    *end = 0;
    return whole;
}

ncf_status_t ncf__prune_load(ncf_prune_search_t **out, FILE *stream,
                             const struct ncf_problem *problem, const fmpq_t lambda_min,
                             ncf_error_t *err)
{
    text_t t = {NULL, 0, 0}, head = {NULL, 0, 0};
    ncf_status_t status = NCF_OK;
    *out = NULL;
    const char *fact = ncf__prune_unsupported(problem);
    if (fact != NULL)
        return ncf__fail(err, NCF_EARG, "%s", fact);
    read_all(&t, stream);
    put_head(&head, problem, lambda_min);
    const char *cursor = t.text;
    if (!is_whole(&t))
        status = ncf__fail(err, NCF_EPARSE, "this is not the whole state of a search");
    else if (take_word(&cursor, head.text) == NULL)
        status = ncf__fail(err, NCF_EARG,
                           "this is the state of a search for another problem or lambda-min");
    if (status == NCF_OK) {
        *out = ncf__prune_new_empty(problem, lambda_min);
        if (!take_search(*out, &cursor) || *cursor != 0) {
            status = ncf__fail(err, NCF_EPARSE, "the state of the search is malformed");
            ncf__prune_free(*out);
            *out = NULL;
        }
    }
    ncf__free(head.text);
    ncf__free(t.text);
    return status;
}
