/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* write_system.c: the system in the syntax of each program. */
#include "export.h"

#include <string.h>

/*
 * phc misreads integers of more than 18 digits, and solvers in doubles test residuals that
 * are not scaled: longer coefficients become decimals.
 */
#define SHORT_DIGITS 15

/* How numbers are written. */
typedef struct {
    FILE *stream;
    ncf_format_t format;
    const ncf_exact_system_t *system;
    slong scale; /* divide by 10^scale and write decimals; -1: integers */
} writer_t;

/* The decimal digits of |c|, to be freed with flint_free. */
static char *digits_of(const fmpz_t c)
{
    fmpz_t size;
    fmpz_init(size);
    fmpz_abs(size, c);
    char *digits = fmpz_get_str(NULL, 10, size);
    fmpz_clear(size);
    return digits;
}

/* d.ddd E n, exactly |c| / 10^scale. */
static void write_decimal(const writer_t *writer, const char *digits)
{
    slong length = (slong) strlen(digits), exponent = length - 1 - writer->scale;
    while (length > 2 && digits[length - 1] == '0')
        length--;
    fprintf(writer->stream, "%c.%.*s", digits[0], length > 1 ? (int) length - 1 : 1,
            length > 1 ? digits + 1 : "0");
    if (exponent != 0)
        fprintf(writer->stream, "E%ld", (long) exponent);
}

/* Julia's literals of more than 18 digits are of a type that the package does not take. */
static void write_integer(const writer_t *writer, const char *digits)
{
    int is_long = writer->format == NCF_FORMAT_JULIA && strlen(digits) > 18;
    fprintf(writer->stream, is_long ? "big\"%s\"" : "%s", digits);
}

static void write_term(const writer_t *writer, const fmpz_t c, const ulong *exponents)
{
    const ncf_exact_system_t *system = writer->system;
    char *digits = digits_of(c);
    int factors = 0;
    if (writer->scale >= 0) {
        write_decimal(writer, digits);
        factors++;
    } else if (!fmpz_is_pm1(c)) {
        write_integer(writer, digits);
        factors++;
    }
    for (slong j = 0; j < system->unknowns; j++) {
        if (exponents[j] == 0)
            continue;
        fprintf(writer->stream, factors > 0 ? "*%s" : "%s", system->names[j]);
        if (exponents[j] > 1)
            fprintf(writer->stream, "^%lu", (unsigned long) exponents[j]);
        factors++;
    }
    if (factors == 0)
        fputc('1', writer->stream);
    flint_free(digits);
}

/* Digits of the largest coefficient. */
static slong largest(const fmpz_mpoly_struct *equation, const fmpz_mpoly_ctx_t context)
{
    size_t most = 0;
    fmpz_t c;
    fmpz_init(c);
    for (slong t = 0; t < fmpz_mpoly_length(equation, context); t++) {
        fmpz_mpoly_get_term_coeff_fmpz(c, equation, t, context);
        char *digits = digits_of(c);
        most = FLINT_MAX(most, strlen(digits));
        flint_free(digits);
    }
    fmpz_clear(c);
    return (slong) most;
}

static void write_equation(writer_t *writer, slong k)
{
    const ncf_exact_system_t *system = writer->system;
    const fmpz_mpoly_struct *equation = system->equations + k;
    int takes_decimals =
        writer->format == NCF_FORMAT_PHCPACK || writer->format == NCF_FORMAT_BERTINI;
    ulong *exponents = ncf__malloc((size_t) system->unknowns, sizeof(ulong));
    slong digits = takes_decimals ? largest(equation, system->context) : 0;
    fmpz_t c;
    fmpz_init(c);
    writer->scale = digits > SHORT_DIGITS ? digits - 1 : -1;
    for (slong t = 0; t < fmpz_mpoly_length(equation, system->context); t++) {
        fmpz_mpoly_get_term_coeff_fmpz(c, equation, t, system->context);
        fmpz_mpoly_get_term_exp_ui(exponents, equation, t, system->context);
        if (fmpz_sgn(c) < 0)
            fputc('-', writer->stream);
        else if (t > 0)
            fputc('+', writer->stream);
        write_term(writer, c, exponents);
    }
    fmpz_clear(c);
    ncf__free(exponents);
}

/* Each equation between `before` and `after`, except the last one, which ends in `last`. */
static void write_equations(writer_t *writer, const char *before, const char *after,
                            const char *last)
{
    slong count = writer->system->unknowns;
    for (slong k = 0; k < count; k++) {
        fputs(before, writer->stream);
        write_equation(writer, k);
        fputs(k + 1 < count ? after : last, writer->stream);
    }
}

static void write_names(FILE *stream, const ncf_exact_system_t *system, const char *separator)
{
    for (slong j = 0; j < system->unknowns; j++)
        fprintf(stream, "%s%s", j > 0 ? separator : "", system->names[j]);
}

static void write_msolve(writer_t *writer)
{
    write_names(writer->stream, writer->system, ",");
    fputs("\n0\n", writer->stream);
    write_equations(writer, "", ",\n", "\n");
}

static void write_singular(writer_t *writer)
{
    FILE *stream = writer->stream;
    fputs("LIB \"solve.lib\";\nring r = 0, (", stream);
    write_names(stream, writer->system, ", ");
    fputs("), dp;\nideal I =\n", stream);
    write_equations(writer, "  ", ",\n", ";\n");
    fputs("ideal G = slimgb(I);\n"
          "\"// dimension\", dim(G), \"complex solutions with multiplicity\", vdim(G);\n"
          "if (dim(G) == 0) { def AC = solve(I, 20, \"nodisplay\"); setring AC; SOL; }\n"
          "quit;\n",
          stream);
}

static void write_phcpack(writer_t *writer)
{
    fprintf(writer->stream, "%ld\n", (long) writer->system->unknowns);
    write_equations(writer, "", ";\n", ";\n");
}

/* Numbers and solutions in doubles; the equations of the numerical part are scaled. */
static void write_macaulay2(writer_t *writer)
{
    FILE *stream = writer->stream;
    fputs("needsPackage \"NumericalAlgebraicGeometry\"\nR = QQ[", stream);
    write_names(stream, writer->system, ", ");
    fputs("]\nF = {\n", stream);
    write_equations(writer, "  ", ",\n", "}\n");
    fputs("I = ideal F\nC = CC[", stream);
    write_names(stream, writer->system, ", ");
    fputs("]\n"
          "largest = f -> max apply(flatten entries last coefficients f, c -> abs lift(c, QQ))\n"
          "G = apply(F, f -> sub(f / largest f, C))\n"
          "printWidth = 0\n"
          "printingPrecision = 17\n"
          "print apply(solveSystem G, coordinates)\n",
          stream);
}

static void write_bertini(writer_t *writer)
{
    FILE *stream = writer->stream;
    fputs("INPUT\nvariable_group ", stream);
    write_names(stream, writer->system, ", ");
    fputs(";\nfunction ", stream);
    for (slong k = 0; k < writer->system->unknowns; k++)
        fprintf(stream, "%sf%ld", k > 0 ? ", " : "", (long) k + 1);
    fputs(";\n", stream);
    for (slong k = 0; k < writer->system->unknowns; k++) {
        fprintf(stream, "f%ld = ", (long) k + 1);
        write_equation(writer, k);
        fputs(";\n", stream);
    }
    fputs("END;\n", stream);
}

static void write_julia(writer_t *writer)
{
    FILE *stream = writer->stream;
    fputs("using HomotopyContinuation\n@var ", stream);
    write_names(stream, writer->system, " ");
    fputs("\nF = System([\n", stream);
    write_equations(writer, "  ", ",\n", "\n");
    fputs("]; variables = [", stream);
    write_names(stream, writer->system, ", ");
    fputs("])\n"
          "R = solve(F)\n"
          "println(R)\n"
          "write_solutions(isempty(ARGS) ? \"solutions.txt\" : ARGS[1], solutions(R))\n",
          stream);
}

void ncf__write_system(FILE *stream, const ncf_exact_system_t *system, ncf_format_t format)
{
    static void (*const writers[])(writer_t *) = {
        [NCF_FORMAT_AUTO] = write_msolve,         [NCF_FORMAT_MSOLVE] = write_msolve,
        [NCF_FORMAT_SINGULAR] = write_singular,   [NCF_FORMAT_PHCPACK] = write_phcpack,
        [NCF_FORMAT_MACAULAY2] = write_macaulay2, [NCF_FORMAT_BERTINI] = write_bertini,
        [NCF_FORMAT_JULIA] = write_julia,
    };
    writer_t writer = {stream, format, system, -1};
    writers[format](&writer);
}
