"""`scaler serve` raises the floor of an HorizontalPodAutoscaler, and the size of a Deployment that has
none, ahead of a replayed morning."""

import tempfile
import threading
import unittest

from morning import SERVICE, watch, write_trace
from program import Serve
from scripted_cluster import ScriptedCluster

WORKLOAD = "{ name: shop, kind: Deployment, namespace: shop, resource: web }"


class Morning(unittest.TestCase):
    def test_a_floor_and_a_size_rise_ahead_of_it(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        write_trace(f"{folder.name}/trace.csv")
        failures = []
        # Side by side: one morning is long enough.
        runs = [
            threading.Thread(target=self.run_one, args=(folder.name, mode, failures))
            for mode in ("floor", "desired")
        ]
        for thread in runs:
            thread.start()
        for thread in runs:
            thread.join()
        self.assertEqual(failures, [])

    def run_one(self, folder, mode, failures):
        try:
            cluster = ScriptedCluster(self, has_autoscaler=mode == "floor")
            config = cluster.kubeconfig(folder, mode)
            text = SERVICE.format(folder=folder, name=mode, mode=mode, cloud=WORKLOAD)
            text += f"clouds: {{ shop: {{ kind: kubernetes, kubeconfig: {config} }} }}\n"
            watch(self, Serve(self, folder, mode, text), cluster.in_force)
        except AssertionError as failure:
            failures.append(f"{mode}: {failure}")


if __name__ == "__main__":
    unittest.main()
