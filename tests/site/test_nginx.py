"""The shipped configuration in nginx itself, and `pipeline serve` beside it: the same answers."""

from __future__ import annotations

import gzip
import http.client
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import brotli
import pytest

from pipeline.project import Project
from pipeline.site.nginx import server
from pipeline.site.serve import serving
from tests.site.published import moved
from tests.sites import write
from tests.tools import missing

MAIN = """\
{user}
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""


class Reply(NamedTuple):
    """An answer: status, headers by their names in lower case (several joined), body."""

    status: int
    headers: dict[str, str]
    body: bytes


def ask(address: str, path: str, **headers: str) -> Reply:
    """An answer to a request that is sent as it is."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=10)
    try:
        connection.putrequest("GET", path, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders()
        response = connection.getresponse()
        found: dict[str, str] = {}
        for name, value in response.getheaders():
            known = found.get(name.lower())
            found[name.lower()] = f"{known}, {value}" if known else value
        return Reply(response.status, found, response.read())
    finally:
        connection.close()


def binary() -> str:
    """Where nginx is."""
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    if found is None:
        missing("nginx", "nginx-light")
    return found


def configured(project: Project, folder: Path, port: int) -> list[str]:
    """The command that runs nginx with the shipped configuration on a port of loopback."""
    site = server(project.settings.site.url, project.output_dir)
    write(folder / "site.conf", site.replace("listen 80;", f"listen 127.0.0.1:{port};"))
    user = (
        "user root;" if os.geteuid() == 0 else ""
    )  # else its workers cannot read a root's folders
    write(folder / "nginx.conf", MAIN.format(folder=folder, user=user))
    return [binary(), "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "e")]


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


@contextmanager
def nginx(project: Project, folder: Path) -> Iterator[str]:
    """nginx for as long as the block lasts; its address."""
    port = free_port()
    command = configured(project, folder, port)
    process = subprocess.Popen(command, stderr=subprocess.PIPE)
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert process.poll() is None, process.stderr and process.stderr.read().decode()
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.terminate()
        process.communicate(timeout=10)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A published site with a past."""
    return moved(tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="module", params=["nginx", "serve"])
def address(
    request: pytest.FixtureRequest, project: Project, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Both servers, one after the other."""
    if request.param == "serve":
        with serving(project, project.output_dir, port=0) as found:
            yield found
    else:
        with nginx(project, tmp_path_factory.mktemp("nginx")) as found:
            yield found


def test_nginx_takes_the_configuration_without_a_word(project: Project, tmp_path: Path) -> None:
    """``nginx -t``, with a search and without."""
    command = configured(project, tmp_path, free_port())
    done = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "[warn]" not in done.stderr


def test_every_header_of_safety_is_on_every_answer(address: str) -> None:
    """On pages, files, redirects, what is missing, and at the root, where nginx would drop them."""
    wanted = (
        "content-security-policy", "x-content-type-options", "referrer-policy", "x-frame-options",
        "permissions-policy", "cross-origin-opener-policy",
    )  # fmt: skip
    for path in ("/", "/nl/", "/images/dot.svg", "/nl/nl-first/", "/nothing", "/.published.json"):
        reply = ask(address, path)
        for header in wanted:
            assert header in reply.headers, f"{path}: {header}"
        assert reply.headers["content-security-policy"].startswith("default-src 'none'; ")
        assert "unsafe" not in reply.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("path", "status", "location"),
    [
        ("/nl/nl-first/", 301, "/nl/het-eerste/"),
        ("/nl/nl-first", 301, "/nl/het-eerste/"),
        ("/nl/nl-first/?a=b", 301, "/nl/het-eerste/?a=b"),
        ("/nl/nl-second/", 302, "/nl/"),
        ("/en/second/", 302, "/en/"),
        ("/nl/het-eerste", 301, "/nl/het-eerste/"),
        ("/nl/het-eerste/index.html", 301, "/nl/het-eerste/"),
        ("/nl/het-eerste/index.html?a=b", 301, "/nl/het-eerste/?a=b"),
        ("/index.html", 301, "/"),
    ],
)
def test_an_address_that_moved_leads_on(
    address: str, path: str, status: int, location: str
) -> None:
    """With whatever was asked of it; and nobody keeps that for ever."""
    reply = ask(address, path)
    assert (reply.status, reply.headers["location"]) == (status, location)
    assert reply.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    ("accepted", "location"),
    [
        ("nl", "/nl/"),
        ("nl-BE,nl;q=0.9,en;q=0.8", "/nl/"),
        ("EN-gb, nl;q=0.9", "/en/"),
        ("fr, nl;q=0.3, en;q=0.7", "/en/"),
        ("en;q=0.1, nl", "/nl/"),
        ("fr-FR,fr;q=0.9", None),
        ("nl;q=0, fr", None),
        ("nld", None),
        ("*", None),
        ("", None),
    ],
)
def test_the_root_greets_readers_in_their_language(
    address: str, accepted: str, location: str | None
) -> None:
    """By their browser's word; who asks for none of the site's is offered all of them."""
    reply = ask(address, "/", Accept_Language=accepted)
    assert reply.headers.get("location") == location
    assert reply.status == (302 if location else 200)
    assert "Accept-Language" in reply.headers["vary"]
    assert "Cookie" in reply.headers["vary"]
    assert reply.headers["cache-control"] == "no-cache"


def test_a_choice_is_remembered(address: str) -> None:
    """Made by going from a page in one language to one in another, and by nothing else."""
    host = address.rstrip("/")
    chosen = ask(address, "/nl/het-eerste/", Referer=f"{host}/en/first/")
    cookie = chosen.headers["set-cookie"]
    assert cookie == "language=nl; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly"
    from_all = ask(address, "/en/", Referer=f"{host}/")
    assert from_all.headers["set-cookie"].startswith("language=en;")
    for referrer in (f"{host}/nl/", "https://www.example.net/en/", ""):
        assert "set-cookie" not in ask(address, "/nl/", Referer=referrer).headers
    assert "set-cookie" not in ask(address, "/images/dot.svg", Referer=f"{host}/en/").headers
    again = ask(address, "/", Accept_Language="en", Cookie="a=b; language=nl")
    assert again.headers["location"] == "/nl/"
    wrong = ask(address, "/", Accept_Language="en", Cookie="language=xx")
    assert wrong.headers["location"] == "/en/"


def test_no_deep_page_depends_on_who_asks(address: str) -> None:
    """Neither by the browser's language nor by what was chosen."""
    reply = ask(address, "/en/first/", Accept_Language="nl", Cookie="language=nl")
    assert reply.status == 200
    assert "Accept-Language" not in reply.headers.get("vary", "")


def test_what_is_compressed_is_sent_so(address: str, project: Project) -> None:
    """With its own type; and as it is to those who cannot read it."""
    plain = (project.output_dir / "nl/het-eerste/index.html").read_bytes()
    reply = ask(address, "/nl/het-eerste/", Accept_Encoding="gzip")
    assert reply.headers["content-encoding"] == "gzip"
    assert reply.headers["content-type"] == "text/html; charset=utf-8"
    assert "Accept-Encoding" in reply.headers["vary"]
    assert gzip.decompress(reply.body) == plain
    assert ask(address, "/nl/het-eerste/").body == plain


def test_brotli_is_sent_to_those_who_take_it(project: Project) -> None:
    """By `pipeline serve`; nginx needs a module for it."""
    plain = (project.output_dir / "nl/het-eerste/index.html").read_bytes()
    with serving(project, project.output_dir, port=0) as found:
        reply = ask(found, "/nl/het-eerste/", Accept_Encoding="gzip, br;q=0.9")
        assert reply.headers["content-encoding"] == "br"
        assert brotli.decompress(reply.body) == plain
        assert "content-encoding" not in ask(found, "/nl/", Accept_Encoding="br;q=0").headers


def test_what_lasts_may_be_kept_and_pages_not(address: str, project: Project) -> None:
    """An asset's name changes with its contents."""
    (style,) = (project.output_dir / "assets").glob("style.*.css")
    reply = ask(address, f"/assets/{style.name}")
    assert reply.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert ask(address, "/nl/").headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    ("path", "words"),
    [("/nl/nothing/", 'lang="nl"'), ("/en/nothing", 'lang="en"'), ("/nothing", 'lang="en"')],
)
def test_what_is_not_there_is_said_in_the_language_of_the_address(
    address: str, path: str, words: str
) -> None:
    """With the status that says so."""
    reply = ask(address, path)
    assert reply.status == 404
    assert words in reply.body.decode()


@pytest.mark.parametrize(
    "path", ["/.published.json", "/.nginx/maps.conf", "/nl/.hidden", "/..%2fpipeline.toml"]
)
def test_what_is_hidden_stays_so(address: str, path: str) -> None:
    """The manifest, the maps, and what is outside."""
    assert ask(address, path).status in (400, 404)


@pytest.mark.parametrize(
    "path", ["//evil.example/index.html", "/\\evil.example/index.html", "//evil.example/"]
)
def test_no_address_leads_to_another_host(address: str, path: str) -> None:
    """Whatever it looks like."""
    location = ask(address, path).headers.get("location", "/")
    assert location.startswith("/")
    assert location[1:2] not in ("/", "\\")


def test_types_are_what_they_are(address: str) -> None:
    """The feed and the sitemap, too."""
    assert ask(address, "/nl/feed.atom").headers["content-type"].startswith("application/atom+xml")
    assert "xml" in ask(address, "/sitemap.xml").headers["content-type"]
    assert ask(address, "/images/dot.svg").headers["content-type"].startswith("image/svg+xml")
