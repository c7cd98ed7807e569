"""The demand of a compressed day: a night, a step at nine, a broad noon, and one burst that nobody
announced. Requests per second as a function of time, and arrivals drawn from it."""

import bisect
import functools
import math
import random
from dataclasses import dataclass

# Share of the day, requests per second; straight lines between.
CURVE = [
    (0.00, 34), (0.10, 30), (0.25, 36), (0.37, 44), (0.375, 44), (0.376, 96), (0.50, 112),
    (0.60, 104), (0.66, 78), (0.72, 58), (0.85, 50), (0.95, 38), (1.00, 34),
]
STEP = 0.375
BURST_START = 0.78
BURST_LENGTH = 0.075
BURST_FACTOR = 3.0


@dataclass(frozen=True)
class Day:
    """`start` is the instant at which the day that is measured begins."""

    start: float
    length: float
    seed: int

    def rate(self, time: float) -> float:
        """Requests per second at an instant; the burst is in the measured day alone."""
        offset = time - self.start
        number = math.floor(offset / self.length)
        share = offset / self.length - number
        rate = curve(share) * self.level(number) * self.texture(time)
        return rate * self.burst(offset / self.length)

    def burst(self, share: float) -> float:
        inside = BURST_START <= share < BURST_START + BURST_LENGTH
        return BURST_FACTOR if inside else 1.0

    def level(self, number: int) -> float:
        """Days differ by a few per cent."""
        return variation(f"{self.seed} day {number}")

    def texture(self, time: float) -> float:
        """So do the tenth parts of an hour of such a day."""
        width = self.length / 60
        part = math.floor((time - self.start) / width)
        return variation(f"{self.seed} part {part}")

    def arrivals(self, begin: float, end: float) -> list[float]:
        """A Poisson process, by thinning: the same seed gives every fleet the same requests."""
        chance = random.Random(f"{self.seed} arrivals")
        highest = max(rate for _, rate in CURVE) * BURST_FACTOR * 1.3
        times, time = [], begin
        while True:
            time += chance.expovariate(highest)
            if time >= end:
                return times
            if chance.random() * highest < self.rate(time):
                times.append(time)

    def step_time(self) -> float:
        return self.start + STEP * self.length

    def burst_span(self) -> tuple[float, float]:
        begin = self.start + BURST_START * self.length
        return begin, begin + BURST_LENGTH * self.length


@functools.cache
def variation(name: str) -> float:
    """A factor near 1 that belongs to the name."""
    return math.exp(random.Random(name).gauss(0, 0.03))


def curve(share: float) -> float:
    right = min(bisect.bisect_right(CURVE, (share, math.inf)), len(CURVE) - 1)
    (x0, y0), (x1, y1) = CURVE[right - 1], CURVE[right]
    return y0 + (y1 - y0) * (share - x0) / (x1 - x0)
