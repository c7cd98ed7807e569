"""Somebody else writes the floor or the size that `scaler serve` has set: it is noticed, set right once,
and then left to them."""

import json
import tempfile
import time
import unittest
import urllib.request

from program import Serve, wait_until
from scripted_cluster import ScriptedCluster

CASES = [
    # The mode, what is written over, and the writes of ours.
    ("floor", ("horizontalpodautoscalers", "minReplicas"), ScriptedCluster.floors),
    ("desired", ("deployments", "replicas"), ScriptedCluster.sizes),
]


class ForeignWrites(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def test_they_are_set_right_once_and_then_left_alone(self):
        for mode, field, ours in CASES:
            with self.subTest(mode=mode):
                self.check(mode, field, ours)

    def check(self, mode, field, ours):
        cluster = ScriptedCluster(self, has_autoscaler=mode == "floor")
        cluster.rate = 100.0
        serve = Serve(self, self.folder, mode, cluster.configuration(self.folder, mode, mode))
        port = serve.port()

        def value():
            with cluster.lock:
                return cluster.objects[(field[0], "web")]["spec"][field[1]]

        wait_until(lambda: ours(cluster) and value() >= 10, 20, serve)
        # What is in force has to be seen before it can be missed.
        time.sleep(3)
        aim, before = value(), len(ours(cluster))
        self.assertEqual(before, 1, serve.log)
        cluster.meddle(*field, 1)
        wait_until(lambda: value() == aim, 10, serve)
        self.assertIn("somebody else set 1", serve.log)
        time.sleep(3)
        self.assertEqual(len(ours(cluster)), before + 1, serve.log)
        # They insist, on more than is needed: it stays theirs.
        cluster.meddle(*field, 30)
        time.sleep(6)
        self.assertEqual(value(), 30, serve.log)
        self.assertEqual(len(ours(cluster)), before + 1, serve.log)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/v1/services/web") as answer:
            shown = json.load(answer)
        told = [shown["reason"], *shown["problems"]]
        self.assertTrue(any("somebody else" in sentence for sentence in told), told)
        serve.kill()


if __name__ == "__main__":
    unittest.main()
