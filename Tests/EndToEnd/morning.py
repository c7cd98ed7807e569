"""A replayed trace with a sharp morning, and the question whether a floor or a size rises ahead of it."""

import csv
import json
import math
import time
import urllib.request
from datetime import datetime, timedelta, timezone

# Replayed time over the wall's: sixty minutes until the morning are 40 seconds.
SPEED = 90
DAYS = 15
QUIET, BUSY = 12.0, 100.0
PER_REPLICA = 10
RAMP = timedelta(minutes=20)

# For a replayed trace and a cloud that the test adds.
SERVICE = f"""
server: {{{{ listen: "127.0.0.1:0" }}}}
store: {{{{ path: {{folder}}/{{name}}.sqlite }}}}
sources:
  trace: {{{{ kind: replay, trace: {{folder}}/trace.csv, speed: {SPEED} }}}}
services:
  - id: web
    mode: {{mode}}
    demand: {{{{ source: trace }}}}
    fleet: {{{{ rate_per_replica: {PER_REPLICA}, boot: 10m, min: 1, max: 40 }}}}
    control: {{{{ interval: 30s, lag: 0s }}}}
    objective: {{{{ violation: 0.01 }}}}
    cloud: {{cloud}}
"""


def write_trace(path: str):
    """Two weeks of quiet nights and busy days; each morning the demand rises within 20 minutes, at
    the time of day that comes in an hour, and eight hours later it falls."""
    morning = datetime.now(timezone.utc) + timedelta(minutes=60)
    last = datetime.now(timezone.utc).replace(hour=0, minute=0, second=0, microsecond=0)
    start = last - timedelta(days=DAYS)
    with open(path, "w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["timestamp", "rate"])
        for minute in range(DAYS * 1440):
            at = start + timedelta(minutes=minute)
            since = (at - morning).total_seconds() % 86_400
            up = min(1, since / RAMP.total_seconds())
            down = min(1, max(0, since - 8 * 3600) / 3600)
            wave = 1 + 0.03 * math.sin(minute * 1.7) + 0.02 * math.sin(minute * 0.37)
            rate = (QUIET + (BUSY - QUIET) * max(0, up - down)) * wave
            rows.writerow([at.strftime("%Y-%m-%dT%H:%M:%SZ"), f"{rate:.3f}"])


def watch(case, serve, in_force) -> None:
    """Until the morning has come, `in_force()` has to be low in the night and, eight minutes ahead of
    the demand, enough: what boots now serves in ten."""
    port = serve.port()

    def rate():
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/v1/services/web") as answer:
            return json.load(answer)["observed"]["rate"]

    course = []
    ends = time.monotonic() + 75
    while time.monotonic() < ends:
        course.append((time.monotonic(), rate(), in_force()))
        if course[-1][1] is not None and course[-1][1] > 0.9 * BUSY:
            break
        time.sleep(0.1)
    known = [entry for entry in course if entry[1] is not None]
    case.assertTrue(known and known[-1][1] > 0.9 * BUSY, serve.log[-4000:])
    case.assertLessEqual(min(replicas for _, _, replicas in known), 3, "it was low in the night")
    ahead = 8 * 60 / SPEED
    checked = 0
    for at, seen, replicas in known:
        later = [rate for then, rate, _ in known if at + ahead <= then < at + ahead + 0.5]
        if seen > 1.2 * QUIET and later:
            case.assertGreaterEqual(
                replicas * PER_REPLICA, 0.9 * later[0], f"at {seen}/s\n{serve.log}")
            checked += 1
    case.assertGreater(checked, 20)
