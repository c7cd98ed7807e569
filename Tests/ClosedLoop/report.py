"""The figures of a run, and medians of several."""

import array
import statistics
from dataclasses import dataclass

LATE = 0.5
AFTER_BURST = 30.0
AFTER_STEP = 30.0
# So few waiting are the chance of arrivals.
EMPTY = 5


@dataclass
class Figures:
    name: str
    requests: int
    queue_peak: int
    p50: float
    p99: float
    p99_outside: float
    missed: float
    missed_outside: float
    missed_burst: float
    missed_step: float
    step_queue: int
    emptied: float
    smallest: int
    largest: int
    instance_seconds: float


COLUMNS = [
    ("requests", "requests", "{:.0f}"),
    ("queue peak", "queue_peak", "{:.0f}"),
    ("p50 s", "p50", "{:.2f}"),
    ("p99 s", "p99", "{:.2f}"),
    ("p99 s outside burst", "p99_outside", "{:.2f}"),
    ("missed %", "missed", "{:.2f}"),
    ("outside burst %", "missed_outside", "{:.2f}"),
    ("burst + 30 s %", "missed_burst", "{:.1f}"),
    ("step + 30 s %", "missed_step", "{:.2f}"),
    ("queue at step", "step_queue", "{:.0f}"),
    ("emptied after s", "emptied", "{:.1f}"),
    ("smallest size", "smallest", "{:.0f}"),
    ("largest size", "largest", "{:.0f}"),
    ("instance-seconds", "instance_seconds", "{:.0f}"),
]


def quantile(values, level):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(level * len(ordered)))] if ordered else float("nan")


def share_late(latencies):
    return 100 * sum(1 for value in latencies if value > LATE) / max(1, len(latencies))


def figures(name, day, results_path, queues, sizes, instance_seconds, scale=1.0) -> Figures:
    """`queues` are (time, waiting) of the fleet, `sizes` (time, size, ready); `scale` shortens the spans of a shorter day."""
    flat = array.array("d")
    with open(results_path, "rb") as file:
        flat.frombytes(file.read())
    pairs = [
        (due, late) for due, late in zip(flat[::2], flat[1::2])
        if day.start <= due < day.start + day.length
    ]
    burst_begin, burst_end = day.burst_span()
    burst_end += AFTER_BURST * scale
    step = day.step_time()
    step_end = step + AFTER_STEP * scale
    everything = [late for _, late in pairs]
    burst = [late for due, late in pairs if burst_begin <= due < burst_end]
    outside = [late for due, late in pairs if not burst_begin <= due < burst_end]
    at_step = [late for due, late in pairs if step <= due < step_end]
    in_day = [(t, q) for t, q in queues if day.start <= t < day.start + day.length]
    in_force = [size for t, size, _ in sizes if day.start <= t < day.start + day.length]
    emptied = time_to_empty([(t, q) for t, q in in_day if burst_begin <= t < burst_end])
    return Figures(
        name=name, requests=len(pairs),
        queue_peak=max((q for _, q in in_day), default=0),
        p50=quantile(everything, 0.5), p99=quantile(everything, 0.99),
        p99_outside=quantile(outside, 0.99), missed=share_late(everything),
        missed_outside=share_late(outside), missed_burst=share_late(burst),
        missed_step=share_late(at_step),
        step_queue=max((q for t, q in in_day if step <= t < step_end), default=0),
        emptied=emptied, smallest=min(in_force, default=0), largest=max(in_force, default=0),
        instance_seconds=instance_seconds)


def time_to_empty(queues) -> float:
    """From the first of these moments until the queue is gone for the first time after its peak."""
    if not queues or max(q for _, q in queues) <= EMPTY:
        return 0.0
    begin = queues[0][0]
    peak = max(queues, key=lambda entry: entry[1])[0]
    return next((t - begin for t, q in queues if t > peak and q <= EMPTY), float("inf"))


def medians(runs: list[list[Figures]]) -> list[Figures]:
    """Per fleet, the median of each figure over the runs."""
    result = []
    for same in zip(*runs):
        middle = {
            key: statistics.median(getattr(figure, key) for figure in same)
            for _, key, _ in COLUMNS
        }
        result.append(Figures(name=same[0].name, **middle))
    return result


def table(rows: list[Figures]) -> str:
    heads = ["fleet"] + [title for title, _, _ in COLUMNS]
    cells = [
        [row.name] + [form.format(getattr(row, key)) for _, key, form in COLUMNS] for row in rows
    ]
    widths = [max(len(line[i]) for line in [heads] + cells) for i in range(len(heads))]
    lines = [heads, ["-" * width for width in widths]] + cells
    return "\n".join(
        "| " + " | ".join(cell.rjust(width) for cell, width in zip(line, widths)) + " |"
        for line in lines)


def failures(rows: list[Figures], is_short: bool) -> list[str]:
    """What is not as it has to be."""
    by_name = {row.name: row for row in rows}
    ours, theirs = by_name["scaler"], by_name["hpa"]
    claims = short_claims(ours, theirs, by_name["static"]) if is_short else claims_of(ours, theirs)
    return [sentence for holds, sentence in claims if not holds]


def claims_of(ours: Figures, theirs: Figures) -> list[tuple[bool, str]]:
    return [
        (ours.missed_outside <= 1, f"{ours.missed_outside:.2f} % missed outside the burst, not 1"),
        (ours.p99_outside <= LATE, f"p99 outside the burst is {ours.p99_outside:.2f} s, not 0.5"),
        # A fifth of a second of the demand: less than that is the chance of arrivals.
        (ours.step_queue <= 20, f"a queue of {ours.step_queue:.0f} at the step that repeats"),
        (ours.missed_burst <= theirs.missed_burst,
         f"{ours.missed_burst:.1f} % missed in the burst, the HPA {theirs.missed_burst:.1f} %"),
        (ours.emptied <= theirs.emptied,
         f"the burst's queue was empty after {ours.emptied:.1f} s, the HPA's after "
         f"{theirs.emptied:.1f} s"),
        (ours.instance_seconds <= theirs.instance_seconds,
         f"{ours.instance_seconds:.0f} instance-seconds, the HPA {theirs.instance_seconds:.0f}"),
    ]


def short_claims(ours: Figures, theirs: Figures, static: Figures) -> list[tuple[bool, str]]:
    """Of a short day an unannounced burst is so large a part, and one replica more or less so many
    requests, that it says nothing about cost and little about the burst. What remains is whether
    everything works together, by margins that a busy machine keeps: what the static fleet misses is
    the machine's doing."""
    machine = 2 * static.missed
    return [
        (ours.requests > 0 and ours.requests == theirs.requests,
         f"{ours.requests:.0f} requests for us, {theirs.requests:.0f} for the HPA"),
        (ours.largest >= 1.5 * ours.smallest,
         f"the fleet had {ours.smallest:.0f} to {ours.largest:.0f} replicas: no command worked"),
        (ours.missed_outside <= 10 + machine,
         f"{ours.missed_outside:.2f} % missed outside the burst; {machine:.2f} % are the machine's"),
        (ours.missed_burst <= theirs.missed_burst + 25 + machine,
         f"{ours.missed_burst:.1f} % missed in the burst, the HPA {theirs.missed_burst:.1f} %"),
    ]
