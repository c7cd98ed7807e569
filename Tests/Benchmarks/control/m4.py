#!/usr/bin/env python3
"""Series of M4 Hourly played as traces, none of which anything was tuned on one by one: does `risk: auto` keep its budget?

    python3 Tests/Benchmarks/control/m4.py --binary .build/release/scaler Hourly-train.csv
        [--series 1,14,27 | --every 13 --first 1] [--boots 60,300,480] [--violation 0.01]

Two weeks after two weeks of history, the first four of each series, under the same world as `fronts.py` gives the
coarse traces (20 requests/s at 1 request/s per replica, metrics 15 s late, texture of 5 %). The table names the series
that overspend, with the mean cost over the zero-wait oracle."""

import argparse, csv, json, os, subprocess, sys, tempfile, time
from datetime import datetime, timedelta, timezone
from fronts import mean

START = datetime(2024, 1, 1, tzinfo=timezone.utc)
HISTORY, DAYS = 14, 14


def series(path):
    """Number (as in M4's own names, H1 …) and values of each row."""
    with open(path, newline="") as file:
        rows = csv.reader(file)
        next(rows)
        for row in rows:
            yield int(row[0][1:]), [float(value) for value in row[1:] if value]


def scenario(trace, number, boot, violation):
    begin = START + timedelta(days=HISTORY)
    stamp = "%Y-%m-%dT%H:%M:%SZ"
    return {
        "trace": trace, "step": "5s", "history": f"{HISTORY}d",
        "evaluate": {"from": begin.strftime(stamp), "to": (begin + timedelta(days=DAYS)).strftime(stamp)},
        "scale": {"mean": 20}, "texture": {"sd": 0.05, "tau": "600s", "seed": number},
        "fleet": {"rate_per_replica": 1.0, "boot": f"{boot}s", "queue_limit": 5000},
        "objective": {"violation": violation}, "policies": {"hybrid": {"kind": "hybrid"}},
    }


def write(values, path):
    with open(path, "w") as file:
        file.write("timestamp,rate\n")
        for hour, value in enumerate(values[:24 * (HISTORY + DAYS) + 1]):
            file.write(f"{(START + timedelta(hours=hour)).strftime('%Y-%m-%dT%H:%M:%SZ')},{value}\n")


def simulate(options, folder, number, boot):
    path = os.path.join(folder, "scenario.yaml")
    with open(path, "w") as file:
        json.dump(scenario(os.path.join(folder, "trace.csv"), number, boot, options.violation), file)
    run = subprocess.run([options.binary, "simulate", "--scenario", path, "--no-standby", "--format", "json", "--jobs", "1"],
                         capture_output=True, text=True)
    if run.returncode != 0:
        sys.exit(f"H{number}: {run.stderr}")
    return json.loads(run.stdout)["policies"][0]


def main():
    options = argparse.ArgumentParser()
    options.add_argument("file")
    options.add_argument("--binary", required=True)
    options.add_argument("--series", default="")
    options.add_argument("--every", type=int, default=13)
    options.add_argument("--first", type=int, default=1)
    options.add_argument("--boots", default="60,300,480")
    options.add_argument("--violation", type=float, default=0.01)
    options = options.parse_args()
    began = time.monotonic()
    boots = [int(boot) for boot in options.boots.split(",")]
    chosen = {int(number) for number in options.series.split(",") if number}
    cards = {boot: [] for boot in boots}
    print(f"| series | {' | '.join(f'{boot} s' for boot in boots)} |\n|---|{'---|' * len(boots)}")
    with tempfile.TemporaryDirectory() as folder:
        for number, values in series(options.file):
            if number not in chosen if chosen else (number - options.first) % options.every:
                continue
            write(values, os.path.join(folder, "trace.csv"))
            cells = []
            for boot in boots:
                card = simulate(options, folder, number, boot)
                cards[boot].append((card["violation"], card["oracle_ratio"], number))
                missed = " **missed**" if card["violation"] > options.violation else ""
                cells.append(f"{card['oracle_ratio']:.3f} / {100 * card['violation']:.2f} %{missed}")
            print(f"| H{number} | {' | '.join(cells)} |", flush=True)
    print("\n| boot | series | missed | worst | violation, mean | cost, geometric mean |\n|---|---|---|---|---|---|")
    for boot in boots:
        missed = sorted((c for c in cards[boot] if c[0] > options.violation), reverse=True)
        worst = max(cards[boot])
        print(f"| {boot} s | {len(cards[boot])} | {len(missed)} | H{worst[2]}, {100 * worst[0]:.2f} % "
              f"| {100 * sum(c[0] for c in cards[boot]) / len(cards[boot]):.2f} % | {mean([c[1] for c in cards[boot]]):.4f} |")
        if missed:
            print(f"missed at {boot} s: {', '.join(f'H{n} {100 * v:.2f} %' for v, _, n in missed)}")
    print(f"{time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
