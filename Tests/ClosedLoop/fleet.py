"""A fleet of backend processes behind one HAProxy backend.

An instance is a process of its own: it sleeps for its boot time, then serves one request after the
other, each in a fixed time. It is paid for from its start to its end."""

import asyncio
import os
import signal
import socket
import time
from dataclasses import dataclass

from processes import end_with_parent


@dataclass
class Instance:
    slot: int
    pid: int
    started: float
    ready: float | None = None
    stopped: float | None = None


class Fleet:
    def __init__(self, name, proxy, slots, boot, service_time):
        self.name = name
        self.proxy = proxy
        self.boot = boot
        self.service_time = service_time
        self.free = list(range(slots, 0, -1))
        self.instances: list[Instance] = []
        self.past: list[Instance] = []
        self.is_open = True

    @property
    def size(self) -> int:
        return len(self.instances)

    @property
    def ready(self) -> int:
        return sum(1 for instance in self.instances if instance.ready)

    def pending(self) -> list[Instance]:
        return [instance for instance in self.instances if not instance.ready]

    def resize(self, target: int, boot: float | None = None):
        """Starts what is missing; what is too much goes, the youngest first."""
        while self.size < target and self.free:
            self._start(self.boot if boot is None else boot)
        while self.size > target:
            waiting = self.pending()
            self._stop(waiting[-1] if waiting else self.instances[-1])

    def _start(self, boot):
        slot = self.free.pop()
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            serve(writing, boot, self.service_time)
        os.close(writing)
        instance = Instance(slot, pid, time.time())
        self.instances.append(instance)
        loop = asyncio.get_running_loop()

        def answered():
            port = os.read(reading, 16).decode()
            loop.remove_reader(reading)
            os.close(reading)
            if port and instance.stopped is None:
                self.proxy.enable(self.name, slot, int(port))
                instance.ready = time.time()

        loop.add_reader(reading, answered)

    def _stop(self, instance):
        """What is being served is finished first."""
        self.instances.remove(instance)
        self.past.append(instance)
        instance.stopped = time.time() + (self.service_time if instance.ready else 0)
        if instance.ready:
            self.proxy.drain(self.name, instance.slot)

        def end():
            try:
                os.kill(instance.pid, signal.SIGTERM)
                os.waitpid(instance.pid, 0)
            except (ProcessLookupError, ChildProcessError):
                pass
            if self.is_open:
                self.proxy.disable(self.name, instance.slot)
            self.free.append(instance.slot)

        asyncio.get_running_loop().call_later(3 * self.service_time + 0.1, end)

    def instance_seconds(self, begin: float, end: float) -> float:
        total = 0.0
        for instance in self.instances + self.past:
            until = end if instance.stopped is None else min(end, instance.stopped)
            total += max(0.0, until - max(begin, instance.started))
        return total

    def close(self):
        for instance in self.instances:
            os.kill(instance.pid, signal.SIGKILL)
            os.waitpid(instance.pid, 0)
        self.instances = []
        # The proxy may be gone by the time the last ones have ended.
        self.is_open = False


def serve(port_pipe: int, boot: float, service_time: float):
    """The life of an instance; never returns."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    end_with_parent()
    time.sleep(boot)
    listener = socket.create_server(("127.0.0.1", 0), backlog=16)
    os.write(port_pipe, str(listener.getsockname()[1]).encode())
    os.close(port_pipe)
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nok\n"
    while True:
        connection, _ = listener.accept()
        try:
            if connection.recv(4096):
                time.sleep(service_time)
                connection.sendall(answer)
        except OSError:
            pass
        connection.close()
