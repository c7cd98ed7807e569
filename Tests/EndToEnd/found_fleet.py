"""Two services that a fleet query of a scripted Prometheus finds."""

import tempfile
import unittest

from scripted_cluster import ScriptedCluster

CONFIGURATION = """
server: {{ listen: "127.0.0.1:0" }}
store: {{ path: {folder}/scaler.sqlite }}
sources:
  prom: {{ kind: prometheus, url: "{url}" }}
services:
  from:
    source: prom
    demand: fleet
    label: service
    defaults:
      fleet: {{ rate_per_replica: 10, boot: 10s, min: 1, max: 40 }}
      control: {{ interval: 1s, lag: 0s }}
"""


class FoundFleet(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.cluster = ScriptedCluster(self)
        self.cluster.fleet = {"api": 50.0, "shop": 120.0}
        self.text = CONFIGURATION.format(folder=self.folder, url=self.cluster.url)
