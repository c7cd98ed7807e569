"""`scaler plan`, `scaler check --connect` and mode `observe` send no write: the server's log tells."""

import json
import tempfile
import time
import unittest

from program import Serve, run, wait_until
from scripted_cluster import ScriptedCluster

CONFIGURATION = """
server: {{ listen: "127.0.0.1:0" }}
store: {{ path: {folder}/scaler.sqlite }}
sources:
  prom: {{ kind: prometheus, url: "{url}" }}
clouds:
  shop: {{ kind: kubernetes, kubeconfig: {kubeconfig} }}
services:
  - id: web
    mode: {mode}
    demand: {{ source: prom, query: rate }}
    fleet: {{ rate_per_replica: 10, boot: 10s, min: 1, max: 40 }}
    control: {{ interval: 1s, lag: 0s }}
    cloud: {{ name: shop, kind: Deployment, namespace: shop, resource: web }}
"""


class NoWrites(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def configuration(self, cluster, mode):
        return CONFIGURATION.format(
            folder=self.folder, url=cluster.url, mode=mode,
            kubeconfig=cluster.kubeconfig(self.folder))

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
                    file.write(self.configuration(cluster, mode))
                planned = run(
                    "plan", "--config", path, "--format", "json", "--detailed-exitcode")
                self.assertEqual(planned.returncode, 2, planned.stderr)
                row = json.loads(planned.stdout)[0]
                self.assertEqual(row["current"], 2)
                self.assertGreaterEqual(row["target"], 10)
                checked = run("check", "--config", path, "--connect")
                self.assertEqual(checked.returncode, 0, checked.stderr)
                self.assertGreater(len(cluster.requests), 3)
                self.assertEqual(cluster.writes(), [])

    def test_mode_observe(self):
        cluster = self.cluster("floor")
        serve = Serve(self, self.folder, "observe", self.configuration(cluster, "observe"))
        wait_until(lambda: "→" in serve.log, 20, serve)
        time.sleep(3)
        self.assertGreater(len(cluster.requests), 5)
        self.assertEqual(cluster.writes(), [])
        self.assertEqual(serve.stop(), 0)
        self.assertEqual(cluster.writes(), [])

    def test_the_same_service_in_mode_floor_writes(self):
        """Without this the others could not fail."""
        cluster = self.cluster("floor")
        serve = Serve(self, self.folder, "floor", self.configuration(cluster, "floor"))
        wait_until(cluster.floors, 20, serve)
        self.assertGreaterEqual(cluster.floors()[0].body["spec"]["minReplicas"], 10)


if __name__ == "__main__":
    unittest.main()
