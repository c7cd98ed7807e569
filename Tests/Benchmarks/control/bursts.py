#!/usr/bin/env python3
"""Bursts on the shipped traces: the recommended warm pool, announced surges, the load-test gate, three times the traffic.

    python3 Tests/Benchmarks/control/bursts.py --binary .build/release/scaler [--traces a,b]

Replicas of 1 request/s that boot in 300 s, warm ones in 30 s at a tenth of the price, metrics 15 s late.
1. Seven unannounced threefold bursts within a minute, beginning 0, 5 and 10 s after a tick: the pool that `simulate`
   recommends, and how the bursts go that start at no more than 20 requests/s.
2. Four announced surges of 3x for four hours at the objective of 1 %: whether each one's own P99 is within it.
3. The load-test gate, the same surges at an objective of 0.1 %: announced, and unannounced with the recommended
   pool. `x calm` is the cost of a surge's hours over that of an HPA on 50 % CPU without the surge.
4. Three times the traffic against what today's autoscalers cost without growth."""

import argparse, json, os, subprocess, sys, tempfile
from fronts import BENCH, BURSTS, mean, scenario

SURGES = [(1, 10), (4, 2), (8, 18), (11, 13)]
SEASONAL = ["nasa_jul_1m", "wc98_early_1m", "nyc_taxi_30m", "wiki_2009_1h"]


def simulate(binary, world, policies, *flags):
    world = {**world, "policies": policies}
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        json.dump(world, file)
        file.flush()
        run = subprocess.run([binary, "simulate", "--scenario", file.name, "--format", "json", *flags],
                             capture_output=True, text=True)
    if run.returncode != 0:
        sys.exit(run.stderr)
    return json.loads(run.stdout)


def bursts(places, offset, hold, rise, announced):
    return [{"start": f"{day}d{hour}h{offset}s", "rise": rise, "hold": hold, "fall": "5m", "multiplier": 3,
             "announced": announced} for day, hour in places]


def pools(options, entries):
    print("| trace, offset | pool | drain | cost | bursts from <= 20/s kept | longest queue | capacity after "
          "| larger ones: from, least queue, on paper |\n|---|---|---|---|---|---|---|---|")
    for entry in entries:
        for offset in [0, 5, 10]:
            world = scenario(entry, 300, 0.01, False)
            world["bursts"] = bursts([b for b in BURSTS if b[0] < entry[4]], offset, "20m", "60s", False)
            advice = simulate(options.binary, world, {"hybrid": {"kind": "hybrid"}})["standby"]
            small = [b for b in advice["bursts"] if b["rate_before"] <= 20]
            large = [b for b in advice["bursts"] if b["rate_before"] > 20]
            more = advice["replica_hours"] / advice["without_replica_hours"] - 1
            print(f"| {entry[0]}, {offset} s | {advice['size']} | {advice.get('drain_seconds', 60):.0f} s | {100 * more:+.1f} % "
                  f"| {sum(b['kept'] for b in small)} of {len(small)} "
                  f"| {max((b['peak_queue'] for b in small), default=0):.0f} "
                  f"| {max((b['time_to_capacity_seconds'] for b in small), default=0):.0f} s | "
                  + "; ".join(f"{b['rate_before']:.0f}/s: {b['least_queue_of_any_pool']:.0f}, "
                              f"{b['queue_by_arithmetic']:.0f}{' kept' if b['kept'] else ''}" for b in large) + " |",
                  flush=True)


def calendar(options, entries):
    print("\n| trace, announced surges | x oracle without them | with them | kept | worst late |\n|---|---|---|---|---|")
    ours, ratios = {"hybrid": {"kind": "hybrid"}}, []
    for entry in entries:
        world = scenario(entry, 300, 0.01, False)
        calm = simulate(options.binary, world, ours, "--no-standby")["policies"][0]
        world["bursts"] = bursts([b for b in SURGES if b[0] < entry[4]], 0, "4h", "10m", True)
        card = simulate(options.binary, world, ours, "--no-standby")["policies"][0]
        scores = card["bursts"]
        ratios.append(card["oracle_ratio"])
        print(f"| {entry[0]} | {calm['oracle_ratio']:.3f} | {card['oracle_ratio']:.3f} "
              f"| {sum(b['within_objective'] for b in scores)} of {len(scores)} "
              f"| {100 * max(b['late'] for b in scores):.2f} % |", flush=True)
    print(f"| geometric mean | | {mean(ratios):.3f} | | |")


def gate(options, entries):
    print("\n| trace | surges | pool | x oracle | kept | worst late | worst availability | x calm |\n|---|---|---|---|---|---|---|---|")
    for entry in entries:
        places = [b for b in SURGES if b[0] < entry[4]]
        for announced in [True, False]:
            world = scenario(entry, 300, 0.001, False)
            world["bursts"] = bursts(places, 0, "4h", "10m", announced)
            ours = {"hybrid": {"kind": "hybrid"}}
            size = 0
            if not announced:
                advice = simulate(options.binary, world, ours)["standby"]
                size = advice["size"]
                world["fleet"]["warm_pool"] = {"size": size, "boot": "30s", "cost": 0.1}
                if "drain_seconds" in advice:
                    ours["hybrid"]["drain"] = f"{advice['drain_seconds']:.0f}s"
            card = simulate(options.binary, world, ours, "--no-standby")["policies"][0]
            scores = card["bursts"]
            print(f"| {entry[0]} | {'announced' if announced else 'unannounced'} | {size} | {card['oracle_ratio']:.3f} "
                  f"| {sum(b['within_objective'] for b in scores)} of {len(scores)} "
                  f"| {100 * max(b['late'] for b in scores):.2f} % "
                  f"| {100 * min(b['availability'] for b in scores):.3f} % "
                  f"| {max(b['cost_over_calm'] for b in scores):.2f} |", flush=True)


def tripled(options, entries):
    rivals = {"hpa-cpu-50": {"kind": "hpa-cpu", "target": 0.5}, "hpa-cpu-70": {"kind": "hpa-cpu", "target": 0.7},
              "static": {"kind": "static"}}
    print(f"\n| trace, hybrid at 3x over | itself at 1x | {' | '.join(rivals)} at 1x |\n|---|---|{'---|' * len(rivals)}")
    for entry in entries:
        world = {**scenario(entry, 300, 0.01, False), "growth": 3}
        cells = []
        for name, rival in rivals.items():
            growth = simulate(options.binary, world, {"hybrid": {"kind": "hybrid"}, name: rival},
                              "--baseline", name)["growth"]
            cells.append(f"{growth['multiple_of_baseline']:.2f}")
        print(f"| {entry[0]} | {growth['multiple']:.2f} | {' | '.join(cells)} |", flush=True)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--binary", required=True)
    options.add_argument("--traces", default=",".join(SEASONAL))
    options.add_argument("--parts", default="pools,calendar,gate,tripled")
    options = options.parse_args()
    entries = [entry for entry in BENCH if entry[0] in options.traces.split(",")]
    for name, part in [("pools", pools), ("calendar", calendar), ("gate", gate), ("tripled", tripled)]:
        if name in options.parts.split(","):
            part(options, entries)


if __name__ == "__main__":
    main()
