/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * formula_parse.c: operator precedence with two stacks. From weak to strong: + and -,
 * * and /, the sign, ^ (from the right). Numbers are folded at once; for everything else
 * bounds of degree, terms, bits and work are carried along, and the operator that would
 * exceed a limit is where the formula is refused.
 */
#include "formula.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

/* What is known of an operand before it is expanded. */
typedef struct {
    int is_number; /* no name occurs in it */
    fmpq_t number;
    slong step;    /* else */
    slong degree;  /* at most; numbers 0 */
    double terms;  /* at most */
    double bits;   /* of a coefficient, at most */
    int integral;  /* coefficients are integers */
} operand_t;

typedef struct {
    char symbol; /* + - * / ^ ( or ~, the negative sign */
    size_t place;
} operator_t;

typedef struct {
    const ncf_document_t *document;
    const ncf_node_t *node;
    const ncf_names_t *names;
    const char *text;
    size_t at;
    ncf_steps_t *steps;
    operand_t *operands;
    slong operand_count;
    operator_t *operators;
    slong operator_count;
    double work;
} parser_t;

static ncf_status_t fail(const parser_t *parser, size_t place, const char *fact)
{
    return ncf__string_fail(parser->document, parser->node, place, NCF_ESPEC, "%s", fact);
}

/* ---- Steps ----------------------------------------------------------------------- */

static slong add_step(ncf_steps_t *steps, ncf_step_kind_t kind, slong a, slong b)
{
    if (steps->count == steps->room) {
        steps->room = 2 * steps->room + 16;
        steps->steps =
            ncf__realloc(steps->steps, (size_t) steps->room, sizeof(*steps->steps));
    }
    ncf_step_t *step = steps->steps + steps->count;
    step->kind = kind;
    step->a = a;
    step->b = b;
    fmpq_init(step->number);
    return steps->count++;
}

void ncf__formula_clear(ncf_steps_t *steps)
{
    for (slong i = 0; i < steps->count; i++)
        fmpq_clear(steps->steps[i].number);
    ncf__free(steps->steps);
    *steps = (ncf_steps_t){0, 0, NULL};
}

static double number_bits(const fmpq_t number)
{
    return (double) (fmpz_bits(fmpq_numref(number)) + fmpz_bits(fmpq_denref(number)));
}

/* A folded number becomes a step when it meets something that is none. */
static void make_step(parser_t *parser, operand_t *operand)
{
    if (!operand->is_number)
        return;
    operand->step = add_step(parser->steps, NCF_STEP_NUMBER, 0, 0);
    fmpq_set(parser->steps->steps[operand->step].number, operand->number);
    operand->is_number = 0;
    operand->terms = 1;
    operand->bits = number_bits(operand->number);
    operand->integral = fmpz_is_one(fmpq_denref(operand->number));
}

static operand_t *push_operand(parser_t *parser)
{
    operand_t *operand = parser->operands + parser->operand_count++;
    *operand = (operand_t){.is_number = 1};
    fmpq_init(operand->number);
    return operand;
}

static void pop_operand(parser_t *parser)
{
    fmpq_clear(parser->operands[--parser->operand_count].number);
}

/* ---- Predictions ----------------------------------------------------------------- */

/* C(n + k, k), or infinity when it is far above every limit. */
static double binomial(double n, double k)
{
    double smaller = fmin(n, k), larger = fmax(n, k), value = 1;
    for (double i = 1; i <= smaller && value < 1e18; i++)
        value *= (larger + i) / i;
    return value < 1e18 ? value : (double) INFINITY;
}

/* Words that hold a term: its exponents and its coefficient. */
static double term_words(const parser_t *parser, const operand_t *r)
{
    return 1 + (double) parser->names->count / 4 + r->bits / 64;
}

/* Checks the bounds of a result and charges what it takes to make it. */
static ncf_status_t check_size(parser_t *parser, operand_t *r, double products, size_t place)
{
    if (r->degree > NCF_FORMULA_MAX_DEGREE)
        return fail(parser, place, "the degree here may be above 1000");
    r->terms = fmin(r->terms, binomial((double) r->degree, (double) parser->names->count));
    if (r->terms > NCF_FORMULA_MAX_TERMS)
        return fail(parser, place, "the expansion may have more than 20000 terms here");
    if (r->bits > NCF_FORMULA_MAX_NUMBER_BITS || r->terms * r->bits > NCF_FORMULA_MAX_BITS)
        return fail(parser, place, "the coefficients may become too long here");
    parser->work += products * term_words(parser, r);
    if (r->terms * (double) parser->names->count > NCF_FORMULA_MAX_EXPONENTS)
        return fail(parser, place, "the expansion may have too many terms for so many names");
    if (parser->work > NCF_FORMULA_MAX_WORK)
        return fail(parser, place, "the expansion may take too long from here on");
    return NCF_OK;
}

/* ---- Operations ------------------------------------------------------------------ */

static ncf_status_t apply_sum(parser_t *parser, operand_t *a, operand_t *b, operator_t op)
{
    if (a->is_number && b->is_number) {
        if (op.symbol == '+')
            fmpq_add(a->number, a->number, b->number);
        else
            fmpq_sub(a->number, a->number, b->number);
        if (number_bits(a->number) > NCF_FORMULA_MAX_NUMBER_BITS)
            return fail(parser, op.place, "the number here has more than 1000000 bits");
        return NCF_OK;
    }
    make_step(parser, a);
    make_step(parser, b);
    a->step = add_step(parser->steps, op.symbol == '+' ? NCF_STEP_ADD : NCF_STEP_SUBTRACT,
                       a->step, b->step);
    a->degree = FLINT_MAX(a->degree, b->degree);
    a->terms += b->terms;
    /* Over a common denominator the numerators grow by the other's. */
    a->bits = a->integral && b->integral ? fmax(a->bits, b->bits) + 1 : a->bits + b->bits + 1;
    a->integral = a->integral && b->integral;
    return check_size(parser, a, a->terms, op.place);
}

static ncf_status_t apply_product(parser_t *parser, operand_t *a, operand_t *b, operator_t op)
{
    if (a->is_number && b->is_number) {
        fmpq_mul(a->number, a->number, b->number);
        if (number_bits(a->number) > NCF_FORMULA_MAX_NUMBER_BITS)
            return fail(parser, op.place, "the number here has more than 1000000 bits");
        return NCF_OK;
    }
    make_step(parser, a);
    make_step(parser, b);
    a->step = add_step(parser->steps, NCF_STEP_MULTIPLY, a->step, b->step);
    double products = a->terms * b->terms;
    a->degree += b->degree;
    a->bits += b->bits + log2(fmin(a->terms, b->terms) + 1);
    a->terms = products;
    a->integral = a->integral && b->integral;
    return check_size(parser, a, products, op.place);
}

static ncf_status_t apply_quotient(parser_t *parser, operand_t *a, operand_t *b, operator_t op)
{
    if (!b->is_number)
        return fail(parser, op.place, "only division by numbers is allowed");
    if (fmpq_is_zero(b->number))
        return fail(parser, op.place, "division by zero");
    fmpq_inv(b->number, b->number);
    return apply_product(parser, a, b, op);
}

static ncf_status_t power_of_number(parser_t *parser, operand_t *a, const fmpz_t e,
                                    size_t place)
{
    if (fmpz_cmp_si(e, NCF_FORMULA_MAX_NUMBER_BITS) > 0 ||
        number_bits(a->number) * (double) fmpz_get_si(e) > NCF_FORMULA_MAX_NUMBER_BITS)
        return fail(parser, place, "the number here may have more than 1000000 bits");
    fmpq_pow_si(a->number, a->number, fmpz_get_si(e));
    return NCF_OK;
}

static ncf_status_t apply_power(parser_t *parser, operand_t *a, const operand_t *b,
                                operator_t op)
{
    const fmpz *e = fmpq_numref(b->number);
    if (!b->is_number || !fmpz_is_one(fmpq_denref(b->number)) || fmpz_sgn(e) < 0)
        return fail(parser, op.place, "the exponent must be an integer from 0 on");
    if (a->is_number)
        return power_of_number(parser, a, e, op.place);
    if (fmpz_is_zero(e)) { /* x^0 = 1, also for x = 0 */
        a->is_number = 1;
        a->degree = 0;
        fmpq_one(a->number);
        return NCF_OK;
    }
    /* The degree is at least 1 where a name occurs, so this bounds the exponent too. */
    if (fmpz_cmp_si(e, NCF_FORMULA_MAX_DEGREE) > 0)
        return fail(parser, op.place, "the degree here may be above 1000");
    slong exponent = fmpz_get_si(e);
    a->step = add_step(parser->steps, NCF_STEP_POWER, a->step, exponent);
    double before = a->terms;
    a->degree *= exponent;
    a->bits = (double) exponent * (a->bits + log2(before + 1));
    a->terms = before == 1 ? 1 : binomial(before - 1, (double) exponent);
    return check_size(parser, a, a->terms * before * (double) exponent, op.place);
}

static void negate(parser_t *parser, operand_t *a)
{
    if (a->is_number)
        fmpq_neg(a->number, a->number);
    else
        a->step = add_step(parser->steps, NCF_STEP_NEGATE, a->step, 0);
}

/* Applies the operator on top of its stack. */
static ncf_status_t reduce(parser_t *parser)
{
    operator_t op = parser->operators[--parser->operator_count];
    operand_t *b = parser->operands + parser->operand_count - 1;
    if (op.symbol == '~') {
        negate(parser, b);
        return NCF_OK;
    }
    ncf_status_t status = NCF_OK;
    if (op.symbol == '^')
        status = apply_power(parser, b - 1, b, op);
    else if (op.symbol == '*')
        status = apply_product(parser, b - 1, b, op);
    else if (op.symbol == '/')
        status = apply_quotient(parser, b - 1, b, op);
    else
        status = apply_sum(parser, b - 1, b, op);
    pop_operand(parser);
    return status;
}

/* ---- Reading --------------------------------------------------------------------- */

static int strength(char symbol)
{
    static const char symbols[] = "(+-*/~^";
    static const int strengths[] = {0, 1, 1, 2, 2, 3, 4};
    return strengths[strchr(symbols, symbol) - symbols];
}

static void push_operator(parser_t *parser, char symbol)
{
    parser->operators[parser->operator_count++] = (operator_t){symbol, parser->at++};
}

/* What binds at least as strongly as a new operator to its left goes first. */
static ncf_status_t push_binary(parser_t *parser, char symbol)
{
    int least = strength(symbol) + (symbol == '^');
    while (parser->operator_count > 0 &&
           strength(parser->operators[parser->operator_count - 1].symbol) >= least)
        NCF_TRY(reduce(parser));
    push_operator(parser, symbol);
    return NCF_OK;
}

static ncf_status_t close_parenthesis(parser_t *parser)
{
    while (parser->operator_count > 0 &&
           parser->operators[parser->operator_count - 1].symbol != '(')
        NCF_TRY(reduce(parser));
    if (parser->operator_count == 0)
        return fail(parser, parser->at, "this parenthesis was not opened");
    parser->operator_count--;
    parser->at++;
    return NCF_OK;
}

static size_t span_digits(const char *text)
{
    size_t n = 0;
    while (isdigit((unsigned char) text[n]))
        n++;
    return n;
}

/* Digits with a decimal part and an exponent, where each is there. */
static size_t number_length(const char *text)
{
    size_t n = span_digits(text);
    if (text[n] == '.')
        n += 1 + span_digits(text + n + 1);
    if (text[n] != 'e' && text[n] != 'E')
        return n;
    size_t sign = text[n + 1] == '+' || text[n + 1] == '-';
    size_t digits = span_digits(text + n + 1 + sign);
    return digits > 0 ? n + 1 + sign + digits : n;
}

static ncf_status_t read_number(parser_t *parser)
{
    operand_t *operand = push_operand(parser);
    const char *text = parser->text + parser->at;
    size_t length = number_length(text);
    const char *fact = ncf__rational_parse(operand->number, text, length);
    if (fact != NULL)
        return fail(parser, parser->at, fact);
    parser->at += length;
    return NCF_OK;
}

static ncf_status_t read_name(parser_t *parser)
{
    const char *text = parser->text + parser->at;
    size_t length = ncf__name_length(text);
    slong variable = ncf__name_find(parser->names, text, length);
    if (variable < 0)
        return ncf__string_fail(parser->document, parser->node, parser->at, NCF_ESPEC,
                                "\"%.*s\" is neither a weight nor an input",
                                (int) FLINT_MIN(length, 60), text);
    operand_t *operand = push_operand(parser);
    operand->is_number = 0;
    operand->step = add_step(parser->steps, NCF_STEP_VARIABLE, variable, 0);
    operand->degree = 1;
    operand->terms = operand->bits = operand->integral = 1;
    /* Every occurrence may be in memory at once, which is dearer than to pass over it. */
    NCF_TRY(check_size(parser, operand, 32, parser->at));
    parser->at += length;
    return NCF_OK;
}

/* One token where an operand may start; *done when it was one. */
static ncf_status_t read_operand(int *done, parser_t *parser)
{
    char c = parser->text[parser->at];
    *done = 0;
    if (c == '(' || c == '-') {
        push_operator(parser, c == '-' ? '~' : '(');
        return NCF_OK;
    }
    if (c == '+') {
        parser->at++;
        return NCF_OK;
    }
    *done = 1;
    if (isdigit((unsigned char) c))
        return read_number(parser);
    if (ncf__name_length(parser->text + parser->at) > 0)
        return read_name(parser);
    if (c == '\0')
        return fail(parser, parser->at, "the formula ends where a number or a name is missing");
    return fail(parser, parser->at, "expected a number, a name or a parenthesis");
}

/* One token after an operand; *operand when another operand must follow. */
static ncf_status_t read_operator(int *operand, parser_t *parser)
{
    char c = parser->text[parser->at];
    *operand = 0;
    if (c == ')')
        return close_parenthesis(parser);
    *operand = 1;
    if (c != '\0' && strchr("+-*/^", c) != NULL)
        return push_binary(parser, c);
    return fail(parser, parser->at, "expected an operator: + - * / ^ or a parenthesis");
}

static ncf_status_t read_all(parser_t *parser)
{
    for (int operand = 1, done;;) {
        parser->at += strspn(parser->text + parser->at, " \t\r\n");
        if (!operand && parser->text[parser->at] == '\0')
            break;
        if (operand) {
            NCF_TRY(read_operand(&done, parser));
            operand = !done;
        } else {
            NCF_TRY(read_operator(&operand, parser));
        }
    }
    while (parser->operator_count > 0) {
        if (parser->operators[parser->operator_count - 1].symbol == '(')
            return fail(parser, parser->operators[parser->operator_count - 1].place,
                        "this parenthesis is not closed");
        NCF_TRY(reduce(parser));
    }
    make_step(parser, parser->operands);
    return NCF_OK;
}

ncf_status_t ncf__formula_parse(ncf_steps_t *steps, const ncf_document_t *document,
                                const ncf_node_t *node, const ncf_names_t *names)
{
    parser_t parser = {.document = document, .node = node, .names = names, .steps = steps};
    *steps = (ncf_steps_t){0, 0, NULL};
    NCF_TRY(ncf__node_string(&parser.text, document, node));
    /* Each stack holds at most one entry a character. */
    size_t room = strlen(parser.text) + 1;
    parser.operands = ncf__malloc(room, sizeof(*parser.operands));
    parser.operators = ncf__malloc(room, sizeof(*parser.operators));
    ncf_status_t status = read_all(&parser);
    while (parser.operand_count > 0)
        pop_operand(&parser);
    ncf__free(parser.operands);
    ncf__free(parser.operators);
    return status;
}
