"""Coming in with a certified OpenID provider: npm's oidc-provider, as a browser would."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urljoin

import httpx
import pytest

from review import openid, people
from tests.review.desks import TWO, browser, desk_in, person
from tests.tools import missing

HERE = Path(__file__).parents[1] / "judges"
DESK = "http://127.0.0.1:8001"


@contextmanager
def certified() -> Iterator[str]:
    """Its issuer, as long as the block takes."""
    node = shutil.which("node")
    if node is None or not (HERE / "node_modules/oidc-provider").is_dir():
        missing("oidc-provider", "Node.js, and npm ci in tests/judges")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    back = f"{DESK}/login/oidc/callback"
    command = [node, "openid.mjs", str(port), "desk", "a secret", back]
    with subprocess.Popen(
        command, cwd=HERE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        assert any(line.strip() == "ready" for line in process.stdout)
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def say_who(address: str, name: str) -> str:
    """Log in there and agree, as a browser does: where one is sent back to."""
    with httpx.Client() as client:
        answer = client.get(address)
        for _ in range(12):
            if answer.is_redirect:
                address = urljoin(address, answer.headers["location"])
                if address.startswith(DESK):
                    return address
                answer = client.get(address)
                continue
            action = re.search(r'action="([^"]+)"', answer.text)
            prompt = re.search(r'name="prompt" value="([^"]+)"', answer.text)
            assert action and prompt, answer.text
            address = urljoin(address, action[1])
            form = {"prompt": prompt[1], "login": name, "password": "any"}
            answer = client.post(address, data=form)
    raise AssertionError(address)


def test_a_certified_provider_lets_people_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the address that it verified, said at its other address; a stranger stays out."""
    monkeypatch.setenv("TEST_OIDC", "a secret")
    monkeypatch.setattr(openid, "_known", {})
    with certified() as issuer:
        own = f'issuer = "{issuer}"\nclient_id = "desk"\nclient_secret_env = "TEST_OIDC"\n'
        settings = f'{TWO}\n[review]\nurl = "{DESK}"\n\n[review.oidc]\n{own}'
        desk = desk_in(tmp_path, settings=settings)
        bea, tess = person(desk, "Bea"), person(desk, "Tess")
        people.change(
            desk.database,
            tess.id,
            tess.roles or {},
            active=True,
            by=bea,
            address="tess@example.org",
        )
        with browser(desk) as nobody:
            away = nobody.get("/login/oidc?next=/account").headers["location"]
            answer = nobody.get(say_who(away, "tess"))
            assert (answer.status_code, answer.headers.get("location")) == (303, "/account")
            assert "Tess" in nobody.get("/account").text
        with browser(desk) as nobody:
            away = nobody.get("/login/oidc").headers["location"]
            assert nobody.get(say_who(away, "stranger")).status_code == 403
    desk.database.dispose()
