"""nginx in its container: the script that starts it, with a real nginx."""

from __future__ import annotations

import os
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

from pipeline.build import build
from pipeline.extract import extract
from pipeline.project import open_project
from pipeline.site.nginx import MAPS
from services.redis import free_port
from tests.deployment.files import ROOT
from tests.site.test_nginx import binary, configured
from tests.sites import DAY, replace, site


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """Answers as they are."""

    def redirect_request(self, *said: object) -> None:
        """Follow nothing."""


def leads_to(port: int, path: str) -> str:
    """Where an address redirects to; its status if it does not; "" if nobody answers."""
    opener = urllib.request.build_opener(NoRedirect)
    try:
        with opener.open(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return str(answer.status)
    except urllib.error.HTTPError as error:
        return urlsplit(error.headers.get("Location", str(error.code))).path
    except OSError:
        return ""


def until(port: int, path: str, wanted: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until an address answers as it should."""
    limit = time.monotonic() + 20
    while leads_to(port, path) != wanted:
        assert process.poll() is None
        assert time.monotonic() < limit, leads_to(port, path)
        time.sleep(0.1)


def test_it_waits_for_the_first_build_and_reads_new_redirects_by_itself(tmp_path: Path) -> None:
    """An address that moves while it runs leads to the new one, without anybody's reloading."""
    (tmp_path / "site").mkdir()
    (tmp_path / "nginx").mkdir()
    project = site(tmp_path / "site")
    port = free_port()
    configured(project, tmp_path / "nginx", port)
    conf = tmp_path / "nginx/nginx.conf"
    conf.write_text(conf.read_text().replace("daemon off;\n", ""))
    environment = {
        **os.environ,
        "PATH": f"{Path(binary()).parent}{os.pathsep}{os.environ['PATH']}",
        "MAPS": str(project.output_dir / MAPS),
        "CONF": str(tmp_path / "nginx/site.conf"),
        "MAIN": str(conf),
        "PAUSE": "0.2",
    }
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            ["sh", str(ROOT / "deploy/nginx.sh")], env=environment, stdout=log, stderr=log
        )
    try:
        time.sleep(0.5)
        assert process.poll() is None
        assert "waiting for the first build" in (tmp_path / "log").read_text()
        extract(project, today=DAY, jobs=1)
        build(project, today=DAY, jobs=1)
        until(port, "/en/first/", "200", process)
        replace(project.source_dir / "articles/first.md", "title:", "slug: beginning\ntitle:")
        moved = open_project(project.root)
        extract(moved, today=DAY, jobs=1)
        build(moved, today=DAY, jobs=1)
        until(port, "/en/first/", "/en/beginning/", process)
    finally:
        process.terminate()
        process.wait(10)
