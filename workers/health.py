"""Health and metrics of a worker over HTTP, where ``PIPELINE_HEALTH_PORT`` names a port.

``/health/live``: the process answers. ``/health/ready``: database and Redis answer too, else 503
and which does not. ``/metrics``: for Prometheus, with the extra ``metrics``.
"""

from __future__ import annotations

import json
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from sqlalchemy.exc import SQLAlchemyError

from pipeline.errors import PipelineError

from . import metrics
from .tasks import broker, place

_servers: list[ThreadingHTTPServer] = []


def start(port: str) -> None:
    """Answer on a port, on every address unless ``PIPELINE_HEALTH_HOST`` says which."""
    if not port:
        return
    host = os.environ.get("PIPELINE_HEALTH_HOST", "127.0.0.1")
    server = ThreadingHTTPServer((host, int(port)), _Handler)
    _servers.append(server)
    threading.Thread(target=server.serve_forever, daemon=True).start()


def stop() -> None:
    """Answer no more."""
    while _servers:
        server = _servers.pop()
        server.shutdown()
        server.server_close()


def state() -> dict[str, str]:
    """What each part that a worker needs says: ``ok``, or what is wrong."""
    found = {"database": "ok", "redis": "ok"}
    try:
        place().ledger.builds.latest(most=1)
    except (PipelineError, SQLAlchemyError) as error:
        found["database"] = type(error).__name__
    try:
        broker().lengths()
    except PipelineError as error:
        found["redis"] = error.message
    return found


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        """Answer."""
        if self.path == "/health/live":
            self._say(200, "application/json", b'{"alive": true}')
        elif self.path == "/health/ready":
            found = state()
            status = 200 if set(found.values()) == {"ok"} else 503
            self._say(status, "application/json", json.dumps(found).encode())
        elif self.path == "/metrics" and metrics.is_there():
            self._say(200, metrics.TYPE, metrics.text())
        else:
            self._say(404, "text/plain", b"not here\n")

    def _say(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Be quiet: these are asked every few seconds."""
