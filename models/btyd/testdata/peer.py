"""Times lifetimes on the customers that `go test -run WriteMillion -peer FILE` writes.

Usage: python peer.py FILE [bg|pareto|score] [rows]
Needs: pip install lifetimes pandas numpy. Prints CPU seconds, parameters, log-likelihood.
"""
import sys
import time

import numpy as np
import pandas as pd
from lifetimes import BetaGeoFitter, ParetoNBDFitter

table = pd.read_csv(sys.argv[1])
what = sys.argv[2] if len(sys.argv) > 2 else "bg"
if len(sys.argv) > 3:
    table = table.head(int(sys.argv[3]))
x, t_x, age = (table[c].to_numpy(float) for c in ("frequency", "recency", "T"))

fitter = ParetoNBDFitter() if what == "pareto" else BetaGeoFitter()
cpu, wall = time.process_time(), time.time()
fitter.fit(x, t_x, age)
print(what, len(table), "fit: cpu %.2f wall %.2f" % (time.process_time() - cpu, time.time() - wall))
print(dict(fitter.params_))
if what == "score":
    cpu = time.process_time()
    alive = fitter.conditional_probability_alive(x, t_x, age)
    for weeks in (30 / 7, 60 / 7, 90 / 7, 180 / 7):
        fitter.conditional_expected_number_of_purchases_up_to_time(weeks, x, t_x, age)
    cpu = time.process_time() - cpu
    print("score: cpu %.2f for P(alive) and 4 horizons, mean alive %.6f" % (cpu, np.mean(alive)))
