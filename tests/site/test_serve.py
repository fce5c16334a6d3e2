"""The built site, served as a real host would."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from pipeline.errors import OutputError, ProjectError
from pipeline.project import Project
from pipeline.site.serve import serve, serving
from tests.sites import site, write

PAGES = {
    "index.html": "root",
    "404.html": "nothing",
    "nl/index.html": "thuis",
    "nl/404.html": "niets",
    "nl/über-ons/index.html": "wij",
    "assets/style.1234.css": "a{}",
    "images/dot.svg": "<svg/>",
    ".published.json": "{}",
    ".next/plan.json": "{}",
}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A site that was built."""
    made = site(tmp_path)
    for name, text in PAGES.items():
        write(made.output_dir / name, text)
    return made


@pytest.fixture
def address(project: Project) -> Iterator[str]:
    """The address of a server."""
    with serving(project, project.output_dir, port=0) as found:
        yield found


def ask(
    address: str, path: str, method: str = "GET", **headers: str
) -> tuple[int, dict[str, str], str]:
    """Status, headers and body of an answer; the path is sent as it is."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=10)
    try:
        connection.putrequest(method, path, skip_host="Host" in headers)
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders()
        response = connection.getresponse()
        return response.status, dict(response.getheaders()), response.read().decode()
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("path", "body", "kind"),
    [
        ("/", "root", "text/html; charset=utf-8"),
        ("/nl/", "thuis", "text/html; charset=utf-8"),
        ("/nl/%C3%BCber-ons/?a=b", "wij", "text/html; charset=utf-8"),
        ("/assets/style.1234.css", "a{}", "text/css; charset=utf-8"),
        ("/images/dot.svg", "<svg/>", "image/svg+xml; charset=utf-8"),
    ],
)
def test_a_page_is_at_its_clean_address(address: str, path: str, body: str, kind: str) -> None:
    """With its type, and told not to be guessed."""
    status, headers, found = ask(address, path)
    assert (status, found, headers["Content-Type"]) == (200, body, kind)
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/nl", "/nl/"),
        ("/nl?x=1", "/nl/?x=1"),
        ("/nl/index.html", "/nl/"),
        ("/index.html", "/"),
        ("/nl/%C3%BCber-ons", "/nl/%C3%BCber-ons/"),
        ("//nl", "/nl/"),
        ("/nl//", "/nl/"),
    ],
)
def test_other_spellings_lead_to_the_clean_address(address: str, path: str, location: str) -> None:
    """And to nowhere else."""
    status, headers, _ = ask(address, path)
    assert (status, headers["Location"]) == (301, location)


@pytest.mark.parametrize("path", ["//evil.example/", "//evil.example/nl", "/\\evil.example"])
def test_no_address_leads_to_another_host(address: str, path: str) -> None:
    """Whatever it looks like."""
    status, headers, _ = ask(address, path)
    assert status == 404
    assert "Location" not in headers


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/x", "nothing"),
        ("/nl/x", "niets"),
        ("/nl/x/y/", "niets"),
        ("/images/", "nothing"),
        ("/index.html/", "nothing"),
        ("/nl/%ff", "niets"),
        ("/nl/a%00b", "niets"),
    ],
)
def test_what_is_not_there_is_said_in_the_language_of_the_address(
    address: str, path: str, body: str
) -> None:
    """By the 404 page of that language."""
    status, _, found = ask(address, path)
    assert (status, found) == (404, body)


@pytest.mark.parametrize(
    "path",
    [
        "/../pipeline.toml",
        "/%2e%2e/pipeline.toml",
        "/nl/..%2f..%2fpipeline.toml",
        "/.published.json",
        "/.next/plan.json",
        "/link/pipeline.toml",
        "/..%5cpipeline.toml",
    ],
)
def test_nothing_else_on_this_machine_is_served(address: str, path: str, project: Project) -> None:
    """Not above, not hidden, not behind a link."""
    (project.output_dir / "link").symlink_to(project.root)
    assert ask(address, path)[0] == 404


def test_a_browser_that_has_a_page_is_told_that_it_is_the_same(
    address: str, project: Project
) -> None:
    """Until it changes."""
    tag = ask(address, "/nl/")[1]["ETag"]
    assert ask(address, "/nl/", If_None_Match=tag)[::2] == (304, "")
    write(project.output_dir / "nl/index.html", "weer thuis")
    assert ask(address, "/nl/", If_None_Match=tag)[::2] == (200, "weer thuis")


def test_assets_may_be_kept_for_ever_and_pages_not(address: str) -> None:
    """Their names change with their contents."""
    assert "immutable" in ask(address, "/assets/style.1234.css")[1]["Cache-Control"]
    assert ask(address, "/nl/")[1]["Cache-Control"] == "no-cache"


def test_only_reading_is_answered(address: str) -> None:
    """HEAD without a body."""
    status, headers, _ = ask(address, "/", "POST", Content_Length="0")
    assert (status, headers["Allow"]) == (405, "GET, HEAD")
    assert ask(address, "/nl/", "HEAD")[::2] == (200, "")


def test_a_page_elsewhere_cannot_reach_it_by_a_name_of_its_own(address: str) -> None:
    """A name that was made to point at this machine is refused."""
    assert ask(address, "/", Host="evil.example")[0] == 421
    assert ask(address, "/", Host="localhost:8000")[0] == 200


def test_a_port_that_is_taken_is_an_error_that_says_what_to_do(project: Project) -> None:
    """Name another."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(OutputError, match="--port"):
            serve(project, project.output_dir, port=port, ready=print)


def test_a_site_that_was_not_built_is_an_error(tmp_path: Path) -> None:
    """Build it first."""
    project = site(tmp_path)
    with pytest.raises(ProjectError, match="pipeline run"):
        serve(project, project.output_dir, port=0, ready=print)
