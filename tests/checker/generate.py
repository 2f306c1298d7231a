#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-3.0-or-later
"""Writes sample certificates (doc/ncf-certificate.5) with numbers from floating-point searches.

Nothing here is believed by ncf-check. Python's standard library only."""

import cmath
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

    def eigenpair(self, tensor, form, c, nu, real, radius_bits=30, bits=80):
        r = form.dimension
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
    lines = [certificate.eigenpair(tensor, form, c, None, True) for c in real]
    pairs = [certificate.eigenpair(tensor, form, c, None, False) for c in other]
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


def deep_points(rng):
    """Widths (2, 2, 1, 1), squares: one point of each kind, with all that is known of it."""
    problem = Problem([2, 2, 1, 1], [[0, 0, 1], [0, 0, 1]], X, Y)
    certificate = Certificate(problem)
    points = find_points(problem, rng, 300)
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

    def tree(self, chart):
        words, stack = [], [[(1.0, 1.0) if j == chart else (-1.0, 1.0)
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


# ---- Samples -----------------------------------------------------------------------------

def good_samples():
    rng = random.Random(1)
    squares, cubes = [[0, 0, 1]], [[0, 0, 0, 1]]
    yield ("two-layer", "all KKT points of examples/quickstart.json: both eigenlines and the census",
           eigen_certificate(Problem([2, 3, 1], squares, X, Y), 2, rng))
    yield ("cubic", "order 3 in three dimensions: 7 classes, some of them not real",
           eigen_certificate(random_problem(rng, [3, 2, 1], cubes, 6), 3, rng))
    yield ("span", "data in a plane of the space: the eigenpairs in an orthogonal basis of it",
           eigen_certificate(Problem([3, 2, 1], squares, [[1, 1, 0], [2, 0, 1], [0, 2, -1],
                                                          [3, 1, 1]], Y, "logistic"),
                             2, rng, [[1, 1, 0], [1, -1, 1]]))
    yield ("line", "one input: one eigenline",
           eigen_certificate(Problem([1, 2, 1], cubes, [[1], [2]], [1, 1]), 3, rng))
    yield ("rank-one", "three layers: the number of rank-one points",
           eigen_certificate(Problem([2, 2, 1, 1], squares * 2, X, Y), 4, rng))
    yield ("deep-points", "three layers: every kind of claim about single points",
           deep_points(rng))
    yield ("inhomogeneous", "the activation t + t^2/2",
           one_point(Problem([2, 2, 1], [[0, 1, Fraction(1, 2)]], X, Y), rng))
    yield ("convolution", "a convolution with pooling and a dense head",
           one_point(convolution_problem(), rng))
    yield "terms", "an expanded formula", one_point(terms_problem(), rng)
    yield "sum", "the sum of two networks", one_point(sum_problem(), rng)
    yield ("cover", "the eigenlines with abs(mu) >= 1 by a cover of two charts",
           cover_certificate(Problem([2, 2, 1], cubes, X, Y), 3, 1))


def write_samples(folder):
    rows = []
    for name, text, certificate in good_samples():
        certificate.write(f"{folder}/good-{name}.json")
        rows.append((f"good-{name}.json", 0, "VERIFIED", text))
    with open(f"{folder}/README.md", "w", encoding="ascii") as file:
        file.write(SAMPLES_HEAD)
        for name, status, message, text in rows:
            file.write(f"| `{name}` | {status} | `{message}` | {text} |\n")


SAMPLES_HEAD = """# Sample certificates

Written by `tests/checker/generate.py FOLDER`, which knows what is in them; `ncf-check` does not. The table says with which exit
status `ncf-check` ends and a text that its message contains; `tests/checker/samples.sh` compares. `problem.json` is the problem of
the samples whose names hold `digest`.

| file | status | message | what it is |
|---|---|---|---|
"""

if __name__ == "__main__":
    write_samples(sys.argv[1])
