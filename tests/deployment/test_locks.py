"""The locks: what runs in an image is what is tested here, to the byte."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^ ;\\]+)")


def pins(path: Path) -> dict[str, tuple[str, frozenset[str]]]:
    """Versions and hashes by names."""
    found: dict[str, tuple[str, frozenset[str]]] = {}
    for block in re.split(r"\n(?=\S)", path.read_text(encoding="utf-8")):
        if match := PIN.match(block):
            hashes = frozenset(re.findall(r"--hash=(sha256:[0-9a-f]{64})", block))
            found[match[1].lower()] = (match[2], hashes)
    return found


@pytest.mark.parametrize("name", ["requirements.run.lock", "requirements.build.lock"])
def test_a_lock_of_an_image_is_a_part_of_the_one_of_tests(name: str) -> None:
    """The same versions with the same hashes, and each has one."""
    part, whole = pins(ROOT / name), pins(ROOT / "requirements.lock")
    assert part
    assert {key: whole.get(key) for key in part} == part
    assert all(hashes for _, hashes in part.values())


def test_what_runs_has_every_extra_and_no_tool_of_tests() -> None:
    """All that a setting may ask for is in an image."""
    run = pins(ROOT / "requirements.run.lock")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    wanted = [*project["dependencies"], *(one for extra in extras for one in extra)]
    names = {re.split(r"[\[<>=~! ;]", one)[0].lower() for one in wanted}
    assert names <= set(run)
    assert not {"pytest", "translate-toolkit", "polib", "hypothesis", "mypy", "ruff"} & set(run)


@pytest.mark.parametrize(
    "name", ["requirements.run.lock", "requirements.build.lock", ".ci/parsers.lock"]
)
def test_a_lock_names_no_host(name: str) -> None:
    """Where packages come from is for whoever installs them."""
    assert "://" not in (ROOT / name).read_text(encoding="utf-8")
