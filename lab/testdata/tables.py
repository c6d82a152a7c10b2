"""Judge the bench's learners and LightGBM on the same five folds of public churn tables.

usage: tables.py PERENNIAL FOLDER [--tables telco,bank,ecommerce] [--folds 5]
PERENNIAL is the program, FOLDER holds churn_*.csv.gz. Needs lightgbm, pandas and scikit-learn.
Rows that are equal apart from their id are in one fold. Prints the mean over the folds of AUC, log loss and Brier
score, and the mean difference of the log loss to LightGBM of the same settings with its standard error.
"""
import argparse
import hashlib
import json
import os
import subprocess
import tempfile

import lightgbm
import pandas
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score

TABLES = {  # file, label, ids, positive
    "telco": ("churn_telco_ibm.csv.gz", "Churn", ["customerID"], "Yes"),
    "bank": ("churn_bank_modelling.csv.gz", "exited", ["rowNumber", "customerId"], "1"),
    "ecommerce": ("churn_ecommerce_kaggle.csv.gz", "Churn", ["CustomerID"], "1"),
}
SETTINGS = {  # by LightGBM's names, which are ours
    "defaults": {},
    "small trees": {"leaves": 8, "lambda_l2": 20, "feature_fraction": 0.4, "bins": 127},
}
OURS = {"trees": 200, "leaves": 31, "learning_rate": 0.05, "min_data": 100, "lambda_l2": 5, "feature_fraction": 0.7, "bins": 255}
NAMES = {"trees": "num_iterations", "leaves": "num_leaves", "min_data": "min_data_in_leaf", "bins": "max_bin"}

parser = argparse.ArgumentParser()
parser.add_argument("perennial")
parser.add_argument("folder")
parser.add_argument("--tables", default=",".join(TABLES))
parser.add_argument("--folds", type=int, default=5)
arguments = parser.parse_args()


def fold_of(row):
    return int(hashlib.sha256("\x1f".join(row).encode()).hexdigest()[:8], 16) % arguments.folds


def bench(train, test, label, learners, *more):
    command = [arguments.perennial, "lab", "learn", "--train", train, "--test", test, "--label", label, "--learner", learners, "--json", *more]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def ours(train, test, label):
    """Figures by learner, from the bench."""
    rows = {l["learner"]: l for l in bench(train, test, label, "logistic,golearn_forest,golearn_liblinear")["learners"]}
    for name, settings in SETTINGS.items():
        params = [part for key, value in settings.items() for part in ("--param", f"{key}={value}")]
        rows[f"boosting, {name}"] = bench(train, test, label, "boosting", *params)["learners"][0]
    return {name: (r["auc"], r["logloss"], r["brier"]) for name, r in rows.items()}


def frame(path, label, ids):
    table = pandas.read_csv(path, skipinitialspace=True, na_values=[" "])
    return table.drop(columns=[label] + ids), table[label]


def theirs(train, test, label, ids, positive):
    """Figures by setting, from LightGBM on the columns that the bench learns from."""
    x, y = frame(train, label, ids)
    later, truth = frame(test, label, ids)
    for column in x.columns[[not pandas.api.types.is_numeric_dtype(kind) for kind in x.dtypes]]:
        x[column] = x[column].astype("category")
        later[column] = later[column].where(later[column].isin(x[column].cat.categories)).astype(x[column].dtype)
    y, truth = (y.astype(str) == positive).astype(int), (truth.astype(str) == positive).astype(int)
    figures = {}
    for name, settings in {**SETTINGS, "LightGBM's own": None}.items():
        params = {} if settings is None else {NAMES.get(key, key): value for key, value in {**OURS, **settings}.items()}
        rounds = params.pop("num_iterations", 100)
        model = lightgbm.train({"objective": "binary", "verbose": -1, "num_threads": 2, "deterministic": True, **params}, lightgbm.Dataset(x, y), rounds)
        p = model.predict(later)
        figures[f"LightGBM, {name}"] = roc_auc_score(truth, p), log_loss(truth, p), brier_score_loss(truth, p)
    return figures


def judge(name):
    file, label, ids, positive = TABLES[name]
    table = pandas.read_csv(os.path.join(arguments.folder, file), dtype=str, keep_default_na=False)
    fold = [fold_of(row) for row in table.drop(columns=ids).itertuples(index=False, name=None)]
    results = []
    with tempfile.TemporaryDirectory() as folder:
        train, test = os.path.join(folder, "train.csv"), os.path.join(folder, "test.csv")
        for k in range(arguments.folds):
            held = pandas.Series(fold) == k
            table[~held].to_csv(train, index=False)
            table[held].to_csv(test, index=False)
            results.append({**ours(train, test, label), **theirs(train, test, label, ids, positive)})
    return pandas.concat({name: pandas.DataFrame(r, index=["AUC", "log loss", "Brier"]).T for name, r in enumerate(results)}, axis=1)


for name in arguments.tables.split(","):
    folds = judge(name)
    mean = folds.T.groupby(level=1).mean().T
    losses = folds.xs("log loss", axis=1, level=1)
    print(f"\n{name}, {arguments.folds} folds")
    print("| learner | AUC | log loss | Brier |\n|---|---|---|---|")
    for learner, row in mean.sort_values("log loss").iterrows():
        print(f"| {learner} | {row['AUC']:.4f} | {row['log loss']:.4f} | {row['Brier']:.4f} |")
    for setting in SETTINGS:
        gap = losses.loc[f"boosting, {setting}"] - losses.loc[f"LightGBM, {setting}"]
        print(f"log loss of boosting less LightGBM, {setting}: {gap.mean():+.4f} ± {gap.sem():.4f}")
