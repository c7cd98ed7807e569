#!/usr/bin/env python3
"""The closed loop, for real: Prometheus, HAProxy, backend processes, an open-loop load generator,
and `scaler serve` beside a Horizontal Pod Autoscaler and a static fleet, on the same requests.

    python3 Tests/ClosedLoop/closed_loop.py --scaler .build/release/scaler            one day, 11 min
    python3 Tests/ClosedLoop/closed_loop.py --scaler .build/release/scaler --short    2.5 min
        asks little enough that a busy machine passes: that everything works together
    python3 Tests/ClosedLoop/closed_loop.py --scaler .build/release/scaler --runs 5   medians

A day is 10 minutes long (--short: 2), a week of it is in Prometheus before the run begins.
Needs Debian's haproxy and prometheus. Everything is on loopback, and ends with the script.
Ends with 1 if a figure is not as it has to be."""

import argparse
import asyncio
import contextlib
import os
import signal
import string
import sys
import tempfile
import time

import report
from controllers import HorizontalPodAutoscaler
from demand import Day
from fleet import Fleet
from haproxy import HAProxy
from metrics import Prometheus, backfill, missing_programs
from processes import start
from webhook import Webhook

HERE = os.path.dirname(os.path.abspath(__file__))
SECRET = "whsec_Y2xvc2VkLWxvb3AtdGVzdC1zZWNyZXQ="
SERVICE_TIME = 0.1
SLOTS = 60
FLEETS = ["scaler", "hpa", "static"]


class Pace:
    """A day and everything that is short beside it."""

    def __init__(self, short: bool):
        self.length = 120 if short else 600
        self.boot = 4 if short else 8
        self.interval = 1 if short else 2
        self.window = 3 if short else 4
        self.warm_up = 20 if short else 25
        self.scale = self.length / 600
        # So few steps of a short day are too few to learn from in one week.
        self.days = 14 if short else 7


def demand_query(fleet: str, window: int) -> str:
    return f'sum(rate(haproxy_frontend_http_requests_total{{proxy="{fleet}"}}[{window}s]))'


def queue_query(fleet: str) -> str:
    return f'sum(haproxy_backend_current_queue{{proxy="{fleet}"}})'


def configuration(folder, pace, prometheus, webhook, options) -> str:
    with open(f"{HERE}/scaler.yaml", encoding="utf-8") as file:
        text = string.Template(file.read()).substitute(
            folder=folder, prometheus=prometheus.port, webhook=webhook.port, secret=SECRET,
            demand=demand_query("scaler", pace.window), queue=queue_query("scaler"),
            capacity=options.capacity, boot=pace.boot, interval=pace.interval,
            lag=options.lag or pace.window / 2 + 0.5, length=pace.length, week=7 * pace.length,
            history=pace.days * pace.length,
            bin=pace.length // 60, drain=4 * pace.interval, limit=4 * pace.interval)
    path = f"{folder}/scaler.yaml"
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


async def run(options, seed: int, folder: str) -> list[report.Figures]:
    # Whatever was started ends with the run, in the opposite order.
    with contextlib.ExitStack() as ending:
        return await measure(options, seed, folder, ending)


async def measure(options, seed, folder, ending) -> list[report.Figures]:
    pace = Pace(options.short)
    day = Day(start=float(int(time.time()) + pace.warm_up + 15), length=pace.length, seed=seed)
    end = day.start + day.length
    proxy = HAProxy(folder, FLEETS, SLOTS)
    ending.callback(proxy.close)
    backfill(folder, "scaler", day, time.time() - pace.days * pace.length, time.time() - 1)
    prometheus = Prometheus(folder, proxy.metrics_port)
    ending.callback(prometheus.close)
    fleets = {name: Fleet(name, proxy, SLOTS, pace.boot, SERVICE_TIME) for name in FLEETS}
    begin = time.time() + 5
    for fleet in fleets.values():
        ending.callback(fleet.close)
        size = options.static if fleet.name == "static" else int(day.rate(begin) / 7) + 1
        fleet.resize(size, boot=0.0)
    webhook = Webhook(fleets["scaler"], "web", SECRET)
    await webhook.start()
    loads, results = [], {}
    for name, port in proxy.ports.items():
        results[name] = f"{folder}/{name}.bin"
        arguments = [port, begin, end, day.start, day.length, seed]
        loads.append(
            start([sys.executable, f"{HERE}/load.py", *map(str, arguments), results[name]]))
        ending.callback(loads[-1].kill)
    path = configuration(folder, pace, prometheus, webhook, options)
    log = ending.enter_context(open(f"{folder}/scaler.log", "w", encoding="utf-8"))
    scaler = start([options.scaler, "serve", "--config", path], log)
    ending.callback(scaler.kill)
    hpa = HorizontalPodAutoscaler(
        fleets["hpa"], prometheus, demand_query("hpa", pace.window), pace.interval,
        options.target / SERVICE_TIME, options.hpa_window * pace.scale)
    ending.callback(asyncio.create_task(hpa.run()).cancel)

    queues = {name: [] for name in FLEETS}
    sizes = {name: [] for name in FLEETS}
    await watch(day, proxy, fleets, queues, sizes, scaler)
    paid = {name: fleet.instance_seconds(day.start, end) for name, fleet in fleets.items()}
    # Requests that still wait are answered, or lost when their patience ends.
    while any(load.poll() is None for load in loads):
        await asyncio.sleep(0.1)
    scaler.send_signal(signal.SIGTERM)
    write_course(folder, day, queues, sizes)
    print(
        f"seed {seed}: {webhook.commands} commands taken; load average "
        f"{os.getloadavg()[0]:.2f}", flush=True)
    return [
        report.figures(
            name, day, results[name], queues[name], sizes[name], paid[name], pace.scale)
        for name in FLEETS
    ]


async def watch(day, proxy, fleets, queues, sizes, scaler):
    """Looks at the queues twice a second until the day is over."""
    while (now := time.time()) < day.start + day.length:
        for name, waiting in proxy.queues().items():
            if name in queues:
                queues[name].append((now, waiting))
                sizes[name].append((now, fleets[name].size, fleets[name].ready))
        if scaler.poll() is not None:
            raise SystemExit("`scaler serve` ended; see scaler.log in the run's folder (--keep)")
        await asyncio.sleep(0.5)


def write_course(folder, day, queues, sizes):
    """How the day went, for a look afterwards (--keep)."""
    with open(f"{folder}/course.csv", "w", encoding="utf-8") as file:
        file.write("second,rate," + ",".join(f"{n}_queue,{n}_size,{n}_ready" for n in FLEETS) + "\n")
        for index, (now, _) in enumerate(queues[FLEETS[0]]):
            cells = [f"{now - day.start:.1f}", f"{day.rate(now):.1f}"]
            for name in FLEETS:
                _, size, ready = sizes[name][index]
                cells += [str(queues[name][index][1]), str(size), str(ready)]
            file.write(",".join(cells) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--scaler", required=True, help="the release binary")
    parser.add_argument("--short", action="store_true", help="a day of two minutes")
    parser.add_argument("--runs", type=int, default=1, help="print the medians of so many runs")
    parser.add_argument("--seed", type=int, default=1, help="of the first run")
    parser.add_argument("--static", type=int, default=24, help="replicas of the static fleet")
    parser.add_argument("--capacity", type=float, default=9.5, help="rate_per_replica of scaler")
    parser.add_argument("--lag", type=float, help="control.lag of scaler, seconds")
    parser.add_argument("--target", type=float, default=0.7, help="utilisation of the HPA")
    parser.add_argument(
        "--hpa-window", type=float, default=30, help="the HPA's stabilisation, seconds of 600 a day")
    parser.add_argument("--keep", help="a folder for the files of the runs")
    options = parser.parse_args()
    # Asked to end, it ends as if it had come to its end: what was started is stopped.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    if missing := missing_programs():
        raise SystemExit(f"not installed: {', '.join(missing)} (Debian: haproxy, prometheus)")
    runs = []
    for seed in range(options.seed, options.seed + options.runs):
        with tempfile.TemporaryDirectory(prefix="closed-loop-") as scratch:
            folder = scratch
            if options.keep:
                folder = f"{os.path.abspath(options.keep)}/{seed}"
                os.makedirs(folder)
            runs.append(asyncio.run(run(options, seed, folder)))
        print(report.table(runs[-1]), flush=True)
    rows = report.medians(runs)
    if len(runs) > 1:
        print(f"\nmedians of {len(runs)} runs\n{report.table(rows)}")
    failures = report.failures(rows, options.short)
    for sentence in failures:
        print(f"FAILED: {sentence}")
    raise SystemExit(1 if failures else 0)


if __name__ == "__main__":
    main()
