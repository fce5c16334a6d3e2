"""The documentation says what there is: every command, option and setting, and every link in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path

import pytest

from pipeline.articles import Metadata
from pipeline.checks import CHECKS, Severity
from pipeline.cli import app
from pipeline.desk import Mail, OpenId, Review, Webhook
from pipeline.proof import CHECKS as PROOFS
from pipeline.settings import (
    Drafting,
    Folder,
    LocaleSettings,
    Queue,
    Site,
    State,
    Translation,
)

ROOT = Path(__file__).parents[1]
DOCS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
COMMANDS = [
    command.name or command.callback.__name__
    for command in app.registered_commands
    if command.callback
]


def text(name: str) -> str:
    """A page of the documentation."""
    return (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_documented(command: str) -> None:
    """By its name."""
    assert f"`pipeline {command}" in text("commands")


OPTIONS = (
    "--site --json --force --drafts --by --port --desk-port --published --queue --most".split()
)


@pytest.mark.parametrize("option", OPTIONS)
def test_every_option_is_documented(option: str) -> None:
    """By its name."""
    assert option in text("commands")


@pytest.mark.parametrize(
    "table",
    [
        Site,
        Folder,
        LocaleSettings,
        Drafting,
        Translation,
        State,
        Queue,
        Review,
        Mail,
        OpenId,
        Webhook,
    ],
)
def test_every_setting_is_documented(table: type) -> None:
    """By its name."""
    for field in fields(table):
        if field.name not in ("locale", "tables"):
            assert re.search(rf"`(?:\w+\.)?{field.name}`", text("settings")), field.name


def test_every_name_of_the_metadata_is_documented() -> None:
    """By its name."""
    for field in fields(Metadata):
        assert f"`{field.name}`" in text("articles"), field.name


@pytest.mark.parametrize(("room", "known"), [("Translations", CHECKS), ("Published pages", PROOFS)])
def test_every_check_is_documented(room: str, known: Mapping[str, tuple[Severity, object]]) -> None:
    """By its name, with its severity."""
    section = text("checks").split(f"## {room}\n")[1].split("\n## ")[0]
    for name, (severity, _) in known.items():
        assert f"| `{name}` | {severity.name.lower()}" in section, name


@pytest.mark.parametrize("page", DOCS, ids=lambda page: page.name)
def test_every_link_leads_to_a_file(page: Path) -> None:
    """Pictures, too."""
    for target in re.findall(r"\]\(([^)#]+)\)", re.sub(r"```.*?```|`[^`]*`", "", page.read_text(), flags=re.S)):  # fmt: skip # noqa: E501
        if "://" not in target:
            assert (page.parent / target).exists(), target


def test_the_two_commands_are_in_the_makefile() -> None:
    """The README promises them."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"^make (\w+)", (ROOT / "README.md").read_text(), re.M):
        assert re.search(rf"^{target}:", makefile, re.M)
