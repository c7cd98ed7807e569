"""Writes damped.csv beside it: python3 references.py

Made with statsmodels 0.15.0 (PyPI).
"""

import pathlib

import numpy as np
import statsmodels
from statsmodels.tsa.holtwinters import ExponentialSmoothing

steps = np.arange(140)
rng = np.random.default_rng(7)
values = np.round(
    50 + 0.2 * steps + 9 * np.sin(2 * np.pi * steps / 7) + rng.normal(0, 2, steps.size), 2)
start = np.round(9 * np.sin(2 * np.pi * np.arange(7) / 7), 3)
fit = ExponentialSmoothing(
    values, trend="add", damped_trend=True, seasonal="add", seasonal_periods=7,
    initialization_method="known", initial_level=50, initial_trend=0.4, initial_seasonal=start,
).fit(
    smoothing_level=0.3, smoothing_trend=0.2, smoothing_seasonal=0.25 * (1 - 0.3),
    damping_trend=0.9, optimized=False)
forecasts = np.concatenate([fit.fittedvalues, fit.forecast(6)])
lines = [
    f"# statsmodels {statsmodels.__version__}, ExponentialSmoothing(y, trend=add, damped_trend, "
    "seasonal=add, seasonal_periods=7, level 50, trend 0.4, season 9 sin(2 pi i / 7) to 3 places)"
    ".fit(0.3, 0.2, 0.25 * 0.7, damping 0.9); by references.py",
    "step,value,forecast",
]
for step, forecast in enumerate(forecasts):
    value = f"{values[step]:.2f}" if step < values.size else "NA"
    lines.append(f"{step},{value},{forecast:.12g}")
pathlib.Path(__file__).with_name("damped.csv").write_text("\n".join(lines) + "\n")
