#!/usr/bin/env python3
"""Times other programs' forecasts of the series that `ForecastingBenchmark fit` fits, beside it.

    apt-get install r-cran-forecast
    pip install numpy statsmodels statsforecast
    swift build -c release --product ForecastingBenchmark
    python3 Tests/Benchmarks/forecasting-peers/peers.py .build/release/ForecastingBenchmark

Eight weeks of five minutes (16,128 points), a day and a week. Times are processor seconds of one thread
of one fit and forecast, the least of a few; the last column is how many of our shipped fits (two
seasons, multi-step loss, two starts) go into one. `--slow` adds what takes a minute and more.
"""

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import re
import subprocess
import sys
import tempfile
import time

import numpy as np

R_SCRIPT = """
suppressMessages(library(forecast))
y <- scan(commandArgs(TRUE)[1], quiet = TRUE)
seconds <- function(body, rounds) {
  min(sapply(seq_len(rounds), function(i) {
    time <- system.time(body())
    time[["user.self"]] + time[["sys.self"]]
  }))
}
day <- ts(y, frequency = 288)
week <- msts(y, c(288, 2016))
cat("R HoltWinters, one season;", seconds(function() predict(HoltWinters(day), 288), 5), "\\n")
cat("R forecast stlf, one season;", seconds(function() stlf(day, h = 288), 3), "\\n")
cat("R forecast stlf, two seasons;", seconds(function() stlf(week, h = 288), 3), "\\n")
cat("R forecast snaive;", seconds(function() snaive(day, h = 288), 3), "\\n")
hours <- msts(colMeans(matrix(y, 12)), c(24, 168))
cat("R forecast dshw, hours, two seasons;", seconds(function() dshw(hours, h = 48), 1), "\\n")
"""


def demand(count):
    """The series of `Speed.demand` in the benchmark."""
    state, noise, values = 7, 0.0, []
    for step in range(count):
        drawn = 0.0
        for _ in range(3):
            state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
            drawn += (state >> 11) * 2.0**-53
        noise = 0.7 * noise + 3 * (drawn - 1.5)
        values.append(
            300 + 0.002 * step + 80 * np.sin(2 * np.pi * step / 288)
            + 25 * np.sin(2 * np.pi * step / 2016) + noise)
    return np.array(values)


def seconds(body, rounds=1):
    times = []
    for _ in range(rounds):
        start = time.process_time()
        body()
        times.append(time.process_time() - start)
    return min(times)


def ours(benchmark):
    text = subprocess.run([benchmark, "fit"], capture_output=True, text=True, check=True).stdout
    times = [float(least) / 1000 for least in re.findall(r"least ([0-9.]+) ms", text)]
    return times[0], times[1]


def in_r(values):
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("\n".join(repr(float(value)) for value in values))
        file.flush()
        text = subprocess.run(
            ["Rscript", "-e", R_SCRIPT, file.name], capture_output=True, text=True, check=True,
        ).stdout
    for line in text.splitlines():
        name, value = line.split(";")
        yield name, float(value)


def in_python(values, slow):
    from statsmodels.tsa.holtwinters import ExponentialSmoothing

    def smoothing():
        ExponentialSmoothing(
            values, trend="add", seasonal="add", seasonal_periods=288,
            initialization_method="heuristic").fit().forecast(288)

    smoothing()
    yield "statsmodels ExponentialSmoothing, one season", seconds(smoothing)
    from statsforecast.models import MSTL, HoltWinters, SeasonalNaive

    models = [("SeasonalNaive", SeasonalNaive(2016))]
    if slow:
        models += [("HoltWinters, one season", HoltWinters(288)), ("MSTL", MSTL([288, 2016]))]
    for name, model in models:
        model.forecast(values[:2400], 288)
        yield f"statsforecast {name}", seconds(lambda: model.forecast(values, 288))


def main():
    one_step, shipped = ours(sys.argv[1])
    values = demand(16128)
    rows = [("ours, two seasons, one step ahead, one start", one_step)]
    rows += [("ours, as shipped", shipped)]
    rows += list(in_r(values)) + list(in_python(values, "--slow" in sys.argv))
    print(f"{'fit of 16,128 points':48}{'seconds':>10}{'x ours':>10}")
    for name, value in rows:
        print(f"{name:48}{value:10.4f}{value / shipped:10.1f}")


main()
