"""HAProxy with one frontend and one queueing backend per fleet, driven through its runtime socket."""

import csv
import io
import os
import socket
import time

from processes import start

CONFIGURATION = """
global
  stats socket {folder}/haproxy.sock mode 600 level admin
  maxconn 9000
  nbthread 1
defaults
  mode http
  timeout connect 1s
  timeout client 120s
  timeout server 120s
  timeout queue 120s
  option http-server-close
  retries 3
  option redispatch 1
frontend metrics
  bind 127.0.0.1:{metrics}
  http-request use-service prometheus-exporter
"""

FLEET = """
frontend {name}
  bind 127.0.0.1:{port}
  default_backend {name}
backend {name}
  balance roundrobin
  server-template s 1-{slots} 127.0.0.1:1 maxconn 1 disabled
"""


def free_ports(count: int) -> list[int]:
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [listener.getsockname()[1] for listener in held]
    for listener in held:
        listener.close()
    return ports


class HAProxy:
    def __init__(self, folder: str, names: list[str], slots: int):
        self.path = f"{folder}/haproxy.sock"
        ports = free_ports(len(names) + 1)
        self.metrics_port = ports[0]
        self.ports = dict(zip(names, ports[1:]))
        text = CONFIGURATION.format(folder=folder, metrics=self.metrics_port)
        for name, port in self.ports.items():
            text += FLEET.format(name=name, port=port, slots=slots)
        with open(f"{folder}/haproxy.cfg", "w", encoding="utf-8") as file:
            file.write(text)
        log = open(f"{folder}/haproxy.log", "w", encoding="utf-8")
        self.process = start(["haproxy", "-db", "-f", f"{folder}/haproxy.cfg"], log)
        for _ in range(100):
            if os.path.exists(self.path) and self.process.poll() is None:
                return
            time.sleep(0.05)
        raise SystemExit(f"HAProxy did not start; see {folder}/haproxy.log")

    def say(self, command: str) -> str:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(self.path)
            connection.sendall(command.encode() + b"\n")
            parts = []
            while part := connection.recv(65536):
                parts.append(part)
        return b"".join(parts).decode()

    def enable(self, name: str, slot: int, port: int):
        self.say(
            f"set server {name}/s{slot} addr 127.0.0.1 port {port}; "
            f"set server {name}/s{slot} state ready")

    def drain(self, name: str, slot: int):
        self.say(f"set server {name}/s{slot} state drain")

    def disable(self, name: str, slot: int):
        self.say(f"set server {name}/s{slot} state maint")

    def queues(self) -> dict[str, int]:
        """Requests that wait in each backend."""
        rows = csv.DictReader(io.StringIO(self.say("show stat -1 2 -1").removeprefix("# ")))
        return {row["pxname"]: int(row["qcur"]) for row in rows if row.get("qcur")}

    def close(self):
        self.process.terminate()
        self.process.wait()
