"""A real Prometheus: it holds a week of compressed days as blocks, and scrapes HAProxy."""

import asyncio
import json
import random
import shutil
import subprocess
import time
import urllib.parse
import urllib.request

from demand import Day
from haproxy import free_ports
from processes import start

CONFIGURATION = """
global:
  scrape_interval: 1s
  scrape_timeout: 900ms
scrape_configs:
  - job_name: haproxy
    metrics_path: /metrics
    params: {{ scope: [frontend, backend] }}
    static_configs: [{{ targets: ["127.0.0.1:{port}"] }}]
"""


def backfill(folder: str, proxy: str, day: Day, begin: float, end: float):
    """What Prometheus would have scraped, written as blocks by its own tool."""
    chance = random.Random(f"{day.seed} backfill")
    total = 0
    with open(f"{folder}/history.txt", "w", encoding="utf-8") as file:
        file.write("# TYPE haproxy_frontend_http_requests counter\n")
        for second in range(int(begin), int(end)):
            mean = day.rate(second)
            total += max(0, round(chance.gauss(mean, mean**0.5)))
            file.write(
                f'haproxy_frontend_http_requests_total{{proxy="{proxy}"}} {total} {second}\n')
        file.write("# EOF\n")
    subprocess.run(
        ["promtool", "tsdb", "create-blocks-from", "openmetrics", f"{folder}/history.txt",
         f"{folder}/prometheus"], check=True, stdout=subprocess.DEVNULL)


class Prometheus:
    def __init__(self, folder: str, target: int):
        (self.port,) = free_ports(1)
        with open(f"{folder}/prometheus.yml", "w", encoding="utf-8") as file:
            file.write(CONFIGURATION.format(port=target))
        log = open(f"{folder}/prometheus.log", "w", encoding="utf-8")
        self.process = start(
            ["prometheus", f"--config.file={folder}/prometheus.yml",
             f"--storage.tsdb.path={folder}/prometheus",
             f"--web.listen-address=127.0.0.1:{self.port}", "--log.level=warn"], log)
        for _ in range(200):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/-/ready", timeout=1)
                return
            except OSError:
                time.sleep(0.1)
        raise SystemExit(f"Prometheus did not start; see {folder}/prometheus.log")

    async def value(self, query: str) -> float | None:
        """The one value of an instant query; None if there is none."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        path = "/api/v1/query?query=" + urllib.parse.quote(query)
        writer.write(f"GET {path} HTTP/1.0\r\nHost: prometheus\r\n\r\n".encode())
        answer = await reader.read(-1)
        writer.close()
        result = json.loads(answer.split(b"\r\n\r\n", 1)[1])["data"]["result"]
        return float(result[0]["value"][1]) if len(result) == 1 else None

    def close(self):
        self.process.terminate()
        self.process.wait()


def missing_programs() -> list[str]:
    return [name for name in ("haproxy", "prometheus", "promtool") if not shutil.which(name)]
