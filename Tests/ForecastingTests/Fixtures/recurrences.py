"""Writes recurrences.txt beside it: python3 recurrences.py

Made with python-dateutil 2.9.0 (PyPI).
"""

import datetime
import pathlib

import dateutil
from dateutil.rrule import rrulestr

CASES = [
    ("2026-01-05", "FREQ=DAILY;COUNT=4"), ("2026-01-05", "FREQ=DAILY;INTERVAL=10;UNTIL=20260301"),
    ("2026-01-01", "FREQ=DAILY;BYDAY=MO,FR;COUNT=5"), ("2026-01-01", "FREQ=DAILY;BYMONTH=2;COUNT=3"),
    ("2026-01-01", "FREQ=DAILY;BYMONTHDAY=-1,15;COUNT=6"), ("2026-11-24", "FREQ=WEEKLY;COUNT=3"),
    ("2026-11-24", "FREQ=WEEKLY;BYDAY=MO,TH;COUNT=5"),
    ("2026-11-24", "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO;COUNT=6"),
    ("2026-01-31", "FREQ=MONTHLY;COUNT=5"), ("2026-01-15", "FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=4"),
    ("2026-01-15", "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=1,31;COUNT=6"),
    ("2026-01-15", "FREQ=MONTHLY;BYDAY=1MO;COUNT=4"), ("2026-01-15", "FREQ=MONTHLY;BYDAY=-1FR;COUNT=4"),
    ("2026-01-15", "FREQ=MONTHLY;BYDAY=TU;COUNT=6"), ("2026-01-15", "FREQ=MONTHLY;BYDAY=5WE;COUNT=3"),
    ("2026-01-01", "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13;COUNT=3"),
    ("2024-02-29", "FREQ=YEARLY;COUNT=2"), ("2026-03-04", "FREQ=YEARLY;COUNT=3"),
    ("2020-11-26", "FREQ=YEARLY;BYMONTH=11;BYDAY=4TH;COUNT=6"),
    ("2020-01-01", "FREQ=YEARLY;BYMONTH=11,12;BYMONTHDAY=1,24;COUNT=7"),
    ("2020-01-01", "FREQ=YEARLY;BYMONTHDAY=31;COUNT=9"), ("2020-01-01", "FREQ=YEARLY;BYDAY=1MO;COUNT=4"),
    ("2020-01-01", "FREQ=YEARLY;BYDAY=-1SU,20TU;COUNT=5"), ("2020-05-05", "FREQ=YEARLY;BYMONTH=7;COUNT=3"),
    ("2026-01-01", "FREQ=YEARLY;INTERVAL=2;BYMONTH=5;BYDAY=-1MO;UNTIL=20311231"),
    ("2026-06-01", "FREQ=MONTHLY;BYMONTH=6,12;COUNT=4"),
]
lines = [f"# first, rule, days: python-dateutil {dateutil.__version__}, by recurrences.py"]
for first, rule in CASES:
    start = datetime.datetime.fromisoformat(first)
    days = [d.date().isoformat() for d in rrulestr(rule, dtstart=start) if d.year <= 2031]
    lines.append(" ".join([first, rule, *days]))
pathlib.Path(__file__).with_name("recurrences.txt").write_text("\n".join(lines) + "\n")
