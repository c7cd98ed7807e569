#!/usr/bin/env python3
"""The scorecards of models/scenarios, recorded and compared.

    python3 Tests/Benchmarks/control/scorecards.py --binary .build/release/scaler [--record] [scenario ...]

Each scenario is simulated and compared with models/scenarios/scorecards/NAME.json. What a change of policy did is
printed as a difference of cost, violations and churn; a difference beyond rounding between machines (cost and size
changes 0.5 %, violations 0.02 points, queues 2 %) or a broken promise ends with 1. `--record` writes the scorecards
anew and says what differs; promises, in `--assert`'s words, stay as they are in the file, and a broken one still ends
with 1: what kept its objective has to go on keeping it."""

import argparse, concurrent.futures, json, os, subprocess, sys, time

HERE = os.path.dirname(os.path.abspath(__file__))
SCENARIOS = os.path.join(HERE, "..", "..", "..", "models", "scenarios")
CARDS = os.path.join(SCENARIOS, "scorecards")
# name, decimals recorded, relative and absolute tolerance
FIGURES = [
    ("oracle_ratio", 4, 0.005, 0), ("violation", 6, 0, 0.0002), ("availability", 6, 0, 0.0002),
    ("p99_wait_seconds", 2, 0.05, 0.2), ("peak_queue", 0, 0.02, 5), ("actions", 0, 0.005, 20),
]
KINDS = ["announced", "forecastable", "surprise"]


def path(name):
    return os.path.join(CARDS, name + ".json")


def recorded(name):
    try:
        with open(path(name)) as file:
            return json.load(file)
    except FileNotFoundError:
        return {"promises": [], "policies": {}}


def simulate(binary, name, promises):
    command = [binary, "simulate", "--scenario", os.path.join(SCENARIOS, name + ".yaml"), "--format", "json",
               "--jobs", "1"]
    for promise in promises:
        command += ["--assert", promise]
    run = subprocess.run(command, capture_output=True, text=True)
    if run.returncode not in (0, 99):
        sys.exit(f"{name}: {run.stderr}")
    return json.loads(run.stdout)


def card(document):
    """What is kept of a result."""
    policies = {}
    for policy in document["policies"]:
        entry = {}
        for figure, decimals, _, _ in FIGURES:
            value = policy[figure]
            entry[figure] = None if value is None else round(value, decimals)
        for kind in KINDS:
            bursts = [burst for burst in policy["bursts"] if burst["kind"] == kind]
            if bursts:
                entry[kind] = {
                    "bursts": len(bursts),
                    "kept": sum(burst["within_objective"] for burst in bursts),
                    "time_to_capacity_seconds": max(burst["time_to_capacity_seconds"] for burst in bursts),
                    "peak_queue": round(max(burst["peak_queue"] for burst in bursts)),
                }
        policies[policy["name"]] = entry
    result = {"policies": policies}
    if "standby" in document:
        advice = document["standby"]
        result["standby"] = {"size": advice["size"], "kept": advice["kept"], "of": len(advice["bursts"])}
    return result


def differences(before, after):
    """Lines that say what changed beyond rounding."""
    lines = []
    for name in sorted(set(before["policies"]) | set(after["policies"])):
        old, new = before["policies"].get(name), after["policies"].get(name)
        if old is None or new is None:
            lines.append(f"{name}: {'new' if old is None else 'gone'}")
            continue
        changes = []
        for figure, decimals, relative, absolute in FIGURES:
            was, now = old.get(figure), new.get(figure)
            if was is None or now is None:
                if was != now:
                    changes.append(f"{figure} {was} -> {now}")
            elif abs(now - was) > relative * abs(was) + absolute:
                change = f" ({100 * (now / was - 1):+.2f} %)" if was else ""
                changes.append(f"{figure} {was:.{decimals}f} -> {now:.{decimals}f}{change}")
        for kind in KINDS:
            was, now = old.get(kind), new.get(kind)
            if (was or {}).get("kept") != (now or {}).get("kept"):
                changes.append(f"{kind} bursts kept {(was or {}).get('kept')} -> {(now or {}).get('kept')}")
        if changes:
            lines.append(f"{name}: " + ", ".join(changes))
    was, now = before.get("standby"), after.get("standby")
    if (was is None) != (now is None):
        lines.append(f"standby: {was} -> {now}")
    elif was and (abs(was["size"] - now["size"]) > 1 or was["kept"] != now["kept"]):
        lines.append(f"standby: size {was['size']} -> {now['size']}, kept {was['kept']} -> {now['kept']}")
    return lines


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--binary", required=True)
    options.add_argument("--record", action="store_true")
    options.add_argument("--jobs", type=int, default=2)
    options.add_argument("scenarios", nargs="*")
    options = options.parse_args()
    names = options.scenarios or sorted(
        file[:-5] for file in os.listdir(SCENARIOS) if file.endswith(".yaml"))
    began = time.monotonic()
    failed = 0
    before = {name: recorded(name) for name in names}
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        documents = pool.map(lambda name: simulate(options.binary, name, before[name]["promises"]), names)
        for name, document in zip(names, documents):
            after = card(document)
            broken = [promise for promise in document["thresholds"] if not promise["passed"]]
            lines = differences(before[name], after)
            failed += bool(broken or (lines and not options.record))
            lines += [f"broken: {promise['assert']} ({promise['value']})" for promise in broken]
            if options.record:
                os.makedirs(CARDS, exist_ok=True)
                with open(path(name), "w") as file:
                    json.dump({"promises": before[name]["promises"], **after}, file, indent=1)
                    file.write("\n")
            print(f"{name}: " + ("recorded" if options.record else "as recorded" if not lines else ""))
            for line in lines:
                print(f"  {line}")
    print(f"scorecards: {len(names)} scenarios, {failed} differ, {time.monotonic() - began:.0f} s")
    if failed and not options.record:
        print("If that is meant: the same command with --record, and commit models/scenarios/scorecards.")
    sys.exit(1 if failed else 0)


main()
