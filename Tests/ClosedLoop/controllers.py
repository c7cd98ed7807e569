"""What `scaler` is measured against, on the same metrics and at the same interval."""

import asyncio
import math
import time


class HorizontalPodAutoscaler:
    """Kubernetes' algorithm on requests per second: the ratio with its tolerance, the replicas that
    boot are not counted as too many, and the highest wish of the window when it shrinks."""

    def __init__(self, fleet, metrics, query, interval, target, window, tolerance=0.1):
        self.fleet = fleet
        self.metrics = metrics
        self.query = query
        self.interval = interval
        self.target = target
        self.window = window
        self.tolerance = tolerance
        self.wishes = []

    async def run(self):
        while True:
            began = time.time()
            rate = await self.metrics.value(self.query)
            if rate is not None:
                self.decide(rate, began)
            await asyncio.sleep(max(0, began + self.interval - time.time()))

    def decide(self, rate, now):
        size = self.fleet.size
        wish = size
        if abs(rate / (self.target * size) - 1) > self.tolerance:
            wish = max(1, math.ceil(rate / self.target))
        self.wishes = [(t, w) for t, w in self.wishes if t > now - self.window] + [(now, wish)]
        self.fleet.resize(wish if wish > size else min(size, max(w for _, w in self.wishes)))
