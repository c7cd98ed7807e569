"""SIGHUP: a configuration comes into force whole or not at all."""

import json
import signal
import tempfile
import time
import unittest
import urllib.error
import urllib.request

from program import Serve, wait_until
from scripted_cluster import ScriptedCluster


class Reload(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.cluster = ScriptedCluster(self)
        self.cluster.rate = 100.0
        self.serve = Serve(self, self.folder, "serve", self.configuration("observe"))
        self.port = self.serve.port()
        wait_until(lambda: "→" in self.serve.log, 20, self.serve)

    def configuration(self, mode):
        return self.cluster.configuration(self.folder, mode)

    def reload(self, text):
        with open(self.serve.config, "w", encoding="utf-8") as file:
            file.write(text)
        self.serve.send(signal.SIGHUP)

    def services(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/v1/services") as answer:
            found = json.load(answer)
        listed = found["services"] if isinstance(found, dict) else found
        return {service["id"]: service["mode"] for service in listed}

    def test_a_new_mode_comes_into_force(self):
        self.assertEqual(self.cluster.writes(), [])
        self.reload(self.configuration("floor"))
        wait_until(self.cluster.floors, 10, self.serve)
        self.assertEqual(self.services(), {"web": "floor"})

    def test_services_come_and_go(self):
        second = "\n  - id: api\n    fleet: { rate_per_replica: 5, boot: 10s, max: 9 }\n"
        self.reload(self.configuration("observe") + second)
        wait_until(lambda: set(self.services()) == {"web", "api"}, 10, self.serve)
        self.reload(self.configuration("observe"))
        wait_until(lambda: set(self.services()) == {"web"}, 10, self.serve)

    def test_a_service_that_goes_keeps_its_fleet(self):
        self.reload(self.configuration("floor"))
        wait_until(self.cluster.floors, 10, self.serve)
        writes = len(self.cluster.writes())
        head, _, _ = self.configuration("floor").partition("services:")
        other = "services:\n  - id: api\n    fleet: { rate_per_replica: 5, boot: 10s, max: 9 }\n"
        self.reload(head + other)
        wait_until(lambda: set(self.services()) == {"api"}, 10, self.serve)
        # Several ticks, in which a removal that is taken for a demand of nothing would be commanded.
        time.sleep(4)
        self.assertEqual(len(self.cluster.writes()), writes)

    def test_bounds_that_contradict_each_other_change_nothing(self):
        self.reload(self.configuration("floor").replace("min: 1,", "min: 41,"))
        wait_until(lambda: "not reloaded" in self.serve.log, 10, self.serve)
        self.assertIn("must not be less than `min`", self.serve.log.split("not reloaded")[1])
        time.sleep(2)
        self.assertEqual(self.services(), {"web": "observe"})
        self.assertEqual(self.cluster.writes(), [])

    def test_a_broken_file_changes_nothing(self):
        broken = self.configuration("floor").replace("rate_per_replica", "rate_per_replika")
        self.reload(broken)
        wait_until(lambda: "not reloaded" in self.serve.log, 10, self.serve)
        self.assertIn("rate_per_replica", self.serve.log.split("not reloaded")[1])
        time.sleep(2)
        self.assertEqual(self.services(), {"web": "observe"})
        self.assertEqual(self.cluster.writes(), [])

    def test_what_needs_a_restart_is_refused(self):
        moved = self.configuration("floor").replace("127.0.0.1:0", "127.0.0.1:1")
        self.reload(moved)
        wait_until(lambda: "not reloaded" in self.serve.log, 10, self.serve)
        self.assertIn("restart", self.serve.log.split("not reloaded")[1])
        self.assertEqual(self.services(), {"web": "observe"})


if __name__ == "__main__":
    unittest.main()
