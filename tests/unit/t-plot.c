/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* t-plot.c: saved documents, and scripts whose numbers must agree with what was solved. */
#include "../../src/plot/curves.h"
#include "../../src/plot/text.h"
#include "../harness.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- Text ------------------------------------------------------------------------ */

/* What ncf__script_quote writes. Allocated. */
static char *quoted(const char *text)
{
    char *out = NULL;
    size_t length;
    FILE *stream = open_memstream(&out, &length);
    NCF_REQUIRE(stream != NULL);
    ncf__script_quote(stream, text);
    NCF_REQUIRE(fclose(stream) == 0);
    return out;
}

static void test_quote(void)
{
    static const struct {
        const char *text, *expected;
    } samples[] = {
        {"plain", "'plain'"},
        {"it's", "'it''s'"},
        {"'''", "''''''''"},
        {"a\nb\tc\rd", "'a b c d'"},
        {"`date` $(x) @m {/Bold y} ^2 _3 \\", "'`date` $(x) @m {/Bold y} ^2 _3 \\'"},
        {"\x01\x1B[31m\x7F", "'  [31m '"},
        {"λ ≥ 0", "'λ ≥ 0'"},
        {"\xFFz\xC3", "'?z?'"},
        {"\xC0\x80", "'?" "?'"},           /* overlong */
        {"\xED\xA0\x80", "'?" "?" "?'"},    /* a surrogate */
        {"\xEF\xBF\xBF", "'?" "?" "?'"},    /* a noncharacter */
        {"\xF4\x90\x80\x80", "'?" "?" "?" "?'"}, /* beyond Unicode */
        {"\xF0\x9F\x99\x82", "'\xF0\x9F\x99\x82'"},
        {"", "''"},
    };
    for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
        char *out = quoted(samples[i].text);
        CHECK_STR_EQ(out, samples[i].expected);
        free(out);
    }
}

static void test_numbers(void)
{
    static const struct {
        double mid, rad;
        int digits;
        const char *expected;
    } samples[] = {
        {14.32088118, 1e-9, 6, "14.3209"}, {14.32088118, 0.002, 6, "14.32"},
        {14.32088118, 3, 6, "1 × 10¹"},    {14.32, 20, 6, "?"},
        {-5.4, 0, 5, "−5.4"},              {NAN, 0, 5, "?"},
        {1.5e-7, 0, 4, "1.5 × 10⁻⁷"},      {0, 0, 4, "0"},
        {0, 1e-30, 4, "0"},
    };
    for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
        char *text = ncf__text_enclosed(samples[i].mid, samples[i].rad, samples[i].digits);
        CHECK_STR_EQ(text, samples[i].expected);
        ncf__free(text);
    }
    char *below = ncf__text_floor(44.9965), *exact = ncf__text_floor(45);
    CHECK_STR_EQ(below, "44.99");
    CHECK_STR_EQ(exact, "44.99");
    ncf__free(exact);
    ncf__free(below);
}

/* Lines are never lost, and fit as far as words do. */
static void test_wrap(void)
{
    static const char text[] = "one two  three four five six seven eight nine ten";
    char *lines[8];
    int count = ncf__text_wrap(lines, 8, text, 10, 80), words = 0, fits = 1;
    for (int k = 0; k < count; k++) {
        fits = fits && ncf__text_width(lines[k], 10) <= 90;
        for (char *word = strtok(lines[k], " "); word != NULL; word = strtok(NULL, " "))
            words++;
        ncf__free(lines[k]);
    }
    CHECK(count > 1 && words == 10 && fits);
    count = ncf__text_wrap(lines, 1, text, 10, 80);
    CHECK(count == 1 && strstr(lines[0], "...") != NULL);
    ncf__free(lines[0]);
    char *cut = ncf__text_short("λλλλλλλλ", 5);
    CHECK_STR_EQ(cut, "λλ...");
    ncf__free(cut);
}

/* ---- Documents ------------------------------------------------------------------- */

static void test_refused(void)
{
    static const struct {
        const char *text, *expected;
    } samples[] = {
        {"", "1:1 the file is empty"},
        {"[]", "1:1 expected a document of ncf"},
        {"{\"format\": 3}", "1:12 expected a string"},
        {"{}", "1:1 the key \"format\" is missing"},
        {"{\"format\": \"x\"}", "1:12 the format \"x\" is not one of ncf"},
        {"{\"format\": \"ncf-result\"}", "1:12 only version 1"},
        {"{\"format\": \"ncf-result\", \"version\": 2}", "1:12 only version 1"},
        {"{\"format\": \"ncf-result\",\n \"version\": \"1\"}", "2:13 expected an integer"},
        {"{\"format\": \"ncf-result\",\n}", "2:"},
        {"{\"format\": \"ncf-result\", \"format\": 1}", "1:"},
        {"{\"format\": \"ncf-result\", \"version\": 1, \"method\": 5}", "1:50 expected a string"},
    };
    for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
        ncf_saved_t *saved;
        ncf_error_t err;
        ncf_error_init(&err);
        int refused = ncf_saved_parse(&saved, samples[i].text, strlen(samples[i].text), "f", &err) !=
                      NCF_OK;
        char *found = ncf__format("%d:%d %s", err.line, err.column, err.text);
        CHECK_MSG(refused && saved == NULL &&
                      strncmp(found, samples[i].expected, strlen(samples[i].expected)) == 0,
                  "%s gives %s", samples[i].text, found);
        ncf__free(found);
    }
}

/* ---- Scripts --------------------------------------------------------------------- */

static ncf_problem_t *read_example(const char *name)
{
    ncf_problem_t *problem = NULL;
    char *relative = ncf__format("examples/%s", name), *path = ncf_test_path(relative);
    ncf_status_t status = ncf_problem_read(&problem, path, NULL);
    NCF_REQUIRE(status == NCF_OK);
    free(path);
    ncf__free(relative);
    return problem;
}

static ncf_saved_t *save(ncf_result_t *result, long digits)
{
    char *text = NULL;
    size_t length;
    ncf_saved_t *saved = NULL;
    FILE *stream = open_memstream(&text, &length);
    NCF_REQUIRE(stream != NULL);
    NCF_REQUIRE(ncf_result_write_json(stream, result, digits, NULL) == NCF_OK);
    NCF_REQUIRE(fclose(stream) == 0);
    NCF_REQUIRE(ncf_saved_parse(&saved, text, length, "saved", NULL) == NCF_OK);
    free(text);
    ncf_result_free(result);
    return saved;
}

static ncf_saved_t *solve(const ncf_problem_t *problem, long digits)
{
    ncf_result_t *result;
    NCF_REQUIRE(ncf_solve(&result, problem, NULL, NULL) == NCF_OK);
    return save(result, digits);
}

/* The script of a picture, or its error in brackets. Allocated. */
static char *script_of(const ncf_saved_t *saved, const ncf_picture_options_t *options)
{
    char *text = NULL;
    size_t length;
    ncf_error_t err;
    ncf_picture_options_t with_script = *options;
    with_script.script = 1;
    ncf_error_init(&err);
    FILE *stream = open_memstream(&text, &length);
    NCF_REQUIRE(stream != NULL);
    ncf_status_t status =
        ncf_picture_write(stream, (const ncf_saved_t *const[]) {saved}, 1, &with_script, &err);
    if (status != NCF_OK)
        fprintf(stream, "[%s]", err.text);
    NCF_REQUIRE(fclose(stream) == 0);
    return text;
}

/* Column (0, 1, ..) of the rows of data block k; returns how many are numbers. */
static int column_of(double *out, int room, const char *script, int block, int column)
{
    char *head = ncf__format("$d%d << END\n", block);
    const char *at = strstr(script, head);
    int count = 0;
    for (at = at == NULL ? NULL : at + strlen(head); at != NULL && strncmp(at, "END", 3) != 0;
         at = strchr(at, '\n') + 1) {
        const char *cell = at;
        for (int k = 0; k < column; k++)
            cell += strcspn(cell, " \n") + 1;
        double value = strtod(cell, NULL);
        if (*at != '\n' && !isnan(value) && count < room)
            out[count++] = value;
    }
    ncf__free(head);
    return count;
}

/* The bars by index add up to the census, by which they were not made: 124 points. */
static void test_census(void)
{
    double strict[64], others[64], total = 0, strict_total = 0;
    ncf_problem_t *problem = read_example("quickstart.json");
    ncf_saved_t *saved = solve(problem, 10);
    ncf_picture_options_t options;
    ncf_picture_options_init(&options);
    options.kind = NCF_PICTURE_CENSUS;
    char *script = script_of(saved, &options);
    int strict_count = column_of(strict, 64, script, 1, 2);
    int count = column_of(others, 64, script, 2, 2);
    for (int k = 0; k < strict_count; k++)
        strict_total += strict[k];
    for (int k = 0; k < count; k++)
        total += others[k];
    CHECK_MSG(strict_total == 12 && strict_total + total == 124, "%g of %g", strict_total, total);
    CHECK(strstr(script, "COMPLETE: all KKT points") != NULL);
    free(script);
    ncf_saved_free(saved);
    ncf_problem_free(problem);
}

/* Where the curve is largest and smallest there stands a line of the document. */
static void test_profile(void)
{
    enum { ROOM = 1000 };
    static double curve[ROOM], angles[ROOM], values[8], places[8];
    ncf_problem_t *problem = read_example("quickstart.json");
    ncf_saved_t *saved = solve(problem, 10);
    ncf_picture_options_t options;
    ncf_picture_options_init(&options);
    options.problem = problem;
    char *script = script_of(saved, &options);
    int count = column_of(curve, ROOM, script, 1, 1);
    column_of(angles, ROOM, script, 1, 0);
    int lines = column_of(values, 8, script, 2, 1);
    column_of(places, 8, script, 2, 0);
    double largest = -HUGE_VAL, where = 0, nearest = HUGE_VAL;
    for (int k = 0; k < count; k++) {
        if (curve[k] > largest) {
            largest = curve[k];
            where = angles[k];
        }
    }
    for (int k = 0; k < lines; k++) {
        if (fabs(values[k] - largest) < 1e-3)
            nearest = fmin(nearest, fabs(places[k] - where));
    }
    CHECK_MSG(count == 721 && lines == 4 && nearest < 1, "%d points, %d lines, %g degrees", count,
              lines, nearest);
    free(script);
    ncf_saved_free(saved);
    ncf_problem_free(problem);
}

static void test_profile_refused(void)
{
    ncf_problem_t *problem = read_example("quickstart.json");
    ncf_problem_t *other = read_example("match.json");
    ncf_saved_t *saved = solve(problem, 10);
    ncf_picture_options_t options;
    ncf_picture_options_init(&options);
    options.kind = NCF_PICTURE_PROFILE;
    options.problem = other;
    char *script = script_of(saved, &options);
    CHECK(strstr(script, "its digest is another]") != NULL);
    free(script);
    options.kind = NCF_PICTURE_ANGLE;
    script = script_of(saved, &options);
    CHECK(strstr(script, "the key \"moments\" is missing]") != NULL);
    free(script);
    ncf_saved_free(saved);
    ncf_problem_free(other);
    ncf_problem_free(problem);
}

/* A document that says otherwise than its problem is refused: mu of line 1 has another sign. */
static void test_profile_false(void)
{
    ncf_problem_t *problem = read_example("quickstart.json");
    ncf_saved_t *saved = solve(problem, 10), *forged = NULL;
    char *text = ncf__strdup(saved->text);
    char *mu = strstr(text, "\"12.40224691\"");
    ncf_picture_options_t options;
    ncf_picture_options_init(&options);
    options.problem = problem;
    CHECK(mu != NULL);
    if (mu != NULL)
        memcpy(mu, "\"11.40224691\"", 13);
    NCF_REQUIRE(ncf_saved_parse(&forged, text, strlen(text), "forged", NULL) == NCF_OK);
    char *script = script_of(forged, &options);
    CHECK_STR_EQ(script, "[line 1 does not lie on the profile of the problem]");
    free(script);
    ncf__free(text);
    ncf_saved_free(forged);
    ncf_saved_free(saved);
    ncf_problem_free(problem);
}

/* On the sphere: no value of the map is above the largest |mu|, and one comes near it. */
static void test_sphere(void)
{
    enum { ROOM = 40000 };
    double *grid = ncf__malloc(ROOM, sizeof(double)), largest = 0;
    ncf_problem_t *problem = read_example("quartic.json");
    ncf_saved_t *saved = solve(problem, 10);
    ncf_picture_options_t options;
    ncf_picture_options_init(&options);
    options.problem = problem;
    char *script = script_of(saved, &options);
    int count = column_of(grid, ROOM, script, 1, 2);
    for (int k = 0; k < count; k++)
        largest = fmax(largest, fabs(grid[k]));
    /* 10.7139.. is |mu| of line 1, at the centre of the map. */
    CHECK_MSG(count > 20000 && largest > 10.7 && largest < 10.7140, "%d values up to %g", count,
              largest);
    CHECK(strstr(script, "'−10.7139'") != NULL);
    free(script);
    ncf_saved_free(saved);
    ncf_problem_free(problem);
    ncf__free(grid);
}

/* The columns of the heat maps are unit vectors, the proved one too. */
static void test_weights(void)
{
    double cells[32], squares = 0;
    ncf_trajectory_t *trajectory;
    ncf_result_t *result;
    ncf_problem_t *problem = read_example("match.json");
    char *path = ncf_test_path("examples/match.csv");
    NCF_REQUIRE(ncf_trajectory_read(&trajectory, path, problem, NULL) == NCF_OK);
    NCF_REQUIRE(ncf_match(&result, problem, trajectory, NULL, NULL) == NCF_OK);
    ncf_saved_t *saved = save(result, 10);
    ncf_picture_options_t options;
    ncf_picture_options_init(&options);
    options.kind = NCF_PICTURE_WEIGHTS;
    options.trajectory = trajectory;
    char *script = script_of(saved, &options);
    for (int block = 1; block <= 8; block++) {
        int count = column_of(cells, 32, script, block, 2);
        for (int k = 0; k < count; k++)
            squares += cells[k] * cells[k];
    }
    CHECK_MSG(fabs(squares - 4) < 1e-3, "%g for four columns", squares);
    CHECK(strstr(script, "'KKT point (proved)'") != NULL);
    free(script);
    free(path);
    ncf_saved_free(saved);
    ncf_trajectory_free(trajectory);
    ncf_problem_free(problem);
}

/* ---- Tables ---------------------------------------------------------------------- */

#define HEAD                                                                                  \
    "{\"format\": \"ncf-table\", \"version\": 1, \"title\": \"T\", \"study\": {\"name\": "      \
    "\"s.json\", \"sha256\": \"0123456789abcdef0\"}, \"software\": {\"ncf\": \"0\"}, "
#define STATUS(cases, proved)                                                                 \
    "\"status\": {\"cases\": " cases ", \"proved\": " proved ", \"matched\": 0}"
#define ROW(delta, p, angle, yes, bins)                                                       \
    "{\"labels\": {\"degree\": \"" p "\", \"delta\": \"" delta "\"}, \"values\": {\"angle\": {"   \
    "\"least\": " angle ", \"greatest\": " angle "}, \"holds\": {\"cases\": 2, \"yes\": " yes       \
    "}, \"index_histogram\": {\"text\": \"" bins "\", \"bins\": [\"3\", \"" bins "\"]}}, " STATUS(  \
        "2", "0") "}"

static const char table_text[] =
    HEAD "\"labels\": [\"degree\", \"delta\"], \"columns\": ["
         "{\"name\": \"index_histogram\", \"heading\": \"h\", \"type\": \"histogram\"}, "
         "{\"name\": \"holds\", \"heading\": \"holds\", \"type\": \"verdict\"}, "
         "{\"name\": \"angle\", \"heading\": \"the angle\", \"type\": \"measured\"}], \"rows\": [" //
    ROW("1", "2", "null", "0", "5") "," ROW("1/10", "2", "\"0.5\"", "1", "6") "," //
    ROW("1e-4", "2", "\"0.25\"", "2", "7") "," ROW("1e-4", "3", "\"0.125\"", "2", "8") //
    "], " STATUS("8", "0") "}";

static ncf_saved_t *table_of(const char *text)
{
    ncf_saved_t *saved;
    NCF_REQUIRE(ncf_saved_parse(&saved, text, strlen(text), "t.json", NULL) == NCF_OK);
    return saved;
}

/* Which block a mark is in: series by series, all proved, some, none, without a value. */
static void test_table(void)
{
    static const struct {
        int block;
        double x, y;
    } marks[] = {{1, 1e-4, 0.25}, {2, 0.1, 0.5}, {4, 1, 1}, {5, 1e-4, 0.125}};
    ncf_saved_t *saved = table_of(table_text);
    ncf_picture_options_t options;
    ncf_picture_options_init(&options);
    char *script = script_of(saved, &options);
    int total = 0;
    for (int block = 1; block <= 8; block++) {
        double values[8];
        total += column_of(values, 8, script, block, 1);
    }
    CHECK_MSG(total == 4, "%d marks", total);
    for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
        double x[8] = {0}, y[8] = {0};
        int count = column_of(x, 8, script, marks[i].block, 0);
        column_of(y, 8, script, marks[i].block, 1);
        CHECK_MSG(count == 1 && fabs(x[0] / marks[i].x - 1) < 0.1 && y[0] == marks[i].y,
                  "block %d: %d marks, %g %g", marks[i].block, count, x[0], y[0]);
    }
    CHECK(strstr(script, "the angle against delta") != NULL);
    CHECK(strstr(script, "Measured: the angle. Crosses at the upper edge: 1 row ") != NULL);
    CHECK(strstr(script, "\"holds\" is proved in all cases") != NULL);
    free(script);
    ncf_saved_free(saved);
}

static void test_table_choice(void)
{
    static const struct {
        const char *quantity, *axis, *expected;
    } cases[] = {{"holds", "degree", "holds against degree"},
                 {"angle", "degree", "the angle against degree"},
                 {"index_histogram", NULL, "[there is no such quantity"},
                 {"angles", NULL, "[there is no such quantity"},
                 {NULL, "seed", "[the rows have no such label"}};
    ncf_saved_t *saved = table_of(table_text);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        ncf_picture_options_t options;
        ncf_picture_options_init(&options);
        options.quantity = cases[i].quantity;
        options.axis = cases[i].axis;
        char *script = script_of(saved, &options);
        CHECK_MSG(strstr(script, cases[i].expected) != NULL, "%s: %.200s", cases[i].expected,
                  script);
        free(script);
    }
    ncf_saved_free(saved);
}

/* Bars of four rows: what they hold is what the rows hold. */
static void test_table_census(void)
{
    double total = 0;
    ncf_saved_t *saved = table_of(table_text);
    ncf_picture_options_t options;
    ncf_picture_options_init(&options);
    options.kind = NCF_PICTURE_CENSUS;
    char *script = script_of(saved, &options);
    for (int block = 1; block <= 4; block++) {
        double bars[8];
        int count = column_of(bars, 8, script, block, 1);
        for (int k = 0; k < count; k++)
            total += bars[k];
    }
    CHECK_MSG(total == 4 * 3 + 5 + 6 + 7 + 8, "%g", total);
    CHECK(strstr(script, "in 4 of 4 rows it is not known") != NULL);
    free(script);
    ncf_saved_free(saved);
}

/* ---- Levels of the loss ------------------------------------------------------------ */

/* Two stays and an end: the end is no plateau that is left, and noise is none at all. */
static void test_plateaus(void)
{
    enum { ROWS = 300 };
    double time[ROWS], loss[ROWS], levels[4];
    ncf_curve_t curve = {.count = ROWS, .time = time, .loss = loss, .has_times = 1};
    for (int k = 0; k < ROWS; k++) {
        time[k] = k;
        loss[k] = k < 100 ? 5 - 1e-4 * k : k < 110 ? 5 - 0.2 * (k - 100) : k < 200 ? 3 : 1;
    }
    int count = ncf__curve_plateaus(levels, 4, &curve);
    CHECK_MSG(count == 2 && fabs(levels[0] - 5) < 0.01 && levels[1] == 3, "%d: %g %g", count,
              levels[0], levels[1]);
    CHECK(ncf__curve_plateaus(levels, 1, &curve) == 1);
    for (int k = 0; k < ROWS; k++)
        loss[k] = exp(-0.02 * k); /* the slow end of a fall is no plateau */
    CHECK(ncf__curve_plateaus(levels, 4, &curve) == 0);
    for (int k = 0; k < ROWS; k++)
        loss[k] = 5 - 0.01 * k;
    CHECK(ncf__curve_plateaus(levels, 4, &curve) == 0);
    for (int k = 0; k < ROWS; k++)
        loss[k] = 5;
    CHECK(ncf__curve_plateaus(levels, 4, &curve) == 0);
}

/* The level of w = 0 is the loss of the data, for the problem of the digest alone. */
static void test_origin(void)
{
    static const char *const names[] = {"match.json", "plane.json"};
    ncf_problem_t *own = read_example("match.json");
    char *document = ncf__format("{\"format\": \"ncf-result\", \"version\": 1, \"problem\": "
                                 "{\"sha256\": \"%s\"}}",
                                 own->sha256);
    ncf_saved_t *saved = table_of(document);
    for (int k = 0; k < 2; k++) {
        ncf_problem_t *problem = read_example(names[k]);
        ncf_picture_options_t options;
        ncf_picture_options_init(&options);
        options.problem = problem;
        ncf_drawing_t drawing = {(const ncf_saved_t *const[]) {saved}, 1, &options};
        ncf_curve_t curve = {.homogeneity = 3}, inhomogeneous = {.homogeneity = -1};
        double level = ncf__curve_origin(&curve, &drawing);
        CHECK_MSG(k == 0 ? level == 3.5 : isnan(level), "%s: %g", names[k], level);
        CHECK(isnan(ncf__curve_origin(&inhomogeneous, &drawing)));
        ncf_problem_free(problem);
    }
    ncf_saved_free(saved);
    ncf__free(document);
    ncf_problem_free(own);
}

int main(void)
{
    static const ncf_test_t tests[] = {
        {"quote", test_quote},
        {"numbers", test_numbers},
        {"wrap", test_wrap},
        {"refused", test_refused},
        {"census", test_census},
        {"profile", test_profile},
        {"profile refused", test_profile_refused},
        {"profile false", test_profile_false},
        {"sphere", test_sphere},
        {"weights", test_weights},
        {"table", test_table},
        {"table choice", test_table_choice},
        {"table census", test_table_census},
        {"plateaus", test_plateaus},
        {"origin", test_origin},
        {NULL, NULL},
    };
    return ncf_test_main("plot", tests);
}
