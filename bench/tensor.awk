# SPDX-License-Identifier: LGPL-3.0-or-later
# tensor.awk: a random integer tensor, T = sum_i y_i x_i^(m), as a problem of one unit for
# ncf or as the fixed-point system T z^{m-1} = z for other solvers. The nonzero solutions
# are m - 2 points a class, so that for a generic T there are (m-1)^n with the origin.
#   awk -v m=3 -v n=5 -v seed=1 -v format=ncf|phc|singular|msolve -f tensor.awk
function draw(range) # -range .. range
{
    state = (state * 1103 + 12345) % 2147483647
    return int(state / 17) % (2 * range + 1) - range
}
function binomial(a, b,    r, k)
{
    r = 1
    for (k = 1; k <= b; k++)
        r = r * (a - b + k) / k
    return r
}
# Appends to text[j] the terms of equation j for all exponents of the given degree left.
function expand(place, left, orderings, monomial,    e, i, j, c)
{
    if (place == n && left > 0) {
        orderings *= binomial(left, left)
        exponent[n] = left
        monomial = monomial times() power(n, left)
        left = 0
    } else if (place == n)
        exponent[n] = 0
    if (place == n) {
        for (j = 1; j <= n; j++) {
            c = 0
            for (i = 1; i <= points; i++)
                c += y[i] * x[i, j] * value(i)
            c *= orderings
            if (c != 0)
                text[j] = text[j] sprintf("%s%.0f%s", (c > 0 && text[j] != "" ? "+" : ""), c, monomial)
        }
        return
    }
    for (e = 0; e <= left; e++) {
        exponent[place] = e
        expand(place + 1, left - e, orderings * binomial(left, e),
               e > 0 ? monomial times() power(place, e) : monomial)
    }
}
function times() { return "*" }
function power(j, e) { return e == 1 ? "z" j : "z" j "^" e }
function value(i,    v, j, e)
{
    v = 1
    for (j = 1; j <= n; j++)
        for (e = 0; e < exponent[j]; e++)
            v *= x[i, j]
    return v
}
function print_problem(    i, j)
{
    printf "{\"ncf\":1,\"network\":{\"type\":\"feedforward\",\"widths\":[%d,1,1],", n
    printf "\"activation\":{\"type\":\"power\",\"degree\":%d}},\"data\":{\"x\":[", m
    for (i = 1; i <= points; i++) {
        printf "%s[", (i > 1 ? "," : "")
        for (j = 1; j <= n; j++)
            printf "%s%d", (j > 1 ? "," : ""), x[i, j]
        printf "]"
    }
    printf "],\"y\":["
    for (i = 1; i <= points; i++)
        printf "%s%d", (i > 1 ? "," : ""), y[i]
    print "]},\"loss\":\"square\"}"
}
function variables(    j, s)
{
    for (j = 1; j <= n; j++)
        s = s ((j > 1 ? "," : "")) "z" j
    return s
}
function print_system(    j, before, between, after)
{
    before = format == "phc" ? n "\n" : format == "msolve" ? variables() "\n0\n" : \
             "ring r=0,(" variables() "),dp;\nideal a="
    between = format == "phc" ? ";\n" : ",\n"
    after = format == "phc" ? ";\n" : format == "msolve" ? "\n" : \
            ";\nprint(vdim(std(a)));\nquit;\n"
    printf "%s", before
    for (j = 1; j <= n; j++)
        printf "%s%s-z%d", (j > 1 ? between : ""), text[j], j
    printf "%s", after
}
BEGIN {
    state = 7919 * seed + 97 * n + m
    points = 3 * n
    for (i = 1; i <= 20; i++)
        draw(1)
    for (i = 1; i <= points; i++) {
        y[i] = draw(1) >= 0 ? 1 : -1
        for (j = 1; j <= n; j++)
            x[i, j] = draw(4)
    }
    if (format == "ncf")
        print_problem()
    else {
        expand(1, m - 1, 1, "")
        print_system()
    }
}
