"""The receiving end of `scaler`'s webhook cloud: CloudEvents with Standard Webhooks signatures."""

import asyncio
import base64
import hashlib
import hmac
import json
from datetime import datetime, timezone


class Webhook:
    def __init__(self, fleet, service: str, secret: str):
        self.fleet = fleet
        self.service = service
        self.key = base64.b64decode(secret.removeprefix("whsec_"))
        self.commands = 0
        self.port = 0

    async def start(self):
        server = await asyncio.start_server(self.connection, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]

    async def connection(self, reader, writer):
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                lines = head.decode().split("\r\n")[1:]
                pairs = (line.split(":", 1) for line in lines if line)
                headers = {name.lower(): value.strip() for name, value in pairs}
                body = await reader.readexactly(int(headers.get("content-length", "0")))
                status, answer = self.answer(headers, body)
                text = json.dumps(answer).encode()
                writer.write(
                    f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\n"
                    f"Content-Length: {len(text)}\r\n\r\n".encode() + text)
                await writer.drain()
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            pass
        writer.close()

    def answer(self, headers, body):
        signed = b".".join(
            [headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), body])
        digest = base64.b64encode(hmac.digest(self.key, signed, hashlib.sha256)).decode()
        if f"v1,{digest}" not in headers["webhook-signature"].split():
            return "401 Unauthorized", {"error": "the signature is not ours"}
        event = json.loads(body)
        if event["type"] == "scaler.observe":
            pending = [
                {"count": 1, "since": timestamp(instance.started)}
                for instance in self.fleet.pending()
            ]
            fleet = {"id": self.service, "ready": self.fleet.ready, "pending": pending}
            return "200 OK", {"services": [fleet]}
        self.commands += 1
        self.fleet.resize(event["data"]["replicas"])
        return "200 OK", {"result": "accepted", "replicas": event["data"]["replicas"]}


def timestamp(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
