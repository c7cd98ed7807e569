#!/usr/bin/env python3
"""Where the policies stand against perfect knowledge, on the shipped traces.

    python3 Tests/Benchmarks/control/hindsight.py --binary .build/release/scaler [--traces a,b] [--boots 60,300,480]

For each trace and boot time: `hybrid` with `risk: auto`, the reactive part alone, and the rivals over a grid of
their target. Printed: cost as a multiple of the zero-wait oracle and the violation, ours as configured and of each
rival the cheapest point of its grid that keeps the objective. Chosen in hindsight for the rivals, not for ours."""

import argparse, json, math, os, subprocess, sys, tempfile
from datetime import datetime, timedelta, timezone

HERE = os.path.dirname(os.path.abspath(__file__))
TRACES = os.path.join(HERE, "..", "..", "..", "models", "traces")
# name, start, offset days, evaluated days, texture seed (coarse traces only)
BENCH = [
    ("nasa_jul_1m", "1995-07-01", 0, 13, None),
    ("wc98_early_1m", "1998-05-01", 0, 14, None),
    ("nyc_taxi_30m", "2014-07-01", 104, 14, 79),
    ("wiki_2009_1h", "2009-03-02", 0, 14, 82),
]
GRIDS = {
    "hpa-cpu": [0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8],
    "hpa-rps": [0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.825, 0.85, 0.875, 0.9],
    "target-tracking": [0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.825, 0.85, 0.875, 0.9],
    "aws-predictive": [0.5, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9],
    "phpa": [0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.825, 0.85, 0.875, 0.9],
    "crane": [0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95],
}


def scenario(entry, boot, violation, flash):
    name, start, offset, days, seed = entry
    begin = datetime.fromisoformat(start).replace(tzinfo=timezone.utc) + timedelta(days=offset + 14)
    end = begin + timedelta(days=days)
    stamp = "%Y-%m-%dT%H:%M:%SZ"
    policies = {"hybrid": {"kind": "hybrid"}, "reactive": {"kind": "reactive"}}
    for kind, grid in GRIDS.items():
        for target in grid:
            policies[f"{kind}-{target}"] = {"kind": kind, "target": target}
    result = {
        "trace": os.path.join(TRACES, name + ".csv.gz"), "step": "5s", "history": "14d",
        "evaluate": {"from": begin.strftime(stamp), "to": end.strftime(stamp)},
        "scale": {"mean": 20},
        "fleet": {"rate_per_replica": 1.0, "boot": f"{boot}s", "queue_limit": 5000},
        "objective": {"violation": violation}, "policies": policies,
    }
    if seed is not None:
        result["texture"] = {"sd": 0.05, "tau": "600s", "seed": seed}
    if flash:
        result["bursts"] = [
            {"start": f"{day}d{hour}h", "rise": "60s", "hold": "20m", "fall": "5m", "multiplier": 3}
            for day, hour in [(1, 10), (3, 3), (5, 15), (7, 20), (9, 12), (11, 8), (12, 18)]]
    return result


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--binary", required=True)
    options.add_argument("--traces", default=",".join(entry[0] for entry in BENCH))
    options.add_argument("--boots", default="60,300,480")
    options.add_argument("--violation", type=float, default=0.01)
    options.add_argument("--flash", action="store_true")
    options = options.parse_args()
    kinds = ["hybrid", "reactive"] + list(GRIDS)
    print(f"| trace | boot | {' | '.join(kinds)} |\n|---|---|{'---|' * len(kinds)}")
    ratios = {}
    for entry in BENCH:
        if entry[0] not in options.traces.split(","):
            continue
        for boot in map(int, options.boots.split(",")):
            with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
                json.dump(scenario(entry, boot, options.violation, options.flash), file)
                file.flush()
                run = subprocess.run(
                    [options.binary, "simulate", "--scenario", file.name, "--format", "json"],
                    capture_output=True, text=True)
            if run.returncode != 0:
                sys.exit(run.stderr)
            cells = []
            policies = json.loads(run.stdout)["policies"]
            for kind in kinds:
                points = [p for p in policies if p["kind"] == kind]
                kept = [p for p in points if p["violation"] <= options.violation]
                best = min(kept or points, key=lambda p: p["oracle_ratio"] if kept else p["violation"])
                mark = "" if kept else " missed"
                cells.append(f"{best['oracle_ratio']:.3f} / {100 * best['violation']:.2f} %{mark}")
                if kept:
                    ratios.setdefault((boot, kind), []).append(best["oracle_ratio"])
            print(f"| {entry[0]} | {boot} s | {' | '.join(cells)} |", flush=True)
    for boot in map(int, options.boots.split(",")):
        cells = []
        for kind in kinds:
            kept = ratios.get((boot, kind), [])
            mean = math.exp(sum(map(math.log, kept)) / len(kept)) if kept else float("nan")
            cells.append(f"**{mean:.3f}** ({len(kept)})")
        print(f"| geometric mean (traces kept) | {boot} s | {' | '.join(cells)} |")


main()
