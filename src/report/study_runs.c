/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* study_runs.c: the table of runs as CSV. Numbers are measured; an empty cell is not known. */
#include "match_report.h"
#include "study_report.h"

#include <math.h>

static void write_cell(FILE *stream, double x)
{
    if (isfinite(x))
        fprintf(stream, ",%.9g", x);
    else
        fputc(',', stream);
}

static void write_run(FILE *stream, const struct ncf_flow_study *study, slong k)
{
    const ncf_study_run_t *run = &study->runs[k];
    fprintf(stream, "%ld,%s,", (long) k, ncf__match_words[run->word]);
    if (run->orbit >= 0)
        fprintf(stream, "%ld", (long) run->orbit + 1);
    fprintf(stream, ",%d", run->in_cap);
    write_cell(stream, run->entry_tau);
    write_cell(stream, ncf__study_plain_time(study, run->entry_tau));
    write_cell(stream, run->entry_norm);
    write_cell(stream, run->end_norm);
    write_cell(stream, run->end_angle);
    write_cell(stream, run->difference);
    write_cell(stream, run->rate);
    fprintf(stream, ",%ld,\"%s\"\n", (long) run->steps, ncf__run_reason_text(run->reason));
}

void ncf__write_study_runs(FILE *stream, const struct ncf_flow_study *study)
{
    fputs("run,verdict,orbit,in_cap,entry_tau,entry_time,entry_norm_ratio,end_norm_ratio,end_angle,"
          "integrator_difference,rate_over_lambda,steps,reason\n",
          stream);
    for (slong k = 0; k < study->plan.runs; k++)
        write_run(stream, study, k);
}
