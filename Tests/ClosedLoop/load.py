"""An open-loop load generator: requests leave when they are due, whatever became of earlier ones,
and a request's time counts from when it was due.

usage: load.py PORT BEGIN END START LENGTH SEED FILE   (times in Unix seconds)"""

import array
import asyncio
import gc
import sys
import time

from demand import Day

REQUEST = b"GET / HTTP/1.1\r\nHost: closed-loop\r\nConnection: close\r\n\r\n"
PATIENCE = 60.0


async def request(port: int, due: float, results: array.array):
    answered = False
    try:
        async with asyncio.timeout(PATIENCE):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(REQUEST)
            answered = (await reader.read(-1)).startswith(b"HTTP/1.1 200")
            writer.close()
    except (OSError, TimeoutError):
        pass
    results.extend((due, time.time() - due if answered else float("inf")))


async def run(port: int, begin: float, end: float, day: Day, path: str):
    results = array.array("d")
    waiting = set()
    arrivals = day.arrivals(begin, end)
    gc.freeze()
    for due in arrivals:
        pause = due - time.time()
        if pause > 0:
            await asyncio.sleep(pause)
        task = asyncio.create_task(request(port, due, results))
        waiting.add(task)
        task.add_done_callback(waiting.discard)
    if waiting:
        await asyncio.wait(waiting)
    with open(path, "wb") as file:
        results.tofile(file)


if __name__ == "__main__":
    port, begin, end, start, length, seed, path = sys.argv[1:]
    asyncio.run(
        run(
            int(port), float(begin), float(end), Day(float(start), float(length), int(seed)),
            path))
