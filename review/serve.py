"""Serving: the desk beside the built site, on this machine; or as an ASGI app for a real server.

``uvicorn --factory review.serve:app`` finds its site by ``PIPELINE_SITE``.
"""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Callable
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from pipeline.errors import OutputError
from pipeline.project import Project, open_project
from pipeline.site.serve import HOST, serving

from . import people
from .app import create_app
from .desk import Desk

Ready = Callable[[str, str, str], None]
"""Told the addresses of the site and of the desk, and the link for the first manager if needed."""


def app() -> FastAPI:
    """The desk of the site in ``PIPELINE_SITE``, else of the one in this folder."""
    return create_app(open_project(Path(os.environ.get("PIPELINE_SITE", "."))))


def serve(project: Project, output: Path, *, port: int, desk_port: int, ready: Ready) -> None:
    """Serve a built site and its desk, each at a port of its own, until interrupted.

    A port of its own is an origin of its own: what runs on the site's pages cannot touch the desk.

    Raises:
        ProjectError: There is nothing to serve.
        OutputError: A port is taken.
        MemoryStoreError: The state database cannot be opened.
    """
    with serving(project, output, port=port) as address, listening(desk_port) as place:
        desk = Desk.of(project)
        own = f"http://{HOST}:{place.getsockname()[1]}/"
        secret = people.first_link(desk.database)
        ready(address, own, f"{own}join/{secret}" if secret else "")
        config = uvicorn.Config(
            create_app(project, desk=desk),
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=2,
        )
        uvicorn.Server(config).run(sockets=[place])


def listening(port: int) -> socket.socket:
    """A socket on loopback.

    Raises:
        OutputError: The port is taken.
    """
    place = socket.socket()
    place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        place.bind((HOST, port))
        place.listen(128)
    except OSError as error:
        place.close()
        taken = error.errno == errno.EADDRINUSE
        raise OutputError(
            f"port {port} is taken" if taken else f"port {port} cannot be used: {error.strerror}",
            hint="Name another one with --desk-port; 0 takes any that is free.",
        ) from error
    return place
