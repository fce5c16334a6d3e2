"""A house of workers: Redis, workers, beat and a database, each of which can be killed.

Everything is a process of its own on loopback, and ends with the block.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import text

from pipeline.database import open_database
from pipeline.ledger import Build, Ledger, ledger_of
from pipeline.ledger.asking import ask
from pipeline.ledger.build import BUILD, Asked
from pipeline.project import Project, open_project
from tests import services
from tests.databases import address
from tests.services import RedisServer
from tests.sites import DAY, SETTINGS, site

BIN = Path(sys.executable).parent
ROOT = Path(__file__).parents[2]


class KeepingServer(RedisServer):
    """A Redis that writes down all it is told, as the deployment's does."""

    binds: tuple[str, ...] = ("127.0.0.1",)

    def start(self) -> None:
        """Start it with what it wrote, and wait until it answers."""
        command = [services._binary(), "--port", str(self.port), "--bind", *self.binds]
        command += [
            "--protected-mode",
            "no",
            "--save",
            "",
            "--appendonly",
            "yes",
            "--appendfsync",
            "always",
        ]
        command += ["--dir", str(self.folder)]
        quiet = subprocess.DEVNULL
        self.process = subprocess.Popen(command, stdout=quiet, stderr=quiet)
        until = time.monotonic() + 10
        with Redis.from_url(self.url, socket_connect_timeout=1) as client:
            while time.monotonic() < until:
                with suppress(RedisError):
                    client.ping()
                    return
                time.sleep(0.02)
        raise AssertionError("the Redis server does not answer")

    def wipe(self) -> None:
        """Lose everything, as after the loss of a disk."""
        with Redis.from_url(self.url) as client:
            client.flushall()


@dataclass
class House:
    """A site, its servers, and who works on it."""

    project: Project
    redis: KeepingServer
    folder: Path
    environment: dict[str, str]
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @cached_property
    def ledger(self) -> Ledger:
        """The ledger."""
        return ledger_of(self.project)

    def ask(
        self,
        *locales: str,
        steps: Sequence[str] = BUILD,
        priority: int = 3,
        force: bool = False,
    ) -> str:
        """Ask for a build of some languages, all if none is named; its id."""
        project = open_project(self.project.root)
        asked = Asked(locales, DAY, force=force)
        return ask(project, asked, steps=steps, priority=priority, ledger=self.ledger).id

    def worker(
        self,
        name: str = "render",
        *,
        queue: str = "render",
        places: int = 2,
        pool: str = "prefork",
        python: str = "",
        site: Path | None = None,
        within: tuple[str, ...] = (),
        **environment: str,
    ) -> None:
        """Start a worker.

        Args:
            name: What it is called.
            queue, places, pool: What it takes, how much at once, and how.
            python: Code that runs in each of its processes at their start.
            site: Where it has the site, if not where we do.
            within: A command to run it in.
            environment: More variables.
        """
        command = ["worker", "-Q", queue, "-c", str(places), "-P", pool, "-l", "WARNING"]
        self._start(
            name, [*command, "-n", f"{name}@test"], python=python, site=site, within=within,
            **environment,
        )  # fmt: skip

    def beat(self) -> None:
        """Start beat."""
        self._start("beat", ["beat", "-l", "WARNING", "-s", str(self.folder / "beat.db")])

    def flower(self, port: int) -> None:
        """Start Flower, which anybody on this machine may ask."""
        command = ["flower", "--address=127.0.0.1", f"--port={port}"]
        self._start("flower", command, FLOWER_UNAUTHENTICATED_API="true")

    def kill(self, name: str) -> None:
        """End a process and all of its children as a power cut does."""
        process = self.processes.pop(name)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self, name: str) -> None:
        """Ask a process to end, and wait until it has."""
        process = self.processes.pop(name)
        process.terminate()
        process.wait(30)

    def children(self, name: str) -> list[int]:
        """The processes of a worker's pool."""
        parent = self.processes[name].pid
        done = subprocess.run(["pgrep", "-P", str(parent)], capture_output=True, check=False)
        return [int(line) for line in done.stdout.split()]

    def kill_child(self, name: str, number: int = 0) -> None:
        """End one process of a worker's pool."""
        children = self.children(name)
        if children:
            with suppress(ProcessLookupError):
                os.kill(children[number % len(children)], signal.SIGKILL)

    def cut_database(self) -> None:
        """Break every connection to PostgreSQL."""
        others = text(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        database = open_database(self.project)
        with database.begin() as connection:
            connection.execute(others)
        database.dispose()

    def wait(self, build: str, seconds: float = 120, then: Callable[[], object] = int) -> Build:
        """Wait until a build has ended; ``then`` is called again and again meanwhile.

        How long that takes is up to the machine. What fails is a build that goes no further at all
        for so many seconds.
        """
        ledger = self.ledger
        last, until = None, 0.0
        while True:
            found = ledger.builds.progress(build)
            if found.build.has_ended:
                return found.build
            state = (found.build.step, found.build.round, found.counts)
            if state != last:
                last, until = state, time.monotonic() + seconds
            if time.monotonic() > until:
                break
            then()
            time.sleep(0.05)
        raise AssertionError(f"{build} does not end: {ledger.builds.progress(build)}\n{self.log}")

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """The `pipeline` command on this site."""
        command = [str(BIN / "pipeline"), *arguments, "--site", str(self.project.root)]
        return subprocess.run(
            command, capture_output=True, text=True, check=False, env=self.environment
        )

    @property
    def log(self) -> str:
        """The last of what everybody logged."""
        return "\n".join(path.read_text()[-3000:] for path in self.folder.glob("*.log"))

    def _start(
        self,
        name: str,
        arguments: list[str],
        *,
        python: str = "",
        site: Path | None = None,
        within: tuple[str, ...] = (),
        **environment: str,
    ) -> None:
        extra = {"PIPELINE_SITE": str(site or self.project.root), **environment}
        if python:
            faults = self.folder / f"{name}-python"
            faults.mkdir(exist_ok=True)
            (faults / "sitecustomize.py").write_text(python)
            extra["PYTHONPATH"] = str(faults)
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [*within, str(BIN / "celery"), "-A", "workers.app", *arguments],
                cwd=ROOT,
                env={**self.environment, **extra},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )


@contextmanager
def house(
    folder: Path,
    files: dict[str, str] | None = None,
    *,
    database: str = "sqlite",
    lease: int = 1,
    settings: str = SETTINGS,
    queue: str = "",
) -> Iterator[House]:
    """A house with Redis and a site, and nobody in it yet."""
    (folder / "redis").mkdir()
    (folder / "site").mkdir()
    redis = KeepingServer(services._free_port(), folder / "redis")
    redis.start()
    more = f'\n[queue]\nurl = "{redis.url}"\nlease = {lease}\n{queue}'
    environment = dict(os.environ)
    if database == "postgresql":
        environment["TEST_STATE_URL"] = os.environ["TEST_STATE_URL"] = address("postgresql")
        more += '\n[state]\nurl_env = "TEST_STATE_URL"\n'
    project = site(folder / "site", files, settings=settings + more)
    made = House(open_project(project.root), redis, folder, environment)
    try:
        yield made
    finally:
        for name in list(made.processes):
            made.kill(name)
        redis.kill()
        made.ledger.database.dispose()
        os.environ.pop("TEST_STATE_URL", None)
