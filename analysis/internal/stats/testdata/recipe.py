#!/usr/bin/python3
"""Writes scipy.json, against which the tests compare. Debian: python3-scipy.

    /usr/bin/python3 testdata/recipe.py > testdata/scipy.json
"""
import itertools
import json
import sys

import numpy as np
from scipy import stats

rng = np.random.default_rng(20240229)
cases = []
for n in range(3, 21):
    d = np.round(rng.normal(0.4, 1, n), 6)
    cases.append({
        "kind": "signed-rank", "x": d.tolist(),
        "p": stats.wilcoxon(d, mode="exact").pvalue,
        "greater": stats.wilcoxon(d, mode="exact", alternative="greater").pvalue,
        "less": stats.wilcoxon(d, mode="exact", alternative="less").pvalue,
    })
for n, m in [(3, 3), (4, 7), (10, 10), (10, 12), (20, 20)]:
    x = np.round(rng.normal(0, 1, n), 6)
    y = np.round(rng.normal(0.7, 1, m), 6)
    cases.append({
        "kind": "mann-whitney", "x": x.tolist(), "y": y.tolist(),
        "p": stats.mannwhitneyu(x, y, method="exact").pvalue,
        "greater": stats.mannwhitneyu(y, x, method="exact", alternative="greater").pvalue,
    })
for n in (6, 10, 20):
    v = np.round(rng.normal(0, 1, n) + 0.15 * np.arange(n), 6)
    cases.append({"kind": "trend", "x": v.tolist(), "p": stats.kendalltau(np.arange(n), v, method="exact").pvalue})
for n in (5, 12):
    x = np.round(rng.normal(0, 1, n), 6)
    y = np.round(x + rng.normal(0, 1, n), 6)
    cases.append({"kind": "correlation", "x": x.tolist(), "y": y.tolist(), "p": stats.pearsonr(x, y)[0]})
# SciPy's own Mann–Whitney test is not exact with ties: all splits of the ranks are.
def splits(x, y, alternative):
    def rank_sum(a, b):
        return stats.rankdata(np.concatenate([a, b]))[:len(a)].sum()
    return stats.permutation_test((x, y), rank_sum, n_resamples=np.inf, alternative=alternative).pvalue
for n, m in [(2, 4), (3, 6), (6, 3), (4, 9), (10, 5), (7, 9)]:
    x = np.round(rng.normal(0, 1, n))
    y = np.round(rng.normal(0.7, 1, m))
    cases.append({
        "kind": "mann-whitney", "x": x.tolist(), "y": y.tolist(),
        "p": splits(x, y, "two-sided"), "greater": splits(y, x, "greater"),
    })
# What befalls one side of a block more often: a sign test over the blocks that differ.
for up, down, same in [(1, 0, 5), (5, 0, 5), (7, 1, 2), (10, 0, 0), (4, 4, 2), (9, 3, 4)]:
    cases.append({
        "kind": "sign", "x": [1.0] * up + [-1.0] * down + [0.0] * same,
        "greater": stats.binomtest(up, up + down, 0.5, alternative="greater").pvalue,
    })
# A lasting change of level: the largest U of all splits, over all orders.
def largest(v):
    n = len(v)
    return max(abs(2 * stats.mannwhitneyu(v[:t], v[t:], method="asymptotic").statistic - t * (n - t)) for t in range(1, n))
for v in ([1, 2, 3, 4, 5, 6], [1, 4, 2, 5, 3, 6], [1, 1, 2, 3, 3, 2], [3, 1, 2, 6, 4, 5]):
    observed = largest(v)
    orders = [largest(o) for o in itertools.permutations(v)]
    cases.append({"kind": "step", "x": [float(x) for x in v], "p": sum(o >= observed for o in orders) / len(orders)})
# Bad starts where base was measured twice: 1 where the start of head, base or the copy was
# bad. If nothing differs, each of the three labels of a block could be any other.
def exchanged(head, base, copy):
    def more(h, b, c):
        return h.sum() - (b.sum() + c.sum()) / 2
    return stats.permutation_test((head, base, copy), more, permutation_type="samples", vectorized=False, n_resamples=np.inf, alternative="greater").pvalue
for head, base, copy in [
    ([1, 1, 1, 0, 0], [0, 0, 0, 0, 0], [0, 0, 0, 0, 0]),
    ([1, 1, 1, 1, 1], [0, 0, 0, 0, 0], [0, 0, 0, 0, 0]),
    ([1, 0, 1, 0, 1], [0, 0, 1, 1, 0], [0, 0, 0, 0, 0]),
    ([0, 1, 0, 0, 0], [1, 0, 0, 1, 0], [0, 0, 1, 0, 0]),
]:
    cases.append({"kind": "bad starts", "x": head, "y": base, "z": copy, "greater": exchanged(np.array(head), np.array(base), np.array(copy))})
# Many functions of a profile, few blocks: the largest studentised mean of all rows, over all
# flips of the signs of whole blocks. SciPy flips a column of ones; the rows follow it.
def adjusted(rows):
    n = rows.shape[1]
    def student(signs):
        d = rows * signs
        return d.mean(axis=1) / (d.std(axis=1, ddof=1) / np.sqrt(n))
    null = stats.permutation_test((np.ones(n),), lambda signs: student(signs).max(), permutation_type="samples", vectorized=False, n_resamples=np.inf).null_distribution
    return [float(np.mean(null >= t - 1e-9)) for t in student(np.ones(n))]
for n, functions in [(6, 12), (8, 40), (10, 5)]:
    shared = rng.normal(0, 1, n)
    rows = np.round(0.3 * shared + rng.normal(0, 1, (functions, n)) * rng.lognormal(0, 1, (functions, 1)), 6)
    rows[0] += 2.5 * rows[0].std()
    rows = np.round(rows, 6)
    cases.append({"kind": "max-t", "rows": rows.tolist(), "adjusted": adjusted(rows)})
json.dump(cases, sys.stdout, indent=1)
print()
