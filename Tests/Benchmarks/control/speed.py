#!/usr/bin/env python3
"""How fast `simulate` and `tune` are, and whether memory depends on the length of the trace.

    python3 Tests/Benchmarks/control/speed.py --binary .build/release/scaler [--repeat 3] [--skip-tune]

CPU-seconds (user and system) of whole processes, the least of the repetitions, so that other work on the machine
disturbs little; `net` is without what a run of the oracle alone takes, which is the program's start, reading the
trace and one pass over it. Every figure stands beside its limit."""

import argparse, gzip, json, math, os, random, subprocess, sys, tempfile, time

HERE = os.path.dirname(os.path.abspath(__file__))
TRACES = os.path.abspath(os.path.join(HERE, "..", "..", "..", "models", "traces"))
REACTIVE = ["reactive", "hpa-cpu", "hpa-rps", "target-tracking", "keda-queue", "kpa", "static"]


def scenario(trace, start, end, step, **extra):
    return {
        "trace": trace, "step": step, "history": "14d", "evaluate": {"from": start, "to": end},
        "scale": {"mean": 20}, "fleet": {"rate_per_replica": 1.0, "boot": "300s", "queue_limit": 5000},
        "objective": {"violation": 0.01}, **extra,
    }


def year_of_minutes(path):
    """A year and two weeks of minutes: a daily wave, a weekly one, noise; seed 1."""
    draw = random.Random(1)
    with gzip.open(path, "wt") as file:
        file.write("timestamp,rate\n")
        for minute in range((365 + 14) * 1440):
            day = math.sin(2 * math.pi * minute / 1440)
            week = math.sin(2 * math.pi * minute / 10080)
            rate = max(0, 20 * (1 + 0.5 * day + 0.1 * week) * (1 + 0.05 * draw.gauss(0, 1)))
            file.write(f"{1704067200 + 60 * minute},{rate:.6g}\n")


def run(command):
    """CPU-seconds, wall seconds and the most memory of one process."""
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(errors.decode())
    return usage.ru_utime + usage.ru_stime, time.monotonic() - began, usage.ru_maxrss / 1024


def least(options, arguments, repeat=None):
    results = [run([options.binary] + arguments) for _ in range(repeat or options.repeat)]
    return min(r[0] for r in results), min(r[1] for r in results), min(r[2] for r in results)


def line(what, cpu, base, limit, memory):
    net = f"{cpu - base:.3f}" if base is not None else ""
    verdict = "" if limit is None else ("ok" if (cpu - (base or 0)) <= limit else "MISSED")
    print(f"| {what} | {cpu:.3f} | {net} | {limit if limit is not None else ''} | {memory:.0f} | {verdict} |", flush=True)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--binary", required=True)
    options.add_argument("--repeat", type=int, default=3)
    options.add_argument("--skip-tune", action="store_true")
    options = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        def write(name, document):
            path = os.path.join(folder, name)
            with open(path, "w") as file:
                json.dump(document, file)
            return path

        fortnight = write("fortnight.yaml", scenario(
            os.path.join(TRACES, "wc98_early_1m.csv.gz"), "1998-05-15T00:00:00Z", "1998-05-29T00:00:00Z", "5s"))
        long_trace = os.path.join(folder, "year.csv.gz")
        year_of_minutes(long_trace)
        year = write("year.yaml", scenario(long_trace, "2024-01-15T00:00:00Z", "2025-01-14T00:00:00Z", "15s"))
        quarter = write("quarter.yaml", scenario(long_trace, "2024-01-15T00:00:00Z", "2024-04-15T00:00:00Z", "15s"))

        print("| what | CPU s | net | limit | MB | |\n|---|---|---|---|---|---|")
        def simulate(path, policy):
            return least(options, ["simulate", "--scenario", path, "--policy", policy, "--jobs", "1", "--format", "csv"])
        base, _, memory = simulate(fortnight, "oracle")
        line("two weeks at 5 s, oracle alone", base, None, None, memory)
        cpu, _, memory = simulate(fortnight, "hybrid")
        line("two weeks at 5 s, hybrid with its fits", cpu, base, 2, memory)
        for policy in REACTIVE:
            cpu, _, memory = simulate(fortnight, policy)
            line(f"two weeks at 5 s, {policy}", cpu, base, 0.1, memory)
        base, _, memory = simulate(year, "oracle")
        line("a year at 15 s, oracle alone", base, None, None, memory)
        for policy, limit in [("hybrid", 30), ("reactive", 5), ("hpa-rps", 5)]:
            cpu, _, memory = simulate(year, policy)
            _, _, short = simulate(quarter, policy)
            line(f"a year at 15 s, {policy} ({short:.0f} MB for a quarter of it)", cpu, base, limit, memory)
        if not options.skip_tune:
            cpu, wall, memory = least(options, ["tune", "--scenario", fortnight, "--format", "json"], repeat=1)
            print(f"| tune, 208 settings on two weeks, {wall:.0f} s on {os.cpu_count()} cores | {cpu:.1f} | | "
                  f"60 s | {memory:.0f} | {'ok' if wall <= 60 else 'MISSED'} |")


main()
