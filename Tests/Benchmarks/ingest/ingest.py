#!/usr/bin/env python3
"""Pushes batches of samples into a running `scaler serve` over HTTP on loopback and prints what it
costs the server per sample: CPU seconds are those of the server process alone, the sender's are not
counted.

    Tests/Benchmarks/ingest/ingest.py --binary .build/release/scaler            JSON and remote-write
    Tests/Benchmarks/ingest/ingest.py --binary .build/release/scaler --single   256 clients, one
                                                   sample per request (needs Debian's wrk)

Remote-write bodies are compressed with python-snappy where it is installed, else sent as literals.
"""

import argparse, json, os, re, socket, struct, subprocess, sys, tempfile, time, urllib.request

try:
    import snappy
    compress, how = snappy.compress, "snappy"
except ImportError:
    def compress(body):
        parts = [varint(len(body))]
        for start in range(0, len(body), 65536):
            piece = body[start:start + 65536]
            parts += [b"\xf4" + struct.pack("<H", len(piece) - 1), piece]
        return b"".join(parts)
    how = "literals only"


def varint(number):
    out = b""
    while number >= 0x80:
        out += bytes([number & 0x7F | 0x80])
        number >>= 7
    return out + bytes([number])


def field(number, body):
    return varint(number << 3 | 2) + varint(len(body)) + body


def remote_write(names, second, values):
    """As a recording rule's series arrive: five labels, one sample each."""
    parts = []
    for name, value in zip(names, values):
        labels = b"".join(
            field(1, field(1, key) + field(2, text)) for key, text in (
                (b"__name__", b"rate"), (b"instance", b"10.0.0.1:9090"), (b"job", b"frontend"),
                (b"region", b"eu-west-1"), (b"service", name.encode())))
        sample = b"\x09" + struct.pack("<d", value) + b"\x10" + varint(second * 1000)
        parts.append(field(1, labels + field(2, sample)))
    return compress(b"".join(parts))


def plain_json(names, second, values):
    return json.dumps({"samples": [
        {"service": name, "metric": "rate", "timestamp": second, "value": value}
        for name, value in zip(names, values)]}).encode()


def start(binary, folder, names):
    config = os.path.join(folder, "scaler.yaml")
    with open(config, "w") as file:
        file.write("server: { listen: 127.0.0.1:0, log: { level: warning } }\n"
                   f"store: {{ path: {folder}/scaler.sqlite }}\n"
                   "sources: { pushed: { kind: push } }\nservices:\n")
        for name in names:
            file.write(f"  - {{ id: {name}, fleet: {{ rate_per_replica: 10, boot: 60s, max: 9 }}, "
                       "control: { interval: 300s } }\n")
    process = subprocess.Popen([binary, "serve", "--config", config], stdout=subprocess.DEVNULL,
                               stderr=subprocess.PIPE, text=True)
    heard = []
    for line in process.stderr:
        heard.append(line)
        found = re.search(r"http://127\.0\.0\.1:(\d+)/", line)
        if found:
            return process, int(found.group(1))
    sys.exit("serve did not start:\n" + "".join(heard))


def cpu(process):
    with open(f"/proc/{process.pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory(process):
    with open(f"/proc/{process.pid}/status") as file:
        return int(re.search(r"VmHWM:\s+(\d+)", file.read()).group(1)) >> 10


def send(port, head, bodies):
    """One connection, one request after the other, each answered before the next."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for body in bodies:
            connection.sendall(head.replace(b"LENGTH", str(len(body)).encode()) + body)
            answer = b""
            while b"\r\n\r\n" not in answer:
                answer += connection.recv(65536)
            status = int(answer.split(b" ", 2)[1])
            if status not in (200, 204):
                sys.exit(f"answered {answer.decode(errors='replace')}")
            length = re.search(rb"content-length: (\d+)", answer, re.I)
            rest = int(length.group(1)) if length else 0
            rest -= len(answer) - answer.index(b"\r\n\r\n") - 4
            while rest > 0:
                rest -= len(connection.recv(65536))


def accepted(port):
    """How many pushed samples the server says that it took."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        found = re.search(r"^scaler_samples_accepted_total (\d+)", answer.read().decode(), re.M)
    return int(found.group(1)) if found else 0


def batches(options):
    names = [f"service-{number}" for number in range(1000)]
    for kind, make, headers in (
            ("remote-write", remote_write,
             b"Content-Type: application/x-protobuf\r\nContent-Encoding: snappy\r\n"),
            ("JSON", plain_json, b"Content-Type: application/json\r\n")):
        path = b"/api/v1/write" if kind == "remote-write" else b"/v1/samples"
        first = int(time.time()) - 15 * options.batches - 60
        bodies = [
            make(names, first + 15 * index,
                 [((index * 31 + number * 7) % 1000) / 15 for number in range(1000)])
            for index in range(options.batches)]
        head = (b"POST " + path + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n" + headers
                + b"Content-Length: LENGTH\r\n\r\n")
        with tempfile.TemporaryDirectory(prefix="scaler-ingest-") as folder:
            process, port = start(options.binary, folder, names)
            send(port, head, bodies[:20])
            before, wall = cpu(process), time.monotonic()
            send(port, head, bodies[20:])
            used, wall = cpu(process) - before, time.monotonic() - wall
            samples = (options.batches - 20) * 1000
            size = sum(map(len, bodies)) / len(bodies)
            print(f"{kind}: {samples} samples in batches of 1,000 ({size / 1024:.0f} KiB"
                  f"{', ' + how if kind == 'remote-write' else ''}): {used:.2f} CPU-s, {wall:.2f} s: "
                  f"{samples / used:,.0f} per CPU-second, {samples / wall:,.0f}/s, "
                  f"{memory(process)} MB")
            process.terminate()
            process.wait()


def single(options):
    names = [f"service-{number}" for number in range(256)]
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "push.lua")
    with tempfile.TemporaryDirectory(prefix="scaler-ingest-") as folder:
        process, port = start(options.binary, folder, names)
        before = cpu(process)
        output = subprocess.run(
            ["wrk", "-t1", "-c256", f"-d{options.seconds}s", "--latency", "-s", script,
             f"http://127.0.0.1:{port}/v1/samples"], capture_output=True, text=True, check=True)
        used = cpu(process) - before
        print(output.stdout)
        requests = int(re.search(r"(\d+) requests in", output.stdout).group(1))
        taken = accepted(port)
        # wrk leaves at most one request of each client behind without waiting for its answer.
        if "Non-2xx" in output.stdout or not requests <= taken <= requests + 256:
            sys.exit(f"{taken} samples were accepted of {requests} requests")
        print(f"single samples from 256 clients: {requests / options.seconds:,.0f}/s, "
              f"{requests / used:,.0f} per CPU-second of the server")
        process.terminate()
        process.wait()


options = argparse.ArgumentParser()
options.add_argument("--binary", required=True)
options.add_argument("--batches", type=int, default=420)
options.add_argument("--single", action="store_true")
options.add_argument("--seconds", type=int, default=10)
options = options.parse_args()
(single if options.single else batches)(options)
