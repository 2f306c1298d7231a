/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* build.c: the rows of a table, from the records of its cases. */
#include "table.h"

#include <ctype.h>
#include <string.h>

const char *ncf__case_status_text(ncf_case_status_t status)
{
    static const char *const texts[NCF_CASE_STATUS_COUNT] = {
        "proved", "matched", "undecided", "time limit", "failed", "missing", "CONTRADICTION"};
    return texts[status];
}

const char *ncf__case_status_key(ncf_case_status_t status)
{
    static const char *const keys[NCF_CASE_STATUS_COUNT] = {
        "proved", "matched", "undecided", "time_limit", "failed", "missing", "contradicted"};
    return keys[status];
}

void ncf__tally_add(ncf_tally_t *tally, const char *text)
{
    for (slong i = 0; i < tally->count; i++) {
        if (strcmp(tally->texts[i], text) == 0) {
            tally->times[i]++;
            return;
        }
    }
    size_t room = (size_t) tally->count + 1;
    tally->texts = ncf__realloc(tally->texts, room, sizeof(*tally->texts));
    tally->times = ncf__realloc(tally->times, room, sizeof(*tally->times));
    tally->texts[tally->count] = ncf__strdup(text);
    tally->times[tally->count++] = 1;
}

void ncf__tally_clear(ncf_tally_t *tally)
{
    for (slong i = 0; i < tally->count; i++)
        ncf__free(tally->texts[i]);
    ncf__free(tally->texts);
    ncf__free(tally->times);
}

/* ---- The empty table ------------------------------------------------------------ */

static void add_label(struct ncf_table *table, const ncf_axis_kind_t *kind)
{
    table->label_names[table->label_count] = kind->name;
    table->label_headings[table->label_count++] = kind->heading;
}

static int is_label(const struct ncf_study *study, int axis)
{
    return json_array_size(study->axes[axis].values) > 1;
}

struct ncf_table *ncf__table_new(const struct ncf_study *study)
{
    struct ncf_table *table = ncf__calloc(1, sizeof(*table));
    table->title = ncf__strdup(study->title != NULL ? study->title : study->name);
    table->study_name = ncf__strdup(study->name);
    table->study_sha256 = ncf__strdup(study->sha256);
    table->command = ncf__format("ncf table %s", study->name);
    memcpy(table->columns, study->columns, sizeof(table->columns));
    table->column_count = study->column_count;
    table->is_grouped = study->is_grouped;
    for (int i = 0; i < study->group_count; i++)
        add_label(table, study->axes[study->group[i]].kind);
    for (int i = 0; i < study->axis_count && !study->is_grouped; i++) {
        if (is_label(study, i))
            add_label(table, study->axes[i].kind);
    }
    return table;
}

static void clear_row(struct ncf_table *table, ncf_row_t *row)
{
    for (int i = 0; row->labels != NULL && i < table->label_count; i++)
        ncf__free(row->labels[i]);
    for (int i = 0; row->cells != NULL && i < table->column_count; i++)
        ncf__cell_clear(&row->cells[i]);
    ncf__free(row->labels);
    ncf__free(row->cells);
}

void ncf_table_free(ncf_table_t *table)
{
    if (table == NULL)
        return;
    for (slong k = 0; k < table->row_count; k++)
        clear_row(table, &table->rows[k]);
    ncf__tally_clear(&table->scopes);
    ncf__tally_clear(&table->theorems);
    ncf__tally_clear(&table->searches);
    ncf__tally_clear(&table->measured);
    ncf__tally_clear(&table->reasons);
    ncf__free(table->rows);
    ncf__free(table->title);
    ncf__free(table->study_name);
    ncf__free(table->study_sha256);
    ncf__free(table->command);
    ncf__free(table);
}

/* ---- Rows ----------------------------------------------------------------------- */

static slong row_count(const struct ncf_study *study)
{
    slong count = 1;
    if (!study->is_grouped)
        return study->cases;
    for (int i = 0; i < study->group_count; i++)
        count *= (slong) json_array_size(study->axes[study->group[i]].values);
    return count;
}

static slong row_of(const struct ncf_study *study, slong index)
{
    slong row = 0;
    if (!study->is_grouped)
        return index;
    for (int i = 0; i < study->group_count; i++) {
        int axis = study->group[i];
        row = row * (slong) json_array_size(study->axes[axis].values) +
              ncf__study_digit(study, index, axis);
    }
    return row;
}

static char *axis_text(const struct ncf_study *study, slong index, int axis)
{
    size_t digit = (size_t) ncf__study_digit(study, index, axis);
    return ncf__axis_label(study->axes[axis].kind,
                           json_array_get(study->axes[axis].values, digit));
}

/* A row is made when its first case comes. */
static void start_row(struct ncf_table *table, ncf_row_t *row, const struct ncf_study *study,
                      slong index)
{
    int used = 0;
    row->labels = ncf__calloc((size_t) table->label_count + 1, sizeof(*row->labels));
    row->cells = ncf__calloc((size_t) table->column_count, sizeof(*row->cells));
    for (int i = 0; i < study->group_count; i++)
        row->labels[used++] = axis_text(study, index, study->group[i]);
    for (int i = 0; i < study->axis_count && !study->is_grouped; i++) {
        if (is_label(study, i))
            row->labels[used++] = axis_text(study, index, i);
    }
    for (int i = 0; i < table->column_count; i++)
        ncf__cell_init(&row->cells[i], table->columns[i].kind->type);
}

/* ---- Notes of one case ---------------------------------------------------------- */

/* The theorems that an argument names: "... (T-COUNT, T-REAL)". */
static void add_theorems(ncf_tally_t *tally, const char *argument)
{
    for (const char *at = argument; (at = strstr(at, "T-")) != NULL; at++) {
        size_t length = 2;
        while (isupper((unsigned char) at[length]))
            length++;
        if (length == 2)
            continue;
        char *name = ncf__format("%.*s", (int) length, at);
        ncf__tally_add(tally, name);
        ncf__free(name);
    }
}

static void add_argument(struct ncf_table *table, const json_t *part)
{
    const char *argument = json_string_value(json_object_get(part, "argument"));
    if (argument != NULL && json_is_true(json_object_get(part, "proved")))
        add_theorems(&table->theorems, argument);
}

static void add_scope(struct ncf_table *table, const char *scope)
{
    char *text = ncf__format("complete: %s", scope != NULL ? scope : "?");
    ncf__tally_add(&table->scopes, text);
    ncf__free(text);
}

static void note_solution(struct ncf_table *table, const json_t *answer)
{
    const json_t *complete = json_object_get(answer, "complete");
    const json_t *parts = json_object_get(complete, "parts");
    const char *scope = json_string_value(json_object_get(complete, "scope"));
    const char *method = json_string_value(json_object_get(answer, "method"));
    add_argument(table, complete);
    for (size_t i = 0; i < json_array_size(parts); i++)
        add_argument(table, json_array_get(parts, i));
    if (json_is_true(json_object_get(complete, "proved"))) {
        add_scope(table, scope);
    } else {
        char *text =
            ncf__format("not proved complete (method %s)", method != NULL ? method : "?");
        ncf__tally_add(&table->searches, text);
        ncf__free(text);
    }
}

static void note_runs(struct ncf_table *table, const json_t *answer)
{
    const char *scope = json_string_value(json_object_get(answer, "list_scope"));
    ncf__tally_add(&table->measured, "runs from random starts; the KKT points, their caps and "
                                     "that directions lie in them are proved, the rest is "
                                     "measured");
    if (json_is_integer(json_object_get(answer, "strict_orbits")))
        add_scope(table, scope);
}

static void note_proof(struct ncf_table *table, const json_t *answer)
{
    const json_t *validated = json_object_get(answer, "validated");
    if (!json_is_true(json_object_get(json_object_get(validated, "uniform"), "proved")))
        return;
    ncf__tally_add(&table->scopes, "that the training flow from delta w_0 comes within the "
                                   "proved angle of its KKT point, for every delta up to the "
                                   "proved one");
    ncf__tally_add(&table->theorems, "T-VALIDATEDFLOW");
    ncf__tally_add(&table->theorems, "T-CAP");
}

static void note_case(struct ncf_table *table, const ncf_facts_t *facts)
{
    if (facts->answers[NCF_TASK_SOLVE] != NULL)
        note_solution(table, facts->answers[NCF_TASK_SOLVE]);
    if (facts->answers[NCF_TASK_SEARCH] != NULL)
        ncf__tally_add(&table->searches, "searched from random starts in all weights, each "
                                         "point that was found proved there");
    if (facts->answers[NCF_TASK_PRUNE] != NULL)
        ncf__tally_add(&table->searches, "enumerated by branch and prune in all weights");
    if (facts->answers[NCF_TASK_FLOW] != NULL)
        ncf__tally_add(&table->measured, "one run of a flow; its KKT point, its cap and that "
                                         "the direction lies in it are proved, the rest is "
                                         "measured");
    if (facts->answers[NCF_TASK_RUNS] != NULL)
        note_runs(table, facts->answers[NCF_TASK_RUNS]);
    if (facts->answers[NCF_TASK_PROVE] != NULL)
        note_proof(table, facts->answers[NCF_TASK_PROVE]);
    if (facts->answers[NCF_TASK_CERTIFY] != NULL)
        ncf__tally_add(&table->searches,
                       "listed orbits certified again from 40 decimals of their weights");
}

/* What a theorem about the flow does not say; allocated, NULL: it is proved. */
static char *proof_reason(const json_t *answer)
{
    const json_t *validated = json_object_get(answer, "validated");
    const json_t *uniform = json_object_get(validated, "uniform");
    const json_t *convergence = json_object_get(validated, "convergence");
    const char *text = json_string_value(json_object_get(uniform, "reason"));
    const char *other = json_string_value(json_object_get(convergence, "reason"));
    if (!json_is_true(json_object_get(uniform, "proved")))
        return ncf__strdup(text != NULL    ? text
                           : other != NULL ? other
                                           : "the theorem on small delta is not proved");
    return ncf__strdup("the theorem on small delta is not proved for this one");
}

static char *runs_reason(const json_t *answer)
{
    const json_t *runs = json_object_get(answer, "runs");
    long finished = (long) json_integer_value(json_object_get(runs, "finished"));
    long matched = (long) json_integer_value(json_object_get(runs, "matched"));
    long zero = (long) json_integer_value(json_object_get(runs, "zero"));
    if (matched + zero == finished)
        return ncf__strdup("not all points that runs turn to are in a complete list");
    return ncf__format("%ld of %ld runs end the early phase in no certified cap",
                       finished - matched - zero, finished);
}

/* The numbers of two routes when one of them found less than there is; allocated or NULL. */
static char *search_reason(const ncf_facts_t *facts)
{
    const json_t *counts = json_object_get(facts->answers[NCF_TASK_SOLVE], "counts");
    const json_t *search = facts->answers[NCF_TASK_SEARCH];
    const char *all = json_string_value(json_object_get(counts, "positive"));
    const char *found = json_string_value(json_object_get(search, "points"));
    const char *starts = json_string_value(json_object_get(search, "starts"));
    if (all == NULL || found == NULL || starts == NULL || strcmp(all, found) == 0)
        return NULL;
    return ncf__format("the search found %s of %s points in %s starts", found, all, starts);
}

/* Why a case is not proved, as far as its records say so; allocated. */
static char *reason_of(const ncf_facts_t *facts, ncf_case_status_t status)
{
    const json_t *answer = facts->answers[NCF_TASK_SOLVE];
    const json_t *first = json_array_get(json_object_get(answer, "undecided"), 0);
    const char *text = json_string_value(json_object_get(first, "reason"));
    const json_t *match = json_object_get(facts->answers[NCF_TASK_FLOW], "match");
    char *found = NULL;
    if (text == NULL)
        text = json_string_value(json_object_get(match, "reason"));
    if (status == NCF_CASE_MISSING)
        return ncf__strdup("not run yet");
    if (status == NCF_CASE_LIMIT)
        return ncf__strdup("the time limit of a case was reached");
    if (status == NCF_CASE_CONTRADICTED)
        return ncf__strdup("two routes to one number differ: this is an error of the program, "
                           "please report it");
    if (text == NULL)
        found = search_reason(facts);
    if (text == NULL && found == NULL && facts->answers[NCF_TASK_PROVE] != NULL)
        found = proof_reason(facts->answers[NCF_TASK_PROVE]);
    if (text == NULL && found == NULL && facts->answers[NCF_TASK_RUNS] != NULL)
        found = runs_reason(facts->answers[NCF_TASK_RUNS]);
    if (found != NULL)
        return found;
    return ncf__strdup(text != NULL ? text : "not everything that was asked is proved");
}

/* Takes over the reason. */
static void add_reason(struct ncf_table *table, const struct ncf_study *study, slong index,
                       char *reason)
{
    if (table->reasons.count < NCF_MAX_REASONS) {
        char *label = ncf__study_case_label(study, index);
        char *text = ncf__format("%s%s%s", label, *label != '\0' ? ": " : "", reason);
        ncf__tally_add(&table->reasons, text);
        ncf__free(text);
        ncf__free(label);
    } else {
        table->more_reasons++;
    }
    ncf__free(reason);
}

/* ---- Cases ---------------------------------------------------------------------- */

/* The order of severity: a later one hides an earlier one. */
static ncf_case_status_t worse(ncf_case_status_t a, ncf_case_status_t b)
{
    return a > b ? a : b;
}

/* Reads the records of a case. *error is allocated when the problem was refused. */
static ncf_case_status_t load_case(ncf_facts_t *facts, json_t **records, char **error,
                                   const struct ncf_study *study, const ncf_store_t *store,
                                   slong index)
{
    ncf_case_t item;
    ncf_error_t fact;
    ncf_case_status_t status = NCF_CASE_PROVED;
    ncf_error_init(&fact);
    if (ncf__case_init(&item, study, index, &fact) != NCF_OK) {
        *error = ncf__strdup(fact.text);
        return NCF_CASE_FAILED;
    }
    for (int task = 0; task < NCF_TASK_COUNT; task++) {
        char digest[65];
        if (!study->needs[task])
            continue;
        json_t *key = ncf__case_key(&item, (ncf_task_t) task);
        ncf__case_digest(digest, key);
        json_t *record = ncf__store_find(store, digest, key);
        json_decref(key);
        records[task] = record;
        json_int_t code = json_integer_value(json_object_get(record, "exit"));
        const char *text = json_string_value(json_object_get(record, "error"));
        int is_flow = task == NCF_TASK_FLOW || task == NCF_TASK_RUNS;
        status = worse(status, record == NULL ? NCF_CASE_MISSING
                               : text != NULL ? NCF_CASE_FAILED
                               : code == 4    ? NCF_CASE_LIMIT
                               : code != 0    ? NCF_CASE_UNDECIDED
                               : is_flow      ? NCF_CASE_MATCHED
                                              : NCF_CASE_PROVED);
        if (text != NULL && *error == NULL)
            *error = ncf__strdup(text);
        facts->seconds += json_number_value(json_object_get(record, "seconds"));
        const json_t *answer = json_object_get(record, "answer");
        facts->answers[task] = json_is_object(answer) ? answer : NULL;
    }
    facts->delta = item.options.delta != NULL ? ncf__strdup(item.options.delta) : NULL;
    ncf__case_clear(&item);
    return status;
}

/*
 * Adds the values. A question that stays open leaves its case undecided; a refuted check is a
 * contradiction between two routes.
 */
static ncf_case_status_t add_values(struct ncf_table *table, ncf_row_t *row,
                                    const ncf_facts_t *facts, ncf_case_status_t status)
{
    if (status == NCF_CASE_MISSING || status == NCF_CASE_FAILED)
        return status;
    for (int i = 0; i < table->column_count; i++) {
        slong refuted = row->cells[i].no, open = row->cells[i].open;
        int is_question = table->columns[i].kind->type == NCF_CELL_VERDICT;
        ncf__quantity_add(&row->cells[i], table->columns[i].kind, facts);
        if (is_question && row->cells[i].open > open)
            status = worse(status, NCF_CASE_UNDECIDED);
        if (table->columns[i].kind->must_hold && row->cells[i].no > refuted)
            status = NCF_CASE_CONTRADICTED;
    }
    return status;
}

static void add_case(struct ncf_table *table, const struct ncf_study *study,
                     const ncf_store_t *store, slong index)
{
    json_t *records[NCF_TASK_COUNT] = {NULL};
    ncf_facts_t facts = {.seconds = 0};
    char *error = NULL;
    ncf_row_t *row = &table->rows[row_of(study, index)];
    if (row->cells == NULL)
        start_row(table, row, study, index);
    ncf_case_status_t status = load_case(&facts, records, &error, study, store, index);
    status = add_values(table, row, &facts, status);
    note_case(table, &facts);
    if (status > NCF_CASE_MATCHED)
        add_reason(table, study, index,
                   status == NCF_CASE_FAILED && error != NULL ? ncf__strdup(error)
                                                              : reason_of(&facts, status));
    row->cases++;
    row->tallies[status]++;
    table->cases++;
    table->tallies[status]++;
    for (int task = 0; task < NCF_TASK_COUNT; task++)
        json_decref(records[task]);
    ncf__free(facts.delta);
    ncf__free(error);
}

/* Rows that no case of this shard belongs to. */
static void drop_empty_rows(struct ncf_table *table)
{
    slong used = 0;
    for (slong k = 0; k < table->row_count; k++) {
        if (table->rows[k].cells != NULL)
            table->rows[used++] = table->rows[k];
    }
    table->row_count = used;
}

void ncf__table_fill(struct ncf_table *table, const struct ncf_study *study,
                     const ncf_store_t *store)
{
    table->row_count = row_count(study);
    table->rows = ncf__calloc((size_t) table->row_count, sizeof(*table->rows));
    for (slong k = 0; k < study->cases; k++) {
        if (table->shards == 0 || k % table->shards == table->shard - 1)
            add_case(table, study, store, k);
    }
    drop_empty_rows(table);
}

/* ---- What it says as a whole ---------------------------------------------------- */

slong ncf__row_open(const ncf_row_t *row)
{
    return row->cases - row->tallies[NCF_CASE_PROVED] - row->tallies[NCF_CASE_MATCHED];
}

int ncf_table_exit(const ncf_table_t *table)
{
    if (table->limit != NCF_LIMIT_NONE)
        return 4;
    slong done = table->tallies[NCF_CASE_PROVED] + table->tallies[NCF_CASE_MATCHED];
    return done == table->cases ? 0 : 1;
}
