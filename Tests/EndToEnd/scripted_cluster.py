"""A Kubernetes API server and a Prometheus, as far as `scaler` talks to them, from a script: it keeps
what it is given, compares versions, and writes down every request."""

import json
import threading
import time
import urllib.parse
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

NAMESPACE = "shop"
TOKEN = "scaler.dev/fencing-token"
GROUPS = {
    "deployments": "/apis/apps/v1",
    "horizontalpodautoscalers": "/apis/autoscaling/v2",
    "leases": "/apis/coordination.k8s.io/v1",
    "events": "/apis/events.k8s.io/v1",
}

CONFIGURATION = """
server: {{ listen: "127.0.0.1:0" }}
store: {{ path: {folder}/{name}.sqlite }}
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


@dataclass
class Request:
    time: float
    method: str
    path: str
    body: dict
    status: int

    @property
    def is_write(self) -> bool:
        """A query may be posted: what is asked of Prometheus changes nothing."""
        return (
            self.method != "GET" and not self.is_rehearsal
            and "/api/v1/query" not in self.path)

    @property
    def is_rehearsal(self) -> bool:
        return "dryRun=All" in self.path

    @property
    def token(self) -> int:
        return int(self.body.get("metadata", {}).get("annotations", {}).get(TOKEN, -1))


class ScriptedCluster:
    def __init__(self, case, floor=2, size=2, maximum=50, has_autoscaler=True):
        self.lock = threading.Lock()
        self.requests: list[Request] = []
        self.version = 1
        self.rate = 20.0
        self.refuses_rehearsals = False
        # What a query with the word `fleet` gives: requests per second by service.
        self.fleet: dict[str, float] = {}
        # How far a query reaches back, in seconds; whether asking for that gives an answer.
        self.past = 0
        self.gives_past = True
        self.objects = {("deployments", "web"): {
            "metadata": {"name": "web", "resourceVersion": "1"},
            "spec": {"replicas": size}, "status": {"readyReplicas": size}}}
        if has_autoscaler:
            self.objects[("horizontalpodautoscalers", "web")] = {
                "metadata": {"name": "web", "resourceVersion": "1"},
                "spec": {
                    "scaleTargetRef": {"kind": "Deployment", "name": "web"},
                    "minReplicas": floor, "maxReplicas": maximum}}
        cluster = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                status, answer = cluster.handle(self.command, self.path, body)
                text = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any

            def log_message(self, *_):
                pass

        class Server(ThreadingHTTPServer):
            def handle_error(self, *_):
                """A client that stopped waiting is no fault of the server's."""

        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        case.addCleanup(self.server.server_close)
        case.addCleanup(self.server.shutdown)

    # What the tests look at.

    def writes(self) -> list[Request]:
        with self.lock:
            return [request for request in self.requests if request.is_write]

    def rehearsals(self) -> list[Request]:
        """What was asked with `?dryRun=All`."""
        with self.lock:
            return [request for request in self.requests if request.is_rehearsal]

    def sizes(self) -> list[Request]:
        """Accepted changes of the Deployment's size."""
        return [
            request for request in self.writes()
            if request.method == "PATCH" and request.status == 200
            and request.path.split("?")[0].endswith("/scale")]

    def in_force(self) -> int:
        """The autoscaler's floor where there is one, else the Deployment's size."""
        with self.lock:
            scaler = self.objects.get(("horizontalpodautoscalers", "web"))
            if scaler:
                return scaler["spec"]["minReplicas"]
            return self.objects[("deployments", "web")]["spec"]["replicas"]

    def meddle(self, kind: str, field: str, value: int):
        """Somebody else writes into a specification."""
        with self.lock:
            change = {"spec": {field: value}}
            self.one("PATCH", (kind, "web"), "", change, is_rehearsal=False)

    def floors(self) -> list[Request]:
        """Accepted changes of the autoscaler's floor."""
        return [
            request for request in self.writes()
            if request.method == "PATCH" and request.status == 200
            and "/horizontalpodautoscalers/" in request.path]

    def lease(self) -> dict:
        with self.lock:
            return dict(self.objects.get(("leases", "scaler"), {}).get("spec", {}))

    def configuration(self, folder, mode, name="scaler"):
        """Of one service that this cluster runs; `name` tells the stores of several processes apart."""
        return CONFIGURATION.format(
            folder=folder, name=name, url=self.url, mode=mode, kubeconfig=self.kubeconfig(folder))

    def kubeconfig(self, folder: str, name="cluster") -> str:
        path = f"{folder}/{name}.kubeconfig"
        with open(path, "w", encoding="utf-8") as file:
            json.dump(
                {"current-context": "c",
                 "clusters": [{"name": "k", "cluster": {"server": self.url}}],
                 "contexts": [{"name": "c", "context": {"cluster": "k", "user": "u"}}],
                 "users": [{"name": "u", "user": {"token": "t"}}]}, file)
        return path

    # The server.

    def handle(self, method, path, body):
        plain = path.split("?")[0]
        parsed = {}
        if body and body.lstrip().startswith(b"{"):
            parsed = json.loads(body)
        with self.lock:
            if "/api/v1/query" in plain:
                status, answer = self.metrics(plain, urllib.parse.parse_qs(body.decode()))
            else:
                status, answer = self.kubernetes(method, plain, parsed, "dryRun=All" in path)
            self.requests.append(Request(time.monotonic(), method, path, parsed, status))
        return status, answer

    def metrics(self, path, form):
        query = form["query"][0]
        rates = self.fleet if "fleet" in query else {"": self.rate}
        if "label_replace" in query:
            rates = {name: rate for name, rate in rates.items() if f'"{name}"' in query}
        is_range = path.endswith("query_range")
        if is_range and not self.gives_past:
            return 503, {"status": "error", "errorType": "unavailable", "error": "not now"}
        result = []
        for name, rate in rates.items():
            series = {"metric": {"service": name} if name else {}}
            if is_range:
                times = range(int(form["start"][0]), int(form["end"][0]) + 1, int(form["step"][0]))
                series["values"] = [
                    [at, str(rate)] for at in times if at >= time.time() - self.past]
            else:
                series["value"] = [time.time(), str(rate)]
            if not is_range or series["values"]:
                result.append(series)
        kind = "matrix" if is_range else "vector"
        return 200, {"status": "success", "data": {"resultType": kind, "result": result}}

    def kubernetes(self, method, path, body, is_rehearsal):
        for kind, group in GROUPS.items():
            prefix = f"{group}/namespaces/{NAMESPACE}/{kind}"
            if path == prefix and method == "GET":
                items = [value for (k, _), value in self.objects.items() if k == kind]
                return 200, {"metadata": {}, "items": items}
            if path == prefix and method == "POST":
                return self.create(kind, body)
            if path.startswith(prefix + "/"):
                name, _, part = path[len(prefix) + 1:].partition("/")
                return self.one(method, (kind, name), part, body, is_rehearsal)
        return 404, {"message": f"no such path: {path}"}

    def create(self, kind, body):
        name = body["metadata"].get("name", f"generated-{self.version}")
        if (kind, name) in self.objects:
            return 409, {"reason": "AlreadyExists", "message": "it exists"}
        self.version += 1
        body["metadata"]["resourceVersion"] = str(self.version)
        self.objects[(kind, name)] = body
        return 201, body

    def one(self, method, key, part, body, is_rehearsal):
        found = self.objects.get(key)
        if found is None:
            return 404, {"reason": "NotFound", "message": f"{key[1]} not found"}
        if method == "GET":
            return 200, found
        wanted = body.get("metadata", {}).get("resourceVersion")
        if wanted and wanted != found["metadata"]["resourceVersion"]:
            return 409, {"reason": "Conflict", "message": "the object has been modified"}
        if is_rehearsal:
            if self.refuses_rehearsals:
                return 403, {"reason": "Forbidden", "message": "the Role lacks patch"}
            return 200, found
        # A write that changes nothing leaves the version as it is.
        changed = merged(found, body) if method == "PATCH" else body
        if changed != found:
            self.version += 1
            changed["metadata"]["resourceVersion"] = str(self.version)
            self.objects[key] = changed
            self.follow(key, part, changed)
        return 200, changed

    def follow(self, key, part, changed):
        """What the cluster's own controllers do: everything is ready at once."""
        deployment = self.objects[("deployments", "web")]
        size = deployment["spec"]["replicas"]
        if key[0] == "horizontalpodautoscalers":
            size = max(changed["spec"]["minReplicas"], 1)
        elif key[0] == "deployments":
            size = changed["spec"]["replicas"]
        deployment["spec"]["replicas"] = deployment["status"]["readyReplicas"] = size


def merged(old, change):
    """A JSON merge patch."""
    if not isinstance(change, dict) or not isinstance(old, dict):
        return change
    result = dict(old)
    for key, value in change.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merged(old.get(key), value)
    return result
