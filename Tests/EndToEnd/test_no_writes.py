"""`scaler plan`, `scaler check --connect` and mode `observe` send no write: the server's log tells.
What `plan` would send it has the server rehearse (`?dryRun=All`), and nobody else does."""

import json
import tempfile
import time
import unittest

from program import Serve, run, wait_until
from scripted_cluster import ScriptedCluster


class NoWrites(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def cluster(self, mode):
        cluster = ScriptedCluster(self, has_autoscaler=mode == "floor")
        cluster.rate = 100.0
        return cluster

    def test_plan_and_check(self):
        for mode in ("floor", "desired"):
            with self.subTest(mode=mode):
                cluster = self.cluster(mode)
                path = f"{self.folder}/{mode}.yaml"
                with open(path, "w", encoding="utf-8") as file:
                    file.write(cluster.configuration(self.folder, mode))
                planned = run(
                    "plan", "--config", path, "--format", "json", "--detailed-exitcode")
                self.assertEqual(planned.returncode, 2, planned.stderr)
                row = json.loads(planned.stdout)[0]
                self.assertEqual(row["current"], 2)
                self.assertGreaterEqual(row["target"], 10)
                self.assertEqual(row["rehearsal"], f"would accept {row['target']}")
                self.assertEqual(len(cluster.rehearsals()), 1)
                self.assertEqual(cluster.rehearsals()[0].method, "PATCH")
                checked = run("check", "--config", path, "--connect")
                self.assertEqual(checked.returncode, 0, checked.stderr)
                self.assertGreater(len(cluster.requests), 3)
                self.assertEqual(len(cluster.rehearsals()), 1)
                self.assertEqual(cluster.writes(), [])

    def test_plan_tells_what_the_server_would_refuse(self):
        cluster = self.cluster("floor")
        cluster.refuses_rehearsals = True
        path = f"{self.folder}/refused.yaml"
        with open(path, "w", encoding="utf-8") as file:
            file.write(cluster.configuration(self.folder, "floor"))
        planned = run("plan", "--config", path, "--format", "json")
        self.assertEqual(planned.returncode, 0, planned.stderr)
        self.assertEqual(
            json.loads(planned.stdout)[0]["rehearsal"],
            "would refuse: Forbidden: the Role lacks patch")
        self.assertEqual(cluster.writes(), [])

    def test_plan_in_mode_observe_asks_nothing_of_the_platform(self):
        cluster = self.cluster("floor")
        path = f"{self.folder}/observe.yaml"
        with open(path, "w", encoding="utf-8") as file:
            file.write(cluster.configuration(self.folder, "observe"))
        planned = run("plan", "--config", path, "--format", "json")
        self.assertEqual(planned.returncode, 0, planned.stderr)
        self.assertNotIn("rehearsal", json.loads(planned.stdout)[0])
        self.assertEqual(cluster.writes() + cluster.rehearsals(), [])

    def test_mode_observe(self):
        cluster = self.cluster("floor")
        serve = Serve(self, self.folder, "observe", cluster.configuration(self.folder, "observe"))
        wait_until(lambda: "→" in serve.log, 20, serve)
        time.sleep(3)
        self.assertGreater(len(cluster.requests), 5)
        self.assertEqual(cluster.writes() + cluster.rehearsals(), [])
        self.assertEqual(serve.stop(), 0)
        self.assertEqual(cluster.writes(), [])

    def test_the_same_service_in_mode_floor_writes(self):
        """Without this the others could not fail."""
        cluster = self.cluster("floor")
        serve = Serve(self, self.folder, "floor", cluster.configuration(self.folder, "floor"))
        wait_until(cluster.floors, 20, serve)
        self.assertGreaterEqual(cluster.floors()[0].body["spec"]["minReplicas"], 10)


if __name__ == "__main__":
    unittest.main()
