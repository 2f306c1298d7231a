/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* write_text.c: tables for people: plain text, Markdown, LaTeX. */
#include "write.h"

#include <ctype.h>
#include <string.h>

#define HEADING_WIDTH 10 /* longer headings may be broken */

/* ---- The texts of all cells ----------------------------------------------------- */

static void fill_row(char **texts, const struct ncf_table *table, const ncf_row_t *row,
                     long digits, ncf_style_t style)
{
    int at = 0;
    for (int i = 0; i < table->label_count; i++)
        texts[at++] = ncf__strdup(row->labels[i]);
    for (int i = 0; i < table->column_count; i++)
        texts[at++] = ncf__cell_text(&row->cells[i], table->columns[i].summary, digits, style);
    for (int i = 0; i < ncf__table_tail_count(table); i++)
        texts[at++] = ncf__table_tail_text(table, row, i);
}

static const char *summary_word(ncf_summary_t summary)
{
    static const char *const words[] = {"", "sum of ", "mean of ", "least ", "greatest "};
    return words[summary];
}

static void fill_headings(char **texts, const struct ncf_table *table)
{
    int at = 0;
    for (int i = 0; i < table->label_count; i++)
        texts[at++] = ncf__strdup(table->label_headings[i]);
    for (int i = 0; i < table->column_count; i++) {
        const ncf_column_t *column = &table->columns[i];
        int plain = !table->is_grouped || column->summary == column->kind->summary;
        texts[at++] = ncf__format("%s%s", plain ? "" : summary_word(column->summary),
                                  column->kind->heading);
    }
    for (int i = 0; i < ncf__table_tail_count(table); i++)
        texts[at++] = ncf__strdup(ncf__table_tail_heading(table, i));
}

void ncf__table_texts_init(ncf_texts_t *out, const struct ncf_table *table, long digits,
                           ncf_style_t style)
{
    out->columns = table->label_count + table->column_count + ncf__table_tail_count(table);
    out->rows = table->row_count + 1;
    out->texts = ncf__calloc((size_t) (out->rows * out->columns), sizeof(*out->texts));
    fill_headings(out->texts, table);
    for (slong k = 0; k < table->row_count; k++)
        fill_row(out->texts + (k + 1) * out->columns, table, &table->rows[k], digits, style);
}

void ncf__table_texts_clear(ncf_texts_t *texts)
{
    for (slong i = 0; i < texts->rows * texts->columns; i++)
        ncf__free(texts->texts[i]);
    ncf__free(texts->texts);
}

/* Columns of words are set to the left, numbers to the right. */
static int is_left(const struct ncf_table *table, slong column)
{
    slong quantity = column - table->label_count;
    if (quantity < 0 || quantity >= table->column_count)
        return quantity < 0 || !table->is_grouped;
    ncf_cell_type_t type = table->columns[quantity].kind->type;
    return type == NCF_CELL_HISTOGRAM || type == NCF_CELL_TEXT;
}

/* ---- Plain text ----------------------------------------------------------------- */

/* Characters, not bytes. */
static slong width_of(const char *text)
{
    slong width = 0;
    for (; *text != '\0'; text++)
        width += ((unsigned char) *text & 0xC0) != 0x80;
    return width;
}

static void pad(FILE *stream, slong count)
{
    for (; count > 0; count--)
        fputc(' ', stream);
}

/* One field of a row; the last column is not filled up. */
static void write_field(FILE *stream, const char *text, slong length, slong width, int left,
                        int last)
{
    slong shown = FLINT_MIN(length, width_of(text));
    pad(stream, left ? 0 : width - shown);
    fprintf(stream, "%.*s", (int) length, text);
    pad(stream, (left && !last ? width - shown : 0) + (last ? 0 : 2));
}

/* The words of a heading from `at` on that fit in a width; returns their length. */
static slong take_words(const char *at, slong width)
{
    slong taken = 0;
    for (;;) {
        slong space = at[taken] == ' ';
        slong word = (slong) strcspn(at + taken + space, " ");
        if (word == 0 || (taken > 0 && taken + space + word > width))
            return taken;
        taken += space + word;
    }
}

static slong longest_word(const char *text)
{
    slong longest = 0;
    while (*text != '\0') {
        slong word = (slong) strcspn(text, " ");
        longest = FLINT_MAX(longest, word);
        text += word + (text[word] == ' ');
    }
    return longest;
}

/* One line of the headings, which go on at `at`; returns whether there is more. */
static int write_heading_line(FILE *stream, const char **at, const ncf_texts_t *texts,
                              const struct ncf_table *table, const slong *widths)
{
    int more = 0;
    for (slong j = 0; j < texts->columns; j++) {
        slong taken = take_words(at[j], widths[j]);
        write_field(stream, at[j], taken, widths[j], is_left(table, j),
                    j + 1 == texts->columns);
        at[j] += taken + (at[j][taken] == ' ');
        more |= *at[j] != '\0';
    }
    return more;
}

/* Headings are broken between words; a line ends with its last letter. */
static void write_headings(FILE *stream, const ncf_texts_t *texts,
                           const struct ncf_table *table, const slong *widths)
{
    const char **at = ncf__calloc((size_t) texts->columns, sizeof(*at));
    for (slong j = 0; j < texts->columns; j++)
        at[j] = texts->texts[j];
    for (int more = 1; more;) {
        char *line = NULL;
        size_t length = 0;
        FILE *memory = open_memstream(&line, &length);
        NCF_REQUIRE(memory != NULL);
        more = write_heading_line(memory, at, texts, table, widths);
        NCF_REQUIRE(fclose(memory) == 0);
        while (length > 0 && line[length - 1] == ' ')
            length--;
        fprintf(stream, "%.*s\n", (int) length, line);
        free(line);
    }
    ncf__free(at);
}

static void write_rows(FILE *stream, const ncf_texts_t *texts, const struct ncf_table *table)
{
    slong *widths = ncf__calloc((size_t) texts->columns, sizeof(*widths));
    for (slong i = 0; i < texts->rows * texts->columns; i++) {
        slong j = i % texts->columns;
        slong width = width_of(texts->texts[i]);
        if (i < texts->columns)
            width = FLINT_MAX(longest_word(texts->texts[i]), FLINT_MIN(width, HEADING_WIDTH));
        widths[j] = FLINT_MAX(widths[j], width);
    }
    write_headings(stream, texts, table, widths);
    for (slong k = 1; k < texts->rows; k++) {
        for (slong j = 0; j < texts->columns; j++) {
            const char *text = texts->texts[k * texts->columns + j];
            write_field(stream, text, (slong) strlen(text), widths[j], is_left(table, j),
                        j + 1 == texts->columns);
        }
        fputc('\n', stream);
    }
    ncf__free(widths);
}

/* A paragraph behind a lead of ten columns, wrapped at 78. */
static void write_note(FILE *stream, const ncf_note_t *note)
{
    slong column = fprintf(stream, "%-10s", note->lead);
    const char *at = note->text;
    while (*at != '\0') {
        size_t length = strcspn(at, " ");
        if (column > 10 && column + 1 + (slong) length > 78) {
            fprintf(stream, "\n%10s", "");
            column = 10;
        }
        if (column > 10)
            column += fprintf(stream, " ");
        column += fprintf(stream, "%.*s", (int) length, at);
        at += length + (at[length] == ' ');
    }
    fputc('\n', stream);
}

void ncf__table_write_text(FILE *stream, const struct ncf_table *table, long digits)
{
    slong count;
    ncf_texts_t texts;
    ncf__table_texts_init(&texts, table, digits, NCF_STYLE_PLAIN);
    fprintf(stream, "%s\n\n", table->title);
    write_rows(stream, &texts, table);
    ncf__table_texts_clear(&texts);
    fputc('\n', stream);
    ncf_note_t *notes = ncf__table_notes(&count, table);
    for (slong i = 0; i < count; i++)
        write_note(stream, &notes[i]);
    ncf__table_notes_free(notes, count);
}

/* ---- Markdown ------------------------------------------------------------------- */

static void write_markdown(FILE *stream, const char *text)
{
    for (; *text != '\0'; text++) {
        if (strchr("|*_`<>\\", *text) != NULL)
            fputc('\\', stream);
        fputc(*text == '\n' ? ' ' : *text, stream);
    }
}

void ncf__table_write_markdown(FILE *stream, const struct ncf_table *table, long digits)
{
    slong count;
    ncf_texts_t texts;
    ncf__table_texts_init(&texts, table, digits, NCF_STYLE_PLAIN);
    fputs("**", stream);
    write_markdown(stream, table->title);
    fputs("**\n\n", stream);
    for (slong k = 0; k < texts.rows; k++) {
        for (slong j = 0; j < texts.columns; j++) {
            fputs("| ", stream);
            write_markdown(stream, texts.texts[k * texts.columns + j]);
            fputc(' ', stream);
        }
        fputs("|\n", stream);
        for (slong j = 0; k == 0 && j < texts.columns; j++)
            fputs(is_left(table, j) ? "|:---" : "|---:", stream);
        fputs(k == 0 ? "|\n" : "", stream);
    }
    ncf__table_texts_clear(&texts);
    ncf_note_t *notes = ncf__table_notes(&count, table);
    fputc('\n', stream);
    for (slong i = 0; i < count; i++) {
        fprintf(stream, "- %s: ", notes[i].lead);
        write_markdown(stream, notes[i].text);
        fputc('\n', stream);
    }
    ncf__table_notes_free(notes, count);
}

/* ---- LaTeX ---------------------------------------------------------------------- */

/* The length of a word or sign that LaTeX sets as mathematics, and how; 0: of none. */
static size_t take_symbol(const char **latex, const char *text, int at_word)
{
    static const struct {
        const char *word, *latex;
    } symbols[] = {{"lambda", "$\\lambda$"}, {"delta", "$\\delta$"}, {"tau", "$\\tau$"},
                   {">=", "$\\ge$"},         {"!=", "$\\ne$"}};
    for (size_t i = 0; i < sizeof(symbols) / sizeof(symbols[0]); i++) {
        size_t length = strlen(symbols[i].word);
        int letters = isalpha((unsigned char) symbols[i].word[0]);
        if (strncmp(text, symbols[i].word, length) != 0 ||
            (letters && (!at_word || strchr("-_./", text[length] != '\0' ? text[length] : ' ') ||
                         isalnum((unsigned char) text[length]))))
            continue;
        *latex = symbols[i].latex;
        return length;
    }
    return 0;
}

static void write_escaped(FILE *stream, const char *text)
{
    const char *latex, *start = text;
    for (; *text != '\0'; text++) {
        size_t taken = take_symbol(&latex, text, text == start || text[-1] == ' ');
        if (taken > 0) {
            fputs(latex, stream);
            text += taken - 1;
        } else if (strchr("&%$#_{}", *text) != NULL) {
            fprintf(stream, "\\%c", *text);
        } else if (*text == '\\') {
            fputs("\\textbackslash{}", stream);
        } else if (*text == '^' || *text == '~') {
            fprintf(stream, "\\text%s{}", *text == '^' ? "asciicircum" : "asciitilde");
        } else if (*text == '<' || *text == '>') {
            fprintf(stream, "$%c$", *text);
        } else {
            fputc(*text, stream);
        }
    }
}

/* A decimal such as 12, 0.3 or 1e-4. */
static int is_decimal(const char *text)
{
    fmpq_t value;
    if (strspn(text, "+-.0123456789eE") != strlen(text))
        return 0;
    fmpq_init(value);
    int good = ncf__rational_parse(value, text, strlen(text)) == NULL;
    fmpq_clear(value);
    return good;
}

/* "t^2", numbers and the letters p, d and N are mathematics. */
static void write_latex_label(FILE *stream, const char *text)
{
    size_t digits = strspn(text + (strncmp(text, "t^", 2) == 0 ? 2 : 0), "0123456789");
    if (strncmp(text, "t^", 2) == 0 && text[2 + digits] == '\0' && digits > 0)
        fprintf(stream, "$t^{%s}$", text + 2);
    else if (is_decimal(text))
        fprintf(stream, "\\num{%s}", text);
    else if (strlen(text) == 1 && strchr("pdN", *text) != NULL)
        fprintf(stream, "$%s$", text);
    else
        write_escaped(stream, text);
}

/* A heading of several words stands in several lines, so that wide tables fit. */
static void write_latex_heading(FILE *stream, const char *text, int left)
{
    if (strchr(text, ' ') == NULL) {
        write_latex_label(stream, text);
        return;
    }
    fprintf(stream, "\\shortstack[%c]{", left ? 'l' : 'r');
    while (*text != '\0') {
        slong taken = take_words(text, HEADING_WIDTH);
        char *line = ncf__format("%.*s", (int) taken, text);
        write_escaped(stream, line);
        ncf__free(line);
        text += taken + (text[taken] == ' ');
        fputs(*text != '\0' ? "\\\\" : "}", stream);
    }
}

/* Cells of quantities are in the style already; words of verdicts need no escape. */
static void write_latex_row(FILE *stream, char **texts, slong columns,
                            const struct ncf_table *table, int is_heading)
{
    for (slong j = 0; j < columns; j++) {
        slong quantity = j - table->label_count;
        int styled = !is_heading && quantity >= 0 && quantity < table->column_count &&
                     table->columns[quantity].kind->type != NCF_CELL_TEXT;
        fputs(j > 0 ? " & " : "", stream);
        if (styled)
            fputs(texts[j], stream);
        else if (is_heading)
            write_latex_heading(stream, texts[j], is_left(table, j));
        else
            write_latex_label(stream, texts[j]);
    }
    fputs(" \\\\\n", stream);
}

void ncf__table_write_latex(FILE *stream, const struct ncf_table *table, long digits)
{
    slong count;
    ncf_texts_t texts;
    ncf__table_texts_init(&texts, table, digits, NCF_STYLE_LATEX);
    fputs("% needs \\usepackage{booktabs,siunitx}\n% ", stream);
    write_escaped(stream, table->title);
    fputs("\n\\begin{tabular}{", stream);
    for (slong j = 0; j < texts.columns; j++)
        fputc(is_left(table, j) ? 'l' : 'r', stream);
    fputs("}\n\\toprule\n", stream);
    for (slong k = 0; k < texts.rows; k++) {
        write_latex_row(stream, texts.texts + k * texts.columns, texts.columns, table, k == 0);
        fputs(k == 0 ? "\\midrule\n" : "", stream);
    }
    fputs("\\bottomrule\n\\end{tabular}\n\\par\\smallskip\n{\\footnotesize\n", stream);
    ncf__table_texts_clear(&texts);
    ncf_note_t *notes = ncf__table_notes(&count, table);
    for (slong i = 0; i < count; i++) {
        fprintf(stream, "\\emph{%s:} ", notes[i].lead);
        write_escaped(stream, notes[i].text);
        fputs(".\n", stream);
    }
    fputs("\\par}\n", stream);
    ncf__table_notes_free(notes, count);
}
