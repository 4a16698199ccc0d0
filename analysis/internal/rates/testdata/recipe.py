#!/usr/bin/python3
"""Writes scipy.json, against which the tests compare. Debian: python3-scipy.

    /usr/bin/python3 testdata/recipe.py > testdata/scipy.json
"""
import json
import sys

from scipy import stats

rates = []
for hits, of in [(0, 1), (1, 1), (0, 20), (1, 20), (9, 10), (10, 10), (0, 60), (0, 2000), (7, 2000), (100, 2000), (1000, 2000), (2000, 2000), (13, 10000)]:
    ci = stats.binomtest(hits, of).proportion_ci(0.95, method="exact")
    rates.append({"hits": hits, "of": of, "low": ci.low, "high": ci.high})
pairs = []
for a, m, b, n in [(0, 5, 0, 20), (1, 5, 0, 20), (1, 5, 3, 20), (5, 5, 0, 20), (20, 2000, 12, 2000), (30, 2000, 12, 2000), (2, 5, 19, 20)]:
    p = stats.fisher_exact([[a, m - a], [b, n - b]], alternative="greater")[1]
    pairs.append({"a": a, "m": m, "b": b, "n": n, "p": p})
json.dump({"rates": rates, "pairs": pairs}, sys.stdout, indent=1)
print()
