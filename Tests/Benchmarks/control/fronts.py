#!/usr/bin/env python3
"""Every rival with every knob against our operating points, on the shipped traces.

    python3 Tests/Benchmarks/control/fronts.py --binary .build/release/scaler
        [--traces a,b] [--boots 60,300,480] [--worlds base,flash] [--jobs 2]

For each trace, boot time and world (`base`; `flash`: seven unannounced threefold bursts) one process runs `hybrid`
with `risk: auto`, `hybrid` with fixed risks, and each rival over the grid of its knob. Two tables are printed: the
cost over the zero-wait oracle within the objective (ours as configured, of each rival the best of its grid in
hindsight), and the comparison at equal violation: each rival point with at most 5 % violations against the front of
our fixed risks, interpolated in the violation. Rows in which a rival is more than 1 % cheaper are named."""

import argparse, json, math, os, subprocess, sys, tempfile, time
from datetime import datetime, timedelta, timezone

HERE = os.path.dirname(os.path.abspath(__file__))
TRACES = os.path.join(HERE, "..", "..", "..", "models", "traces")
# name, start, offset days, days of history, evaluated days, texture seed (coarse traces only)
BENCH = [
    ("nasa_jul_1m", "1995-07-01", 0, 14, 13, None),
    ("wc98_early_1m", "1998-05-01", 0, 14, 14, None),
    ("nyc_taxi_30m", "2014-07-01", 104, 14, 14, 79),
    ("wiki_2009_1h", "2009-03-02", 0, 14, 14, 82),
    ("aws_elb_5m", "2014-04-10", 0, 7, 7, None),
    ("tweets_aapl_5m", "2015-02-27", 0, 14, 14, None),
]
FINE = [0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.825, 0.85, 0.875, 0.9, 0.925, 0.95]
GRIDS = {
    "hpa-cpu": [0.4, 0.45] + FINE,
    "hpa-rps": FINE,
    "target-tracking": FINE,
    "aws-predictive": FINE,
    "phpa": FINE,
    "phpa-as-shipped": FINE,
    "crane": FINE,
    "kpa": FINE,
    "keda-queue": [0.5, 1, 2, 5, 10, 20],
}
RISKS = [0.5, 0.3, 0.2, 0.15, 0.1, 0.07, 0.05, 0.03, 0.02, 0.01, 0.005, 0.002, 0.001, 0.0003, 0.0001]
BURSTS = [(1, 10), (3, 3), (5, 15), (7, 20), (9, 12), (11, 8), (12, 18)]


def scenario(entry, boot, violation, flash):
    name, start, offset, history, days, seed = entry
    begin = datetime.fromisoformat(start).replace(tzinfo=timezone.utc) + timedelta(days=offset + history)
    end = begin + timedelta(days=days)
    stamp = "%Y-%m-%dT%H:%M:%SZ"
    policies = {"hybrid": {"kind": "hybrid"}, "reactive": {"kind": "reactive"}}
    for risk in RISKS:
        policies[f"risk-{risk}"] = {"kind": "hybrid", "risk": risk}
    for kind, grid in GRIDS.items():
        for target in grid:
            policies[f"{kind}-{target}"] = {"kind": kind, "target": target}
    result = {
        "trace": os.path.join(TRACES, name + ".csv.gz"), "step": "5s", "history": f"{history}d",
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
            for day, hour in BURSTS if day < days]
    return result


def simulate(options, entry, boot, flash):
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        json.dump(scenario(entry, boot, options.violation, flash), file)
        file.flush()
        run = subprocess.run(
            [options.binary, "simulate", "--scenario", file.name, "--no-standby", "--format", "json",
             "--jobs", str(options.jobs)], capture_output=True, text=True)
    if run.returncode != 0:
        sys.exit(run.stderr)
    return json.loads(run.stdout)["policies"]


def front(points):
    """What no other point beats in both, by ascending violation."""
    kept = []
    for point in sorted(points, key=lambda p: (p["oracle_ratio"], p["violation"])):
        if not kept or point["violation"] < kept[-1]["violation"]:
            kept.append(point)
    return sorted(kept, key=lambda p: p["violation"])


def cost_at(ours, violation):
    """The cost of our front at a violation, linear between its points; None below its lowest."""
    if violation < ours[0]["violation"]:
        return None
    for low, high in zip(ours, ours[1:]):
        if violation < high["violation"]:
            share = (violation - low["violation"]) / (high["violation"] - low["violation"])
            return low["oracle_ratio"] + share * (high["oracle_ratio"] - low["oracle_ratio"])
    return ours[-1]["oracle_ratio"]


def mean(ratios):
    return math.exp(sum(map(math.log, ratios)) / len(ratios)) if ratios else float("nan")


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--binary", required=True)
    options.add_argument("--traces", default=",".join(entry[0] for entry in BENCH))
    options.add_argument("--boots", default="60,300,480")
    options.add_argument("--worlds", default="base,flash")
    options.add_argument("--violation", type=float, default=0.01)
    options.add_argument("--jobs", type=int, default=2)
    options = options.parse_args()
    began = time.monotonic()
    kinds = ["hybrid", "reactive"] + list(GRIDS)
    print(f"| world | {' | '.join(kinds)} |\n|---|{'---|' * len(kinds)}")
    within, rows, losses, compared, incomparable, points = {}, [], [], [], 0, 0
    for world in options.worlds.split(","):
        for entry in BENCH:
            if entry[0] not in options.traces.split(","):
                continue
            for boot in map(int, options.boots.split(",")):
                policies = simulate(options, entry, boot, world == "flash")
                place = f"{entry[0]} {world} {boot} s"
                cells = []
                for kind in kinds:
                    mine = [p for p in policies if p["kind"] == kind and not p["name"].startswith("risk-")]
                    kept = [p for p in mine if p["violation"] <= options.violation]
                    best = min(kept or mine, key=lambda p: p["oracle_ratio"] if kept else p["violation"])
                    mark = "" if kept else " missed"
                    cells.append(f"{best['oracle_ratio']:.3f} / {100 * best['violation']:.2f} %{mark}")
                    if kept:
                        within.setdefault((world, boot, kind), []).append(best["oracle_ratio"])
                print(f"| {place} | {' | '.join(cells)} |", flush=True)
                ours = front([p for p in policies if p["name"].startswith("risk-")])
                shares = []
                for kind in GRIDS:
                    for rival in (p for p in policies if p["kind"] == kind and p["violation"] <= 0.05):
                        points += 1
                        cost = cost_at(ours, rival["violation"])
                        if cost is None:
                            # Fewer violations than ours ever has: there is nothing to compare with.
                            incomparable += 1
                            continue
                        share = cost / rival["oracle_ratio"]
                        compared.append(share)
                        shares.append((share, rival))
                        if share > 1.01:
                            losses.append((share, place, rival, cost))
                if shares:
                    worst = max(shares, key=lambda s: s[0])
                    rows.append((place, mean([s for s, _ in shares]), worst[0], worst[1]["name"],
                                 worst[1]["violation"], len(shares)))
    for world in options.worlds.split(","):
        for boot in map(int, options.boots.split(",")):
            cells = []
            for kind in kinds:
                kept = within.get((world, boot, kind), [])
                cells.append(f"**{mean(kept):.3f}** ({len(kept)})")
            print(f"| geometric mean (traces kept), {world} {boot} s | {' | '.join(cells)} |")
    print("\nAt equal violation: our cost over the rival's, all its points with at most 5 % violations.\n")
    print("| world | mean | worst for us | which rival point | at violation | points |\n|---|---|---|---|---|---|")
    for place, average, worst, name, violation, count in rows:
        print(f"| {place} | {average:.3f} | {worst:.3f} | {name} | {100 * violation:.2f} % | {count} |")
    print(f"\n{points} rival points: {len(losses)} more than 1 % cheaper than ours at equal violation, "
          f"{incomparable} with fewer violations than our lowest, {len(compared)} compared, "
          f"geometric mean {mean(compared):.3f}; {time.monotonic() - began:.0f} s")
    for share, place, rival, cost in sorted(losses, key=lambda row: -row[0]):
        print(f"- {place}: {rival['name']} costs {rival['oracle_ratio']:.3f} at {100 * rival['violation']:.2f} %, "
              f"ours {cost:.3f} ({100 * (share - 1):.1f} % more)")


if __name__ == "__main__":
    main()
