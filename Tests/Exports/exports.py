#!/usr/bin/env python3
"""Reads what `scaler export` writes with pandas and DuckDB, as the cost team would.

    python3 -m venv .build/exports && .build/exports/bin/pip install -r Tests/Exports/requirements.txt
    .build/exports/bin/python Tests/Exports/exports.py --binary .build/release/scaler
"""

import argparse
import csv
import io
import json
import math
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from xml.etree import ElementTree

import duckdb
import pandas

START = 1_761_955_200  # 2025-11-01T00:00:00Z
DAYS = 35
# A service's name may begin with what a spreadsheet takes for a formula.
SERVICES = {"checkout": 0.096, "search": 0.192, "-batch": 0.048}

CONFIGURATION = """
server: { listen: 127.0.0.1:0, log: { level: error } }
store: { path: s.sqlite }
sources: { pushed: { kind: push } }
services:
""" + "".join(
    f"""
  - id: {name}
    demand: {{ source: pushed }}
    fleet: {{ rate_per_replica: 10, boot: 90s, min: 2, max: 500 }}
    price: {{ per_replica_hour: {price}, currency: USD, source: "=list, price", as_of: 2025-12-01T00:00:00Z }}
"""
    for name, price in SERVICES.items()
)

failures = []


def check(condition, sentence):
    if not condition:
        failures.append(sentence)
        print(f"exports: FAILED: {sentence}", file=sys.stderr)


def trace(path):
    """Five weeks of a day's and a week's rhythm in five-minute steps, and some noise."""
    with open(path, "w") as file:
        file.write("series,timestamp,rate\n")
        for index, name in enumerate(SERVICES):
            for step in range(DAYS * 288):
                hour = step / 12
                wave = 100 + 60 * math.sin((hour - 9 - index) / 24 * 2 * math.pi)
                weekend = 0.7 if (step // 288) % 7 in (0, 1) else 1
                noise = 5 * math.sin(step * 12.9898 + index)
                file.write(f"{name},{START + step * 300},{max(0, wave * weekend + noise):.4f}\n")


def run(binary, *arguments, folder, status=0):
    result = subprocess.run(
        [binary, *arguments], cwd=folder, capture_output=True, stdin=subprocess.DEVNULL
    )
    check(
        result.returncode == status,
        f"{' '.join(arguments)} ended with {result.returncode}, not {status}: "
        + result.stderr.decode()[-500:],
    )
    return result.stdout


def columns(folder, name):
    with open(os.path.join(folder, name)) as file:
        return {
            column["ColumnName"]: column["DataType"]
            for column in json.load(file)["ColumnDefinition"]
        }


def read_with_pandas(folder, kinds):
    times = [name for name, kind in kinds.items() if kind == "DateTime"]
    # A version looks like a number to whoever is not told otherwise; the metadata says what to tell.
    text = {"x_SchemaVersion": str}
    rows = pandas.read_csv(os.path.join(folder, "hours.csv"), parse_dates=times, dtype=text)
    lines = pandas.read_json(
        os.path.join(folder, "hours.ndjson"), lines=True, precise_float=True, dtype=text
    )
    for name in times:
        lines[name] = pandas.to_datetime(lines[name])
    check(list(rows.columns) == list(kinds), "pandas: the columns are those of the metadata")
    check(list(lines.columns) == list(kinds), "pandas: NDJSON has the same columns in this order")
    for name, kind in kinds.items():
        for frame, what in ((rows, "CSV"), (lines, "NDJSON")):
            if frame[name].isna().all():
                continue
            dtype = str(frame[name].dtype)
            fits = {
                "DateTime": dtype.startswith("datetime64") and "UTC" in dtype,
                "Decimal": dtype == "float64",
                "Boolean": dtype == "bool",
                "Integer": dtype == "int64",
            }.get(kind, dtype in ("object", "str", "string"))
            check(fits, f"pandas: {what} column {name} ({kind}) reads as {dtype}")
    check(
        set(rows.x_SchemaVersion) == {"1.0"} and set(lines.x_SchemaVersion) == {"1.0"},
        "pandas: the version is 1.0",
    )
    check(len(rows) == len(lines), "pandas: CSV and NDJSON have as many rows")
    for name, kind in kinds.items():
        if kind == "Decimal":
            check(
                rows[name].equals(lines[name].astype(rows[name].dtype)),
                f"pandas: {name} is the same in CSV and NDJSON",
            )
        check(
            (rows[name].isna() == lines[name].isna()).all(),
            f"pandas: {name} is null in the same rows of CSV and NDJSON",
        )
    return rows


def check_rows(rows):
    forecast = rows[rows.x_RowType == "forecast"]
    hours = 35 * 24
    check(
        len(forecast) == hours * (len(SERVICES) + 1), f"{len(forecast)} rows of forecast"
    )
    order = list(dict.fromkeys(forecast.x_TargetId))
    check(
        order == ["checkout", "search", "'-batch", "*"],
        f"services come in the configuration's order, the fleet last, not {order}",
    )
    check(
        (forecast.x_UnitsP10 <= forecast.x_UnitsP50).all()
        and (forecast.x_UnitsP50 <= forecast.x_UnitsP90).all()
        and (forecast.x_EffectiveCostP10 <= forecast.x_EffectiveCostP90).all(),
        "quantiles do not cross",
    )
    check((forecast.x_UnitsMean > 0).all(), "every hour needs something")
    for name in ("x_UnitsMean", "x_ListCostMean", "x_DemandMean"):
        fleet = forecast[forecast.x_TargetId == "*"][name].sum()
        parts = forecast[forecast.x_TargetId != "*"][name].sum()
        check(math.isclose(fleet, parts, rel_tol=1e-4), f"means of {name} add up to the fleet's")
    priced = forecast[forecast.x_TargetId == "checkout"]
    check(
        ((priced.x_UnitsMean * 0.096 - priced.x_ListCostMean).abs() < 1e-3).all(),
        "money is units times price",
    )
    check(
        (priced.x_PriceSource == "'=list, price").all(), "a text that looks like a formula is quoted"
    )
    starts = priced.ChargePeriodStart
    check(
        (starts.diff().dropna() == pandas.Timedelta(hours=1)).all()
        and (priced.ChargePeriodEnd - starts == pandas.Timedelta(hours=1)).all(),
        "hours follow each other without gaps",
    )
    actual = rows[rows.x_RowType == "actual"]
    check(len(actual) > 0 and actual.x_DemandActual.notna().any(), "what was measured is there")
    check(actual.x_UnitsMean.isna().all(), "what was measured has no quantiles")
    check(forecast.x_DemandActual.isna().all(), "a forecast has no measured demand")


def read_with_duckdb(folder, kinds, rows):
    database = duckdb.connect()
    for file, function, option in (
        ("hours.csv", "read_csv", ", types = {'x_SchemaVersion': 'VARCHAR'}"),
        ("hours.ndjson", "read_json", ""),
    ):
        source = f"{function}('{os.path.join(folder, file)}'{option})"
        described = database.sql(f"DESCRIBE SELECT * FROM {source}").fetchall()
        check([row[0] for row in described] == list(kinds), f"DuckDB: columns of {file}")
        for name, kind in ((row[0], row[1]) for row in described):
            expected = {
                "DateTime": ("TIMESTAMP", "TIMESTAMP WITH TIME ZONE"),
                "Decimal": ("DOUBLE",),
                "Boolean": ("BOOLEAN",),
                "Integer": ("BIGINT",),
            }.get(kinds[name], ("VARCHAR",))
            count = database.sql(f'SELECT count("{name}") FROM {source}').fetchall()[0][0]
            # A column without a value has no type of its own.
            check(
                kind in expected or count == 0,
                f"DuckDB: {file} column {name} ({kinds[name]}) reads as {kind}",
            )
            check(count == rows[name].notna().sum(), f"DuckDB: {file} nulls of {name}")
        total = database.sql(
            f"SELECT sum(x_UnitsMean) FROM {source} WHERE x_RowType = 'forecast'"
        ).fetchall()[0][0]
        check(
            math.isclose(total, rows[rows.x_RowType == "forecast"].x_UnitsMean.sum(), rel_tol=1e-9),
            f"DuckDB: the sum of units in {file}",
        )
    joined = database.sql(
        f"""
        SELECT count(*) FROM read_csv('{os.path.join(folder, "months.csv")}')
        WHERE x_PartialPeriod AND ChargePeriodStart >= TIMESTAMP '2026-01-01'
        """
    ).fetchall()[0][0]
    check(joined == len(SERVICES) + 1, "the last month of each target is partial and says so")


def check_table_text(text):
    """RFC 4180 as Python's strict reader has it."""
    check("\r\n" in text and "\n" not in text.replace("\r\n", ""), "lines end with CRLF")
    table = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    check(len({len(row) for row in table}) == 1, "every line has as many fields as the header")
    for row in table[1:]:
        for cell in row:
            # A number may begin with a minus; a text may not begin with what runs.
            if cell[:1] in "=+-@\t\r" and cell:
                check(re.fullmatch(r"-[0-9]+\.[0-9]+", cell) is not None, f"the cell {cell!r} may run")


def serve(binary, folder):
    log = open(os.path.join(folder, "serve.log"), "w+")
    process = subprocess.Popen(
        [binary, "serve", "--config", "c.yaml"], cwd=folder, stderr=log, stdin=subprocess.DEVNULL
    )
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        with open(os.path.join(folder, "serve.log")) as text:
            found = re.search(r"http://127\.0\.0\.1:(\d+)/", text.read())
        if found:
            return process, int(found.group(1))
        time.sleep(0.05)
    raise SystemExit("exports: serve did not start")


def get(port, path, accept="text/csv"):
    """One export at a time: the last one may still be closing its answer, so 503 is asked again."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Accept": accept})
    ends = time.monotonic() + 30
    while True:
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return answer.read(), answer.headers["Content-Type"]
        except urllib.error.HTTPError as error:
            if error.code != 503 or time.monotonic() > ends:
                raise
        time.sleep(0.1)


def check_api(binary, folder):
    """While `serve` writes the store: the command reads it, and the API gives the same bytes."""
    at = "2025-12-05T12:00:00Z"
    process, port = serve(binary, folder)
    try:
        for table, extra in (("forecast", "&granularity=day&include=actual"), ("commitments", "")):
            options = ["--granularity", "day", "--include", "actual"] if extra else []
            for name, accept in (
                ("csv", "text/csv"),
                ("ndjson", "application/x-ndjson"),
                ("json", "application/json"),
            ):
                command = run(
                    binary, "export", table, "--config", "c.yaml", "--at", at, "--growth", "2",
                    "--horizon", "20d", "--format", name, *options, folder=folder,
                )
                answer, media = get(
                    port, f"/v1/export/{table}?at={at}&growth=2&horizon=20d{extra}", accept
                )
                check(media.startswith(accept), f"{table} as {accept} is {media}")
                check(len(answer) > 1000 and answer == command, f"{table}.{name}: API and command")
        check_announced(binary, folder, port)
        try:
            get(port, "/v1/export/forecast?service=nobody")
            check(False, "an unknown service is refused")
        except urllib.error.HTTPError as error:
            problem = json.load(error)
            check(error.code == 404 and "nobody" in problem["detail"], f"404: {problem}")
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


def check_announced(binary, folder, port):
    """An event told to the running service is in its exports and in those of the command at once."""
    at = "2025-12-05T12:00:00Z"
    query = f"/v1/export/forecast?at={at}&horizon=3d&granularity=hour"
    command = ("export", "forecast", "--config", "c.yaml", "--at", at, "--horizon", "3d",
               "--granularity", "hour")
    before, _ = get(port, query)
    event = {
        "name": "launch", "services": ["checkout"], "uplift": 3,
        "from": "2025-12-06T08:00:00Z", "to": "2025-12-06T12:00:00Z",
    }
    post = urllib.request.Request(
        f"http://127.0.0.1:{port}/v1/events", method="POST", data=json.dumps(event).encode(),
        headers={"Content-Type": "application/json"},
    )
    urllib.request.urlopen(post, timeout=60).close()
    during, _ = get(port, query)
    check(during == run(binary, *command, folder=folder), "announced: API and command")
    old, new = (
        pandas.read_csv(io.BytesIO(text)).set_index(["x_TargetId", "ChargePeriodStart"])
        for text in (before, during)
    )
    ratio = new.x_DemandMean / old.x_DemandMean
    lasting = [f"2025-12-06T{hour:02}:00:00Z" for hour in range(8, 12)]
    for (target, start), value in ratio.items():
        factor = 3 if target == "checkout" and start in lasting else 1
        if target != "*":
            check(math.isclose(value, factor, rel_tol=1e-3), f"announced: {target} {start} {value}")
    check(
        (new.x_ForecastRunId != old.x_ForecastRunId).all(), "announced: another question, another id"
    )
    urllib.request.urlopen(
        urllib.request.Request(f"http://127.0.0.1:{port}/v1/events?name=launch", method="DELETE"),
        timeout=60,
    ).close()
    check(get(port, query)[0] == before, "withdrawn: as before")
    check(run(binary, *command, folder=folder) == before, "withdrawn: the command, too")


def frame(binary, folder, *arguments, status=0):
    text = run(
        binary, "export", *arguments, "--config", "c.yaml", folder=folder, status=status
    )
    return pandas.read_csv(io.BytesIO(text))


def check_growth(binary, folder):
    """Growth multiplies demand, a launch from its day on; units follow, with less headroom."""

    def days(*growth):
        options = [option for text in growth for option in ("--growth", text)]
        return frame(
            binary, folder, "forecast", "--horizon", "2d", "--service", "checkout", *options
        )

    today, tripled, launched = days(), days("3"), days("3@2025-12-07T00:00:00Z")
    check(len(today) == 2, "one service has no rows of the fleet")
    check(
        (tripled.x_DemandMean / today.x_DemandMean - 3).abs().max() < 1e-3, "growth of 3 is 3"
    )
    check((tripled.x_UnitsMean < 3 * today.x_UnitsMean).all(), "growth costs less than in proportion")
    near = lambda a, b: math.isclose(a, b, rel_tol=0.05)
    check(near(launched.x_UnitsMean[0], today.x_UnitsMean[0]), "nothing grows before a launch")
    check(near(launched.x_UnitsMean[1], tripled.x_UnitsMean[1]), "all has grown after a launch")


def check_as_of(binary, folder):
    """What is known at --at is all that counts, and the same question has the same answer."""
    arguments = ("export", "forecast", "--config", "c.yaml", "--horizon", "2d", "--at")
    late = run(binary, *arguments, "2025-12-01T00:00:00Z", "--jobs", "1", folder=folder)
    cut = os.path.join(folder, "cut")
    os.mkdir(cut)
    with open(os.path.join(folder, "t.csv")) as source, open(os.path.join(cut, "t.csv"), "w") as out:
        for line in source:
            time_text = line.split(",")[1]
            # 2025-12-01T00:00:00Z
            if time_text == "timestamp" or int(time_text) < 1_764_547_200:
                out.write(line)
    with open(os.path.join(cut, "c.yaml"), "w") as file:
        file.write(CONFIGURATION)
    run(binary, "import", "csv", "--config", "c.yaml", "--history", "t.csv", folder=cut)
    early = run(binary, *arguments, "2025-12-01T00:00:00Z", "--jobs", "2", folder=cut)
    check(late.count(b"\r\n") == 9 and late == early, "a forecast of then knows nothing of now")


def check_commitments(binary, folder):
    rows = frame(binary, folder, "commitments", "--horizon", "14d")
    best = rows[rows.x_Recommended]
    check(
        len(best) == 3 * (len(SERVICES) + 1)
        and not best.duplicated(["x_TargetId", "x_OfferName"]).any(),
        "each target and offer has one best amount",
    )
    check((best.x_ExpectedSavingsMean > 0).all(), "the best amounts save money")
    for (target, offer), group in rows.groupby(["x_TargetId", "x_OfferName"]):
        top = group.loc[group.x_ExpectedSavingsMean.idxmax()]
        check(bool(top.x_Recommended), f"{target}, {offer}: the best saves most")
        check(
            group.x_CommitmentUnits.is_monotonic_increasing,
            f"{target}, {offer}: amounts are in order",
        )


def check_without_price(binary, folder):
    """Units without money, and a sentence; no commitments at all."""
    plain = os.path.join(folder, "plain.yaml")
    with open(os.path.join(folder, "c.yaml")) as source, open(plain, "w") as out:
        out.writelines(line for line in source if "price:" not in line)
    result = subprocess.run(
        [binary, "export", "forecast", "--config", "plain.yaml", "--horizon", "1d"],
        cwd=folder, capture_output=True,
    )
    rows = pandas.read_csv(io.BytesIO(result.stdout))
    check(result.returncode == 0 and rows.x_UnitsMean.notna().all(), "units need no price")
    for name in ("x_ListCostMean", "x_EffectiveCostP90", "BillingCurrency", "x_PriceSource"):
        check(rows[name].isna().all(), f"{name} is null without a price")
    check(b"No price is configured for checkout" in result.stderr, "a missing price is told")
    run(binary, "export", "commitments", "--config", "plain.yaml", folder=folder, status=78)


def check_report(binary, folder):
    """One well-formed file that needs nothing else, and says what to buy."""
    run(
        binary, "export", "forecast", "--config", "c.yaml", "--growth", "3", "--service",
        "checkout", "--report", "meeting.html", "--output", "plan.csv", folder=folder,
    )
    path = os.path.join(folder, "meeting.html")
    ElementTree.parse(path)
    with open(path, encoding="utf-8") as file:
        page = file.read()
    bare = page.replace("http://www.w3.org/1999/xhtml", "").replace(
        "http://www.w3.org/2000/svg", ""
    )
    for forbidden in ("<script", "http://", "https://", " style=", "url(http"):
        check(forbidden not in bare, f"the page holds {forbidden}")
    for expected in (
        "Buy: commit to", "What to expect", "What to buy", "What growth costs", "8 of 10 futures",
        "committed and used", "The offers are assumptions",
    ):
        check(expected in page, f"the page says: {expected}")
    check(page.count("<figure") >= 5, "the page has its pictures")


def check_round_trip(binary, folder):
    """Exported samples are read back by the import, and say the same again."""
    first = run(
        binary, "export", "samples", "--config", "c.yaml", "--from", "2025-12-01T00:00:00Z",
        folder=folder,
    )
    with open(os.path.join(folder, "samples.csv"), "wb") as file:
        file.write(first.replace(b"'-batch", b"-batch"))
    run(
        binary, "import", "csv", "--store", "again.sqlite", "--history", "samples.csv",
        folder=folder,
    )
    again = run(binary, "export", "samples", "--store", "again.sqlite", folder=folder)
    check(first.count(b"\r\n") > 1000 and again == first, "samples come back as they were")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True)
    binary = os.path.abspath(parser.parse_args().binary)
    with tempfile.TemporaryDirectory(prefix="scaler-exports-") as folder:
        trace(os.path.join(folder, "t.csv"))
        with open(os.path.join(folder, "c.yaml"), "w") as file:
            file.write(CONFIGURATION)
        run(binary, "import", "csv", "--config", "c.yaml", "--history", "t.csv", folder=folder)
        for name, granularity in (("hours", "hour"), ("months", "month")):
            for extension in ("csv", "ndjson"):
                run(
                    binary, "export", "forecast", "--config", "c.yaml", "--granularity",
                    granularity, "--horizon", "35d", "--include", "actual", "--format", extension,
                    "--output", f"{name}.{extension}",
                    *(["--at", "2025-12-06T00:00:00Z"] if name == "months" else []),
                    folder=folder,
                )
        kinds = columns(folder, "hours.metadata.json")
        rows = read_with_pandas(folder, kinds)
        check_rows(rows)
        read_with_duckdb(folder, kinds, rows)
        with open(os.path.join(folder, "hours.csv"), newline="") as file:
            check_table_text(file.read())
        check_table_text(
            run(binary, "export", "commitments", "--config", "c.yaml", folder=folder).decode()
        )
        check_growth(binary, folder)
        check_as_of(binary, folder)
        check_commitments(binary, folder)
        check_without_price(binary, folder)
        check_report(binary, folder)
        check_api(binary, folder)
        check_round_trip(binary, folder)
    if failures:
        sys.exit(f"exports: {len(failures)} checks failed")
    print(
        f"exports: pandas {pandas.__version__} and DuckDB {duckdb.__version__} read CSV and NDJSON "
        f"alike; API and command give the same bytes"
    )


if __name__ == "__main__":
    main()
