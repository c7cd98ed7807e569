#!/usr/bin/env python3
"""Kills `scaler serve` with SIGKILL at random moments while samples are pushed, as JSON and by
remote-write, and decisions are made, restarts it, and checks afterwards that no acknowledged sample
was lost, no batch is there in part, and no decision was made twice. Everything stays on loopback and
in a temporary folder."""

import argparse, array, http.client, json, os, random, re, signal, sqlite3, struct, subprocess, sys, tempfile
import threading, time
import urllib.error, urllib.request

CONFIG = """
server: {{ listen: 127.0.0.1:0, log: {{ level: warning }} }}
store: {{ path: {store} }}
sources:
  pushed: {{ kind: push }}
clouds:
  fake: {{ kind: simulated, boot: 2s }}
services:
  - id: web
    mode: desired
    demand: {{ source: pushed }}
    fleet: {{ rate_per_replica: 10, boot: 2s, min: 1, max: 500 }}
    control: {{ interval: 1s, lag: 0s }}
    cloud: {{ name: fake }}
  - id: past
    fleet: {{ rate_per_replica: 10, boot: 2s, max: 500 }}
    control: {{ interval: 300s }}
"""


def start(binary, config):
    process = subprocess.Popen(
        [binary, "serve", "--config", config], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        text=True)
    heard = []
    for line in process.stderr:
        heard.append(line)
        found = re.search(r"http://(127\.0\.0\.1:\d+)/", line)
        if found:
            return process, found.group(1)
    sys.exit("serve did not start:\n" + "".join(heard))


def call(address, path, body=None):
    request = urllib.request.Request(
        f"http://{address}{path}", data=json.dumps(body).encode() if body else None,
        headers={"Content-Type": "application/json"} if body else {})
    with urllib.request.urlopen(request, timeout=5) as reply:
        return json.load(reply)


def varint(number):
    out = b""
    while number >= 0x80:
        out += bytes([number & 0x7F | 0x80])
        number >>= 7
    return out + bytes([number])


def field(number, body):
    return varint(number << 3 | 2) + varint(len(body)) + body


def write(address, samples):
    """Prometheus' remote-write of the samples' rates, in one request; as literals of Snappy."""
    labels = b"".join(field(1, field(1, name) + field(2, text))
                      for name, text in ((b"__name__", b"rate"), (b"service", b"past")))
    message = field(1, labels + b"".join(
        field(2, b"\x09" + struct.pack("<d", sample["value"])
              + b"\x10" + varint(sample["timestamp"] * 1000)) for sample in samples))
    block = varint(len(message))
    for start in range(0, len(message), 60):
        piece = message[start:start + 60]
        block += bytes([(len(piece) - 1) << 2]) + piece
    request = urllib.request.Request(
        f"http://{address}/api/v1/write", data=block,
        headers={"Content-Type": "application/x-protobuf", "Content-Encoding": "snappy"})
    with urllib.request.urlopen(request, timeout=5) as reply:
        if reply.status != 204:
            sys.exit(f"remote-write was answered with {reply.status}")


def push(address, batch, dice):
    """Returns once the batch is acknowledged."""
    if dice.random() < 0.5:
        write(address, batch)
        return
    live = {"service": "web", "metric": "rate", "timestamp": int(time.time()),
            "value": 100 + dice.randint(0, 900)}
    reply = call(address, "/v1/samples", {"samples": batch + [live]})
    # The live one repeats within a second and is then refused.
    if any(entry["index"] < len(batch) for entry in reply["rejected"]):
        sys.exit(f"samples were refused: {reply['rejected']}")


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--binary", required=True)
    options.add_argument("--kills", type=int, default=100)
    options.add_argument("--longest", type=float, default=1.6, help="seconds until the kill at most")
    options.add_argument("--seed", type=int, default=int(time.time()))
    options = options.parse_args()
    dice = random.Random(options.seed)
    print(f"kill-loop: {options.kills} kills, seed {options.seed}")
    with tempfile.TemporaryDirectory(prefix="scaler-kill-") as folder:
        store = os.path.join(folder, "scaler.sqlite")
        config = os.path.join(folder, "scaler.yaml")
        with open(config, "w") as file:
            file.write(CONFIG.format(store=store))
        # One sample a second of history, each instant once, so that a value tells which push it was;
        # by seconds since the first, -1 for one that was not acknowledged.
        first = int(time.time()) - 380 * 86_400
        acknowledged = array.array("h")
        unanswered = []
        clock = first - 1
        value = 0
        for kill in range(options.kills):
            process, address = start(options.binary, config)
            timer = threading.Timer(dice.uniform(0.05, options.longest), process.kill)
            timer.start()
            while True:
                batch = []
                for _ in range(dice.randint(1, 20)):
                    clock += 1
                    value += 1
                    batch.append({"service": "past", "metric": "rate", "timestamp": clock,
                                  "value": value % 977})
                try:
                    push(address, batch, dice)
                except urllib.error.HTTPError as error:
                    sys.exit(f"a push was answered with {error.code}: {error.read()}")
                except (OSError, http.client.HTTPException):
                    unanswered.append(batch)
                    acknowledged.extend([-1] * len(batch))
                    break
                acknowledged.extend(sample["value"] for sample in batch)
            timer.join()
            process.wait()
        process, address = start(options.binary, config)
        stored = array.array("d")
        while len(stored) < len(acknowledged):
            start_of_chunk = first + len(stored)
            end = min(start_of_chunk + 2000, first + len(acknowledged))
            reply = call(address, f"/v1/services/past/history?from={start_of_chunk}&to={end}&step=1s")
            stored.extend(-1 if point["rate"] is None else point["rate"] for point in reply["points"])
        process.send_signal(signal.SIGTERM)
        if process.wait(timeout=10) != 0:
            sys.exit("serve did not stop cleanly on SIGTERM")
        count = len(acknowledged) - acknowledged.count(-1)
        lost = sum(was >= 0 and there < 0 for was, there in zip(acknowledged, stored))
        wrong = sum(was >= 0 and there >= 0 and abs(there - was) > 1e-6
                    for was, there in zip(acknowledged, stored))
        partial = sum(len({stored[sample["timestamp"] - first] < 0 for sample in batch}) > 1
                      for batch in unanswered)
        database = sqlite3.connect(store)
        decisions, numbers = database.execute(
            "SELECT count(*), count(DISTINCT service || '#' || number) FROM decisions").fetchone()
        backwards = database.execute(
            "SELECT count(*) FROM (SELECT time, lag(time) OVER (PARTITION BY service ORDER BY number) AS before "
            "FROM decisions) WHERE time < before").fetchone()[0]
        replay = subprocess.run(
            [options.binary, "replay", "--store", store, "--format", "csv"], capture_output=True,
            text=True)
        print(f"kill-loop: {count} samples acknowledged, {lost} lost, "
              f"{wrong} wrong; {len(unanswered)} batches unanswered, {partial} of them there "
              f"in part; {decisions} decisions, {decisions - numbers} repeated, "
              f"{backwards} out of order; replay ended with {replay.returncode}")
        if lost or wrong or partial or decisions != numbers or backwards or replay.returncode != 0:
            print(replay.stdout, replay.stderr, sep="\n")
            sys.exit(f"kill-loop: FAILED with seed {options.seed}")
        if count == 0 or decisions == 0:
            sys.exit("kill-loop: nothing was tested")


main()
