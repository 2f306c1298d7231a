-- SPDX-License-Identifier: LGPL-3.0-or-later
-- Macaulay2's NumericalCertification on a two-layer network with h units, square activation,
-- T = [[-2, 7], [7, 9]]: prints h, the unknowns with lambda, the test, seconds, its answer.
needsPackage "NumericalCertification"
certifyOne = h -> (
    R := RR[join(toList(apply(0..(2*h-1), i -> (symbol w)_i)),
            toList(apply(0..(h-1), i -> (symbol v)_i)), {symbol l})];
    g := gens R; n := 3*h;
    T := (a,b) -> -2*a^2+14*a*b+9*b^2;
    N := sum(h, k -> g_(2*h+k)*T(g_(2*k),g_(2*k+1)));
    F := polySystem join(apply(n, i -> diff(g_i,N) - g_n*g_i), {sum(n, i -> g_i^2)-1});
    mu := (7+sqrt(317.0))/2; q := {7.0, mu+2}; length := sqrt(q#0^2+q#1^2); r := sqrt(2.0/3);
    u := join({r*q#0/length, r*q#1/length}, toList(2*(h-1):0.0), {1/sqrt(3.0)},
        toList(h-1:0.0), {2*mu/sqrt(3.0)});
    t := timing(ok := certifyRegularSolution(F, point{u}));
    print(h, n+1, "alpha", t#0, ok);
    box := matrix{apply(n+1, i -> interval(u#i-1e-8, u#i+1e-8))};
    t = timing(ok = krawczykTest(F, box));
    print(h, n+1, "krawczyk", t#0, ok);
    )
scan({1, 1, 2, 3}, certifyOne)
