"""Serving a built site on this machine, as nginx does with the configuration of `nginx`.

Types, clean addresses, redirects, languages at ``/``, compressed files, headers, 404 pages.

On loopback only, and for nothing but looking at it.
"""

from __future__ import annotations

import errno
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, unquote, urlsplit

from ..errors import OutputError, ProjectError
from ..project import Project
from . import negotiation, redirects
from .compression import BROTLI, GZIP
from .headers import caching, security
from .language import language

HOST = "127.0.0.1"
INDEX = "index.html"
NOWHERE = "404.nothing"

_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".xml": "application/xml; charset=utf-8",
    ".atom": "application/atom+xml; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".webmanifest": "application/manifest+json; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".ico": "image/x-icon",
    ".pdf": "application/pdf",
    ".woff2": "font/woff2",
    ".woff": "font/woff",
    ".mp3": "audio/mpeg",
    ".mp4": "video/mp4",
}
_AT_ROOT = "Accept-Language, Cookie"
_LOOPBACK = frozenset(("127.0.0.1", "localhost", "[::1]"))


class Answer(NamedTuple):
    """What an address is answered with: a file, or a place to go to, or nothing."""

    status: HTTPStatus
    file: Path | None = None
    location: str = ""


def answer(output: Path, target: str) -> Answer:
    """The answer to a request for ``target`` (path and query as they were sent)."""
    parts = urlsplit("/" + target.lstrip("/"))
    path = unquote(parts.path, errors="replace")
    steps = [step for step in path.split("/") if step]
    found = output.joinpath(*steps) if _is_plain(steps) else output / NOWHERE
    if not _is_inside(found, output):
        return _missing(output, path)
    moved = redirects.read(output).get("/".join(["", *steps, ""]))
    if moved:
        query = f"?{parts.query}" if parts.query else ""
        return Answer(HTTPStatus(moved[1]), None, moved[0] + query)
    clean = "/".join(["", *steps])
    if found.is_dir() and (found / INDEX).is_file():
        clean, found = f"{clean}/" if steps else "/", found / INDEX
    elif path.endswith("/") or not found.is_file():
        return _missing(output, path)
    elif found.name == INDEX:
        clean = clean.removesuffix(INDEX)
    if target.startswith("//") or path != clean:
        query = f"?{parts.query}" if parts.query else ""
        return Answer(HTTPStatus.MOVED_PERMANENTLY, None, quote(clean) + query)
    return Answer(HTTPStatus.OK, found)


def _is_plain(steps: list[str]) -> bool:
    """Whether nothing in a path is hidden, leads elsewhere, or is no text."""
    return not any(step.startswith(".") or set(step) & set("\0\\\ufffd") for step in steps)


def _missing(output: Path, path: str) -> Answer:
    """The 404 page of the language that the address is in, or that of the site."""
    folder = path.lstrip("/").partition("/")[0]
    for page in (output / folder / "404.html", output / "404.html"):
        if folder not in ("", "..") and "\0" not in folder and page.is_file():
            return Answer(HTTPStatus.NOT_FOUND, page)
    page = output / "404.html"
    return Answer(HTTPStatus.NOT_FOUND, page if page.is_file() else None)


def _is_inside(path: Path, output: Path) -> bool:
    try:
        return path.resolve().is_relative_to(output.resolve())
    except (OSError, RuntimeError):
        return False


class _Site(NamedTuple):
    """What is served: a folder, with a search or without, in some languages if they are live."""

    output: Path
    search: bool
    folders: tuple[str, ...]

    @property
    def langs(self) -> tuple[str, ...]:
        """The folders of the languages that are live."""
        return tuple(one for one in self.folders if (self.output / one / INDEX).is_file())


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server_version = "pipeline"
    sys_version = ""
    timeout = 30

    def __init__(self, site: _Site, *arguments: object) -> None:
        self.site = site
        self.output = site.output
        super().__init__(*arguments)  # type: ignore[arg-type]  # what the server hands on

    def do_GET(self) -> None:
        self._answer(body=True)

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def _refuse(self) -> None:
        self._send(HTTPStatus.METHOD_NOT_ALLOWED, b"", {"Allow": "GET, HEAD"}, body=True)
        self.close_connection = True

    do_POST = do_PUT = do_DELETE = do_PATCH = do_OPTIONS = _refuse

    def _answer(self, *, body: bool) -> None:
        host = (self.headers.get("Host") or "").rpartition(":")
        if (host[0] or host[2]).lower() not in _LOOPBACK:
            text = b"This server answers for this machine only."
            self._send(
                HTTPStatus.MISDIRECTED_REQUEST, text, {"Content-Type": "text/plain"}, body=body
            )
            return
        if urlsplit(self.path).path == "/" and self._greet(body=body):
            return
        found = answer(self.output, self.path)
        if found.location:
            headers = {"Location": found.location, "Cache-Control": caching("")}
            self._send(found.status, b"", headers, body=body)
        elif found.file is None:
            self._say(found.status, "Not found.")
        else:
            self._file(found, found.file, body=body)

    def _greet(self, *, body: bool) -> bool:
        """Lead to the language that was chosen, or else is asked for, if there is one."""
        langs = self.site.langs
        lang = negotiation.chosen(self.headers.get("Cookie") or "", langs)
        lang = lang or negotiation.negotiate(self.headers.get("Accept-Language") or "", langs)
        if lang:
            headers = {"Location": f"/{lang}/", "Cache-Control": caching(""), "Vary": _AT_ROOT}
            self._send(HTTPStatus.FOUND, b"", headers, body=body)
        return lang is not None

    def _encoding(self, path: Path) -> tuple[str, Path]:
        """The coding that the browser takes and there is a file of, and that file."""
        accepted = (self.headers.get("Accept-Encoding") or "").lower()
        codings = [one.partition(";")[0].strip() for one in accepted.split(",")]
        refused = re.findall(r"([a-z]+)\s*;\s*q=0(?:\.0*)?\s*(?:,|$)", accepted)
        for coding, suffix in (("br", BROTLI), ("gzip", GZIP)):
            variant = path.with_name(path.name + suffix)
            if coding in codings and coding not in refused and variant.is_file():
                return coding, variant
        return "", path

    def _file(self, found: Answer, path: Path, *, body: bool) -> None:
        coding, sent = self._encoding(path)
        try:
            data, status = sent.read_bytes(), sent.stat()
        except OSError:
            self._send(
                HTTPStatus.NOT_FOUND, b"Not found", {"Content-Type": "text/plain"}, body=body
            )
            return
        tag = f'"{status.st_mtime_ns:x}-{status.st_size:x}"'
        address = f"/{path.relative_to(self.output).as_posix()}"
        vary = [_AT_ROOT] if address == f"/{INDEX}" else []
        if path.with_name(path.name + GZIP).is_file():
            vary.append("Accept-Encoding")
        headers = {
            "Content-Type": _TYPES.get(path.suffix.lower(), "application/octet-stream"),
            "Cache-Control": caching(address),
            "ETag": tag,
        }
        headers |= {"Content-Encoding": coding} if coding else {}
        headers |= {"Vary": ", ".join(vary)} if vary else {}
        chosen = negotiation.choice(dict(self.headers.items()), self.path, self.site.langs)
        if chosen and found.status is HTTPStatus.OK:
            headers["Set-Cookie"] = negotiation.cookie(chosen)
        known = [one.strip() for one in (self.headers.get("If-None-Match") or "").split(",")]
        if found.status is HTTPStatus.OK and (tag in known or "*" in known):
            self._send(HTTPStatus.NOT_MODIFIED, None, headers, body=False)
        else:
            self._send(found.status, data, headers, body=body)

    def _say(self, status: HTTPStatus, text: str) -> None:
        headers = {"Content-Type": _TYPES[".txt"]}
        self._send(status, text.encode(), headers, body=self.command != "HEAD")

    def _send(
        self, status: HTTPStatus, data: bytes | None, headers: dict[str, str], *, body: bool
    ) -> None:
        self.send_response(status)
        own = security(search=self.site.search, secure=False)
        for name, value in {**headers, **own}.items():
            self.send_header(name, value)
        if data is not None:
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if body and data:
            with suppress(BrokenPipeError, ConnectionResetError):
                self.wfile.write(data)

    def log_message(self, format: str, *arguments: object) -> None:
        """Nothing: a page has many files, and nobody reads their names."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Nothing: a browser that goes away is no error."""


@contextmanager
def serving(project: Project, output: Path, *, port: int) -> Iterator[str]:
    """A server in threads of its own for as long as the block lasts; its address.

    Raises:
        ProjectError: There is nothing to serve.
        OutputError: The port is taken.
    """
    if not output.is_dir():
        raise ProjectError(
            "there is nothing to serve yet",
            path=project.relative(output),
            hint="Build it first, with: pipeline run",
        )
    try:
        folders = tuple(language(locale).lang for locale in project.all_locales)
        site = _Site(output, project.settings.site.search, folders)
        server = _Server((HOST, port), partial(_Handler, site))
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        raise OutputError(
            f"port {port} is taken" if taken else f"port {port} cannot be used: {error.strerror}",
            hint="Name another one with --port; 0 takes any that is free.",
        ) from error
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1})
    thread.start()
    try:
        yield f"http://{HOST}:{server.server_address[1]}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def serve(
    project: Project,
    output: Path,
    *,
    port: int,
    ready: Callable[[str], None],
    stop: threading.Event | None = None,
) -> None:
    """Serve a built site until the process is interrupted, or ``stop`` is set.

    Args:
        project: The site.
        output: The folder that was built into.
        port: A port on loopback; 0 for any that is free.
        ready: Told the address once it answers.
        stop: Ends it when set.

    Raises:
        ProjectError, OutputError: As `serving`.
    """
    with serving(project, output, port=port) as address:
        ready(address)
        (stop or threading.Event()).wait()
