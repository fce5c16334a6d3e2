"""``make up``: all that a site's settings ask for, on loopback, in one terminal, until Ctrl-C.

What is there already (a Redis that answers, an address in a variable) is used, not started.
"""

from __future__ import annotations

import argparse
import os
import socket
import sys
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from pipeline.errors import PipelineError, QueueError
from pipeline.project import Project, open_project
from pipeline.settings import address_of
from pipeline.variables import variable

from . import postgres, redis
from .group import Group, Service

BIN = Path(sys.executable).parent
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_NO_QUEUE = (
    "no [queue] in pipeline.toml: builds need no Redis and no workers, so none are started. "
    'With them:  [queue]  url = "redis://127.0.0.1:6379/0"'
)


def up(project: Project, *, port: int, desk_port: int, places: int) -> int:
    """Start a site's services and keep them until an interrupt, or until one of them ends.

    Args:
        project: The site.
        port: Of the built site.
        desk_port: Of the review desk, where it is installed.
        places: How many pages are made at once.

    Returns:
        0 after an interrupt, 1 after anything else.
    """
    group = Group(project.root, width=8)
    os.environ["PIPELINE_SITE"] = str(project.root)
    with group.until_interrupted():
        if not _start(project, group, port=port, desk_port=desk_port, places=places):
            return 0 if group.interrupted else 1
        group.say("up", "all is started; Ctrl-C stops it")
        return 0 if group.wait() else 1


def _start(project: Project, group: Group, *, port: int, desk_port: int, places: int) -> bool:
    """Start everything in its order; whether all of it is there."""
    if not _database(project, group):
        return False
    queue = project.settings.queue
    if not (queue.url or queue.url_env):
        group.say("up", _NO_QUEUE)
    elif not _redis(project, group):
        return False
    else:
        for service in workers(places):
            group.start(service)
    if not project.output_dir.is_dir():
        group.say("up", "the site is built for the first time")
        built = Service("build", [str(BIN / "pipeline"), "run", "--site", "."])
        group.run(built)
    for service in doors(port, desk_port):
        group.start(service)
    return group.until(lambda: _accepts(port), "the site", 60)


def _accepts(port: int) -> bool:
    """Whether somebody listens on a port of loopback."""
    try:
        with socket.create_connection(("127.0.0.1", port), 1):
            return True
    except OSError:
        return False


def workers(places: int) -> list[Service]:
    """The workers for pages and for engines, and beat, of which there is one."""
    celery = [str(BIN / "celery"), "-q", "-A", "workers.app"]
    work = [*celery, "worker", "-l", "INFO", "-Q"]
    return [
        Service("render", [*work, "render", "-c", str(places), "-n", "render@%h"]),
        Service("mt", [*work, "mt", "-P", "threads", "-c", "8", "-n", "mt@%h"]),
        Service("beat", [*celery, "beat", "-l", "INFO"]),
    ]


def doors(port: int, desk_port: int) -> list[Service]:
    """The site; and the review desk, beside which `pipeline serve` puts the site."""
    site = [str(BIN / "pipeline"), "serve", "--site", ".", "--port", str(port)]
    if find_spec("review") is not None and find_spec("uvicorn") is not None:
        site += ["--desk-port", str(desk_port)]
    return [Service("site", site)]


def _redis(project: Project, group: Group) -> bool:
    """Redis, if it is not there: where settings or ``REDIS_URL`` have it, else on any port."""
    queue = project.settings.queue
    if queue.url_env and not variable(queue.url_env):
        own = f"redis://127.0.0.1:{redis.free_port()}/0"
        os.environ[queue.url_env] = redis.named() or own
        group.say("up", f"for other terminals:  export {queue.url_env}={address_of(queue)}")
    url = address_of(queue)
    if redis.answers(url):
        group.say("redis", "is there already")
        return True
    parts = urlsplit(url)
    if parts.hostname not in _LOOPBACK:
        raise QueueError(
            "Redis does not answer, and is on another machine", hint="Start it there first."
        )
    folder = project.work_dir / "redis"
    folder.mkdir(parents=True, exist_ok=True)
    command = redis.command(parts.port or 6379, folder, keep=True)
    group.start(Service("redis", command))
    return group.until(lambda: redis.answers(url), "Redis")


def _database(project: Project, group: Group) -> bool:
    """PostgreSQL, where the settings name a variable that is not set; whether all is there."""
    name = project.settings.state.url_env
    if not name or variable(name):
        return True
    if found := postgres.named():
        os.environ[name] = found
        return True
    folder = project.work_dir / "postgres"
    group.start(postgres.service(folder))
    url = os.environ[name] = postgres.address(folder)
    group.say("up", f"for other terminals:  export {name}='{url}'")
    return group.until(lambda: postgres.answers(url), "PostgreSQL", 60)


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="make up", description=__doc__)
    parser.add_argument("--site", type=Path, default=Path(), help="the site's folder")
    parser.add_argument("--port", type=int, default=8000, help="of the built site")
    parser.add_argument("--desk-port", type=int, default=8001, help="of the review desk")
    parser.add_argument("--places", type=int, default=2, help="pages that are made at once")
    said = parser.parse_args()
    try:
        project = open_project(said.site)
        return up(project, port=said.port, desk_port=said.desk_port, places=said.places)
    except PipelineError as error:
        print(f"{error.message}. {error.hint}".strip(), file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
