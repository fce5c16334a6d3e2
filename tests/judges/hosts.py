"""The judge of the host: nginx reads the configuration, and answers as `pipeline serve` does."""

from __future__ import annotations

import http.client
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlsplit

from pipeline.cli import app

from .built import Built
from .registry import Note, judge, program, run

_SAFE = (
    "content-security-policy",
    "x-content-type-options",
    "referrer-policy",
)
"""Headers that every answer has, whatever it is."""

_COMPARED = (*_SAFE, "cache-control", "content-type", "location", "vary", "set-cookie")

_ALIKE = {"application/javascript": "text/javascript", "text/xml": "application/xml"}
"""Types that mean the same (RFC 9239 §6, RFC 7303 §9.2); nginx's own list has the older names."""

_WHOLE = """\
{user}worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
    include /etc/nginx/mime.types;
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""

Answer = tuple[int, Mapping[str, str]]


@judge("nginx")
def nginx(site: Built) -> Iterator[str | Note]:
    """Its parser, then real requests: every file, what has moved, languages, what is hidden."""
    if not any(command.callback and command.callback.__name__ == "nginx" for command in app.registered_commands):  # fmt: skip # noqa: E501
        yield Note("there is no configuration yet")
        return
    binary, folder, port = program("nginx"), site.spare, _free_port()
    _configure(site, folder, port)
    tested = run(binary, "-t", "-q", "-p", folder, "-c", folder / "nginx.conf")
    if tested.returncode or tested.stderr.strip():
        yield from tested.stderr.strip().splitlines()
        return
    host = urlsplit(site.project.settings.site.url).netloc
    asked = 0
    with _running(binary, folder, port):
        for path, headers in _requests(site):
            asked += 1
            theirs = _ask(f"127.0.0.1:{port}", path, {**headers, "Host": host})
            ours = _ask(urlsplit(site.address).netloc, path, headers)
            yield from _differences(path, headers, theirs, ours)
    yield Note(f"{asked} requests")


def _configure(site: Built, folder: Path, port: int) -> None:
    command = [str(Path(sys.executable).parent / "pipeline"), "nginx", "--site"]
    printed = run(*command, site.project.root).stdout
    server = re.sub(r"listen 80;", f"listen 127.0.0.1:{port};", printed)
    (folder / "site.conf").write_text(server, encoding="utf-8")
    user = "user root;\n" if os.getuid() == 0 else ""
    whole = _WHOLE.format(folder=folder, user=user)
    (folder / "nginx.conf").write_text(whole, encoding="utf-8")


@contextmanager
def _running(binary: str, folder: Path, port: int) -> Iterator[None]:
    command = [binary, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-g", "daemon off;"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(10)


def _requests(site: Built) -> Iterator[tuple[str, dict[str, str]]]:
    """Paths and headers to ask with."""
    for file in sorted(site.output.rglob("*")):
        name = file.relative_to(site.output).as_posix()
        if file.is_file() and file.suffix not in (".br", ".gz"):
            yield quote(f"/{name}".removesuffix("index.html")), {}
    langs = sorted({lang for lang, _ in site.kinds()})
    for lang in (*langs, "tlh", "*"):
        yield "/", {"Accept-Language": f"{lang}, x-none;q=0.5"}
        yield "/", {"Accept-Language": langs[0], "Cookie": f"language={lang}"}
    for lang in langs:
        yield f"/{lang}/", {"Accept-Language": "tlh"}
        yield f"/{lang}/nowhere/", {}
        yield f"/{lang}", {}
        yield f"/{lang}/index.html", {}
    for path in ("/nowhere", "/.published.json", "/.nginx/maps.conf", "/%2e%2e/etc/passwd"):
        yield path, {}


def _ask(netloc: str, path: str, headers: Mapping[str, str]) -> Answer:
    connection = http.client.HTTPConnection(netloc, timeout=10)
    try:
        connection.request("GET", path, headers=dict(headers))
        response = connection.getresponse()
        response.read()
        pairs = response.getheaders()
        several = {name.lower() for name, _ in pairs}
        return response.status, {
            name: ", ".join(v for n, v in pairs if n.lower() == name) for name in several
        }
    finally:
        connection.close()


def _differences(
    path: str, headers: Mapping[str, str], theirs: Answer, ours: Answer
) -> Iterator[str]:
    said = f"{path} {dict(headers)}" if headers else path
    if theirs[0] == 400 and ours[0] == 404:  # a path that leaves the site: both refuse it
        return
    if theirs[0] != ours[0] or theirs[0] >= 500:
        yield f"{said}: nginx answers {theirs[0]}, pipeline serve {ours[0]}"
        return
    for name in _SAFE:
        if name not in theirs[1]:
            yield f"{said}: nginx sends no {name}"
    for name in _COMPARED:
        one, other = _plain(name, theirs[1].get(name)), _plain(name, ours[1].get(name))
        # nginx gives a redirect a few words of its own, and so a type.
        if one != other and not (name == "content-type" and 300 <= theirs[0] < 400):
            yield f"{said}: {name}: nginx sends {one!r}, pipeline serve {other!r}"


def _plain(name: str, value: str | None) -> str | None:
    """A header's value as far as it has to agree: both may add what varies by compression."""
    if value is None:
        return None
    if name == "vary":
        words = {word.strip().lower() for word in value.split(",")} - {"accept-encoding"}
        return ", ".join(sorted(words)) or None
    if name == "content-type":
        plain = value.lower().replace(" ", "")
        for one, other in _ALIKE.items():
            plain = plain.replace(one, other)
        return plain
    return value


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
