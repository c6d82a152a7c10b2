"""Writes the models in this folder, or predicts with one.

    python lightgbm.py write                 needs lightgbm 4.6 and numpy
    python lightgbm.py predict CELLS MODEL…  prints prediction, contributions and base of each row, model by model

cells.csv holds the rows, <model>.csv what LightGBM says of them in the columns of predict.
"""
import os
import sys

# The script shares its name with the package that it imports.
here = os.path.dirname(os.path.abspath(__file__))
sys.path = [p for p in sys.path if os.path.abspath(p or ".") != here]

import lightgbm  # noqa: E402
import numpy as np  # noqa: E402

NAMES = ["recency_days", "orders", "spend", "returns", "country", "device", "noise"]
CATEGORIES = [4, 5]
MODELS = {
    "binary": dict(objective="binary"),
    "binary_sigmoid": dict(objective="binary", sigmoid=0.7, use_missing=False),
    "regression": dict(objective="regression", zero_as_missing=True),
    "poisson": dict(objective="poisson"),
    "tweedie": dict(objective="tweedie", tweedie_variance_power=1.3),
    "quantile": dict(objective="quantile", alpha=0.8),
    "forest": dict(objective="binary", boosting="rf", bagging_fraction=0.6, bagging_freq=1),
    "monotone": dict(objective="binary", monotone_constraints=[1, -1, 0, 0, 0, 0, 0]),
}


def table(rows, seed):
    rng = np.random.default_rng(seed)
    x = np.empty((rows, len(NAMES)), np.float32)
    x[:, 0] = rng.exponential(60, rows)
    x[:, 1] = rng.poisson(2, rows)
    x[:, 2] = rng.gamma(2, 30, rows)
    x[:, 3] = rng.normal(0, 1, rows) * (rng.random(rows) < 0.5)
    x[:, 4] = rng.integers(0, 40, rows)
    x[:, 5] = rng.integers(0, 3, rows)
    x[:, 6] = rng.normal(0, 1, rows)
    signal = 0.02 * x[:, 0] - 0.5 * x[:, 1] + 0.3 * (x[:, 4] % 5) + x[:, 3] * (x[:, 5] == 1)
    churned = (rng.random(rows) < 1 / (1 + np.exp(-signal))).astype(float)
    amount = churned * rng.gamma(2, 10, rows)
    x[rng.random(x.shape) < 0.08] = np.nan
    return x, churned, amount


def say(model, x):
    booster = lightgbm.Booster(model_file=model)
    p = booster.predict(x)
    c = booster.predict(x, pred_contrib=True)
    return "".join(",".join(repr(float(v)) for v in [p[i], *c[i]]) + "\n" for i in range(len(x)))


def write():
    x, churned, amount = table(2000, 1)
    cells = table(60, 2)[0]
    cells[0, :] = np.nan
    cells[1, :] = 0
    cells[2, :] = [1e30, -1e30, 1e-36, -1e-36, 41, -1, np.inf]
    with open("cells.csv", "w") as f:
        f.write(",".join(NAMES) + "\n")
        f.writelines(",".join(repr(float(v)) for v in row) + "\n" for row in cells)
    for name, parameters in MODELS.items():
        y = churned if parameters["objective"] == "binary" else amount
        data = lightgbm.Dataset(x, y, feature_name=NAMES, categorical_feature=CATEGORIES)
        parameters = dict(num_leaves=8, learning_rate=0.2, verbose=-1, deterministic=True, num_threads=1, seed=1, **parameters)
        lightgbm.train(parameters, data, 6).save_model(name + ".txt")
        with open(name + ".csv", "w") as f:
            f.write(say(name + ".txt", cells))
    text = open("binary.txt").read()
    open("binary_v3.txt", "w").write(text.replace("version=v4", "version=v3"))
    open("binary_v3.csv", "w").write(open("binary.csv").read())


if sys.argv[1] == "write":
    os.chdir(here)
    write()
else:
    x = np.genfromtxt(sys.argv[2], delimiter=",", skip_header=1).astype(np.float32)
    for path in sys.argv[3:]:
        sys.stdout.write(say(path, x))
