"""The examples of the documentation, typed as they stand there."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

from review.desk import Desk
from tests.review.api.programs import message, serving, token_of
from tests.review.api.test_access import ROUTES
from tests.review.desks import desk_in
from tests.sites import translate
from tests.tools import missing

PAGE = (Path(__file__).parents[3] / "docs" / "api.md").read_text(encoding="utf-8")
EXAMPLES = [
    line for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines()
]


def build_of(desk: Desk) -> str:
    """The id of the latest build."""
    return str(desk.runs.latest(limit=1)[0].id)


def test_every_example_works_as_it_stands(tmp_path: Path) -> None:
    """In a shell, with curl, against a real server; each answers what the page says."""
    if shutil.which("curl") is None:
        missing("curl", "curl")
    site = tmp_path / "site"
    site.mkdir()
    desk = desk_in(site)
    translate(desk.project, approved=False)
    address, _ = message(desk, "A heading")
    variables = {"MESSAGE": address.rpartition("/")[2], "TOKEN": token_of(desk, "Bea")}
    answered = 0
    with serving(desk) as url:
        for example in EXAMPLES:
            assert example.startswith("curl -s "), example
            if "$BUILD" in example:
                variables["BUILD"] = build_of(desk)
            done = subprocess.run(
                ["sh", "-c", example.replace("curl -s", "curl -sS")],
                cwd=tmp_path,
                env={"PATH": os.environ["PATH"], "API": url, **variables},
                capture_output=True,
                text=True,
                check=True,
            )
            if " -o " not in example:
                said = json.loads(done.stdout)
                assert ("status" in said and "title" in said) == ("/nowhere" in example), said
                answered += 1
    assert answered > 15
    assert {"first.po", "first.xlf", "nl.zip", "nl.tmx"} <= {p.name for p in tmp_path.iterdir()}
    desk.database.dispose()


def test_every_resource_has_an_example() -> None:
    """At least one of what each is about."""
    shown = " ".join(EXAMPLES)
    named = {
        route.split("/")[3] if "{locale}" in route else route.split("/")[1] for route in ROUTES
    }
    for noun in named - {"tokens", "locales"}:
        assert re.search(rf"/{re.escape(noun)}\b", shown), noun
