"""Measure LightGBM, XGBoost and scikit-learn on the table that bench -write wrote.

usage: peers.py FOLDER [--learner lightgbm|xgboost|sklearn] [--features F] ...
Prints the fields of bench: seconds of binning, training without it, prediction,
explanation of the first test rows.
"""
import argparse
import json
import os
import resource
import time

parser = argparse.ArgumentParser()
parser.add_argument("folder")
parser.add_argument("--learner", default="lightgbm")
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--trees", type=int, default=200)
parser.add_argument("--leaves", type=int, default=31)
parser.add_argument("--rate", type=float, default=0.1)
parser.add_argument("--features", type=float, default=1.0)
parser.add_argument("--l2", type=float, default=0)
parser.add_argument("--mindata", type=int, default=20)
parser.add_argument("--seed", type=int, default=0)
parser.add_argument("--explain", type=int, default=0, help="test rows to explain; sklearn explains none")
parser.add_argument("--quantised", action="store_true", help="LightGBM's use_quantized_grad")
a = parser.parse_args()
os.environ["OMP_NUM_THREADS"] = str(a.threads)

import numpy as np  # noqa: E402: the number of threads must be known before

WIDTH = 50


def table(name):
    x = np.fromfile(os.path.join(a.folder, name + ".x"), dtype="<f4").reshape(-1, WIDTH)
    return x, np.fromfile(os.path.join(a.folder, name + ".y"), dtype="<f4")


def clock():
    u = resource.getrusage(resource.RUSAGE_SELF)
    return time.perf_counter(), u.ru_utime + u.ru_stime


def timed(do):
    start = clock()
    value = do()
    end = clock()
    return value, end[0] - start[0], end[1] - start[1]


def explained(explain, test):
    return timed(lambda: explain(test[: a.explain]))[1:] if a.explain else (0, 0)


def lightgbm(x, y, test):
    import lightgbm as lgb

    params = {
        "objective": "binary", "num_leaves": a.leaves, "learning_rate": a.rate, "max_bin": 255,
        "feature_fraction": a.features, "lambda_l2": a.l2, "min_data_in_leaf": a.mindata,
        "num_threads": a.threads, "seed": a.seed, "verbose": -1, "use_quantized_grad": a.quantised,
        "quant_train_renew_leaf": a.quantised,
    }
    data, *bin_time = timed(lambda: lgb.Dataset(x, y, params=params).construct())
    m, *train_time = timed(lambda: lgb.train(params, data, num_boost_round=a.trees))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    p, *predict_time = timed(lambda: m.predict(test, num_threads=a.threads))
    explain_time = explained(lambda x: m.predict(x, pred_contrib=True, num_threads=a.threads), test)
    return bin_time, train_time, predict_time, explain_time, p, peak


def xgboost(x, y, test):
    import xgboost as xgb

    params = {
        "objective": "binary:logistic", "tree_method": "hist", "grow_policy": "lossguide", "max_leaves": a.leaves,
        "max_depth": 0, "eta": a.rate, "max_bin": 255, "colsample_bytree": a.features, "lambda": a.l2,
        "nthread": a.threads, "seed": a.seed,
    }
    data, *bin_time = timed(lambda: xgb.QuantileDMatrix(x, y, max_bin=255))
    m, *train_time = timed(lambda: xgb.train(params, data, num_boost_round=a.trees))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    p, *predict_time = timed(lambda: m.inplace_predict(test))
    explain_time = explained(lambda x: m.predict(xgb.DMatrix(x), pred_contribs=True), test)
    return bin_time, train_time, predict_time, explain_time, p, peak


def sklearn(x, y, test):
    from sklearn.ensemble import HistGradientBoostingClassifier

    m = HistGradientBoostingClassifier(
        max_iter=a.trees, max_leaf_nodes=a.leaves, learning_rate=a.rate, max_features=a.features,
        l2_regularization=a.l2, min_samples_leaf=a.mindata, early_stopping=False, random_state=a.seed,
    )
    _, *train_time = timed(lambda: m.fit(x, y))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    p, *predict_time = timed(lambda: m.predict_proba(test)[:, 1])
    return (0, 0), train_time, predict_time, (0, 0), p, peak


def auc(y, p):
    order = np.argsort(p, kind="stable")
    positive = y[order] == 1
    ranks = np.nonzero(positive)[0]
    n = len(ranks)
    return float((ranks.sum() - n * (n - 1) / 2) / (n * (len(y) - n)))


x, y = table("train")
test, label = table("test")
bins, train, predict, explain, p, peak = globals()[a.learner](x, y, test)
print(json.dumps({
    "learner": a.learner, "rows": len(y), "bin_wall": bins[0], "bin_cpu": bins[1], "train_wall": train[0], "train_cpu": train[1],
    "predict_wall": predict[0], "predict_cpu": predict[1],
    "explain_rows": a.explain if explain[1] else 0, "explain_wall": explain[0], "explain_cpu": explain[1], "auc": auc(label, p), "peak_rss_mb": peak / 1024,
}))
