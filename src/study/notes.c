/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* notes.c: what stands under a table: what was proved, what was searched, what is open. */
#include "table.h"

#include <string.h>

/* ---- The last columns ----------------------------------------------------------- */

int ncf__table_tail_count(const struct ncf_table *table)
{
    return table->is_grouped ? 2 : 1;
}

const char *ncf__table_tail_heading(const struct ncf_table *table, int index)
{
    return !table->is_grouped ? "status" : index == 0 ? "cases" : "open";
}

char *ncf__table_tail_text(const struct ncf_table *table, const ncf_row_t *row, int index)
{
    if (table->is_grouped)
        return ncf__format("%ld", (long) (index == 0 ? row->cases : ncf__row_open(row)));
    for (int status = 0; status < NCF_CASE_STATUS_COUNT; status++) {
        if (row->tallies[status] > 0)
            return ncf__strdup(ncf__case_status_text((ncf_case_status_t) status));
    }
    return ncf__strdup("?");
}

/* ---- Texts ---------------------------------------------------------------------- */

/* text becomes text + separator + more; both are freed. */
static char *append(char *text, const char *separator, char *more)
{
    char *longer = ncf__format("%s%s%s", text, *text != '\0' ? separator : "", more);
    ncf__free(text);
    ncf__free(more);
    return longer;
}

static char *cases_text(const struct ncf_table *table)
{
    char *text = ncf__format("%ld", (long) table->cases);
    const char *separator = ": ";
    for (int status = 0; status < NCF_CASE_STATUS_COUNT; status++) {
        if (table->tallies[status] == 0)
            continue;
        text = append(text, separator,
                      ncf__format("%ld %s", (long) table->tallies[status],
                                  ncf__case_status_text((ncf_case_status_t) status)));
        separator = ", ";
    }
    if (table->shards > 0)
        text =
            append(text, "; ", ncf__format("shard %ld of %ld", table->shard, table->shards));
    if (table->limit != NCF_LIMIT_NONE)
        text = append(text, "; ",
                      ncf__strdup(table->limit == NCF_LIMIT_TIME ? "ended by the time limit"
                                                                 : "interrupted"));
    return text;
}

static char *tally_text(const ncf_tally_t *tally)
{
    char *text = ncf__strdup("");
    for (slong i = 0; i < tally->count; i++)
        text = append(text, "; ",
                      ncf__format("%s (%ld case%s)", tally->texts[i], (long) tally->times[i],
                                  tally->times[i] == 1 ? "" : "s"));
    return text;
}

static char *proved_text(const struct ncf_table *table)
{
    char *text = tally_text(&table->scopes);
    if (table->scopes.count == 0) {
        ncf__free(text);
        text = ncf__strdup("no list of points is proved complete");
    }
    for (slong i = 0; i < table->theorems.count; i++)
        text = append(text, i == 0 ? "; by " : ", ", ncf__strdup(table->theorems.texts[i]));
    return text;
}

static char *software_text(const struct ncf_table *table)
{
    return ncf__format("ncf %s (source %.12s), flint %s, arb %s; study %.12s", ncf_version(),
                       ncf__source_digest(), ncf_library_version("flint"),
                       ncf_library_version("arb"), table->study_sha256);
}

/* ---- The notes ------------------------------------------------------------------ */

static void add(ncf_note_t *notes, slong *count, const char *lead, char *text)
{
    notes[*count] = (ncf_note_t){ncf__strdup(lead), text};
    ++*count;
}

ncf_note_t *ncf__table_notes(slong *count, const struct ncf_table *table)
{
    ncf_note_t *notes = ncf__calloc((size_t) table->reasons.count + 9, sizeof(*notes));
    *count = 0;
    add(notes, count, "Cases", cases_text(table));
    if (table->scopes.count > 0 || table->theorems.count > 0)
        add(notes, count, "Proved", proved_text(table));
    if (table->searches.count > 0)
        add(notes, count, "Searched", tally_text(&table->searches));
    if (table->measured.count > 0)
        add(notes, count, "Measured", tally_text(&table->measured));
    for (slong i = 0; i < table->reasons.count; i++)
        add(notes, count, "Open", ncf__strdup(table->reasons.texts[i]));
    if (table->more_reasons > 0)
        add(notes, count, "Open",
            ncf__format("and %ld more case%s", (long) table->more_reasons,
                        table->more_reasons == 1 ? "" : "s"));
    add(notes, count, "Command", ncf__strdup(table->command));
    add(notes, count, "Software", software_text(table));
    return notes;
}

void ncf__table_notes_free(ncf_note_t *notes, slong count)
{
    for (slong i = 0; i < count; i++) {
        ncf__free(notes[i].lead);
        ncf__free(notes[i].text);
    }
    ncf__free(notes);
}
