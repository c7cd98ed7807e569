"""Two `scaler serve` processes and one lease: one commands, the other takes over."""

import signal
import tempfile
import time
import unittest

from program import Serve, wait_until
from scripted_cluster import ScriptedCluster

LEADERSHIP = "leadership: { kind: kubernetes-lease, cloud: shop, namespace: shop, name: scaler }\n"


class Leadership(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.cluster = ScriptedCluster(self)

    def serve(self, name):
        text = self.cluster.configuration(self.folder, "floor", name) + LEADERSHIP
        return Serve(self, self.folder, name, text)

    def leads(self, program):
        return "this process leads" in program.log

    def pair(self):
        """A leader that has commanded, and a follower that is ready."""
        first = self.serve("first")
        wait_until(lambda: self.leads(first), 10, first)
        second = self.serve("second")
        self.cluster.rate = 100.0
        wait_until(lambda: self.cluster.floors(), 10, first, second)
        wait_until(lambda: "web" in second.log and "→" in second.log, 10, second)
        return first, second

    def demand_and_wait(self, rate, *programs):
        count = len(self.cluster.floors())
        self.cluster.rate = rate
        return wait_until(lambda: len(self.cluster.floors()) > count, 10, *programs)

    def test_a_killed_leader_is_replaced_within_ten_seconds(self):
        first, second = self.pair()
        self.assertEqual({request.token for request in self.cluster.floors()}, {1})
        first.kill()
        took = self.demand_and_wait(250.0, first, second)
        self.assertLess(took, 10)
        self.assertEqual(self.cluster.floors()[-1].token, 2)
        print(f"\na killed leader's successor commanded after {took:.1f} s", flush=True)

    def test_the_same_where_sizes_are_commanded(self):
        cluster = ScriptedCluster(self, has_autoscaler=False)

        def serve(name):
            text = cluster.configuration(self.folder, "desired", name) + LEADERSHIP
            return Serve(self, self.folder, name, text)

        first = serve("first")
        wait_until(lambda: self.leads(first), 10, first)
        second = serve("second")
        cluster.rate = 100.0
        wait_until(cluster.sizes, 10, first, second)
        wait_until(lambda: "web" in second.log and "→" in second.log, 10, second)
        first.kill()
        count = len(cluster.sizes())
        cluster.rate = 250.0
        took = wait_until(lambda: len(cluster.sizes()) > count, 10, second)
        self.assertTrue(self.leads(second))
        print(f"\na killed leader's successor set a size after {took:.1f} s", flush=True)

    def test_a_leader_that_stops_hands_over(self):
        first, second = self.pair()
        self.assertEqual(first.stop(), 0)
        took = wait_until(lambda: self.leads(second), 5, second)
        self.demand_and_wait(250.0, second)
        self.assertEqual(self.cluster.floors()[-1].token, 2)
        print(f"\na stopped leader's successor led after {took:.1f} s", flush=True)

    def test_a_leader_that_stood_still_commands_nothing_afterwards(self):
        first, second = self.pair()
        first.send(signal.SIGSTOP)
        self.demand_and_wait(250.0, second)
        first.send(signal.SIGCONT)
        self.cluster.rate = 330.0
        wait_until(lambda: "this process follows" in first.log, 10, first)
        time.sleep(3)
        tokens = [request.token for request in self.cluster.floors()]
        self.assertEqual(tokens, sorted(tokens))
        self.assertEqual(tokens[-1], 2)
        self.assertEqual(self.cluster.lease()["leaseTransitions"], 2)


if __name__ == "__main__":
    unittest.main()
