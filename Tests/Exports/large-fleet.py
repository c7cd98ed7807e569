#!/usr/bin/env python3
"""How much memory and time an export of a large fleet takes.

    python3 Tests/Exports/large-fleet.py --binary .build/release/scaler --services 10000
"""

import argparse
import math
import os
import re
import signal
import subprocess
import tempfile
import time
import urllib.request

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
        file.write("server: { listen: 127.0.0.1:0, log: { level: error } }\n")
        file.write("store: { path: s.sqlite }\nsources: { pushed: { kind: push } }\nservices:\n")
        for service in range(services):
            file.write(
                f"  - {{ id: s{service:05}, demand: {{ source: pushed }}, "
                "fleet: { rate_per_replica: 4, boot: 90s, min: 2, max: 500 }, "
                "price: { per_replica_hour: 0.1 } }\n"
            )


def count(stream):
    """Lines and bytes of a stream that is read as it comes, and kept nowhere."""
    lines = size = 0
    while piece := stream.read(1 << 16):
        lines += piece.count(b"\n")
        size += len(piece)
    return lines, size


def command(binary, arguments, folder):
    """The export by the command, its memory as the system counted it."""
    child = subprocess.Popen(
        [
            binary, "export", "forecast", "--config", "c.yaml", "--horizon", arguments.horizon,
            "--granularity", arguments.granularity, "--jobs", arguments.jobs,
        ],
        cwd=folder, stdout=subprocess.PIPE,
    )
    lines, size = count(child.stdout)
    _, status, usage = os.wait4(child.pid, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        raise SystemExit("large-fleet: the export failed")
    return lines, size, (
        f"at most {usage.ru_maxrss / 1024:.0f} MiB, "
        f"{usage.ru_utime + usage.ru_stime:.0f} s of processor"
    )


def memory(process, name):
    """MiB of a running process: VmRSS now, VmHWM at most so far."""
    with open(f"/proc/{process}/status") as file:
        return int(re.search(rf"{name}:\s+(\d+)", file.read()).group(1)) / 1024


def http(binary, arguments, folder):
    """The export by a running service, which has fitted its models before; more memory is the
    export's."""
    with open(os.path.join(folder, "serve.log"), "w+") as log:
        child = subprocess.Popen([binary, "serve", "--config", "c.yaml"], cwd=folder, stderr=log)
        try:
            found = None
            while not found and child.poll() is None:
                time.sleep(0.1)
                with open(log.name) as text:
                    found = re.search(r"http://127\.0\.0\.1:(\d+)/", text.read())
            time.sleep(arguments.settle)
            before = memory(child.pid, "VmHWM")
            url = (
                f"http://127.0.0.1:{found.group(1)}/v1/export/forecast?horizon={arguments.horizon}"
                f"&granularity={arguments.granularity}"
            )
            with urllib.request.urlopen(url, timeout=3600) as answer:
                lines, size = count(answer)
            after = memory(child.pid, "VmHWM")
        finally:
            child.send_signal(signal.SIGINT)
            child.wait(60)
    return lines, size, f"the service at most {before:.0f} MiB before and {after:.0f} MiB after"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--services", type=int, default=10_000)
    parser.add_argument("--days", type=int, default=28)
    parser.add_argument("--horizon", default="395d")
    parser.add_argument("--granularity", default="month")
    parser.add_argument("--jobs", default="2")
    parser.add_argument("--http", action="store_true", help="ask a running service instead")
    parser.add_argument(
        "--settle", type=float, default=30, help="seconds that the service has to fit its models"
    )
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
        lines, size, cost = (http if arguments.http else command)(binary, arguments, folder)
        seconds = time.monotonic() - begin
        print(
            f"large-fleet: {arguments.services} services, {arguments.horizon} by "
            f"{arguments.granularity}: {lines - 1} rows, {size / 1e6:.0f} MB, {cost}, "
            f"{seconds:.0f} s"
        )


if __name__ == "__main__":
    main()
