"""Judges intervals by statsmodels and scipy: reads simulated campaigns as JSON on stdin, writes what was found to stdout."""

import json
import sys

import numpy
from scipy.stats import norm
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

campaigns = json.load(sys.stdin)
apart = {"wilson": 0.0, "difference": 0.0, "shared": 0.0}
held = {"wilson": [], "difference": []}
for campaign in campaigns:
    pairs = campaign["variants"]
    for variant in pairs:
        low, high = proportion_confint(variant["k"], variant["n"], alpha=0.05, method="wilson")
        # Shares are cut at nought and one here and there.
        low, high = max(low, 0.0), min(high, 1.0)
        apart["wilson"] = max(apart["wilson"], abs(low - variant["low"]), abs(high - variant["high"]))
        held["wilson"].append(variant["low"] <= variant["p"] <= variant["high"])
    first, second = pairs[0], pairs[1]
    low, high = confint_proportions_2indep(
        first["k"], first["n"], second["k"], second["n"], method="newcomb", compare="diff", alpha=0.05
    )
    ours = campaign["difference"]
    apart["difference"] = max(apart["difference"], abs(low - ours["low"]), abs(high - ours["high"]))
    held["difference"].append(ours["low"] <= first["p"] - second["p"] <= ours["high"])
    comparisons = len(pairs) * (len(pairs) - 1) / 2
    apart["shared"] = max(apart["shared"], abs(norm.ppf(1 - 0.05 / comparisons / 2) - campaign["z"]))

equal = [campaign for campaign in campaigns if campaign["equal"]]
print(
    json.dumps(
        {
            "apart": apart,
            "coverage": {name: float(numpy.mean(all)) for name, all in held.items()},
            "false_claims": float(numpy.mean([campaign["claimed"] for campaign in equal])),
            "equal": len(equal),
        }
    )
)
