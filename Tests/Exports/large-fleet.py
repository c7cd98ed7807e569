#!/usr/bin/env python3
"""How much memory and time an export of a large fleet takes.

    python3 Tests/Exports/large-fleet.py --binary .build/release/scaler --services 10000
"""

import argparse
import math
import os
import subprocess
import tempfile
import time

START = 1_762_128_000  # 2025-11-03T00:00:00Z, a Monday


def history(path, services, days):
    """Hours of each service: its own size, day and week, and a little noise."""
    with open(path, "w") as file:
        file.write("series,timestamp,rate\n")
        for service in range(services):
            size = 20 + service % 97
            for hour in range(days * 24):
                wave = 1 + 0.6 * math.sin((hour - 9 - service % 24) / 24 * 2 * math.pi)
                weekend = 0.7 if hour // 24 % 7 > 4 else 1
                noise = 1 + 0.05 * math.sin(hour * 12.9898 + service)
                file.write(
                    f"s{service:05},{START + hour * 3600},{size * wave * weekend * noise:.3f}\n"
                )


def configuration(path, services):
    with open(path, "w") as file:
        file.write("store: { path: s.sqlite }\nsources: { pushed: { kind: push } }\nservices:\n")
        for service in range(services):
            file.write(
                f"  - {{ id: s{service:05}, demand: {{ source: pushed }}, "
                "fleet: { rate_per_replica: 4, boot: 90s, min: 2, max: 500 }, "
                "price: { per_replica_hour: 0.1 } }\n"
            )


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--services", type=int, default=10_000)
    parser.add_argument("--days", type=int, default=28)
    parser.add_argument("--horizon", default="395d")
    parser.add_argument("--granularity", default="month")
    parser.add_argument("--jobs", default="2")
    arguments = parser.parse_args()
    binary = os.path.abspath(arguments.binary)
    with tempfile.TemporaryDirectory(prefix="scaler-fleet-") as folder:
        history(os.path.join(folder, "t.csv"), arguments.services, arguments.days)
        configuration(os.path.join(folder, "c.yaml"), arguments.services)
        begin = time.monotonic()
        # The import tells the size of each series on standard error.
        subprocess.run(
            [binary, "import", "csv", "--config", "c.yaml", "--history", "t.csv"],
            cwd=folder, check=True, stderr=subprocess.DEVNULL,
        )
        os.remove(os.path.join(folder, "t.csv"))
        print(f"large-fleet: imported in {time.monotonic() - begin:.0f} s", flush=True)
        begin = time.monotonic()
        with open(os.path.join(folder, "out.csv"), "wb") as out:
            child = subprocess.Popen(
                [
                    binary, "export", "forecast", "--config", "c.yaml", "--horizon",
                    arguments.horizon, "--granularity", arguments.granularity, "--jobs",
                    arguments.jobs,
                ],
                cwd=folder, stdout=out,
            )
            _, status, usage = os.wait4(child.pid, 0)
        seconds = time.monotonic() - begin
        with open(os.path.join(folder, "out.csv"), "rb") as out:
            rows = sum(1 for _ in out) - 1
        print(
            f"large-fleet: {arguments.services} services, {arguments.horizon} by "
            f"{arguments.granularity}: {rows} rows, at most {usage.ru_maxrss / 1024:.0f} MiB, "
            f"{seconds:.0f} s, {usage.ru_utime + usage.ru_stime:.0f} s of processor, "
            f"exit code {os.waitstatus_to_exitcode(status)}"
        )


if __name__ == "__main__":
    main()
