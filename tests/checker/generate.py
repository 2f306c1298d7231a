#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-3.0-or-later
"""Writes sample certificates (doc/ncf-certificate.5) with numbers from floating-point searches.

Nothing here is believed by ncf-check. Python's standard library only."""

import copy
import hashlib
import itertools
import json
import math
import random
import sys
from fractions import Fraction


def dyadic(values, bits):
    """A vector of the numbers, rounded to multiples of 2^-bits."""
    def mantissa(x):
        return round(Fraction(x) * 2**bits)
    return {"exponent": -bits, "mantissas": " ".join(str(mantissa(x)) for x in values)}


def solve(a, b):
    """Solves a x = b for a list of right sides, by elimination with pivots."""
    n = len(a)
    rows = [list(a[i]) + [right[i] for right in b] for i in range(n)]
    for k in range(n):
        pivot = max(range(k, n), key=lambda i: abs(rows[i][k]))
        rows[k], rows[pivot] = rows[pivot], rows[k]
        for i in range(n):
            if i != k and rows[i][k] != 0:
                factor = rows[i][k] / rows[k][k]
                rows[i] = [x - factor * y for x, y in zip(rows[i], rows[k])]
    return [[rows[i][n + c] / rows[i][i] for i in range(n)] for c in range(len(b))]


def inverse(a):
    n = len(a)
    columns = solve(a, [[float(i == j) for i in range(n)] for j in range(n)])
    return [[columns[j][i] for j in range(n)] for i in range(n)]


class Jet:
    """A number with its gradient and Hessian."""

    def __init__(self, value, gradient, hessian):
        self.value, self.gradient, self.hessian = value, gradient, hessian

    def __add__(self, other):
        return Jet(self.value + other.value,
                   [a + b for a, b in zip(self.gradient, other.gradient)],
                   [[a + b for a, b in zip(r, s)]
                    for r, s in zip(self.hessian, other.hessian)])

    def scale(self, c):
        return Jet(c * self.value, [c * a for a in self.gradient],
                   [[c * a for a in r] for r in self.hessian])

    def __mul__(self, other):
        a, b, n = self, other, range(len(self.gradient))
        return Jet(a.value * b.value,
                   [a.value * b.gradient[i] + b.value * a.gradient[i] for i in n],
                   [[a.value * b.hessian[i][j] + b.value * a.hessian[i][j]
                     + a.gradient[i] * b.gradient[j] + a.gradient[j] * b.gradient[i]
                     for j in n] for i in n])


def constant(c, n):
    return Jet(c, [0.0] * n, [[0.0] * n for _ in range(n)])


class Problem:
    """A feed-forward network whose activations are polynomials (lists of coefficients)."""

    def __init__(self, widths, activations, x, y, loss="square"):
        self.widths, self.activations, self.loss = widths, activations, loss
        self.x = [[Fraction(v) for v in row] for row in x]
        self.y = [Fraction(v) for v in y]
        self.z = [v / 2 if loss == "logistic" else v for v in self.y]
        self.n = sum(a * b for a, b in zip(widths, widths[1:]))

    def network(self):
        def activation(c):
            degree = len(c) - 1
            if c == [0] * degree + [1]:
                return ({"degree": degree, "type": "power"} if degree > 1
                        else {"type": "linear"})
            return {"coefficients": [str(Fraction(v)) for v in c], "type": "polynomial"}
        return {"activation": [activation(c) for c in self.activations],
                "type": "feedforward", "widths": self.widths}

    def document(self):
        return {"data": {"x": [[str(v) for v in row] for row in self.x],
                         "y": [str(v) for v in self.y]},
                "loss": self.loss, "network": self.network()}

    def output(self, x, weights, n):
        layer = [constant(float(v), n) for v in x]
        weights = iter(weights)
        for l in range(1, len(self.widths)):
            after = []
            for _ in range(self.widths[l]):
                total = constant(0.0, n)
                for value in layer:
                    total = total + next(weights) * value
                if l < len(self.widths) - 1:
                    result = constant(0.0, n)
                    for c in reversed(self.activations[l - 1]):
                        result = result * total + constant(float(c), n)
                    total = result
                after.append(total)
            layer = after
        return layer[0]

    def ncf(self, u):
        n = self.n
        weights = [Jet(u[i], [float(i == j) for j in range(n)],
                       [[0.0] * n for _ in range(n)]) for i in range(n)]
        total = constant(0.0, n)
        for x, z in zip(self.x, self.z):
            total = total + self.output(x, weights, n).scale(float(z))
        return total


def kkt(problem, u, multiplier, free):
    """The KKT system of the free weights and its Jacobian."""
    jet = problem.ncf(u)
    f = [jet.gradient[i] - multiplier * u[i] for i in free]
    f.append((sum(u[i] ** 2 for i in free) - 1) / 2)
    jacobian = [[jet.hessian[i][j] - (multiplier if i == j else 0) for j in free] + [-u[i]]
                for i in free]
    jacobian.append([u[i] for i in free] + [0.0])
    return f, jacobian


def newton_kkt(problem, u, zeros=(), steps=30):
    free = [i for i in range(problem.n) if i not in zeros]
    u = [0.0 if i in zeros else v for i, v in enumerate(u)]
    length = math.sqrt(sum(v * v for v in u))
    u = [v / length for v in u]
    multiplier = sum(a * b for a, b in zip(problem.ncf(u).gradient, u))
    for _ in range(steps):
        f, jacobian = kkt(problem, u, multiplier, free)
        step = solve(jacobian, [f])[0]
        for i, d in zip(free, step):
            u[i] -= d
        multiplier -= step[-1]
        if max(map(abs, step)) < 1e-15:
            break
    return u, multiplier


class Certificate:
    def __init__(self, problem, producer="generate.py"):
        self.problem, self.producer = problem, producer
        self.claims, self.unproved = [], []

    def claim(self, kind, theorem, premises=(), **fields):
        self.claims.append({"id": len(self.claims) + 1, "kind": kind, "theorem": theorem,
                            "premises": list(premises), **fields})
        return len(self.claims)

    def document(self):
        problem = self.problem.document()
        canonical = json.dumps(problem, sort_keys=True, separators=(",", ":"))
        return {"format": "ncf-certificate", "version": 1, "producer": self.producer,
                "problem": problem,
                "problem_sha256": hashlib.sha256(canonical.encode()).hexdigest(),
                "claims": self.claims, "unproved": self.unproved}

    def write(self, name):
        with open(name, "w", encoding="ascii") as file:
            file.write(layout(self.document()))

    # ---- claims ----------------------------------------------------------------------

    def point(self, u, multiplier, radius_bits, zeros=(), bits=80):
        free = [i for i in range(self.problem.n) if i not in zeros]
        _, jacobian = kkt(self.problem, u, multiplier, free)
        y = inverse(jacobian)
        fields = {"zeros": list(zeros)} if zeros else {}
        return self.claim("exists-unique", "T-KRAWCZYK", system="kkt", **fields,
                          centre=dyadic([u[i] for i in free] + [multiplier], 60),
                          radius=dyadic([2.0**-radius_bits] * (len(free) + 1), radius_bits),
                          inverse=dyadic(itertools.chain(*y), 40), bits=bits)

    def inertia(self, premise, u, multiplier, index, shift=0, bits=80):
        n, jet = self.problem.n, self.problem.ncf(u)
        pivot = max(range(n), key=lambda i: abs(u[i]))
        form = [[jet.hessian[i][j] - (multiplier + float(shift) if i == j else 0)
                 for j in range(n)] for i in range(n)]
        fields = {"shift": str(shift)} if shift else {}
        _, transform = eigenvectors(restricted(form, u, pivot, u[pivot]))
        return self.claim("inertia", "T-CONGRUENCE", [premise], index=index, pivot=pivot,
                          transform=dyadic(itertools.chain(*transform), 40),
                          bits=bits, **fields)

    def tensor(self, order, basis=None):
        fields = {} if basis is None else {"basis": [[str(v) for v in b] for b in basis]}
        return self.claim("tensor", "T-ESSENTIAL", order=order, **fields)

    def eigenpair(self, tensor, form, c, real, chart=None, radius_bits=30, bits=80):
        r = form.dimension
        if chart is None:
            chart = max(range(r), key=lambda i: abs(c[i]))
        c = [v / c[chart] for v in c]
        nu = form.gradient(c)[chart] / form.metric[chart]
        y = inverse(form.jacobian(c, nu, chart))
        unknowns = [c[j] for j in range(r) if j != chart] + [nu]
        flat = list(itertools.chain(*y))
        if real:
            unknowns, flat = [v.real for v in unknowns], [v.real for v in flat]
        else:
            unknowns = list(itertools.chain(*((v.real, v.imag) for v in unknowns)))
            flat = list(itertools.chain(*((complex(v).real, complex(v).imag) for v in flat)))
        return self.claim("exists-unique", "T-KRAWCZYK", [tensor], system="eigenpair",
                          field="real" if real else "complex", chart=chart,
                          centre=dyadic(unknowns, 60),
                          radius=dyadic([2.0**-radius_bits] * r, radius_bits),
                          inverse=dyadic(flat, 40), bits=bits)

    def line_inertia(self, premise, form, c, bits=80):
        r = form.dimension
        chart = max(range(r), key=lambda i: abs(c[i]))
        c = [(v / c[chart]).real for v in c]
        nu = form.gradient(c)[chart] / form.metric[chart]
        hessian = form.hessian(c)
        q = [[hessian[i][j] - (nu * form.metric[i] if i == j else 0) for j in range(r)]
             for i in range(r)]
        g = [form.metric[j] * c[j] / form.metric[chart] for j in range(r)]
        values, transform = eigenvectors(restricted(q, g, chart, 1.0))
        index = sum(value * nu > 0 for value in values)
        self.claim("inertia", "T-CONGRUENCE", [premise], index=index, pivot=chart,
                   transform=dyadic(itertools.chain(*transform), 40), bits=bits)
        return len(self.claims), index


def restricted(form, g, k, p):
    """The form on the vectors p e_j - g_j e_k, j != k."""
    rest = [j for j in range(len(form)) if j != k]
    return [[p * p * form[i][j] - p * g[j] * form[i][k] - p * g[i] * form[k][j]
             + g[i] * g[j] * form[k][k] for j in rest] for i in rest]


def eigenvectors(a):
    """Jacobi's method: eigenvalues and eigenvectors (rows) of a symmetric matrix."""
    n = len(a)
    a = [list(row) for row in a]
    v = [[float(i == j) for j in range(n)] for i in range(n)]
    for _ in range(30):
        if sum(a[i][j]**2 for i in range(n) for j in range(i)) < 1e-28:
            break
        for p, q in itertools.combinations(range(n), 2):
            if abs(a[p][q]) < 1e-300:
                continue
            theta = (a[q][q] - a[p][p]) / (2 * a[p][q])
            t = math.copysign(1, theta) / (abs(theta) + math.hypot(theta, 1))
            c = 1 / math.hypot(t, 1)
            s = t * c
            for k in range(n):
                a[k][p], a[k][q] = c * a[k][p] - s * a[k][q], s * a[k][p] + c * a[k][q]
            a[p], a[q] = ([c * x - s * y for x, y in zip(a[p], a[q])],
                          [s * x + c * y for x, y in zip(a[p], a[q])])
            v[p], v[q] = ([c * x - s * y for x, y in zip(v[p], v[q])],
                          [s * x + c * y for x, y in zip(v[p], v[q])])
    return [a[i][i] for i in range(n)], v


class Form:
    """G(c) = sum z_i (p_i . c)^m with the metric D; all eigenpair classes by Newton's method."""

    def __init__(self, problem, order, basis=None):
        d = problem.widths[0]
        basis = basis or [[int(i == j) for j in range(d)] for i in range(d)]
        self.order, self.dimension = order, len(basis)
        self.points = [[float(sum(Fraction(a) * b for a, b in zip(v, x))) for v in basis]
                       for x in problem.x]
        self.weights = [float(z) for z in problem.z]
        self.metric = [float(sum(Fraction(a)**2 for a in v)) for v in basis]

    def gradient(self, c):
        out = [0.0] * self.dimension
        for p, z in zip(self.points, self.weights):
            s = z * sum(a * b for a, b in zip(p, c)) ** (self.order - 1)
            out = [o + s * a for o, a in zip(out, p)]
        return out

    def hessian(self, c):
        r = range(self.dimension)
        out = [[0.0] * self.dimension for _ in r]
        for p, z in zip(self.points, self.weights):
            s = (self.order - 1) * z * sum(a * b for a, b in zip(p, c)) ** (self.order - 2)
            for i in r:
                for j in r:
                    out[i][j] += s * p[i] * p[j]
        return out

    def jacobian(self, c, nu, chart):
        h = self.hessian(c)
        r = range(self.dimension)
        return [[h[i][j] - (nu * self.metric[i] if i == j else 0) for j in r if j != chart]
                + [-self.metric[i] * c[i]] for i in r]

    def newton(self, c):
        r, nu = self.dimension, None
        for _ in range(60):
            chart = max(range(r), key=lambda i: abs(c[i]))
            c = [v / c[chart] for v in c]
            g = self.gradient(c)
            if nu is None:
                nu = g[chart] / self.metric[chart]
            f = [g[i] - nu * self.metric[i] * c[i] for i in range(r)]
            try:
                step = solve(self.jacobian(c, nu, chart), [f])[0]
            except ZeroDivisionError:
                return None
            others = [j for j in range(r) if j != chart]
            for j, d in zip(others, step):
                c[j] -= d
            nu -= step[-1]
            size = max(map(abs, step))
            if not size < 1e6:
                return None
            if size < 1e-14:
                scale = max(c, key=abs)
                return [v / scale for v in c]
        return None

    def classes(self, rng):
        """One of each pair of conjugates; real classes first."""
        r, m = self.dimension, self.order
        total = sum((m - 1) ** k for k in range(r))
        real, other = [], []

        def close(a, b):
            k = max(range(r), key=lambda i: abs(a[i]))
            if abs(b[k]) < 1e-9:
                return False
            return all(abs(x / a[k] - y / b[k]) < 1e-6 for x, y in zip(a, b))

        while len(real) + 2 * len(other) < total:
            is_real = rng.random() < 0.3
            c = self.newton([complex(rng.gauss(0, 1), 0 if is_real else rng.gauss(0, 1))
                             for _ in range(r)])
            if c is None:
                continue
            if max(abs(v.imag) for v in c) < 1e-9:
                c = [complex(v.real) for v in c]
                known = real
            else:
                known = other
            conjugate = [v.conjugate() for v in c]
            if not any(close(c, b) or close(conjugate, b) for b in known):
                known.append(c)
        return real, other


def eigen_certificate(problem, order, rng, basis=None, with_inertia=True):
    """All eigenpairs, the lines, and the census."""
    certificate, form = Certificate(problem), Form(problem, order, basis)
    tensor = certificate.tensor(order, basis)
    real, other = form.classes(rng)
    lines = [certificate.eigenpair(tensor, form, c, True) for c in real]
    pairs = [certificate.eigenpair(tensor, form, c, False) for c in other]
    premises = [certificate.claim("distinct", "T-CHART", lines + pairs)]
    if pairs:
        premises.append(certificate.claim("real", "T-CHART", pairs, real=False))
    premises = [certificate.claim("complete-by-count", "T-COUNT", premises)]
    signs = {1: [], -1: []}
    for claim, c in zip(lines, real):
        chart = max(range(form.dimension), key=lambda i: abs(c[i]))
        nu = form.gradient([v / c[chart] for v in c])[chart].real
        signs[1 if nu > 0 else -1].append(claim)
    for sign, claims in signs.items():
        if claims:
            premises.append(certificate.claim("lambda-sign", "T-KRAWCZYK", claims, sign=sign))
    m = len(lines)
    found = certificate.claim("lines", "T-CHART", premises, count=str(m))
    premises, strict = [found], 0
    for claim, c in zip(lines, real if with_inertia else []):
        number, index = certificate.line_inertia(claim, form, c)
        premises.append(number)
        strict += index == 0
    if len(problem.widths) == 3:
        h = problem.widths[1]
        numbers = {"positive": str((2 * m + 1) ** h - 1), "rank_one": str(m * (3**h - 1)),
                   "orbits": str(math.comb(h + m, m) - 1)}
        if with_inertia:
            numbers["strict_second_order"] = str(2 * h * strict)
        certificate.claim("census", "T-DECOUPLE", premises, **numbers)
    else:
        count = m
        for k in problem.widths[1:-1]:
            count *= 3**k - 1
        certificate.claim("census", "T-RANKONE", premises, rank_one=str(count))
    return certificate


def layout(document):
    """Canonical but for line breaks: one claim a line."""
    def text(value):
        return json.dumps(value, sort_keys=True, separators=(",", ":"))
    claims = ",\n".join(text(c) for c in document["claims"])
    parts = ['"claims":[\n' + claims + "]" if key == "claims"
             else text(key) + ":" + text(value) for key, value in sorted(document.items())]
    return "{" + ",\n".join(parts) + "}\n"


X = [[1, 2], [3, -1], [-1, 1], [2, 2]]
Y = [1, -1, 2, 1]


def random_problem(rng, widths, activations, points):
    return Problem(widths, activations,
                   [[Fraction(round(rng.gauss(0, 1) * 64), 64) for _ in range(widths[0])]
                    for _ in range(points)],
                   [Fraction(round(rng.gauss(0, 1) * 64), 64) for _ in range(points)])


def find_points(problem, rng, starts, zeros=()):
    """(u, lambda) with lambda > 0 for each value of lambda that is met."""
    found = []
    for _ in range(starts):
        u = [rng.gauss(0, 1) for _ in range(problem.n)]
        try:
            u, multiplier = newton_kkt(problem, u, zeros)
            f, jacobian = kkt(problem, u, multiplier, [i for i in range(problem.n)
                                                       if i not in zeros])
            size = max(map(abs, itertools.chain(*inverse(jacobian))))
        except (ZeroDivisionError, OverflowError):
            continue
        if max(map(abs, f)) < 1e-11 and size < 1e6 and multiplier > 1e-3:
            if all(abs(multiplier - other[1]) > 1e-6 for other in found):
                found.append((u, multiplier))
    return sorted(found, key=lambda point: -point[1])


def index_of(problem, u, multiplier):
    """Positive eigenvalues of the Hessian less lambda on the complement of u."""
    jet, n = problem.ncf(u), problem.n
    pivot = max(range(n), key=lambda i: abs(u[i]))
    form = [[jet.hessian[i][j] - (multiplier if i == j else 0) for j in range(n)]
            for i in range(n)]
    return sum(value > 0 for value in eigenvectors(restricted(form, u, pivot, u[pivot]))[0])


class Custom(Problem):
    """A network given by its document and by a function of x, weights and their number."""

    def __init__(self, network, n, function, x, y):
        super().__init__([len(x[0]), 1], [], x, y)
        self.description, self.n, self.function = network, n, function

    def network(self):
        return self.description

    def output(self, x, weights, n):
        return self.function([float(v) for v in x], weights)


def power(jet, exponent):
    result = jet
    for _ in range(exponent - 1):
        result = result * jet
    return result


def bounds(value, digits=6):
    """Rationals below and above."""
    scale = 10**digits
    return {"lambda_low": str(Fraction(math.floor(value * scale) - 1, scale)),
            "lambda_high": str(Fraction(math.ceil(value * scale) + 1, scale))}


def check_point(problem, u, multiplier):
    """Is (u, lambda) a KKT point? This knows nothing of lines."""
    f, _ = kkt(problem, u, multiplier, range(problem.n))
    assert max(map(abs, f)) < 1e-9 * (1 + abs(multiplier)), "a closed form is wrong"


def decoupled_point(problem, p, used, value):
    """Units with (q, mu), the others zero, as T-DECOUPLE says."""
    rows, last = [], []
    for q, mu in used:
        r = (value / (math.sqrt(p) * abs(mu)))**(1 / (p - 1))
        rows.append([r * v for v in q])
        last.append(math.copysign(r / math.sqrt(p), mu))
    h, d = problem.widths[1], problem.widths[0]
    rows += [[0.0] * d] * (h - len(rows))
    return list(itertools.chain(*rows)) + last + [0.0] * (h - len(last))


def rank_one_point(problem, degrees, e, supports, q, mu):
    """Equal entries in the first units of each layer, as T-RANKONE says."""
    u, before, top = [], q, sum(e)
    for k, s, share in zip(problem.widths[1:-1], supports, e):
        a = [1 / math.sqrt(s)] * s + [0.0] * (k - s)
        u += [math.sqrt(share / top) * x * y for x in a for y in before]
        before = a
    return u + [math.copysign(math.sqrt(e[-1] / top), mu) * y for y in before]


def real_lines(certificate, problem, order, basis):
    """(claim, its inertia, the index, q, mu) with unit vectors q of the space of the data."""
    form, lines = Form(problem, order, basis), []
    for claim in [c for c in certificate.claims if c.get("field") == "real"]:
        inertia = [c for c in certificate.claims if c["kind"] == "inertia"
                   and c["premises"] == [claim["id"]]][0]
        c = [int(m) * 2.0**claim["centre"]["exponent"]
             for m in claim["centre"]["mantissas"].split()][:-1]
        c.insert(claim["chart"], 1.0)
        q = c if basis is None else [sum(float(b[i]) * v for b, v in zip(basis, c))
                                     for i in range(problem.widths[0])]
        size = math.sqrt(sum(v * v for v in q))
        q = [v / size for v in q]
        mu = sum(float(z) * sum(float(a) * b for a, b in zip(x, q))**order
                 for x, z in zip(problem.x, problem.z))
        lines.append((claim["id"], inertia["id"], inertia["index"], q, mu))
    return lines


def closed_forms(certificate, problem, order, basis=None):
    """Orbits in closed form from all lines of a certificate of eigenpairs."""
    lines = real_lines(certificate, problem, order, basis)
    if len(problem.widths) == 3:
        p, h = order, problem.widths[1]
        factor = math.sqrt(p) * (p / (p + 1))**((p - 1) / 2)
        for units in [[1] + [0] * (len(lines) - 1), [1] * len(lines), [2] + [1] * (len(lines) - 1)]:
            used = [(n, line) for n, line in zip(units, lines) if n > 0]
            k = sum(units)
            if k > h:
                continue
            total = sum(n * abs(line[4])**(-2 / (p - 1)) for n, line in used)
            value = factor * total**(-(p - 1) / 2)
            check_point(problem, decoupled_point(
                problem, p, [line[3:] for n, line in used for _ in range(n)], value), value)
            size = math.factorial(h) // math.factorial(h - k) * 2**k
            for n, _ in used:
                size //= math.factorial(n)
            certificate.claim("closed-form", "T-DECOUPLE", [line[0] for _, line in used]
                              + [line[1] for _, line in used], units=[n for n, _ in used],
                              size=str(size), bits=80,
                              index=k - 1 + sum(n * line[2] for n, line in used),
                              **bounds(value))
        return certificate
    degrees = [len(c) - 1 for c in problem.activations]
    e = [math.prod(degrees[l:]) for l in range(len(degrees) + 1)]
    top = sum(e)
    for supports in itertools.product(*(range(1, k + 1) for k in problem.widths[1:-1])):
        value = top * abs(lines[0][4]) * math.prod((v / top)**(v / 2) for v in e)
        value *= math.prod(s**((1 - p) * v / 2) for s, p, v in zip(supports, degrees, e[1:]))
        check_point(problem, rank_one_point(problem, degrees, e, supports, *lines[0][3:]), value)
        size = math.prod(math.comb(k, s) * 2**s for k, s in zip(problem.widths[1:], supports))
        extra = {"index": lines[0][2]} if max(supports) == 1 else {}
        certificate.claim("closed-form", "T-RANKONE", lines[0][:1 + len(extra)],
                          supports=list(supports), size=str(size), bits=80, **bounds(value), **extra)
    return certificate


def extended():
    """20 hidden units of which one is active: a point without the other weights."""
    problem = Problem([2, 20, 1], [[0, 0, 0, 1]], X, Y)
    small = Problem([2, 1, 1], [[0, 0, 0, 1]], X, Y)
    u, multiplier = newton_kkt(small, [0.8, 0.3, 0.5])
    _, jacobian = kkt(small, u, multiplier, range(3))
    certificate = Certificate(problem)
    point = certificate.claim("exists-unique", "T-KRAWCZYK", system="kkt", bits=80,
                              zeros=[i for i in range(60) if i not in (0, 1, 40)],
                              centre=dyadic(u + [multiplier], 60),
                              radius=dyadic([2**-30] * 4, 30),
                              inverse=dyadic(itertools.chain(*inverse(jacobian)), 40))
    point = certificate.claim("extend", "T-ZEROS", [point])
    certificate.claim("lambda-sign", "T-KRAWCZYK", [point], sign=1 if multiplier > 0 else -1)
    row = 0 if abs(u[0]) > abs(u[1]) else 1
    certificate.claim("rank", "T-RANKS", [point], layer=1, rank=1, rows=[0], columns=[row],
                      bits=64, inverse=dyadic([1 / u[row]], 30))
    return certificate


# One point of three of the five orbits of examples/deep-square.json.
DEEP = [[0.71203713, -0.25383399, 0, 0, 0.53452248, 0, -0.37796447],
        [0.32675104, 0.42302251, 0.32675104, 0.42302251, 0.37796447, 0.37796447, 0.37796447],
        [-0.18122445, 0.57150858, 0.43886011, 0.13916184, 0.42394832, -0.32554893, 0.37796447]]


def deep_points():
    """Widths (2, 2, 1, 1), squares: one point of each kind, with all that is known of it."""
    problem = Problem([2, 2, 1, 1], [[0, 0, 1], [0, 0, 1]], X, Y)
    certificate = Certificate(problem)
    points = [newton_kkt(problem, u) for u in DEEP]
    outer = []
    for u, multiplier in points:
        wide = certificate.point(u, multiplier, 16)
        zeros = [i for i, v in enumerate(u) if abs(v) < 1e-12]
        small = certificate.point(u, multiplier, 36, zeros)
        point = (certificate.claim("zero-pattern", "T-ZEROS", [wide, small]) if zeros
                 else certificate.claim("refine", "T-KRAWCZYK", [wide, small]))
        outer.append(point)
        certificate.claim("lambda-sign", "T-KRAWCZYK", [point], sign=1)
        index = index_of(problem, u, multiplier)
        certificate.inertia(point, u, multiplier, index)
        matrix = [u[0:2], u[2:4]]
        minor = matrix[0][0] * matrix[1][1] - matrix[0][1] * matrix[1][0]
        if abs(minor) > 1e-9:
            certificate.claim("rank", "T-RANKS", [point], layer=1, rank=2, rows=[0, 1],
                              columns=[0, 1], bits=64,
                              inverse=dyadic(itertools.chain(*inverse(matrix)), 30))
            stabiliser = 1
        else:
            rows = [j for j in range(2) if max(map(abs, matrix[j])) > 1e-9]
            premises = [point]
            if len(rows) == 2:
                sign = 1 if matrix[0][0] * matrix[1][0] > 0 else -1
                premises.append(certificate.claim("equal-units", "T-RANKS", [point], layer=1,
                                                  units=[0, 1], sign=sign))
            row, column = rows[0], max(range(2), key=lambda c: abs(matrix[rows[0]][c]))
            certificate.claim("rank", "T-RANKS", premises, layer=1, rank=1, rows=[row],
                              columns=[column], bits=64,
                              inverse=dyadic([1 / matrix[row][column]], 30))
            column = rows[0]
            certificate.claim("rank", "T-RANKS", premises, layer=2, rank=1, rows=[0],
                              columns=[column], bits=64, inverse=dyadic([1 / u[4 + column]], 30))
            stabiliser = 2
        # 2! 2^2 times 2 for the unit of the second layer
        certificate.claim("orbit", "T-ORBIT", [point], size=str(16 // stabiliser))
        if index == 0:
            gap = certificate.inertia(point, u, multiplier, 0, Fraction(-1))
            certificate.claim("basin", "T-SMALLCAP", [gap], tangent="1*2^-14", bits=80)
    certificate.claim("distinct", "T-ORBIT", outer)
    certificate.claim("distinct", "T-ORBIT", outer, orbits=True)
    certificate.unproved.append({
        "statement": "there are no further KKT points with lambda > 0",
        "reason": "certificates of version 1 have no cover of deep networks"})
    return certificate


def one_point(problem, rng, radius_bits=30):
    """The point of largest lambda, with its inertia."""
    certificate = Certificate(problem)
    u, multiplier = find_points(problem, rng, 40)[0]
    point = certificate.point(u, multiplier, radius_bits)
    certificate.claim("lambda-sign", "T-KRAWCZYK", [point], sign=1)
    certificate.inertia(point, u, multiplier, index_of(problem, u, multiplier))
    return certificate


def convolution_problem():
    """Two channels of length 2, kernel 2, stride 1, pooling 2, dense head, squares."""
    def output(x, w):
        channels = []
        for o in range(2):
            parts = [w[2 * o].scale(x[t]) + w[2 * o + 1].scale(x[t + 1]) for t in range(2)]
            channels.append(parts[0] * parts[0] + parts[1] * parts[1])
        return w[4] * channels[0] + w[5] * channels[1]
    network = {"activation": [{"degree": 2, "type": "power"}], "channels": 1, "head": "dense",
               "layers": [{"channels": 2, "kernel": 2, "pooling": 2, "stride": 1}],
               "length": 3, "type": "convolution"}
    return Custom(network, 6, output, [[1, 2, 0], [0, 1, -1], [2, 1, 1]], [1, 2, -1])


def terms_problem():
    """c (a x_1 + b x_2)^2 - a^3 x_1 x_2 / 3"""
    def output(x, w):
        a, b, c = w
        s = a.scale(x[0]) + b.scale(x[1])
        return c * s * s + (a * a * a).scale(-x[0] * x[1] / 3)
    network = {"type": "terms", "inputs": 2, "weights": 3, "terms": [
        ["1", [[0, 2], [2, 1]], [[0, 2]]], ["2", [[0, 1], [1, 1], [2, 1]], [[0, 1], [1, 1]]],
        ["1", [[1, 2], [2, 1]], [[1, 2]]], ["-1/3", [[0, 3]], [[0, 1], [1, 1]]]]}
    return Custom(network, 3, output, [[1, 2], [3, -1]], [1, Fraction(1, 2)])


def sum_problem():
    """(2, 1, 1) with squares and p^3 x_1"""
    def output(x, w):
        s = w[0].scale(x[0]) + w[1].scale(x[1])
        return w[2] * s * s + power(w[3], 3).scale(x[0])
    network = {"type": "sum", "parts": [
        {"activation": [{"degree": 2, "type": "power"}], "type": "feedforward",
         "widths": [2, 1, 1]},
        {"type": "terms", "inputs": 2, "weights": 4 - 3, "terms": [["1", [[0, 3]], [[0, 1]]]]}]}
    return Custom(network, 4, output, [[1, 2], [3, -1]], [1, 2])


class Ball:
    """midpoint +- radius, as ncf-check computes with them but for its rounding"""

    def __init__(self, mid, rad=0.0):
        self.mid, self.rad = mid, rad

    def __add__(self, other):
        return Ball(self.mid + other.mid, self.rad + other.rad)

    def __mul__(self, other):
        if not isinstance(other, Ball):
            return Ball(self.mid * other, self.rad * abs(other))
        return Ball(self.mid * other.mid, abs(self.mid) * other.rad
                    + self.rad * (abs(other.mid) + other.rad))

    def excludes_zero(self):
        return abs(self.mid) > self.rad * 1.000001 + 1e-12


class Cover:
    """Trees of boxes for complete-by-cover."""

    def __init__(self, form, mu_min, known):
        self.form, self.mu_min, self.known = form, mu_min, known
        r, m = form.dimension, form.order
        self.monomials = []
        for a in itertools.product(range(m + 1), repeat=r):
            if sum(a) == m:
                count = math.factorial(m) // math.prod(map(math.factorial, a))
                self.monomials.append((a, count / m * sum(
                    z * math.prod(x**e for x, e in zip(p, a))
                    for p, z in zip(form.points, form.weights))))

    def derivative(self, c, *indices):
        total = Ball(0.0)
        for a, coefficient in self.monomials:
            a, factor = list(a), coefficient
            for i in indices:
                factor *= a[i]
                a[i] -= 1
            if factor != 0:
                term = Ball(factor)
                for x, e in zip(c, a):
                    if e > 0:
                        y = Ball(1.0)
                        for _ in range(e):
                            y = y * x
                        term = term * y
                total = total + term
        return total

    def leaf(self, chart, box):
        """A word for a leaf, or None."""
        r, d, k = range(self.form.dimension), self.form.metric, chart
        c = [Ball((low + high) / 2, (high - low) / 2) for low, high in box]
        centre = [Ball(x.mid) for x in c]
        offset = [Ball(0.0, x.rad) for x in c]
        over = [self.derivative(c, j) for j in r]
        at = [self.derivative(centre, j) for j in r]
        slope = [[self.derivative(c, j, l) for l in r] for j in r]
        for number, other, known, radius, nu, nu_radius in self.known:
            nu_range = at[k]
            for l in r:
                nu_range = nu_range + slope[k][l] * offset[l]
            inside = all(low > y - radius and high < y + radius
                         for j, ((low, high), y) in enumerate(zip(box, known)) if j != k)
            if other == k and inside and (abs(nu_range.mid / d[k] - nu) + nu_range.rad / d[k]
                                          < nu_radius * 0.9999):
                return f"p{number}"
        for j in r:
            if j == k:
                continue
            value = at[j] * d[k] + centre[j] * at[k] * -d[j]
            for l in r:
                if l != k:
                    inner = c[j] * slope[k][l] + (over[k] if j == l else Ball(0.0))
                    value = value + (slope[j][l] * d[k] + inner * -d[j]) * offset[l]
            if value.excludes_zero():
                return f"z{j}"
        value, square = Ball(0.0), Ball(0.0)
        for j in r:
            value = value + centre[j] * at[j] + over[j] * self.form.order * offset[j]
            square = square + c[j] * c[j] * d[j]
        bound = Ball(self.mu_min**2)
        for _ in range(self.form.order):
            bound = bound * square
        difference = bound + value * value * -1
        return "m" if difference.mid > 0 and difference.excludes_zero() else None

    def tree(self, chart, box=None):
        words, stack = [], [box or [(1.0, 1.0) if j == chart else (-1.0, 1.0)
                                    for j in range(self.form.dimension)]]
        while stack:
            box = stack.pop()
            word = self.leaf(chart, box)
            if word is None:
                j = max((j for j in range(len(box)) if j != chart),
                        key=lambda j: box[j][1] - box[j][0])
                middle = sum(box[j]) / 2
                stack.append(box[:j] + [(middle, box[j][1])] + box[j + 1:])
                stack.append(box[:j] + [(box[j][0], middle)] + box[j + 1:])
                word = f"s{j}"
            words.append(word)
        return " ".join(words)


def cover_certificate(problem, order, mu_min, radius_bits=7):
    """The real eigenlines by a cover; radii are large, so that boxes fit in."""
    certificate, form = Certificate(problem), Form(problem, order)
    tensor = certificate.tensor(order)
    real, _ = form.classes(random.Random(5))
    known, lines = [], []
    for c in real:
        if abs(sum(v * g for v, g in zip(c, form.gradient(c)))) < mu_min * sum(
                abs(v)**2 for v in c)**(order / 2):
            continue
        for chart in range(form.dimension):
            scaled = [(v / c[chart]).real for v in c] if abs(c[chart]) > 1e-6 else [9.0]
            if max(map(abs, scaled)) > 1 + 1e-9:
                continue
            number, nu, nu_radius = wide_pair(certificate, tensor, form, scaled, chart,
                                              radius_bits)
            known.append((number, chart, scaled, 2.0**-radius_bits, nu, nu_radius))
            lines.append((number, nu > 0))
    cover = Cover(form, mu_min, known)
    trees = [cover.tree(k) for k in range(form.dimension)]
    premises = [tensor] + [number for number, _ in lines]
    complete = certificate.claim("complete-by-cover", "T-CHARTCOVER", premises, bits=64,
                                 mu_min=str(Fraction(mu_min)), trees=trees)
    premises = [complete]
    for sign in (1, -1):
        claims = [number for number, positive in lines if positive == (sign > 0)]
        if claims:
            premises.append(certificate.claim("lambda-sign", "T-KRAWCZYK", claims, sign=sign))
    certificate.claim("lines", "T-CHART", premises, count=str(len(lines)))
    return certificate


def wide_pair(certificate, tensor, form, c, chart, radius_bits):
    """A real eigenpair in a large box; the side for nu is larger still."""
    r = form.dimension
    nu = form.gradient(c)[chart] / form.metric[chart]
    y = inverse(form.jacobian(c, nu, chart))
    radius = 2.0**-radius_bits
    slope = max(map(abs, form.hessian(c)[chart])) / form.metric[chart] * r + 1
    number = certificate.claim(
        "exists-unique", "T-KRAWCZYK", [tensor], system="eigenpair", field="real", chart=chart,
        centre=dyadic([c[j] for j in range(r) if j != chart] + [nu], 60),
        radius=dyadic([radius] * (r - 1) + [slope * radius], 30),
        inverse=dyadic(itertools.chain(*y), 40), bits=80)
    return number, nu, slope * radius


def example():
    """v w^2 / 2: the point w^2 = 2/3, v^2 = 1/3."""
    problem = Problem([1, 1, 1], [[0, 0, 1]], [[1]], [Fraction(1, 2)])
    certificate = Certificate(problem, "by hand")
    u, multiplier = newton_kkt(problem, [0.8, 0.6])
    _, jacobian = kkt(problem, u, multiplier, range(2))
    point = certificate.claim("exists-unique", "T-KRAWCZYK", system="kkt", bits=64,
                              centre=dyadic(u + [multiplier], 30),
                              radius=dyadic([2**-20] * 3, 20),
                              inverse=dyadic(itertools.chain(*inverse(jacobian)), 10))
    certificate.claim("lambda-sign", "T-KRAWCZYK", [point], sign=1)
    certificate.claim("inertia", "T-CONGRUENCE", [point], index=0, pivot=0, bits=64,
                      transform=dyadic([1], 0))
    return certificate


# ---- Samples -----------------------------------------------------------------------------

def good_samples():
    rng = random.Random(1)
    squares, cubes = [[0, 0, 1]], [[0, 0, 0, 1]]
    yield "example", "the example of ncf-certificate(5)", example()
    yield ("two-layer", "all KKT points of examples/quickstart.json: both eigenlines and the census",
           closed_forms(eigen_certificate(Problem([2, 3, 1], squares, X, Y), 2, rng),
                        Problem([2, 3, 1], squares, X, Y), 2))
    yield ("closed-cubic", "orbits in closed form for order 3 and ten hidden units",
           closed_forms(eigen_certificate(Problem([2, 10, 1], cubes, X, Y), 3, rng),
                        Problem([2, 10, 1], cubes, X, Y), 3))
    linear = Certificate(Problem([2, 3, 2, 1], [[0, 1], [0, 1]], X, Y))
    # |m| = |(-2, 7)|, lambda = |m| / sqrt(3)
    linear.claim("closed-form", "T-DEEPLINEAR", dimension=3, **bounds(math.sqrt(53 / 3)))
    yield "linear", "a deep linear network: all KKT points with lambda > 0", linear
    yield "extend", "one active unit of twenty, the other weights left out", extended()
    yield ("cubic", "order 3 in three dimensions: 7 classes, some of them not real",
           eigen_certificate(cubic_problem()[0], 3, rng))
    yield ("span", "data in a plane of the space: the eigenpairs in an orthogonal basis of it",
           eigen_certificate(Problem([3, 2, 1], squares, [[1, 1, 0], [2, 0, 1], [0, 2, -1],
                                                          [3, 1, 1]], Y, "logistic"),
                             2, rng, [[1, 1, 0], [1, -1, 1]]))
    plane = Problem([3, 4, 1], cubes, [[1, 1, 0], [2, 0, 1], [0, 2, -1], [3, 1, 1]], Y)
    basis = [[1, 1, 0], [1, -1, 1]]
    yield ("closed-span", "closed forms of order 3 from lines in a basis that is not orthonormal",
           closed_forms(eigen_certificate(plane, 3, random.Random(2), basis), plane, 3, basis))
    yield ("line", "one input: one eigenline",
           eigen_certificate(Problem([1, 2, 1], cubes, [[1], [2]], [1, 1]), 3, rng))
    yield ("rank-one", "three layers: the number of rank-one points",
           closed_forms(eigen_certificate(Problem([2, 2, 1, 1], squares * 2, X, Y), 4, rng),
                        Problem([2, 2, 1, 1], squares * 2, X, Y), 4))
    yield ("deep-points", "three layers: every kind of claim about single points",
           deep_points())
    yield ("inhomogeneous", "the activation t + t^2/2",
           one_point(Problem([2, 2, 1], [[0, 1, Fraction(1, 2)]], X, Y), rng))
    yield ("convolution", "a convolution with pooling and a dense head",
           one_point(convolution_problem(), rng))
    yield "terms", "an expanded formula", one_point(terms_problem(), rng)
    yield "sum", "the sum of two networks", one_point(sum_problem(), rng)
    yield ("cover", "the eigenlines with abs(mu) >= 20, two of three, by a cover of two charts",
           cover_certificate(Problem([2, 2, 1], cubes, X, Y), 3, 20))
    yield ("cover-space", "the eigenlines with abs(mu) >= 5, two of three, by a cover of three charts",
           cover_certificate(cubic_problem()[0], 3, 5, 6))


def find_claim(document, kind, number=0, **fields):
    """The claim number `number` of a kind with these fields."""
    return [c for c in document["claims"] if c["kind"] == kind
            and all(c.get(k) == v for k, v in fields.items())][number]


def edit(document, change):
    document = copy.deepcopy(document)
    change(document)
    return document


def shift_centre(claim, entry, amount):
    numbers = claim["centre"]["mantissas"].split()
    numbers[entry] = str(int(numbers[entry]) + amount)
    claim["centre"]["mantissas"] = " ".join(numbers)


def seal(document):
    """The digest of the problem as it is now."""
    canonical = json.dumps(document["problem"], sort_keys=True, separators=(",", ":"))
    document["problem_sha256"] = hashlib.sha256(canonical.encode()).hexdigest()


def cubic_problem():
    """A form of degree 3 in three variables with three real classes and two pairs of others."""
    for seed in range(100):
        problem = random_problem(random.Random(seed), [3, 2, 1], [[0, 0, 0, 1]], 6)
        real, other = Form(problem, 3).classes(random.Random(seed))
        if len(real) == 3:
            return problem, real, other
    raise ValueError("no such form")


def cubic_with(select):
    """The cubic sample with a selection of its classes: [(c, real, chart)], and claims on them."""
    problem, real, other = cubic_problem()
    form = Form(problem, 3)
    certificate = Certificate(problem)
    tensor = certificate.tensor(3)
    classes = [certificate.eigenpair(tensor, form, c, is_real, chart)
               for c, is_real, chart in select(real, other)]
    pairs = [c for c in classes if certificate.claims[c - 1]["field"] == "complex"]
    distinct = certificate.claim("distinct", "T-CHART", classes)
    real = certificate.claim("real", "T-CHART", pairs, real=False)
    certificate.claim("complete-by-count", "T-COUNT", [distinct, real])
    return certificate.document()


def conjugate(c):
    return [v.conjugate() for v in c]


def bad_classes():
    """False lists of the seven classes of a cubic in three variables."""
    def keep(classes, real):
        return [(c, real, None) for c in classes]

    def other_chart(c):
        return sorted(range(3), key=lambda i: -abs(c[i]))[1]
    yield ("scaled-twice", "are not proved different",
           "one real class in two charts, in the place of two classes",
           cubic_with(lambda real, other: keep(real[:-1], True)
                      + [(real[0], True, other_chart(real[0]))] + keep(other, False)))
    yield ("complex-scaled-twice", "are not proved different",
           "one class that is not real in two charts",
           cubic_with(lambda real, other: keep(real, True) + keep(other[:-1], False)
                      + [(other[0], False, other_chart(other[0]))]))
    yield ("conjugate-twice", "are not proved different",
           "a class and its conjugate, in the place of two pairs of conjugates",
           cubic_with(lambda real, other: keep(real, True) + keep(other[:-1], False)
                      + [(conjugate(other[0]), False, None)]))
    yield ("class-missing", "not as many as there can be", "a real class is missing",
           cubic_with(lambda real, other: keep(real[:-1], True) + keep(other, False)))
    yield ("real-as-pair", "may be real", "a real class is counted as a pair of conjugates",
           cubic_with(lambda real, other: keep(real[:-2], True) + keep(real[-2:-1], False)
                      + keep(other, False)))


def other_zeros(deep):
    """Makes claim 2 one about other weights, which has no such zero."""
    find_claim(deep, "exists-unique", 1)["zeros"] = [0, 1, 4]
    return 2


def bad_points(deep):
    """Edits of the sample of deep points."""
    rank_two = max(c["id"] for c in deep["claims"] if c["kind"] == "refine")

    def change(kind, key, value, number=0, **fields):
        return edit(deep, lambda d: find_claim(d, kind, number, **fields).update({key: value}))
    yield ("no-zero", "the test of Krawczyk fails", "the centre is 2^-20 off, the radius 2^-36",
           edit(deep, lambda d: shift_centre(find_claim(d, "exists-unique", 1), 0, 2**40)))
    yield ("wide", "the test of Krawczyk fails", "a box of radius 1 holds many zeros",
           edit(deep, lambda d: find_claim(d, "exists-unique")["radius"].update(exponent=0)))
    yield "index", "the index is another one", "an index that is one too large", \
        change("inertia", "index", find_claim(deep, "inertia")["index"] + 1)
    yield ("gap", "claim 9 (inertia)", "a gap that is too large",
           change("inertia", "shift", "-30", 0, shift="-1"))
    yield "sign", "is not proved", "lambda is called negative", change("lambda-sign", "sign", -1)
    yield ("refine", "is not inside of claim", "two different points are called the same",
           edit(deep, lambda d: find_claim(d, "refine").update(
               premises=[1, find_claim(d, "refine")["premises"][1]])))
    yield ("zero-pattern", "is not inside of claim", "other weights are called zero",
           edit(deep, lambda d: find_claim(d, "zero-pattern").update(
               premises=[1, other_zeros(d)])))
    yield ("zeros-alone", "is not what is needed here",
           "the zero of a restricted system is taken for a KKT point",
           edit(deep, lambda d: find_claim(d, "lambda-sign").update(premises=[2])))
    yield "rank", "is not proved to be at most 1", "rank one for a point of rank two", \
        edit(deep, lambda d: find_claim(d, "rank", 0, rank=2).update(
            rank=1, rows=[0], columns=[0], inverse=dyadic([1], 0)))
    yield ("minor", "is not proved to be regular", "a minor without its inverse",
           edit(deep, lambda d: find_claim(d, "rank", 0, rank=2).update(
               inverse=dyadic([1, 0, 0, 1], 0))))
    yield ("copies", "out of the outer box", "units of different rows are called equal",
           edit(deep, lambda d: d["claims"].__setitem__(
               find_claim(d, "rank", 0, rank=2)["id"] - 1,
               {"id": find_claim(d, "rank", 0, rank=2)["id"], "kind": "equal-units",
                "theorem": "T-RANKS", "premises": [rank_two], "layer": 1, "units": [0, 1],
                "sign": 1})))
    for name, factor in ("orbit-large", 2), ("orbit-small", 1 / 2):
        orbit = find_claim(deep, "orbit")
        yield (name, "the orbit has another size", f"the size of an orbit times {factor}",
               change("orbit", "size", str(int(int(orbit["size"]) * factor))))
    yield ("same-orbit", "are not proved different", "a point and its image are called two orbits",
           same_orbit())
    yield "basin", "the cap is too large", "a cap of tangent 1/2", \
        change("basin", "tangent", "1/2")
    yield ("basin-of-saddle", "does not give a gap", "a cap around a point that is no maximum",
           edit(deep, lambda d: find_claim(d, "basin").update(
               premises=[find_claim(d, "inertia", -1)["id"]]
               if find_claim(d, "inertia", -1)["id"] < find_claim(d, "basin")["id"]
               else [find_claim(d, "inertia")["id"]])))
    yield ("theorem", "the theorem is not T-ORBIT", "the wrong theorem",
           change("orbit", "theorem", "T-RANKS"))
    yield ("system", "the system is not supported", "a system of another version",
           change("exists-unique", "system", "slice"))
    yield ("label", "the digest of the problem is", "a label is changed after the proof",
           edit(deep, lambda d: d["problem"]["data"]["y"].__setitem__(0, "2")))
    yield ("other-problem", "claim 1 (exists-unique): the test of Krawczyk fails",
           "a label is changed, and the digest with it",
           edit(deep, lambda d: (d["problem"]["data"]["y"].__setitem__(0, "2"), seal(d))))


def same_orbit():
    problem = Problem([2, 2, 1, 1], [[0, 0, 1], [0, 0, 1]], X, Y)
    certificate = Certificate(problem)
    u, multiplier = newton_kkt(problem, DEEP[-1])
    image = u[2:4] + u[0:2] + [u[5], u[4]] + u[6:]
    points = [certificate.point(v, multiplier, 30) for v in (u, image)]
    certificate.claim("distinct", "T-ORBIT", points)
    certificate.claim("distinct", "T-ORBIT", points, orbits=True)
    return certificate.document()


def bad_lines(good):
    """Edits of the samples about eigenlines."""
    two, cubic, cover, span = (good[k] for k in ("two-layer", "cubic", "cover", "span"))
    for key in "positive", "orbits", "rank_one", "strict_second_order":
        name = key.replace("_", "-")
        yield ("census-" + name, "is another number", f"{key}: one too many",
               edit(two, lambda d, k=key: find_claim(d, "census").update(
                   {k: str(int(find_claim(d, "census")[k]) + 1)})))
    for sample in "two-layer", "closed-cubic", "rank-one":
        for key, value in ("lambda_low", "100000"), ("lambda_high", "1/1000"), ("size", "10"):
            message = "another size" if key == "size" else "lambda is not proved"
            yield (f"closed-{sample}-{key.replace('_', '-')}", message, f"closed form: another {key}",
                   edit(good[sample], lambda d, k=key, v=value:
                        find_claim(d, "closed-form").update({k: v})))
        yield (f"closed-{sample}-index", "the index is another one", "closed form: another index",
               edit(good[sample], lambda d: find_claim(d, "closed-form").update(
                   index=find_claim(d, "closed-form")["index"] + 1)))
    for sample, factor in ("closed-cubic", 2), ("closed-span", 2), ("rank-one", 4):
        yield (f"{sample}-unit", "lambda is not proved",
               "lambda from nu times the length of c to m - 2, and not to 2 - m",
               edit(good[sample], lambda d, k=factor: scale_closed_form(d, k)))
    for key, value in ("lambda_low", "5"), ("lambda_high", "4"), ("dimension", 4):
        yield (f"linear-{key.replace('_', '-')}",
               "dimension is another" if key == "dimension" else "lambda is not proved",
               f"a linear network: another {key}",
               edit(good["linear"], lambda d, k=key, v=value: d["claims"][0].update({k: v})))
    yield ("linear-square", "an activation is not linear", "the theorem for another network",
           edit(good["two-layer"], lambda d: d.update(claims=[
               dict(good["linear"]["claims"][0])])))
    yield ("closed-same-line", "are not proved different", "a line is used twice",
           edit(good["closed-cubic"], lambda d: find_claim(d, "closed-form", 1)["premises"].__setitem__(
               1, find_claim(d, "closed-form", 1)["premises"][0])))
    yield ("extend", "is not exactly zero", "weights are called zero whose derivative is not",
           false_extension())
    yield ("line-index", "the index is another one", "the index of an eigenline is one off",
           edit(two, lambda d: find_claim(d, "inertia").update(
               index=1 - find_claim(d, "inertia")["index"])))
    yield ("line-count", "real lines", "one line too many",
           edit(cubic, lambda d: find_claim(d, "lines").update(
               count=str(int(find_claim(d, "lines")["count"]) + 1))))
    yield ("sign-missing", "the sign of claim", "the sign of an eigenvalue is not proved",
           edit(two, lambda d: find_claim(d, "lines")["premises"].pop()))
    yield ("inertia-missing", "the inertia of claim", "an index is not proved",
           edit(two, lambda d: find_claim(d, "census")["premises"].pop()))
    yield ("two-lines", "the test of Krawczyk fails", "a box that holds two eigenlines",
           edit(cover, lambda d: find_claim(d, "exists-unique")["radius"].update(
               mantissas="4294967296 34359738368")))
    yield ("tree-merged", "of the tree of chart 0 is not proved",
           "two boxes of a cover are replaced by the larger one that holds them",
           edit(cover, lambda d: merge_leaves(find_claim(d, "complete-by-cover")["trees"])))
    yield ("tree-wrong-line", "of the tree of chart", "a box is said to lie in that of another line",
           edit(cover, lambda d: swap_lines(find_claim(d, "complete-by-cover"))))
    yield ("mu-min", "of the tree of chart", "the cover of a larger mu_min for a smaller one",
           edit(cover, lambda d: find_claim(d, "complete-by-cover").update(
               mu_min="16")))
    yield ("basis", "not orthogonal", "a basis that is not orthogonal",
           edit(span, lambda d: find_claim(d, "tensor").update(
               basis=[["1", "1", "0"], ["2", "0", "1"]])))
    yield ("basis-small", "is not in the span", "a basis of a part of the span",
           edit(span, lambda d: find_claim(d, "tensor").update(basis=[["1", "1", "0"]])))
    yield ("order", "the order is not the product", "the order of another tensor",
           edit(two, lambda d: find_claim(d, "tensor").update(order=4)))
    yield ("unsupported", "unsupported claim", "a kind of claims that is not known",
           edit(two, lambda d: find_claim(d, "census").update(kind="trajectory")))


def scale_closed_form(document, power):
    """lambda of one line times |B c|^power: nu times |B c| to m - 2, and not to 2 - m."""
    claim = find_claim(document, "closed-form")
    line = document["claims"][claim["premises"][0] - 1]
    basis = find_claim(document, "tensor").get("basis")
    c = [Fraction(int(m)) * Fraction(2)**line["centre"]["exponent"]
         for m in line["centre"]["mantissas"].split()][:-1]
    c.insert(line["chart"], Fraction(1))
    metric = [sum(int(v)**2 for v in b) for b in basis] if basis else [1] * len(c)
    factor = math.sqrt(sum(d * v * v for d, v in zip(metric, c)))**power
    claim.update(bounds(float(Fraction(claim["lambda_low"])) * factor, 3))
    del document["claims"][claim["id"]:]


def false_extension():
    """One unit with two inputs; the second weight is fixed to be 0."""
    problem = Problem([2, 1, 1], [[0, 0, 1]], X, Y)
    certificate = Certificate(problem)
    u, multiplier = newton_kkt(problem, [0.8, 0, 0.5], [1])
    certificate.claim("extend", "T-ZEROS", [certificate.point(u, multiplier, 30, [1])])
    return certificate.document()


def merge_leaves(trees):
    words = trees[0].split()
    for i, word in enumerate(words):
        leaves = "".join(w[0] for w in words[i + 1:i + 3])
        if word[0] == "s" and leaves in ("zm", "zp", "mz", "pz", "mp", "pm", "zz"):
            trees[0] = " ".join(words[:i] + words[i + 1:i + 2] + words[i + 3:])
            return
    raise ValueError("no such pair")


def swap_lines(cover):
    first, second = cover["premises"][1:3]
    cover["trees"] = [t.replace(f"p{first}", "p#").replace(f"p{second}", f"p{first}")
                      .replace("p#", f"p{second}") for t in cover["trees"]]


def malformed_samples(good):
    text = layout(good["line"])

    def replace(old, new):
        assert text.count(old) >= 1, old
        return text.replace(old, new, 1)
    yield "comma", ":3:1:", "a comma is missing", replace('},\n{"bits"', '}\n{"bits"')
    yield "end", "text after the end", "text after the end", text + "x"
    yield "twice", "appears twice", "a key appears twice", replace('"order":3', '"order":3,"order":3')
    yield "key", "is not known here", "a key that is not known", replace('"order":3', '"ordre":3')
    yield "real", "written in quotes", "a number that is no integer", replace('"order":3', '"order":3.0')
    yield "zero", "without leading zeros", "a leading zero", replace('"order":3', '"order":03')
    yield "escape", "without escapes", "an escape in a string", replace("generate.py", "generate\\u002epy")
    yield "version", "an integer from 1 to 1", "another version", replace('"version":1', '"version":2')
    yield "id", "an integer from 1 to 1", "a number out of order", replace('"id":1', '"id":2')
    yield "premise", "comes before its claim", "a premise that follows", replace('"premises":[1]', '"premises":[5]')
    yield "own-premise", "comes before its claim", "a claim that rests on itself", \
        replace('"premises":[1]', '"premises":[2]')
    yield "exponent", "an integer from -100000", "an exponent of 2^31", \
        replace('"exponent":-60', '"exponent":2147483648')
    yield "long", "the integer is out of range", "an exponent beyond 64 bits", \
        replace('"exponent":-60', '"exponent":18446744073709551616')
    yield "short", "integers are expected", "a vector without its last entry", \
        replace('"mantissas":"1"', '"mantissas":""')
    yield "radius", "radius 0 is not positive", "a radius of 0", \
        replace('"mantissas":"1"', '"mantissas":"0"')
    yield "vector", "single blanks", "a vector with one entry too many", \
        replace('"mantissas":"1"', '"mantissas":"1 1"')
    yield "bits", "an integer from 16", "too few bits", replace('"bits":80', '"bits":8')
    yield "deep", "nested", "33 nested lists", replace('"unproved":[]', '"unproved":' + "[" * 33 + "]" * 33)
    cover = good["cover"]
    trees = find_claim(cover, "complete-by-cover")["trees"]
    yield ("tree", "the tree does not end", "a tree without its last box",
           layout(edit(cover, lambda d: find_claim(d, "complete-by-cover").update(
               trees=[trees[0].rsplit(" ", 1)[0], trees[1]]))))
    yield ("few-trees", "2 trees are expected", "a cover of one of two charts",
           layout(edit(cover, lambda d: find_claim(d, "complete-by-cover").update(trees=trees[:1]))))
    yield ("fraction", "a reduced fraction", "a fraction that is not reduced",
           layout(edit(cover, lambda d: find_claim(d, "complete-by-cover").update(mu_min="2/2"))))


def write_samples(folder):
    from attacks import attacks, good_attacks
    rows, good = [], {}

    def add(name, status, message, text, content):
        with open(f"{folder}/{name}.json", "w", encoding="ascii") as file:
            file.write(content)
        rows.append((name + ".json", status, message, text))
    for name, text, certificate in good_samples():
        good[name] = certificate.document()
        add("good-" + name, 0, "VERIFIED", text, layout(good[name]))
    for name, text, document in good_attacks():
        add("good-" + name, 0, "VERIFIED", text, layout(document))
    add("good-digest-inline", 0, "VERIFIED", "the problem is that of the file",
        layout(good["two-layer"]))
    add("bad-digest-of-file", 1, "the problem is not that of the file", "the file has another problem",
        layout(good["cubic"]))
    digest = edit(good["two-layer"], lambda d: d.update(problem={"sha256": d["problem_sha256"]}))
    add("good-digest", 0, "VERIFIED", "the problem is given by its digest", layout(digest))
    with open(f"{folder}/problem.json", "w", encoding="ascii") as file:
        file.write(PROBLEM)
    add("bad-digest", 1, "the digest of the problem is", "the digest of another problem",
        layout(edit(digest, lambda d: (d.update(problem_sha256="0" * 64),
                                       d["problem"].update(sha256="0" * 64)))))
    for name, message, text, document in itertools.chain(
            bad_classes(), bad_points(good["deep-points"]), bad_lines(good), attacks(good)):
        add("bad-" + name, 1, message, text, layout(document))
    for name, message, text, content in malformed_samples(good):
        add("malformed-" + name, 3, message, text, content)
    add("limit-bits", 4, "--limit-bits", "more bits than the checker accepts by default",
        layout(edit(good["line"], lambda d: find_claim(d, "exists-unique").update(bits=20000))))
    with open(f"{folder}/README.md", "w", encoding="ascii") as file:
        file.write(SAMPLES_HEAD)
        for name, status, message, text in rows:
            file.write(f"| `{name}` | {status} | `{message}` | {text} |\n")


PROBLEM = """{ "ncf": 1,
  "network": { "type": "feedforward", "widths": [2, 3, 1],
               "activation": { "type": "power", "degree": 2 } },
  "data": { "x": [[1, "2.0"], ["3", "-1"], ["-2/2", "+1"], ["0.2e1", "20e-1"]],
            "y": ["1", -1, "2", "1"] } }
"""

SAMPLES_HEAD = """# Sample certificates

Written by `tests/checker/generate.py FOLDER`, which knows what is in them; `ncf-check` does not. The table says with which exit
status `ncf-check` ends and a text that its message contains; `tests/checker/samples.sh` compares. `problem.json` is the problem of
the samples whose names hold `digest`.

| file | status | message | what it is |
|---|---|---|---|
"""

if __name__ == "__main__":
    write_samples(sys.argv[1])
