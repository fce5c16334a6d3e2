"""Every command of the compose file, run as it stands there, with its own health check.

Without containers: folders of this machine are in the places of the mounted ones, and free ports
in those of the fixed ones. Where ``IMAGE`` says so, it is what the Dockerfile installs that runs.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import AuthenticationError, NoPermissionError, RedisError

from pipeline.extract import extract
from pipeline.project import Project, open_project
from services.group import Group, Service
from services.redis import free_port
from tests.databases import address
from tests.deployment.files import PROGRAMS, ROOT, compose
from tests.services import _binary
from tests.sites import DAY, SETTINGS, site, translate
from tests.tools import missing

WITH_STORES = SETTINGS + '[queue]\nurl_env = "QUEUE_URL"\n\n[state]\nurl_env = "STATE_URL"\n'
Ports = Mapping[str, int]
STAYING = ("render", "mt", "beat", "review")


@dataclass(frozen=True, slots=True)
class Host:
    """A host with a site, its secrets, and the stores."""

    folder: Path
    project: Project
    redis: int

    @property
    def secrets(self) -> Path:
        """The folder that `deploy/secrets.sh` made."""
        return self.folder / "secrets"

    def here(self, text: str, ports: Mapping[str, int]) -> str:
        """What a container calls one thing, as it is called on this machine."""
        for inside, outside in {
            "/run/secrets/": f"{self.secrets}/",
            "/nginx/": f"{self.folder}/nginx/",
            "/data": str(self.folder / "redis"),
        }.items():
            text = text.replace(inside, outside)
        for inside, port in ports.items():
            text = text.replace(inside, str(port))
        return text.replace("0.0.0.0", "127.0.0.1")  # noqa: S104 - what a container listens on

    def service(self, name: str, ports: Mapping[str, int]) -> Service:
        """A service as it is run here."""
        found = compose()["services"][name]
        said = {key: self.here(str(value), ports) for key, value in found["environment"].items()}
        path = f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}"
        more = {**said, "PATH": path, "PIPELINE_SITE": str(self.project.root)}
        return Service(name, [self.here(word, ports) for word in found["command"]], more)

    def check(self, name: str, ports: Mapping[str, int]) -> list[str]:
        """The command of a health check."""
        test: list[str] = compose()["services"][name]["healthcheck"]["test"]
        assert test[0] == "CMD"
        return [self.here(word, ports) for word in test[1:]]


def run(host: Host, service: Service, command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """A command where a service would run it, with its variables."""
    environment = {**os.environ, **service.environment}
    return subprocess.run(
        command, cwd=host.project.root, env=environment, capture_output=True, text=True, check=False
    )


@contextmanager
def redis(folder: Path, secrets: Path, port: int) -> Iterator[None]:
    """Redis by the command of the compose file."""
    (folder / "redis").mkdir()
    said: list[str] = compose()["services"]["redis"]["command"]
    places = {"/run/secrets/redis_users": str(secrets / "redis_users"), "/data": f"{folder}/redis"}
    command = [_binary(), *(places.get(word, word) for word in said[1:])]
    command += ["--port", str(port), "--bind", "127.0.0.1"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        assert process.wait(30) == 0


HEALTH = {"username": "health", "password": "-"}


def client(port: int, username: str = "", password: str = "") -> Redis:
    """Somebody who asks Redis."""
    return Redis(port=port, username=username or None, password=password or None)


def pong(port: int, username: str = "", password: str = "") -> bool:
    """Whether Redis answers somebody."""
    with client(port, username, password) as asking:
        return bool(asking.ping())


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    """A host on which `prepare` has run."""
    folder = tmp_path_factory.mktemp("host")
    secrets, port = folder / "secrets", free_port()
    subprocess.run(["sh", str(ROOT / "deploy/secrets.sh"), str(secrets)], check=True)
    queue = secrets / "queue_url"
    queue.write_text(queue.read_text().replace("@redis:6379", f"@127.0.0.1:{port}"))
    (secrets / "state_url").write_text(address("postgresql"))
    (folder / "nginx").mkdir()
    with redis(folder, secrets, port):
        until = time.monotonic() + 20
        while time.monotonic() < until:
            with suppress(RedisError):
                pong(port, **HEALTH)
                break
            time.sleep(0.05)
        (folder / "site").mkdir()
        plain = site(folder / "site")
        extract(plain, today=DAY, jobs=1)
        translate(plain)
        (folder / "site" / "pipeline.toml").write_text(WITH_STORES)
        with pytest.MonkeyPatch.context() as patch:
            for name in ("queue_url", "state_url"):
                patch.setenv(f"{name.upper()}_FILE", str(secrets / name))
            made = Host(folder, open_project(folder / "site"), port)
            prepare = made.service("prepare", {})
            done = run(made, prepare, prepare.command)
            assert done.returncode == 0, done.stdout + done.stderr
            yield made


def test_prepare_leaves_a_site_and_how_to_serve_it(host: Host) -> None:
    """The first build, and nginx's configuration."""
    assert (host.project.output_dir / "nl" / "index.html").is_file()
    assert "server_name www.example.org;" in (host.folder / "nginx/site.conf").read_text()


def test_redis_lets_in_who_has_the_password(host: Host) -> None:
    """And its health check, to ask for nothing but life."""
    assert pong(host.redis, **HEALTH)
    assert pong(host.redis, password=(host.secrets / "redis_password").read_text().strip())
    with pytest.raises(AuthenticationError):
        pong(host.redis)
    with client(host.redis, **HEALTH) as asking:
        with pytest.raises(NoPermissionError):
            asking.get("anything")
        with pytest.raises(NoPermissionError):
            asking.config_get("maxmemory")


def test_secrets_that_are_there_stay(tmp_path: Path) -> None:
    """Run again, the script changes nothing; what it made is long, and closed to others."""
    command = ["sh", str(ROOT / "deploy/secrets.sh"), str(tmp_path / "secrets")]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    made = {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()}
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    assert {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()} == made
    assert len(made["postgres_password"].strip()) == 48
    assert made["postgres_password"] != made["redis_password"]
    assert (tmp_path / "secrets").stat().st_mode & 0o077 == 0
    sources = {
        one["source"] for s in compose()["services"].values() for one in s.get("secrets", [])
    }
    assert sources <= set(made)


def test_every_service_starts_is_well_builds_and_ends(host: Host) -> None:
    """Each by its own health check; a build that is asked for ends; each ends by SIGTERM."""
    statuses = at_work(host, "Another sentence", host.service)
    # uvicorn ends what it does, and then by the signal itself; nobody had to be killed.
    assert statuses == {**dict.fromkeys(STAYING, 0), "review": -signal.SIGTERM}


def test_every_service_does_its_work_confined(host: Host) -> None:
    """As its container is: a root and sources that are read-only, no rights, its mounts alone.

    With SQLite: the socket of the PostgreSQL of tests is closed to who has no rights.
    """
    assert_confines(host)
    secret = host.secrets / "state_url"
    before = secret.read_text()
    secret.write_text("sqlite:///.pipeline/state.db")
    try:
        at_work(host, "One confined sentence", lambda name, ports: confined(host, name, ports))
    finally:
        secret.write_text(before)


def at_work(host: Host, words: str, service_of: Callable[[str, Ports], Service]) -> dict[str, int]:
    """Every service starts, is well, takes part in a build of new words; how each ends."""
    group = Group(host.project.root)
    ports = {name: {"8080": free_port(), "8000": free_port()} for name in STAYING}
    try:
        for name in STAYING:
            group.start(service_of(name, ports[name]))
        for name in STAYING:
            service = host.service(name, ports[name])
            check = host.check(name, ports[name])
            assert group.until(lambda: run(host, service, check).returncode == 0, name, 60)  # noqa: B023
        path = host.project.root / "source/articles/first.md"
        text = path.read_text()
        path.write_text(text.replace(text.split("\n\n")[1].split(",")[0], words))
        asked = run(host, service, ["pipeline", "build", "--queue"])
        assert asked.returncode == 0, asked.stdout + asked.stderr
        pages = host.project.output_dir.rglob("en/*/index.html")
        assert any(words in page.read_text() for page in pages)
        assert group.ended() is None
    finally:
        statuses = group.stop()
    return statuses


# Without the rights that a container has not


def confined(host: Host, name: str, ports: Ports) -> Service:
    """A service with what its container may do, and what is mounted there."""
    plain = host.service(name, ports)
    return replace(plain, command=[*confinement(host, name), *plain.command])


def confinement(host: Host, name: str) -> list[str]:
    """The command that runs another one so: bubblewrap, where it is permitted."""
    found, root = compose()["services"][name], host.project.root
    assert found["read_only"]
    assert found["cap_drop"] == ["ALL"]
    assert found["security_opt"] == ["no-new-privileges:true"]
    user, _, group = found["user"].partition(":")
    command = ["bwrap", "--die-with-parent", "--unshare-user", "--unshare-pid", "--unshare-ipc"]
    command += ["--uid", user, "--gid", group, "--cap-drop", "ALL", "--ro-bind", "/", "/"]
    command += ["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"]  # noqa: S108
    for kept in map(str, (ROOT, sys.prefix, sys.base_prefix, PROGRAMS.parent, host.secrets)):
        command += ["--ro-bind", kept, kept]
    command += ["--tmpfs", str(root)]
    for mount in found["volumes"]:
        path = Path(mount["target"].replace("/site", str(root), 1))
        if path.suffix == "":
            path.mkdir(exist_ok=True)
        command += ["--ro-bind" if mount.get("read_only") else "--bind", str(path), str(path)]
    return [*command, "--remount-ro", str(root), "--chdir", str(root)]


def assert_confines(host: Host) -> None:
    """What runs so can do nothing else: it is nobody, and writes where it is to write alone."""
    if shutil.which("bwrap") is None:
        missing("bwrap", "bubblewrap")
    within = confinement(host, "render")
    look = [*within, "cat", "/proc/self/status"]
    said = subprocess.run(look, capture_output=True, text=True, check=False)
    if said.returncode:
        pytest.skip(f"bubblewrap is not permitted here: {said.stderr.strip()}")
    status = dict(line.split(":", 1) for line in said.stdout.splitlines() if ":" in line)
    assert status["Uid"].split() == ["1000"] * 4
    assert (int(status["CapEff"], 16), int(status["CapBnd"], 16)) == (0, 0)
    assert status["NoNewPrivs"].strip() == "1"
    may = {name: touches(within, host.project.root / name) for name in MAY}
    assert may == MAY
    assert not touches(within, Path("/usr/mark"))
    assert not touches(within, ROOT / "mark")


MAY = {
    "mark": False,
    "source/mark": False,
    "pipeline.toml": False,
    "locales/mark": True,
    "glossary/mark": True,
    "public/mark": True,
    ".pipeline/mark": True,
}
"""What a worker may write in a site."""


def touches(within: Sequence[str], path: Path) -> bool:
    """Whether a confined process can write a file."""
    done = subprocess.run([*within, "touch", str(path)], capture_output=True, check=False)
    if path.name == "mark":
        path.unlink(missing_ok=True)
    return done.returncode == 0
