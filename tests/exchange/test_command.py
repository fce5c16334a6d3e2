"""``pipeline exchange``: out and back, from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from pipeline.cli import app
from pipeline.extract import extract
from pipeline.project import Project
from tests.sites import DAY, catalogue, replace, site


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A site that was extracted."""
    made = site(tmp_path)
    extract(made, today=DAY)
    return made


def pipeline(project: Project, *arguments: str) -> Result:
    """The command, run."""
    return CliRunner().invoke(app, ["exchange", *arguments, "--site", str(project.root)])


def test_a_folder_goes_out_and_a_zip_comes_back(project: Project, tmp_path: Path) -> None:
    """Each file finds its catalogue; a file that is none stops no other."""
    out = tmp_path / "out"
    assert pipeline(project, "export", "nl", "--to", str(out)).exit_code == 0
    copy = out / "nl/articles/first.po"
    replace(copy, 'msgid "An item"\nmsgstr ""', 'msgid "An item"\nmsgstr "Iets"')
    broken = tmp_path / "broken.po"
    broken.write_text("<<<<<<<\n", encoding="utf-8")
    done = pipeline(project, "import", "nl", str(broken), str(copy), "--by", "Mara")
    assert done.exit_code == 1
    assert "articles/first (nl): took 1 message." in done.output
    assert "broken.po" in done.output
    found = catalogue(project, "articles/first").get("An item")
    assert found is not None
    assert found.text == "Iets"
    packed = tmp_path / "all.zip"
    assert pipeline(project, "export", "nl", "--xliff", "--to", str(packed)).exit_code == 0
    done = pipeline(project, "import", "nl", str(packed), "--by", "Mara", "--json")
    assert done.exit_code == 0
    assert {one["domain"] for one in json.loads(done.stdout)} == set(project.domains("nl"))
    assert all(one["known"] and not one["taken"] for one in json.loads(done.stdout))


def test_a_conflict_is_shown_and_is_no_success(project: Project, tmp_path: Path) -> None:
    """With both texts; nothing is written over."""
    pipeline(project, "export", "nl", "articles/first", "--to", str(tmp_path))
    copy = tmp_path / "nl/articles/first.po"
    for path, text in ((copy, "Hun"), (project.catalogue_path("nl", "articles/first"), "Ons")):
        replace(path, 'msgid "An item"\nmsgstr ""', f'msgid "An item"\nmsgstr "{text}"')
    done = pipeline(project, "import", "nl", str(copy), "--by", "Mara")
    assert done.exit_code == 1
    for words in ("both sides changed “An item”", "here:  Ons", "there: Hun"):
        assert words in done.output


def test_who_translated_must_be_said(project: Project, tmp_path: Path) -> None:
    """Before anything is read."""
    assert pipeline(project, "import", "nl", str(tmp_path / "x.po")).exit_code == 2
