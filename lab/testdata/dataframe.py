"""Write dataframe.txt, a LightGBM model trained on a data frame with categories, and dataframe.csv, rows with its predictions."""
import os

import lightgbm
import numpy
import pandas

random = numpy.random.default_rng(7)
rows = 1500
x = pandas.DataFrame({
    "plan": random.choice(["free", "monthly", "yearly"], rows),
    "days since": random.exponential(60, rows).round(1),
    "country": random.choice(["DE", "FR", "GB", "IT", "NL", "PL"], rows),
})
x.loc[random.random(rows) < 0.1, "days since"] = numpy.nan
x.loc[random.random(rows) < 0.1, "plan"] = None
margin = 1 - x["days since"].fillna(30) / 40 + x["plan"].map({"free": -1, "yearly": 1}).fillna(0) + x["country"].isin(["FR", "PL"])
label = (random.random(rows) < 1 / (1 + numpy.exp(-margin))).astype(int)
typed = x.astype({"plan": "category", "country": "category"})
model = lightgbm.train(
    {"objective": "binary", "num_leaves": 6, "cat_smooth": 1, "min_data_per_group": 5, "verbose": -1, "deterministic": True, "num_threads": 1},
    lightgbm.Dataset(typed, label), 12)

here = os.path.dirname(os.path.abspath(__file__))
model.save_model(os.path.join(here, "dataframe.txt"))
shown = x[:60].copy()
shown.loc[3, "country"] = "XX"  # which training never saw
kinds = {name: pandas.CategoricalDtype(typed[name].cat.categories) for name in ["plan", "country"]}
coded = shown.copy()
for name, kind in kinds.items():
    coded[name] = coded[name].where(coded[name].isin(kind.categories)).astype(kind)
shown["ordered"] = label[:60]
shown["expected"] = [repr(float(p)) for p in model.predict(coded)]
shown.to_csv(os.path.join(here, "dataframe.csv"), index=False)
