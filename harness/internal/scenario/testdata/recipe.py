#!/usr/bin/python3
"""Writes scipy.json, against which the tests of the draws compare. Debian: python3-scipy.

    /usr/bin/python3 testdata/recipe.py > testdata/scipy.json

Each case has the exact probabilities of bins of ranks, and the value that the
chi-square statistic of correct draws exceeds once in a thousand times. Bin i holds the
ranks after last[i-1] up to last[i], counted from 1.
"""
import json
import sys

import numpy as np
from scipy import stats

DRAWS = 100_000  # of the test; every bin has to expect at least 10 of them


def bins(p):
    """Joins neighbouring ranks until each bin expects enough draws."""
    last, sums, total = [], [], 0.0
    for rank, x in enumerate(p, start=1):
        total += x
        if total * DRAWS >= max(10, DRAWS / 200):
            last.append(rank)
            sums.append(total)
            total = 0.0
    if last:
        last[-1] = len(p)  # the rest belongs to the last bin
        sums[-1] += total
    return last, sums


cases = []
for n, s in [(1, 1), (2, 0.5), (8, 1.1), (8, 1), (10, 2), (100, 0.1), (100, 0.99), (1000, 1), (1000, 1.1), (1000, 5), (100, 30), (10**6, 0.5), (10**6, 1.3), (10**6, 1)]:
    weights = np.arange(1, n + 1, dtype=float) ** -float(s)
    p = weights / weights.sum()
    if n <= 1000:
        assert np.allclose(p, stats.zipfian.pmf(np.arange(1, n + 1, dtype=float), float(s), n), rtol=1e-9)
    last, sums = bins(p)
    cases.append({"pick": "zipf", "n": n, "s": s, "last": last, "p": sums})
for n in (1, 2, 7, 100, 10**6, 10**9):
    edges = np.unique(np.ceil(np.arange(1, min(n, 100) + 1) * (n / min(n, 100))).astype(int))
    sums = np.diff(np.concatenate([[0], edges])) / n
    cases.append({"pick": "random", "n": n, "s": 0, "last": edges.tolist(), "p": sums.tolist()})
for c in cases:
    degrees = len(c["p"]) - 1
    c["limit"] = stats.chi2.isf(0.001, degrees) if degrees else 0
    # Of the table of two draws, whose probabilities are products.
    c["pairs_limit"] = stats.chi2.isf(0.001, len(c["p"]) ** 2 - 1) if degrees else 0
json.dump(cases, sys.stdout)
print()
