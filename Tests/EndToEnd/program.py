"""Runs the release binary the way an operator does."""

import os
import signal
import subprocess
import time

BINARY = os.path.abspath(os.environ.get("SCALER", ".build/release/scaler"))


class Serve:
    """A `scaler serve` with its log in a file; ends with the test at the latest."""

    def __init__(self, case, folder: str, name: str, configuration: str, environment=None):
        self.config = f"{folder}/{name}.yaml"
        self.log_path = f"{folder}/{name}.log"
        with open(self.config, "w", encoding="utf-8") as file:
            file.write(configuration)
        with open(self.log_path, "w", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                [BINARY, "serve", "--config", self.config], stdout=log, stderr=log,
                env={**os.environ, **(environment or {})})
        case.addCleanup(self.kill)

    @property
    def log(self) -> str:
        with open(self.log_path, encoding="utf-8") as file:
            return file.read()

    def port(self) -> int:
        """Of the API; known once it listens."""
        wait_until(lambda: "/\n" in self.log and "http://127.0.0.1:" in self.log, 20, self)
        return int(self.log.split("http://127.0.0.1:")[1].split("/")[0])

    def send(self, number):
        self.process.send_signal(number)

    def kill(self):
        """As a power failure would."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(timeout=20)


def run(*arguments, environment=None) -> subprocess.CompletedProcess:
    return subprocess.run(
        [BINARY, *arguments], capture_output=True, text=True, timeout=60, check=False,
        env={**os.environ, **(environment or {})})


def wait_until(condition, seconds: float, *programs) -> float:
    """Returns how long it took; fails with the programs' logs if it does not become true."""
    began = time.monotonic()
    while not condition():
        if time.monotonic() > began + seconds:
            logs = "\n".join(program.log[-4000:] for program in programs)
            raise AssertionError(f"not within {seconds} s\n{logs}")
        time.sleep(0.05)
    return time.monotonic() - began
