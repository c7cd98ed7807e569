"""Services that a fleet query finds: they run like those that are written down."""

import json
import signal
import unittest
import urllib.request

from found_fleet import FoundFleet
from program import Serve, run, wait_until

class Discovery(FoundFleet):
    def test_found_services_run_and_more_are_taken_up(self):
        serve = Serve(self, self.folder, "serve", self.text)
        port = serve.port()

        def targets():
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/v1/services") as answer:
                return {s["id"]: s["target"] for s in json.load(answer)["services"]}

        wait_until(lambda: targets().get("shop") is not None, 20, serve)
        self.assertEqual(set(targets()), {"api", "shop"})
        self.assertGreaterEqual(targets()["shop"], 12)
        self.cluster.fleet["web"] = 30.0
        serve.send(signal.SIGHUP)
        wait_until(lambda: targets().get("web") is not None, 20, serve)

    def test_plan_knows_them(self):
        path = f"{self.folder}/plan.yaml"
        with open(path, "w", encoding="utf-8") as file:
            file.write(self.text)
        planned = run("plan", "--config", path, "--format", "json")
        self.assertEqual(planned.returncode, 0, planned.stderr)
        self.assertEqual([row["service"] for row in json.loads(planned.stdout)], ["api", "shop"])


if __name__ == "__main__":
    unittest.main()
