#!/usr/bin/python3
"""Writes scipy.json, against which the tests compare. Debian: python3-scipy.

    /usr/bin/python3 testdata/recipe.py > testdata/scipy.json
"""
import json
import sys

import numpy as np
from scipy import stats

BLOCKS = [6, 10, 14, 20]
cases = []
# The spending functions of Lan and DeMets (1983) at 5 %, looked at after 6, 10, 14 and 20
# of 20 blocks: what each look spends. They were compared with the declared function.
share = np.array(BLOCKS) / 20
for name, spent in [
    ("pocock", 0.05 * np.log(1 + (np.e - 1) * share)),
    ("obrien-fleming", 2 * stats.norm.sf(stats.norm.isf(0.025) / np.sqrt(share))),
]:
    cases.append({"kind": name, "levels": np.diff(spent, prepend=0).tolist()})


def crossing(levels):
    """Probability that a fair walk of +1 and -1 has, at some look, a one-sided exact sign
    test whose p is at most the level of the look: a false regression in one row."""
    alive, dead = {0: 1.0}, 0.0
    done = 0
    for blocks, level in zip(BLOCKS, levels):
        for _ in range(blocks - done):
            after = {}
            for s, p in alive.items():
                for step in (-1, 1):
                    after[s + step] = after.get(s + step, 0) + p / 2
            alive = after
        done = blocks
        for s in list(alive):
            up = (blocks + s) // 2
            if stats.binom.sf(up - 1, blocks, 0.5) <= level:
                dead += alive.pop(s)
    return dead


# The levels of the declared looks, and how often a row without a change crosses one of
# them: exactly, for signs. It is below 5 %, because signs do not use a level up and the
# looks overlap.
declared = [0.016, 0.004, 0.005, 0.025]
cases.append({"kind": "declared", "levels": declared, "crossed": crossing(declared)})
json.dump(cases, sys.stdout, indent=1)
print()
