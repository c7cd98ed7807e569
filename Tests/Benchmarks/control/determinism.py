#!/usr/bin/env python3
"""Whether a result depends on anything but the scenario: the same bytes from every process, whatever the number of jobs.

    python3 Tests/Benchmarks/control/determinism.py --binary .build/release/scaler [scenario ...]

Each scenario of models/scenarios is simulated in four processes, two with one job and two with two; the scorecards as
JSON, the decisions, the series of every step and the report (but for the command that it quotes) have to be equal byte
for byte. `tune` is held to the same on the weekday. Ends with 1 on a difference, and names it."""

import argparse, hashlib, os, subprocess, sys, tempfile, time

HERE = os.path.dirname(os.path.abspath(__file__))
SCENARIOS = os.path.join(HERE, "..", "..", "..", "models", "scenarios")
RUNS = [1, 1, 2, 2]


def digest(path, quoted):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read().replace(quoted.encode(), b"")).hexdigest()


def run(binary, command, jobs, outputs):
    """The digests of what one process writes."""
    with tempfile.TemporaryDirectory() as folder:
        paths = {name: os.path.join(folder, name) for name in outputs}
        arguments = [binary, *command, "--jobs", str(jobs), "--format", "json"]
        for name, path in paths.items():
            arguments += ["--" + name, path]
        done = subprocess.run(arguments, capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"{' '.join(command)}: {done.stderr}")
        quoted = "scaler " + " ".join(arguments[1:])
        return {name: digest(path, quoted) for name, path in paths.items()}


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--binary", required=True)
    options.add_argument("scenarios", nargs="*")
    options = options.parse_args()
    names = options.scenarios or sorted(file[:-5] for file in os.listdir(SCENARIOS) if file.endswith(".yaml"))
    began = time.monotonic()
    compared = differ = 0

    def compare(title, command, outputs):
        nonlocal compared, differ
        runs = [run(options.binary, command, jobs, outputs) for jobs in RUNS]
        unequal = [name for name in outputs if len({result[name] for result in runs}) > 1]
        compared += len(outputs)
        differ += len(unequal)
        print(f"{title}: {'equal' if not unequal else 'DIFFERENT: ' + ', '.join(unequal)}", flush=True)

    for name in names:
        path = os.path.join(SCENARIOS, name + ".yaml")
        compare(name, ["simulate", "--scenario", path], ["output", "decisions", "series", "report"])
        if name == "weekday":
            compare("tune on " + name, ["tune", "--scenario", path], ["output"])
    print(f"{compared} files in {len(RUNS)} processes each, {differ} differ, {time.monotonic() - began:.0f} s")
    sys.exit(1 if differ else 0)


main()
