"""Why pages changed, in words, with the passages; and how the command line says it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.build import Report, build, plain_of
from pipeline.catalogues import digest_of
from pipeline.causes import Why
from pipeline.cli import reasons as terminal
from pipeline.extract import extract
from pipeline.ledger import ledger_of
from pipeline.ledger.build import Asked
from pipeline.ledger.kinds import encode
from pipeline.project import Project
from pipeline.reasons import Address, Passage, addresses_of
from tests.sites import DAY, replace, site, translate, untranslate
from tests.test_cli import run

EN, NL = "en/first/index.html", "nl/nl-first/index.html"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A site that is translated and built."""
    made = site(tmp_path)
    extract(made, today=DAY, jobs=1)
    translate(made)
    assert build(made, jobs=1).ok
    return made


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A narrow terminal without colours."""
    monkeypatch.setattr(terminal, "_width", lambda: 40)
    yield


def told(project: Project, report: Report, name: str) -> Address:
    """A file with its reasons."""
    return addresses_of(project, plain_of(report), [name])[0]


def passages(address: Address) -> list[tuple[str, int, str]]:
    """The passages that its reasons name."""
    return [(p.sign, p.number, p.text) for reason in address.reasons for p in reason.passages]


def test_a_page_in_the_sources_language_names_its_passages(project: Project) -> None:
    """By their place in the article; what is there no longer by its text, which is kept."""
    first = project.source_dir / "articles/first.md"
    replace(first, "- An item\n", "- Quite another item\n")
    report = build(project, jobs=1)
    one = told(project, report, EN)
    assert (one.path, one.article, one.locale) == ("/en/first/", "articles/first", "en")
    article = [("+", 6, "Quite another item"), ("-", 0, "An item")]
    assert passages(one) == article
    assert not any(passage.digest for reason in one.reasons for passage in reason.passages)
    assert all(reason.more == 0 for reason in one.reasons)
    extract(project, today=DAY, jobs=1)  # it is obsolete now
    assert passages(told(project, report, EN)) == article


def test_a_translated_page_names_messages_that_can_be_opened(project: Project) -> None:
    """By their number in the catalogue; what is obsolete has none, and cannot."""
    untranslate(project, "articles/first", "An item")
    report = build(project, jobs=1)
    [reason] = [one for one in told(project, report, NL).reasons if one.why is Why.TEXT]
    digest = digest_of((None, "An item"))
    assert reason.passages == (Passage("", 6, "An item", digest),)
    replace(project.source_dir / "articles/first.md", "- An item\n", "")
    extract(project, today=DAY, jobs=1)
    gone = told(project, build(project, jobs=1), NL)
    assert ("-", 0, "An item") in passages(gone)
    assert not any(p.digest for reason in gone.reasons for p in reason.passages if p.sign == "-")


def test_what_is_nowhere_any_more_is_counted(project: Project) -> None:
    """An article that was removed says nothing of what it said."""
    replace(project.source_dir / "articles/first.md", "- An item\n", "")
    report = build(project, jobs=1)
    (project.source_dir / "articles/first.md").unlink()
    project.catalogue_path("nl", "articles/first").unlink()
    [reason] = [one for one in told(project, report, EN).reasons if one.why is Why.SOURCE]
    assert (reason.passages, reason.more) == ((), 1)


def test_a_build_says_why_in_short(project: Project) -> None:
    """Each cause with its pages, those of the fewest first; passages are counted."""
    replace(project.source_dir / "articles/first.md", "One sentence", "Two sentences")
    replace(project.source_dir / "articles/second.md", "title: The second", "title: Another")
    done = run("build", cwd=project.root)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].startswith("Built public: ")
    article = lines.index("   4  The article itself changed: 4 passages (2 new, 2 gone)")
    assert lines[article + 1] == "      ~ /en/first/"
    assert lines[article + 3] == "      … and 2 more"
    counts = [int(found[1]) for line in lines[1:-1] if (found := re.match(r" *(\d+)  ", line))]
    assert counts == sorted(counts)
    assert "It lists other articles, or others than it did: Another (changed)" in done.stdout
    assert re.search(r"^ +\d+  files that are no pages: feeds", lines[-1])


def test_a_first_build_is_said_in_few_lines(tmp_path: Path) -> None:
    """All is new, lists and articles alike; two are named, the rest is counted."""
    made = site(tmp_path)
    extract(made, today=DAY, jobs=1)
    said = run("build", cwd=made.root).stdout.splitlines()
    pages = len(list(made.output_dir.rglob("*.html")))
    assert said[1] == f"{pages:>4}  It is new"
    assert said[4] == f"      … and {pages - 2} more"
    assert len(said) == 6


def test_with_a_flag_every_file_says_all_of_it(project: Project) -> None:
    """With its passages, and what else changed on it; pages come before other files."""
    replace(project.source_dir / "articles/first.md", "- An item\n", "- Quite another item\n")
    said = run("build", "--reasons", cwd=project.root).stdout.splitlines()
    place = said.index("~ /en/first/")
    assert said[place + 1 : place + 4] == [
        "    The article itself changed",
        "      +   6  “Quite another item”",
        "      -   –  “An item”",
    ]
    heads = [line for line in said if line[:2] in ("+ ", "~ ", "- ")]
    assert [line for line in heads if line.endswith("/")] == heads[
        : sum(line.endswith("/") for line in heads)
    ]


def test_scripts_get_the_same(project: Project) -> None:
    """Causes always; with the flag in words, with the passages’ texts."""
    replace(project.source_dir / "articles/first.md", "- An item\n", "- Quite another item\n")
    data = json.loads(run("build", "--json", "--reasons", cwd=project.root).stdout)
    assert data["causes"]["/en/first/"][0][0] == "source"
    [one] = [one for one in data["reasons"] if one["address"] == "/en/first/"]
    assert (one["article"], one["locale"]) == ("articles/first", "en")
    assert one["causes"][0] == {
        "why": "source",
        "words": "The article itself changed",
        "things": [],
        "passages": [
            {"sign": "+", "number": 6, "text": "Quite another item"},
            {"sign": "-", "number": 0, "text": "An item"},
        ],
    }
    again = json.loads(run("build", "--json", cwd=project.root).stdout)
    assert (again["causes"], "reasons" in again) == ({}, False)


def test_what_workers_built_is_explained_when_it_ends(project: Project) -> None:
    """From what the ledger keeps, whoever asks, in short or whole."""
    replace(project.source_dir / "articles/first.md", "- An item\n", "- Quite another item\n")
    report = build(project, jobs=1)
    ledger = ledger_of(project)
    name = ledger.builds.start(Asked(()), output=str(project.output_dir))
    assert ledger.builds.take(name, "somebody")
    said = {"changed": len(report.published.changed), "report": plain_of(report), "errors": []}
    assert ledger.builds.end(name, "somebody", "done", encode(said))
    ledger.database.dispose()
    short = run("builds", "follow", name, "--site", project.root)
    assert "The article itself changed: 2 passages (1 new, 1 gone)" in short.stdout, short.stderr
    whole = run("builds", "follow", name, "--reasons", "--site", project.root).stdout
    assert "      +   6  “Quite another item”" in whole
    data = json.loads(run("builds", "follow", name, "--reasons", "--json", cwd=project.root).stdout)
    assert any(one["address"] == "/en/first/" for one in data["reasons"])


@pytest.mark.usefixtures("screen")
def test_a_narrow_terminal_wraps_beside_the_numbers(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    """No line is longer than it, whatever is said; a long passage is cut."""
    first = project.source_dir / "articles/first.md"
    replace(first, "One sentence", "A sentence that goes on and on " * 5 + "and ends")
    replace(first, "title: The first", "title: A title that is longer than most of them are")
    report = plain_of(build(project, jobs=1))
    terminal.show(project, report)
    short = capsys.readouterr().out.splitlines()
    terminal.show(project, report, each=True)
    whole = capsys.readouterr().out.splitlines()
    assert max(map(len, short + whole)) <= 40
    assert any(line.startswith("      ") and "longer" in line for line in short)
    assert any(line.endswith("…”") for line in whole)


def test_of_very_many_the_rest_is_counted(capsys: pytest.CaptureFixture[str]) -> None:
    """Workers keep the first two thousand of each kind; a file without a cause is not left out."""
    names = [f"en/{number}/index.html" for number in range(5)]
    report = {"changed": names, "counts": {"changed": 3000}, "causes": {names[0]: [["theme", []]]}}
    terminal.show_grouped(report)
    said = capsys.readouterr().out
    assert "   1  The theme changed\n      ~ /en/0/\n" in said
    assert "   4  Nobody knows why\n" in said
    assert "… and 2995 files more" in said
