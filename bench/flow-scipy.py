# SPDX-License-Identifier: LGPL-3.0-or-later
"""flow-scipy.py FILE: the run that `p-flow run` wrote, by scipy's solve_ivp with a NumPy gradient.

The rescaled flow ds/dtau = sum_i (y_i - delta^L H_i(s)) grad H_i(s) of a network with square
activation, in tau, each method at several tolerances: processor seconds, evaluations and the
error against the weights at the end of FILE. TSV on standard output.
"""
import os
import sys
import time

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from scipy.integrate import solve_ivp


def read(path):
    with open(path, encoding="ascii") as file:
        widths, points, delta, until = file.readline().split()
        numbers = np.array([float(line) for line in file])
    widths = [int(w) for w in widths.split(",")]
    points = int(points)
    n = sum(a * b for a, b in zip(widths, widths[1:]))
    parts = np.split(numbers, np.cumsum([points * widths[0], points, n]))
    x, y, start, reference = parts
    return widths, x.reshape(points, -1), y, start, reference, float(delta), float(until)


def make_rate(widths, x, y, delta):
    shapes = list(zip(widths[1:], widths))
    offsets = np.cumsum([0] + [a * b for a, b in shapes])
    degree = 2 ** len(shapes) - 1
    kappa = delta ** degree
    inputs = np.ascontiguousarray(x.T)

    def rate(_, s):
        weights = [s[o:o + a * b].reshape(a, b) for o, (a, b) in zip(offsets, shapes)]
        units, sums = [inputs], []
        for layer, w in enumerate(weights):
            sums.append(w @ units[-1])
            if layer + 1 < len(weights):
                units.append(sums[-1] ** 2)
        delta_rows = (y - kappa * sums[-1][0])[None, :]
        out = np.empty_like(s)
        for layer in range(len(weights) - 1, -1, -1):
            o, (a, b) = offsets[layer], shapes[layer]
            out[o:o + a * b] = (delta_rows @ units[layer].T).ravel()
            if layer > 0:
                delta_rows = 2 * sums[layer - 1] * (weights[layer].T @ delta_rows)
        return out

    return rate


def main():
    widths, x, y, start, reference, delta, until = read(sys.argv[1])
    rate = make_rate(widths, x, y, delta)
    print("method\trtol\tseconds\tevaluations\terror")
    for method in ("DOP853", "RK45"):
        for digits in range(3, 11):
            rtol = 10.0 ** -digits
            before = time.process_time()
            # Steps that are tried and rejected may overflow.
            with np.errstate(over="ignore", invalid="ignore"):
                run = solve_ivp(rate, (0, until), start, method=method, rtol=rtol,
                                atol=rtol * np.linalg.norm(start) / np.sqrt(len(start)))
            seconds = time.process_time() - before
            error = np.linalg.norm(run.y[:, -1] - reference) / np.linalg.norm(reference)
            print(f"{method}\t1e-{digits}\t{seconds:.5f}\t{run.nfev}\t{error:.2e}", flush=True)


main()
