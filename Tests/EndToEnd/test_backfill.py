"""The past of services that a fleet query knows: loaded by a command, or by `serve` itself, also where
the source did not give it at first and the process was killed meanwhile."""

import sqlite3
import time
import unittest

from found_fleet import FoundFleet
from program import Serve, run, wait_until

DAYS = 3


class Backfill(FoundFleet):
    def setUp(self):
        super().setUp()
        self.cluster.past = DAYS * 86_400
        self.text += "      forecast: { history: 6h }\n"

    def days_known(self) -> dict[str, float]:
        store = sqlite3.connect(f"file:{self.folder}/scaler.sqlite?mode=ro", uri=True)
        try:
            rows = store.execute("SELECT service, oldest FROM series WHERE metric = 'rate'")
            return {name: (time.time() - oldest) / 86_400 for name, oldest in rows if oldest}
        finally:
            store.close()

    def ranges(self) -> int:
        return sum("query_range" in request.path for request in self.cluster.requests)

    def test_the_command_loads_what_a_fleet_query_finds(self):
        path = f"{self.folder}/import.yaml"
        with open(path, "w", encoding="utf-8") as file:
            file.write(self.text)
        loaded = run("import", "prometheus", "--config", path, "--since", "4d")
        self.assertEqual(loaded.returncode, 0, loaded.stderr)
        known = self.days_known()
        self.assertEqual(set(known), {"api", "shop"})
        for days in known.values():
            self.assertAlmostEqual(days, DAYS, delta=0.1)

    def test_a_past_that_did_not_come_comes_later(self):
        self.cluster.gives_past = False
        first = Serve(self, self.folder, "first", self.text)
        wait_until(
            lambda: "no history of 2 services" in first.log and "shop 1→" in first.log, 20, first)
        first.kill()
        self.assertTrue(all(days < 0.1 for days in self.days_known().values()))
        self.cluster.gives_past = True
        asked = self.ranges()
        second = Serve(self, self.folder, "second", self.text)
        wait_until(
            lambda: min(self.days_known().values(), default=0) > 0.24, 20, second)
        self.assertEqual(self.days_known().keys(), {"api", "shop"})
        self.assertEqual(second.stop(), 0)
        # Once for both services: what the first run lacked, and what the pause left out.
        self.assertLessEqual(self.ranges() - asked, 2)


if __name__ == "__main__":
    unittest.main()
