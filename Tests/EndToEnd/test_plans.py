"""Floors and plans on a real moto server: `scaler serve` raises an Auto Scaling group's MinSize ahead
of a replayed morning, and what it scheduled is there when it is killed."""

import os
import socket
import subprocess
import sys
import tempfile
import unittest
import urllib.request
from datetime import datetime, timedelta, timezone

from morning import BUSY, PER_REPLICA, SERVICE, watch, write_trace
from program import Serve, wait_until

try:
    import boto3
    import moto  # noqa: F401
except ImportError:
    boto3 = None

CLOUDS = '''clouds:
  asg: {{ kind: aws-autoscaling, region: eu-west-1, endpoint: "{endpoint}" }}
'''


@unittest.skipIf(boto3 is None, "needs PyPI's moto[server]")
class Plans(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        # moto_server itself picks no free port.
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        self.endpoint = f"http://127.0.0.1:{port}/"
        self.moto = subprocess.Popen(
            [os.path.join(os.path.dirname(sys.executable), "moto_server"), "-H", "127.0.0.1",
             "-p", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(self.moto.wait)
        self.addCleanup(self.moto.kill)
        wait_until(self.moto_answers, 30)
        self.scaling = boto3.client(
            "autoscaling", region_name="eu-west-1", endpoint_url=self.endpoint,
            aws_access_key_id="test", aws_secret_access_key="test")
        self.scaling.create_launch_configuration(
            LaunchConfigurationName="lc", ImageId="ami-12c6146b", InstanceType="t2.micro")
        self.scaling.create_auto_scaling_group(
            AutoScalingGroupName="web", LaunchConfigurationName="lc", MinSize=1, MaxSize=40,
            DesiredCapacity=3, AvailabilityZones=["eu-west-1a"])

    def moto_answers(self) -> bool:
        try:
            urllib.request.urlopen(self.endpoint + "moto-api/data.json", timeout=1)
            return True
        except OSError:
            return False

    def floor(self) -> int:
        groups = self.scaling.describe_auto_scaling_groups(AutoScalingGroupNames=["web"])
        return groups["AutoScalingGroups"][0]["MinSize"]

    def actions(self) -> list:
        found = self.scaling.describe_scheduled_actions(AutoScalingGroupName="web")
        return found["ScheduledUpdateGroupActions"]

    def test_the_floor_rises_ahead_of_the_morning_and_the_plan_outlives_us(self):
        write_trace(f"{self.folder}/trace.csv")
        text = SERVICE.format(
            folder=self.folder, name="serve", mode="floor",
            cloud="{ name: asg, resource: web }") + CLOUDS.format(endpoint=self.endpoint)
        serve = Serve(
            self, self.folder, "serve", text,
            {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"})
        watch(self, serve, self.floor)

        wait_until(self.actions, 20, serve)
        serve.kill()
        held = self.actions()
        print(f"\n{len(held)} scheduled actions outlived the process", flush=True)
        newest = max(action["StartTime"] for action in held)
        self.assertGreater(newest, datetime.now(timezone.utc) + timedelta(hours=1))
        floors = [action["MinSize"] for action in held]
        self.assertGreaterEqual(min(floors), 1)
        self.assertLessEqual(min(floors), 3, "a quiet night is in the plan")
        self.assertGreaterEqual(max(floors) * PER_REPLICA, 0.9 * BUSY, "and a busy day")


if __name__ == "__main__":
    unittest.main()
