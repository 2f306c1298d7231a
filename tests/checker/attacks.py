# SPDX-License-Identifier: LGPL-3.0-or-later
"""False claims of every kind, each made so that one test of ncf-check alone stands in its way."""

import itertools
import math
import random
from fractions import Fraction

from generate import (DEEP, X, Y, Certificate, Cover, Custom, Form, Problem, cubic_problem, dyadic,
                      edit, eigen_certificate, find_claim, find_points, index_of, inverse, kkt,
                      newton_kkt, power, restricted, seal)

CUBE, SQUARE = [0, 0, 0, 1], [0, 0, 1]


def vector(numbers, bits=60):
    return dyadic(numbers, bits)


def append(document, kind, theorem, premises, **fields):
    """The document with one more claim."""
    def change(d):
        d["claims"].append({"id": len(d["claims"]) + 1, "kind": kind, "theorem": theorem,
                            "premises": premises, **fields})
    return edit(document, change)


# ---- The test of Krawczyk in one unknown: nu of G(c) = 9 c^3 is 9 -----------------------------

def one_number(centre, radius, y, field="real", labels=(1, 1), bits=60):
    problem = Problem([1, 2, 1], [CUBE], [[1], [2]], labels)
    certificate = Certificate(problem)
    certificate.tensor(3)
    certificate.claim("exists-unique", "T-KRAWCZYK", [1], system="eigenpair", field=field, chart=0,
                      centre=vector(centre), radius=vector([radius], bits),
                      inverse=vector(y), bits=80)
    return certificate


def krawczyk():
    fails = "the test of Krawczyk fails"
    yield "krawczyk-boundary", fails, "the zero is on the boundary of the box", \
        one_number([8], 1, [-1]).document()
    yield "krawczyk-parts", fails, "the parts of I - Y J are 3/4 each", \
        one_number([9, 0], 1, [-Fraction(1, 4), Fraction(3, 4)], "complex").document()
    yield "krawczyk-imaginary", fails, "a box beside the real numbers without a zero", \
        one_number([9, 1], Fraction(1, 2), [-1, 0], "complex").document()
    small = one_number([Fraction(9, 2**10)], Fraction(1, 2**5), [-1],
                       labels=(Fraction(1, 2**10), Fraction(1, 2**10)))
    small.claim("lambda-sign", "T-KRAWCZYK", [2], sign=1)
    yield "sign-of-zero", "the sign of claim 2", "a box for mu that holds 0", small.document()


# ---- Points ---------------------------------------------------------------------------------

def forms(terms, n):
    """A formula without inputs: terms are (coefficient, {weight: exponent})."""
    def output(x, w):
        total = None
        for c, factors in terms:
            value = None
            for i, e in factors.items():
                value = power(w[i], e) if value is None else value * power(w[i], e)
            value = value.scale(float(c))
            total = value if total is None else total + value
        return total
    network = {"type": "terms", "inputs": 1, "weights": n, "terms": [
        [str(Fraction(c)), [[i, e] for i, e in sorted(f.items())], []] for c, f in terms]}
    return Custom(network, n, output, [[1]], [1])


def box(certificate, centre, radii, jacobian, zeros=()):
    fields = {"zeros": list(zeros)} if zeros else {}
    return certificate.claim("exists-unique", "T-KRAWCZYK", system="kkt", bits=80, **fields,
                             centre=vector(centre), radius=vector(radii),
                             inverse=dyadic(itertools.chain(*inverse(jacobian)), 40))


def tiny_weight(terms, n, weight):
    """The point near the first weight; another weight is tiny and called zero."""
    problem = forms(terms, n)
    u, multiplier = newton_kkt(problem, [1.0] + [0.0] * (n - 1))
    certificate = Certificate(problem)
    certificate.point(u, multiplier, 16)
    v, other = newton_kkt(problem, u, [weight])
    certificate.point(v, other, 24, [weight])
    certificate.claim("zero-pattern", "T-ZEROS", [1, 2])
    return certificate.document()


def shifted_refine(side):
    """The inner box sticks out of the outer one on one side of a coordinate."""
    problem = Problem([1, 1, 1], [SQUARE], [[1]], [Fraction(1, 2)])
    u, multiplier = newton_kkt(problem, [0.8, 0.6])
    _, jacobian = kkt(problem, u, multiplier, range(2))
    certificate = Certificate(problem)
    box(certificate, [u[0] - side * 0.9 * 2**-16, u[1], multiplier], [2**-16] * 3, jacobian)
    box(certificate, u + [multiplier], [2**-18] * 3, jacobian)
    certificate.claim("refine", "T-KRAWCZYK", [1, 2])
    return certificate.document()


def gap_of_middle():
    """The gap of the midpoint of a box, which is larger than that of the point."""
    problem = Problem([1, 1, 1], [SQUARE], [[1]], [Fraction(1, 2)])
    u, multiplier = newton_kkt(problem, [0.8, 0.6])
    _, jacobian = kkt(problem, u, multiplier, range(2))
    certificate = Certificate(problem)
    box(certificate, u + [multiplier + 0.4 * 2**-16], [2**-16] * 3, jacobian)
    certificate.claim("inertia", "T-CONGRUENCE", [1], index=0, pivot=0, bits=80,
                      shift=dyadic_text(-(2 * multiplier + 1e-6)),
                      transform=dyadic([1], 0))
    return certificate.document()


def gap_of_mixed_term():
    """
    a^3 + 8/5 (a - a_0) b c at (1, 0, 0) with a_0 the middle of the box: there the Hessian less
    lambda is -3 on the complement, but -3 +- 0.01 at the point.
    """
    offset = Fraction(13, 2**11)
    problem = forms([(1, {0: 3}), (Fraction(8, 5), {0: 1, 1: 1, 2: 1}),
                     (-Fraction(8, 5) * (1 + offset), {1: 1, 2: 1})], 3)
    _, jacobian = kkt(problem, [1.0, 0.0, 0.0], 3.0, range(3))
    certificate = Certificate(problem)
    box(certificate, [1 + offset, 0, 0, 3], [2**-6, 2**-20, 2**-20, 2**-8], jacobian)
    certificate.claim("inertia", "T-CONGRUENCE", [1], index=0, pivot=0, bits=80,
                      shift=dyadic_text(-3 + 0.0048), transform=dyadic([1, 0, 0, 1], 0))
    return certificate.document()


def dyadic_text(x):
    mantissa, exponent = round(Fraction(x) * 2**40), -40
    while mantissa % 2 == 0:
        mantissa, exponent = mantissa // 2, exponent + 1
    return f"{mantissa}*2^{exponent}"


def points(good):
    deep, extend = good["deep-points"], good["extend"]
    pattern, refine = find_claim(deep, "zero-pattern"), find_claim(deep, "refine")
    saddle = [c for c in deep["claims"] if c["kind"] == "inertia" and c["index"] > 0][0]
    yield "premise-of-point", "there are premises", "a point that rests on a claim", \
        edit(deep, lambda d: find_claim(d, "exists-unique", 1).update(premises=[1]))
    yield "refine-with-zeros", "is not of the kind", "a point refined by one of a restricted system", \
        edit(deep, lambda d: find_claim(d, "zero-pattern").update(kind="refine",
                                                                  theorem="T-KRAWCZYK"))
    for name, side in ("high", 1), ("low", -1):
        yield f"refine-{name}", "is not inside of claim", \
            f"the inner box sticks out at the {name} end", shifted_refine(side)
    tiny = Fraction(1, 2**30)
    yield "zero-pattern-tiny", "is not exactly zero", "a weight of about 2^-31 is called zero", \
        tiny_weight([(1, {0: 3}), (tiny, {0: 2, 1: 1})], 2, 1)
    yield ("zero-pattern-around", "is not exactly zero",
           "a tiny weight is called zero, its derivative is in a ball around 0",
           tiny_weight([(1, {0: 3}), (1, {1: 1, 2: 1}), (tiny / 2**10, {0: 2, 2: 1})], 3, 1))
    point = find_claim(extend, "extend")["id"]
    yield "orbit-of-extend", "not known to be unique", "an orbit of a point that may not be isolated", \
        append(extend, "orbit", "T-ORBIT", [point], size="40")
    yield "units-of-extend", "not known to be unique", "equal units of such a point", \
        append(extend, "equal-units", "T-RANKS", [point], layer=1, units=[1, 2], sign=1)
    yield "units-sign", "out of the outer box", "equal units are called opposite", \
        edit(deep, lambda d: find_claim(d, "equal-units").update(
            sign=-find_claim(d, "equal-units")["sign"]))
    yield "transform-zero", "not dominated", "the transform 0", \
        edit(deep, lambda d: find_claim(d, "inertia", id=saddle["id"]).update(
            index=0, transform=dyadic([0] * 36, 0)))
    yield "transform-singular", "not dominated", "a transform with equal rows", \
        edit(deep, lambda d: find_claim(d, "inertia", id=saddle["id"]).update(
            transform=dyadic([1, 0, 0, 0, 0, 0] * 6, 0)))
    yield "gap-of-middle", "not dominated", "a gap that holds at the middle of the box only", \
        gap_of_middle()
    yield "gap-of-mixed-term", "claim 2 (inertia): row 0", "such a gap, wrong by a mixed derivative", \
        gap_of_mixed_term()
    yield "two-boxes", "are not proved different", "two boxes around one zero", \
        append(deep, "distinct", "T-ORBIT", pattern["premises"][:1] + [pattern["id"]])
    yield "same-box", "are not proved different", "a point is counted twice", \
        append(deep, "distinct", "T-ORBIT", [refine["id"]] * 2)
    yield "distinct-empty", "there is no premise", "no point at all", \
        append(deep, "distinct", "T-ORBIT", [])
    yield "inertia-of-sign", "is not what is needed here", "the inertia of a sign", \
        append(deep, "inertia", "T-CONGRUENCE", [find_claim(deep, "lambda-sign")["id"]], index=0,
               pivot=0, transform=dyadic([0], 0), bits=64)


# ---- Units, ranks, orbits, caps -----------------------------------------------------------------

def certified(problem, u, radius_bits=30):
    certificate = Certificate(problem)
    u, multiplier = newton_kkt(problem, u)
    certificate.point(u, multiplier, radius_bits)
    return certificate, u, multiplier


def equal_rows(activation):
    """Two units with equal rows: widths (2, 2, 1)."""
    return certified(Problem([2, 2, 1], [activation], X, Y), [0.5, 0.3, 0.5, 0.3, 0.4, 0.4])


def small_row():
    """Two inputs that hardly meet: a weight of about 2^-20 that is not 0."""
    return certified(Problem([2, 1, 1], [SQUARE], [[1, Fraction(1, 2**20)], [0, 1]],
                             [1, Fraction(1, 2)]), [0.8, 0.0, 0.6], 16)


def units(good):
    deep = good["deep-points"]
    rank_two = max(c["id"] for c in deep["claims"] if c["kind"] == "refine")
    equal = find_claim(deep, "equal-units")
    certificate, _, _ = equal_rows([0, 1, 1])
    certificate.claim("equal-units", "T-RANKS", [1], layer=1, units=[0, 1], sign=-1)
    yield "units-no-parity", "neither even nor odd", "opposite units of t + t^2", \
        certificate.document()
    certificate, _, _ = equal_rows([0, 1, 1])
    certificate.claim("orbit", "T-ORBIT", [1], size="4")
    yield "orbit-no-parity", "another size", "signs for an activation without a parity", \
        certificate.document()
    yield "rank-of-other-point", "is not about this point", "equal units of another point", \
        append(deep, "rank", "T-RANKS", [rank_two, equal["id"]], layer=1, rank=1, rows=[0],
               columns=[0], inverse=dyadic([1], 0), bits=64)
    yield "rank-of-other-layer", "is not proved to be at most", "equal units of another layer", \
        other_layer()
    certificate, u, _ = small_row()
    certificate.claim("rank", "T-RANKS", [1], layer=1, rank=1, rows=[0], columns=[0], bits=64,
                      inverse=dyadic([0], 0))
    yield "rank-row-sum", "not proved to be regular", "the inverse 0: the row sum is 1", \
        certificate.document()
    yield "rank-tiny-row", "is not proved to be at most", "rows that may be zero are left out", \
        tiny_row()
    yield "orbit-wide", "neither zero nor active", "a unit that may be zero", tiny_row("orbit")
    certificate, u, multiplier = equal_rows(CUBE)
    certificate.claim("orbit", "T-ORBIT", [1], size="8")
    yield "orbit-stabiliser", "another size", "the exchange of equal units is forgotten", \
        certificate.document()
    yield "orbits-sign", "are not proved different", "a point and its image under a sign", \
        two_signs()
    yield "orbit-of-copies", "neither fixes the point nor moves it away", \
        "units that may be equal or not", near_copies()
    gap = find_claim(deep, "inertia", 0, shift="-1")["id"]
    yield "orbit-zero-row", "neither zero nor active", "units whose rows are 0, but not their columns", \
        zero_row()
    yield "basin-edge", "the cap is too large", "a tangent that is larger by 2^-14 of it", \
        cap(1 + 2**-14).document()
    yield "basin-inhomogeneous", "the network is not homogeneous", "a cap for t + t^2/2", \
        inhomogeneous_cap()
    yield "basin-of-index", "does not give a gap", "a negative shift with an index", saddle_cap(deep)
    for name, tangent in ("above-one", "2"), ("negative", "-1*2^-14"):
        yield f"basin-{name}", "is not in (0, 1]", f"a cap of tangent {tangent}", \
            append(deep, "basin", "T-SMALLCAP", [gap], tangent=tangent, bits=80)


def other_layer():
    """The point of rank two with its unit of layer 2 doubled: equal units of layer 2, not 1."""
    u, half = DEEP[-1], 1 / math.sqrt(2)
    certificate, u, _ = certified(Problem([2, 2, 2, 1], [SQUARE, SQUARE], X, Y),
                                  u[:4] + [half * v for v in u[4:6] * 2 + u[6:] * 2])
    certificate.claim("equal-units", "T-RANKS", [1], layer=2, units=[0, 1], sign=1)
    certificate.claim("rank", "T-RANKS", [1, 2], layer=1, rank=1, rows=[0], columns=[0], bits=64,
                      inverse=dyadic([1 / u[0]], 30))
    return certificate.document()


def zero_row():
    """The activation 1 + t^2: both units have the row 0, and columns that are not 0."""
    problem = Problem([2, 2, 1], [[1, 0, 1]], X, Y)
    certificate = Certificate(problem)
    half = math.sqrt(0.5)
    for bits, zeros in (16, []), (24, [0, 1, 2, 3]):
        u, multiplier = newton_kkt(problem, [0.0] * 4 + [half, half])
        certificate.point(u, multiplier, bits, zeros)
    certificate.claim("zero-pattern", "T-ZEROS", [1, 2])
    certificate.claim("orbit", "T-ORBIT", [3], size="1")
    return certificate.document()


def cap_bound(problem, u):
    """The bounds nu_j of T-SMALLCAP, and the degree."""
    degrees = [len(c) - 1 for c in problem.activations] + [1]
    total, e = 0, 1
    for p in reversed(degrees):
        e *= p
        total += e
    norms, offset = [], 0
    for k, l in zip(problem.widths, problem.widths[1:]):
        norms.append(math.sqrt(sum(v * v for v in u[offset:offset + k * l])))
        offset += k * l
    nu = [0.0] * (total + 1)
    for x, z in zip(problem.x, problem.z):
        a = [math.sqrt(sum(float(v)**2 for v in x))] + [0.0] * total
        for norm, p in zip(norms, degrees):
            b = [norm * a[i] + (a[i - 1] if i > 0 else 0) for i in range(total + 1)]
            a = [1.0] + [0.0] * total
            for _ in range(p):
                a = [sum(a[i] * b[j - i] for i in range(j + 1)) for j in range(total + 1)]
        nu = [s + abs(float(z)) * v for s, v in zip(nu, a)]
    return nu, total


def cap(factor):
    """The cap that the gap 1 gives, its tangent times a factor."""
    problem = Problem([2, 2, 1, 1], [SQUARE, SQUARE], X, Y)
    u, multiplier = newton_kkt(problem, DEEP[0])
    certificate = Certificate(problem)
    point = certificate.point(u, multiplier, 36)
    gap = certificate.inertia(point, u, multiplier, 0, Fraction(-1))
    nu, total = cap_bound(problem, u)
    low, high = 0.0, 1.0
    for _ in range(60):
        t = (low + high) / 2
        bound = (total - 2) * t * t * nu[2] + sum(
            t**(j - 2) * max(j, total - 2 * j) * nu[j] for j in range(3, total + 1))
        low, high = (t, high) if bound < 1 else (low, t)
    certificate.claim("basin", "T-SMALLCAP", [gap], tangent=dyadic_text(low * factor), bits=200)
    return certificate


def inhomogeneous_cap():
    problem = Problem([2, 2, 1], [[0, 1, Fraction(1, 2)]], X, Y)
    certificate = Certificate(problem)
    u, multiplier = find_points(problem, random.Random(1), 40)[0]
    point = certificate.point(u, multiplier, 36)
    index = index_of(problem, u, multiplier)
    gap = certificate.inertia(point, u, multiplier, index, Fraction(-1, 2**20))
    certificate.claim("basin", "T-SMALLCAP", [gap], tangent="1*2^-30", bits=80)
    return certificate.document()


def tiny_row(kind="rank"):
    """t^2 + 2^-24 t: a unit whose weights are tiny, in a box that holds 0."""
    problem = Problem([2, 2, 1], [[0, Fraction(1, 2**24), 1]], X, Y)
    u, multiplier = newton_kkt(problem, [0.75, -0.25, 0.0, 0.0, 0.5, 0.0])
    certificate = Certificate(problem)
    certificate.point(u, multiplier, 12)
    if kind == "orbit":
        certificate.claim("orbit", "T-ORBIT", [1], size="2")
        return certificate.document()
    column = 0 if abs(u[0]) > abs(u[1]) else 1
    certificate.claim("rank", "T-RANKS", [1], layer=1, rank=1, rows=[0], columns=[column], bits=64,
                      inverse=dyadic([1 / u[column]], 30))
    return certificate.document()


def near_copies():
    """Equal units, their box being wider on one side than on the other: the exchange leaves it."""
    problem = Problem([2, 2, 1], [CUBE], X, Y)
    u, multiplier = newton_kkt(problem, [0.5, 0.3, 0.5, 0.3, 0.4, 0.4])
    _, jacobian = kkt(problem, u, multiplier, range(6))
    certificate = Certificate(problem)
    centre = u + [multiplier]
    centre[0] += 2.0**-22
    box(certificate, centre, [2**-20] * 7, jacobian)
    certificate.claim("orbit", "T-ORBIT", [1], size="8")
    return certificate.document()


def two_signs():
    problem = Problem([2, 2, 1, 1], [SQUARE, SQUARE], X, Y)
    u, multiplier = newton_kkt(problem, DEEP[-1])
    certificate = Certificate(problem)
    pair = [certificate.point(v, multiplier, 30) for v in (u, [-u[0], -u[1]] + u[2:])]
    certificate.claim("distinct", "T-ORBIT", pair, orbits=True)
    return certificate.document()


def saddle_cap(deep):
    """An inertia with a negative shift and a positive index, proved with the data of shift 0."""
    saddle = [c for c in deep["claims"] if c["kind"] == "inertia" and c["index"] > 0][0]
    number = len(deep["claims"]) + 1
    fields = {k: v for k, v in saddle.items() if k not in ("id", "kind", "theorem", "premises")}
    document = append(deep, "inertia", "T-CONGRUENCE", saddle["premises"], **fields,
                      shift="-1*2^-20")
    return append(document, "basin", "T-SMALLCAP", [number], tangent="1*2^-30", bits=80)


# ---- Tensors and eigenlines -----------------------------------------------------------------------

def chart_twin(conjugated):
    """A class that is not real and its conjugate in another chart, as two pairs of conjugates."""
    problem, _, other = cubic_problem()
    form = Form(problem, 3)
    certificate = Certificate(problem)
    certificate.tensor(3)
    order = sorted(range(3), key=lambda i: -abs(other[0][i]))
    certificate.eigenpair(1, form, other[0], False, order[0])
    c = [v.conjugate() for v in other[0]] if conjugated else other[0]
    certificate.eigenpair(1, form, c, False, order[1])
    certificate.claim("distinct", "T-CHART", [2, 3])
    return certificate.document()


def two_tensors(good):
    """The same eigenpair of two tensors that are the same form."""
    document = append(good["closed-cubic"], "tensor", "T-ESSENTIAL", [], order=3,
                      basis=[["0", "1"], ["1", "0"]])
    number = len(document["claims"])
    line = find_claim(document, "exists-unique")
    fields = {k: v for k, v in line.items() if k not in ("id", "kind", "theorem", "premises")}
    fields["chart"] = 1 - line["chart"]
    # the equations are exchanged with the coordinates: the columns of the inverse
    m = line["inverse"]["mantissas"].split()
    fields["inverse"] = {"exponent": line["inverse"]["exponent"],
                         "mantissas": " ".join([m[1], m[0], m[3], m[2]])}
    return append(document, "exists-unique", "T-KRAWCZYK", [number], **fields), number + 1


def degenerate():
    """m = 2 with a double eigenvalue: a circle of eigenlines, of which two are claimed."""
    problem = Problem([2, 3, 1], [SQUARE], [[1, 0], [0, 1]], [1, 1])
    certificate = Certificate(problem)
    certificate.tensor(2)
    for chart in 0, 1:
        certificate.claim("exists-unique", "T-KRAWCZYK", [1], system="eigenpair", field="real",
                          chart=chart, centre=vector([0, 1]), radius=dyadic([2**-20] * 2, 20),
                          inverse=dyadic([1, 0, 0, -1] if chart else [0, 1, -1, 0], 0), bits=80)
    certificate.claim("distinct", "T-CHART", [2, 3])
    certificate.claim("complete-by-count", "T-COUNT", [4])
    return certificate.document()


def mixed_depth():
    """The lines of a network of three layers, of which one is linear with two units."""
    certificate = eigen_certificate(Problem([2, 1, 2, 1], [SQUARE, [0, 1]], X, Y), 2,
                                    random.Random(4))
    return certificate.document()


def eigenlines(good):
    cubic, span, two = good["cubic"], good["span"], good["two-layer"]
    closed, rank_one, cover = good["closed-cubic"], good["rank-one"], good["cover"]
    for name, conjugated in ("same", False), ("conjugate", True):
        yield (f"chart-{name}", "are not proved different",
               f"a class and {'its conjugate' if conjugated else 'itself'} in another chart",
               chart_twin(conjugated))
    yield "degenerate", "the test of Krawczyk fails", "two lines of a circle of eigenlines", \
        degenerate()
    document, other = two_tensors(good)
    first = find_claim(closed, "exists-unique")["id"]
    yield "two-tensors", "not of one tensor", "one line in the coordinates of two tensors", \
        append(document, "distinct", "T-CHART", [first, other])
    yield ("closed-two-tensors", "not of one tensor", "such a line is used twice in a closed form",
           append(document, "closed-form", "T-DECOUPLE", [first, other], units=[1, 1], size="360",
                  lambda_low="1*2^-20", lambda_high="1000000", bits=80))
    yield "cover-two-tensors", "is not of this tensor", "a cover with a line of another tensor", \
        append(document, "complete-by-cover", "T-CHARTCOVER", [1, other], mu_min="1000",
               trees=["m", "m"], bits=64)
    yield "real-missing", "may be real", "nothing says that classes are not real", \
        edit(cubic, lambda d: find_claim(d, "complete-by-count").update(
            premises=find_claim(d, "complete-by-count")["premises"][:1]))
    yield "count-of-points", "no premise says that eigenpairs", "points in the place of eigenpairs", \
        append(good["deep-points"], "complete-by-count", "T-COUNT",
               [find_claim(good["deep-points"], "distinct")["id"]])
    yield "line-pivot", "the pivot is not the chart", "another basis of the complement", \
        edit(two, lambda d: find_claim(d, "inertia").update(
            pivot=1 - find_claim(d, "inertia")["pivot"]))
    yield "line-shift", "a shift is for points", "a shift for an eigenline", \
        edit(two, lambda d: find_claim(d, "inertia").update(shift="-1*2^-30"))
    yield "basis-zero", "of the basis is zero", "a basis with a zero vector", \
        edit(span, lambda d: find_claim(d, "tensor").update(
            basis=find_claim(d, "tensor")["basis"] + [["0", "0", "0"]]))
    polynomial = edit(two, lambda d: None)
    polynomial["problem"]["network"]["activation"] = [
        {"coefficients": ["0", "1", "1"], "type": "polynomial"}]
    seal(polynomial)
    yield "tensor-polynomial", "an activation is not a power", "the tensor of t + t^2", \
        polynomial
    yield "census-of-cover", "no premise gives all lines by a count", \
        "all points from the lines with abs(mu) >= 20", \
        append(cover, "census", "T-DECOUPLE", [find_claim(cover, "lines")["id"]], positive="24")
    deep_lines = find_claim(rank_one, "lines")["id"]
    m = int(find_claim(rank_one, "lines")["count"])
    yield "census-deep", "more than one hidden layer", "all points of a deep network", \
        append(rank_one, "census", "T-DECOUPLE", [deep_lines], positive=str((2 * m + 1)**2 - 1))
    yield "census-deep-positive", "the number of rank-one points only", \
        "all points by the theorem on rank one", \
        append(rank_one, "census", "T-RANKONE", [deep_lines], positive="8", rank_one=str(8 * m * 2))
    mixed = mixed_depth()
    yield "census-linear-layer", "a linear layer has more than one unit", \
        "numbers of rank-one points that lie on circles", mixed
    del mixed["claims"][-1]
    line = find_claim(mixed, "exists-unique")["id"]
    yield "rank-one-linear-layer", "a linear layer has more than one unit", \
        "such points in closed form", \
        append(edit(mixed, lambda d: None), "closed-form", "T-RANKONE", [line], supports=[1, 1],
               size="8", lambda_low="1*2^-20", lambda_high="1000000", bits=80)
    wide = find_claim(rank_one, "closed-form", 1)
    inertia = [c for c in rank_one["claims"] if c["kind"] == "inertia"
               and c["premises"] == wide["premises"][:1]][0]
    yield "rank-one-index", "an index is for one unit", "the index of the line for two units", \
        edit(rank_one, lambda d: find_claim(d, "closed-form", 1).update(
            premises=wide["premises"][:1] + [inertia["id"]], index=inertia["index"]))
    deep_form = {"units": [1], "size": "4", "lambda_low": "1*2^-20", "lambda_high": "1000000"}
    yield "closed-deep", "the network has not two layers", "T-DECOUPLE for three layers", \
        append(rank_one, "closed-form", "T-DECOUPLE", wide["premises"][:1], bits=80, **deep_form)
    number = find_claim(two, "closed-form", 1)["premises"][:2]
    yield "closed-many-units", "not so many units", "four units of three", \
        append(two, "closed-form", "T-DECOUPLE", number, units=[2, 2], size="96",
               lambda_low="1*2^-20", lambda_high="1000000", bits=80)
    yield ("closed-premise", "is not what is needed here",
           "a closed form with a premise that is no inertia",
           edit(two, lambda d: find_claim(d, "closed-form")["premises"].append(1)))
    zero = Certificate(Problem([2, 3, 1], [[0, 1]], [[1, 2], [1, 2]], [1, -1]))
    zero.claim("closed-form", "T-DEEPLINEAR", dimension=2, lambda_low="1*2^-20", lambda_high="1")
    yield "linear-zero", "sum_i z_i x_i is zero", "points of a linear network with N = 0", \
        zero.document()
    root = Certificate(Problem([1, 1, 1], [CUBE], [[1]], [3]))
    root.tensor(3)
    root.claim("exists-unique", "T-KRAWCZYK", [1], system="eigenpair", field="real", chart=0,
               centre=vector([3]), radius=dyadic([2**-20], 20), inverse=vector([-1]), bits=80)
    # lambda = sqrt(27/16) 3 = 3.89711; the root of 2^48 / (9 2^16), cut off, would allow 3.89717
    root.claim("closed-form", "T-DECOUPLE", [2], units=[1], size="2", bits=16,
               lambda_low="77943/20000", lambda_high="4")
    yield "closed-root", "lambda is not proved", "a bound that is false by 10^-5, with 16 bits", \
        root.document()


# ---- Covers -------------------------------------------------------------------------------------

class Plane:
    """The eigenlines of (a . w)^3 by a cover: one with mu != 0, in boxes of the charts where it is."""

    def __init__(self, data, basis=None, mu_min=1):
        self.problem = Problem([2, 2, 1], [CUBE], [data], [1])
        self.form, self.certificate = Form(self.problem, 3, basis), Certificate(self.problem)
        self.certificate.tensor(3, basis)
        self.cover = Cover(self.form, mu_min, [])
        metric = self.form.metric
        self.c = [float(sum(Fraction(a) * b for a, b in zip(v, data))) / d
                  for v, d in zip(basis or [[1, 0], [0, 1]], metric)]

    def line(self, chart, radius, nu_radius, known=True):
        c = [v / self.c[chart] for v in self.c]
        nu = self.form.gradient(c)[chart] / self.form.metric[chart]
        number = self.certificate.claim(
            "exists-unique", "T-KRAWCZYK", [1], system="eigenpair", field="real", chart=chart,
            centre=vector([c[1 - chart], nu]), radius=dyadic([radius, nu_radius], 30), bits=80,
            inverse=dyadic(itertools.chain(*inverse(self.form.jacobian(c, nu, chart))), 40))
        if known:
            self.cover.known.append((number, chart, c, radius, nu, nu_radius))
        return number

    def document(self, trees, lines=False):
        numbers = list(range(2, len(self.certificate.claims) + 1))
        cover = self.certificate.claim("complete-by-cover", "T-CHARTCOVER", [1] + numbers, bits=64,
                                       mu_min=str(Fraction(self.cover.mu_min)), trees=trees)
        if lines:
            signs = self.certificate.claim("lambda-sign", "T-KRAWCZYK", numbers, sign=1)
            self.certificate.claim("lines", "T-CHART", [cover, signs], count=str(len(numbers)))
        return self.certificate.document()


def diagonal():
    """(w_1 + w_2)^3: the line (1, 1) is in both charts."""
    plane = Plane([1, 1])
    for chart in 0, 1:
        plane.line(chart, 0.26, 1.1)
    return plane, [plane.cover.tree(chart) for chart in (0, 1)]


def interior(mu_min=1, basis=None, scale=1):
    """(2 w_1 + w_2)^3: the line (1, 1/2) is in one chart, between two boxes of its tree."""
    plane = Plane([2, 1], basis, mu_min)
    plane.line(0, 0.2, 2.6 * scale)
    plane.line(0, 0.2, 1.0 * scale, False)
    return plane, [plane.cover.tree(chart) for chart in (0, 1)]


def covers():
    not_proved = "of the tree of chart 0 is not proved"
    for name, word, text in (("nothing", "m", "|mu| < 1 on all of the cube"),
                             ("no-zero", "z1", "an equation without a zero on all of the cube"),
                             ("chart-word", "z0", "the equation of the chart itself, which is 0"),
                             ("all-known", "p2", "all of the cube in the box of the line")):
        plane, trees = diagonal()
        yield "cover-" + name, not_proved, text, plane.document([word, trees[1]])
    plane, trees = diagonal()
    yield "cover-other-chart", "of the tree of chart 1 is not proved", \
        "the box of the line in the other chart", \
        plane.document([trees[0], trees[1].replace("p3", "p2")])
    plane, trees = diagonal()
    yield "lines-twice", "are not proved different", "a line in two charts is counted twice", \
        plane.document(trees, True)
    for name, count in ("low", 1), ("high", -1):
        plane, trees = interior()
        parts = trees[0].split("p2")
        assert len(parts) == 3
        words = ["p3", "p2"][::count]
        yield f"cover-nu-{name}", not_proved, f"nu leaves the box of the line at its {name} end", \
            plane.document([parts[0] + words[0] + parts[1] + words[1] + parts[2], trees[1]])
    plane, trees = interior()
    part = [plane.cover.tree(0, [(1.0, 1.0), box]) for box in ((-1.0, 0.0), (0.0, 0.25), (0.5, 1.0))]
    yield "cover-beside", not_proved, "a box beside that of the line, with values of nu in its side", \
        plane.document([f"s1 {part[0]} s1 s1 {part[1]} s1 p2 p2 {part[2]}", trees[1]])
    plane, trees = interior(Fraction(43, 5))
    ends = (-1.0, 0.0), (1 / 16, 1 / 8), (1 / 8, 1 / 4), (1 / 4, 1 / 2), (1 / 2, 1.0)
    part = [plane.cover.tree(0, [(1.0, 1.0), box]) for box in ends]
    yield "cover-middle", not_proved, "|mu| < mu_min at the middle of a box, and not at its end", \
        plane.document([" ".join(["s1", part[0], "s1 s1 s1 s1 m"] + part[1:]), trees[1]])


def cover_in_basis():
    """A true cover in a basis of long vectors."""
    plane, trees = interior(1, [[2, 0], [0, 2]], 2)
    return plane.document(trees)


def other_metric():
    """Lines in a basis whose vectors differ much in length: the index needs the metric."""
    problem, basis = Problem([2, 3, 1], [CUBE], X, Y), [[1, 0], [0, 16]]
    certificate, form = eigen_certificate(problem, 3, random.Random(2), basis), Form(problem, 3, basis)
    wrong = 0
    for claim in [c for c in certificate.claims if c.get("field") == "real"]:
        values = [int(m) * 2.0**claim["centre"]["exponent"]
                  for m in claim["centre"]["mantissas"].split()]
        k = claim["chart"]
        c = [values[0]] * 2
        c[k] = 1.0
        h, nu = form.hessian(c), values[1]
        q = [[h[i][j] - (nu * form.metric[i] if i == j else 0) for j in (0, 1)] for i in (0, 1)]
        right = [form.metric[j] * c[j] / form.metric[k] for j in (0, 1)]
        wrong += restricted(q, right, k, 1.0)[0][0] * restricted(q, c, k, 1.0)[0][0] < 0
    assert wrong > 0, "the metric makes no difference"
    return certificate.document()


def good_attacks():
    """True claims at the edge of what is provable."""
    yield "basin-edge", "a tangent that is smaller by 2^-14 than the largest one", \
        cap(1 - 2**-14).document()
    yield "cover-basis", "a cover in a basis of long vectors", cover_in_basis()
    yield "metric", "eigenlines in a basis of vectors of lengths 1 and 16", other_metric()


def attacks(good):
    return itertools.chain(krawczyk(), points(good), units(good), eigenlines(good), covers())
