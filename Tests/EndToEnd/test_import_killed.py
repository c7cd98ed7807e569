"""`scaler import prometheus` in a terminal, killed in its middle, goes on where it was."""

import csv
import datetime
import http.server
import io
import os
import pty
import re
import sqlite3
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.parse

from program import BINARY

STEP = 60
DAYS = 40


class Prometheus(http.server.ThreadingHTTPServer):
    """Answers range queries, each after a while; the value is the minute's number."""

    def __init__(self):
        self.asked = []
        super().__init__(("127.0.0.1", 0), Handler)
        self.daemon_threads = True
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        length = int(self.headers["Content-Length"])
        form = urllib.parse.parse_qs(self.rfile.read(length).decode())
        low, high, step = (int(form[name][0]) for name in ("start", "end", "step"))
        self.server.asked.append((low, high))
        time.sleep(0.5)
        values = ",".join(
            f'[{second},"{second // STEP % 977}"]' for second in range(low, high + 1, step))
        body = ('{"status":"success","data":{"resultType":"matrix","result":'
                '[{"metric":{},"values":[' + values + "]}]}}").encode()
        try:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            pass  # The one who asked was killed.

    def log_message(self, *_):
        pass


class Import:
    """The command on a terminal of its own."""

    def __init__(self, case, url: str, store: str):
        self.terminal, inside = pty.openpty()
        self.process = subprocess.Popen(
            [BINARY, "import", "prometheus", "--url", url, "--query", "demand", "--store", store,
             "--service", "web", "--since", f"{DAYS}d", "--step", f"{STEP}s"],
            stdin=inside, stdout=inside, stderr=inside, env={**os.environ, "TERM": "xterm"})
        os.close(inside)
        self.text = ""
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()
        case.addCleanup(self.kill)

    def read(self):
        while True:
            try:
                part = os.read(self.terminal, 4096)
            except OSError:
                return
            if not part:
                return
            self.text += part.decode(errors="replace")

    def kill(self):
        self.process.kill()
        return self.end()

    def end(self) -> int:
        status = self.process.wait(timeout=60)
        self.reader.join(timeout=5)
        return status


class ImportKilledTest(unittest.TestCase):
    def test_goes_on_after_a_kill(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        store = f"{folder.name}/scaler.sqlite"
        server = Prometheus()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)

        first = Import(self, server.url, store)
        deadline = time.monotonic() + 30
        while " left" not in first.text and time.monotonic() < deadline:
            time.sleep(0.02)
        first.kill()
        self.assertRegex(first.text, r"web [█░]{30} \d+ %, \S+ left")
        newest = max(high for _, high in server.asked)
        before = len(server.asked)

        second = Import(self, server.url, store)
        self.assertEqual(second.end(), 0, second.text)
        self.assertIn("goes on before", second.text)
        again = server.asked[before:]
        self.assertTrue(again)
        self.assertLess(max(high for _, high in again), newest, "the newest part was asked again")
        report = re.search(r"step 1m, (\d+) values, no gaps; (\d+) cycles of a day", second.text)
        self.assertTrue(report, second.text)
        self.assertGreaterEqual(int(report[2]), DAYS - 1)

        # Both runs together left every minute once, as it was.
        text = subprocess.run(
            [BINARY, "export", "samples", "--store", store, "--service", "web", "--step", "1m"],
            capture_output=True, text=True, check=True, timeout=60).stdout
        rows = list(csv.DictReader(io.StringIO(text)))
        self.assertEqual(len(rows), int(report[1]))
        for row in rows:
            begin = datetime.datetime.fromisoformat(row["timestamp"].replace("Z", "+00:00"))
            # What a Prometheus says at an instant is of the step that ends there.
            self.assertEqual(float(row["rate"]), (int(begin.timestamp()) // STEP + 1) % 977)
        with sqlite3.connect(store) as database:
            left = database.execute("SELECT count(*) FROM meta WHERE key LIKE 'import.%'")
            self.assertEqual(left.fetchone()[0], 0, "the checkpoint goes with the import's end")


if __name__ == "__main__":
    unittest.main()
