"""Overrides, freezes and announced events reach a running service and outlive it."""

import datetime
import json
import tempfile
import unittest
import urllib.error
import urllib.request

from program import Serve, wait_until
from scripted_cluster import ScriptedCluster


class Operator(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.cluster = ScriptedCluster(self, has_autoscaler=False)
        self.cluster.rate = 100.0
        self.start()

    def start(self):
        serve = Serve(
            self, self.folder, "operator", self.cluster.configuration(self.folder, "observe"))
        self.serve = serve
        wait_until(self.is_ready, 20, serve)
        return serve

    def is_ready(self):
        try:
            return self.say("GET", "/readyz")["status"] == "ready"
        except urllib.error.HTTPError as error:
            error.close()
            return False

    def say(self, method, path, body=None):
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.serve.port()}{path}", method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={} if body is None else {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def wait_for(self, words):
        wait_until(lambda: words in self.serve.log, 20, self.serve)

    def test_override(self):
        self.say("PUT", "/v1/services/web/override", {"replicas": 33, "for": "1h"})
        self.wait_for("override → 33")
        self.serve.stop()
        self.start()
        status = self.say("GET", "/v1/services/web")
        self.assertEqual((status["override"]["replicas"], status["target"]), (33, 33))
        self.say("DELETE", "/v1/services/web/override")
        self.assertIsNone(self.say("GET", "/v1/services/web")["override"])

    def test_freeze(self):
        self.say("POST", "/v1/freeze", {"for": "1h"})
        self.wait_for("frozen →")
        self.say("DELETE", "/v1/freeze")
        self.assertIsNone(self.say("GET", "/v1/services/web")["frozen_until"])

    def test_event(self):
        now = datetime.datetime.now(datetime.timezone.utc)
        event = {
            "name": "sale", "services": ["web"], "uplift": 3,
            "from": (now + datetime.timedelta(hours=1)).isoformat(),
            "to": (now + datetime.timedelta(hours=2)).isoformat(),
        }
        self.assertEqual(self.say("POST", "/v1/events", event)["event"]["uplift"], 3)
        self.wait_for("another configuration is in force")
        self.serve.stop()
        self.start()
        self.say("DELETE", "/v1/events?name=sale")
        with self.assertRaises(urllib.error.HTTPError) as refused:
            self.say("DELETE", "/v1/events?name=sale")
        self.addCleanup(refused.exception.close)
        self.assertEqual(refused.exception.code, 404)


if __name__ == "__main__":
    unittest.main()
