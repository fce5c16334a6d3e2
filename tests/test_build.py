"""Builds: what is out of date is made anew and nothing else, and what is live stays whole."""

from __future__ import annotations

import errno
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace as altered
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline import catalogues
from pipeline.build import Report, build
from pipeline.catalogues import State
from pipeline.errors import (
    ArticleError,
    CatalogueError,
    EncodingError,
    LinkError,
    MarkupError,
    OutputError,
    PipelineError,
    SettingsError,
    SlugError,
    ThemeError,
    TranslationError,
)
from pipeline.extract import extract
from pipeline.project import Project, open_project
from pipeline.site.compression import is_variant
from pipeline.site.publication import Publication
from tests import faults
from tests.sites import (
    DAY,
    PAGES,
    SETTINGS,
    catalogue,
    replace,
    site,
    translate,
    untranslate,
    write,
)

FIRST = "articles/first"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A site that is translated and published."""
    made = site(tmp_path)
    extract(made, today=DAY)
    translate(made)
    report = built(made)
    assert report.ok
    return made


def built(project: Project, **options: object) -> Report:
    """A build on the day of the tests, in this process."""
    return build(project, **{"today": DAY, "jobs": 1, **options})  # type: ignore[arg-type]


def page(project: Project, path: str) -> str:
    """A published page."""
    return (project.output_dir / path / "index.html").read_text(encoding="utf-8")


def files_of(folder: Path) -> dict[str, bytes]:
    """Everything that a reader can ask for, uncompressed."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
        and not path.relative_to(folder).as_posix().startswith(".")
        and not is_variant(path.name)
    }


def edit(project: Project, domain: str, text: str, translation: str) -> None:
    """What a translator does in a PO editor."""
    path = project.catalogue_path("nl", domain)
    found = catalogues.read(path)
    message = found.get(text)
    assert message is not None
    done = catalogues.approve(catalogues.edit(message, [translation]), by="anna", on=DAY)
    catalogues.write(found.with_message(done), path)


# What is published


def test_a_site_is_published_in_every_language(project: Project) -> None:
    """Pages, lists, tags, 404 pages, a root page, assets; each page knows the others."""
    names = set(files_of(project.output_dir))
    for name in (
        "index.html", "404.html", "en/index.html", "en/404.html", "en/first/index.html",
        "en/articles/index.html", "en/tags/beginnings/index.html", "en/about/index.html",
        "nl/index.html", "nl/404.html", "nl/nl-first/index.html", "nl/artikelen/index.html",
        "nl/onderwerpen/nl-beginnings/index.html", "nl/nl-about/index.html", "images/dot.svg",
    ):  # fmt: skip
        assert name in names
    html = page(project, "nl/nl-first")
    assert '<html lang="nl" dir="ltr">' in html
    assert '<a href="/nl/nl-second/">a link</a>' in html
    assert 'href="/en/first/" lang="en" hreflang="en"' in html
    assert "2 januari 2026" in html


def test_nothing_to_do_is_nothing_done(project: Project) -> None:
    """Not a file is touched."""
    files = [path for path in project.output_dir.rglob("*") if path.is_file()]
    before = [path.stat().st_mtime_ns for path in files]
    assert built(project).changed == 0
    assert [path.stat().st_mtime_ns for path in files] == before
    assert built(project, force=True).changed == 0


def test_a_message_edited_in_a_po_file_changes_its_page_and_no_other(project: Project) -> None:
    """The translator's round trip."""
    before = files_of(project.output_dir)
    edit(project, FIRST, "An item", "Iets heel anders")
    report = built(project)
    assert report.published.changed == ("nl/nl-first/index.html",)
    after = files_of(project.output_dir)
    assert {name for name in after if after[name] != before[name]} == {"nl/nl-first/index.html"}
    assert "Iets heel anders" in page(project, "nl/nl-first")


def test_a_changed_title_changes_every_page_that_says_it(project: Project) -> None:
    """Lists, the home page, the feed, and the page itself."""
    edit(project, FIRST, "The first", "Nummer één")
    changed = set(built(project).published.changed)
    assert changed == {
        "nl/nl-first/index.html",
        "nl/index.html",
        "nl/artikelen/index.html",
        "nl/onderwerpen/nl-beginnings/index.html",
        "nl/feed.atom",
    }


def test_a_removed_article_disappears_in_every_language(project: Project) -> None:
    """Its page, its place in lists; its translations stay, and its addresses lead on."""
    replace(project.source_dir / "articles/first.md", "[a link](second.md)", "no link")
    (project.source_dir / "articles/second.md").unlink()
    extract(project, today=DAY)
    report = built(project)
    assert report.ok
    for folder, path in (("en", "en/second"), ("nl", "nl/nl-second")):
        assert f'content="0; url=/{folder}/"' in page(project, path)
        assert f"/{path}/" not in page(
            project, f"{folder}/{'artikelen' if folder == 'nl' else 'articles'}"
        )
    assert [str(error) for error in report.warnings if "article is gone" in str(error)]
    assert catalogue(project, "articles/second").get("The second") is not None


def test_a_site_can_be_built_by_language(project: Project) -> None:
    """The other one stays as it is."""
    replace(project.source_dir / "articles/first.md", "One sentence", "One more sentence")
    report = built(project, locales=["en"])
    assert report.published.changed == ("en/first/index.html",)
    with pytest.raises(SettingsError, match="“de” is not a language"):
        built(project, locales=["de"])


# What goes live


def test_what_is_not_approved_is_not_live(tmp_path: Path) -> None:
    """And nothing links to it."""
    project = site(tmp_path)
    extract(project, today=DAY)
    translate(project, approved=False)
    report = built(project)
    assert report.locales == ("en",)
    assert not (project.output_dir / "nl").exists()
    assert "/nl/" not in page(project, "en/first")


def test_a_preview_shows_everything_and_publishes_nothing(tmp_path: Path) -> None:
    """With a word about it, in a folder of its own."""
    project = site(tmp_path)
    extract(project, today=DAY)
    translate(project, approved=False)
    report = built(project, preview=True)
    html = (report.output / "nl/nl-first/index.html").read_text(encoding="utf-8")
    assert "NL An item" in html
    assert 'content="noindex"' in html
    assert not project.output_dir.exists()


def test_a_missing_passage_is_shown_in_its_own_language_with_a_word_about_it(
    project: Project,
) -> None:
    """Marked for browsers and voices; the page says so at its head."""
    replace(project.source_dir / "articles/first.md", "- Another item", "- Something new")
    extract(project, today=DAY)
    untranslate(project, FIRST, "Something new")
    built(project)
    html = page(project, "nl/nl-first")
    assert '<span lang="en" dir="ltr">Something new</span>' in html
    assert 'class="notice notice-partial"' in html
    assert 'href="/en/first/"' in html


def stale(project: Project, old: str, new: str) -> None:
    """The source of the first article changes, and the catalogue follows."""
    replace(project.source_dir / "articles/first.md", old, new)
    extract(project, today=DAY)


def test_a_stale_passage_shows_the_earlier_translation_with_a_word_about_it(
    project: Project,
) -> None:
    """For the days of grace, then the source."""
    stale(project, "One sentence", "One good sentence")
    built(project)
    html = page(project, "nl/nl-first")
    assert "NL One sentence" in html
    assert 'class="notice notice-stale"' in html
    assert "24 november 2026" in html
    built(project, today=DAY + timedelta(days=29))
    assert page(project, "nl/nl-first") == html
    built(project, today=DAY + timedelta(days=30))
    assert "One good sentence" in page(project, "nl/nl-first")


@pytest.mark.parametrize("change", ["Two sentence", "Not one sentence", "1 sentence"])
def test_where_a_number_or_a_negation_changed_there_is_no_grace(
    change: str, project: Project
) -> None:
    """The earlier translation may say the opposite."""
    if change == "Two sentence":
        stale(project, "One sentence, and", "A wholly other text that shares no words at all, or")
    else:
        stale(project, "One sentence", change)
    built(project)
    assert "NL One sentence" not in page(project, "nl/nl-first")


def test_an_address_stays_when_its_source_changes(project: Project) -> None:
    """Links from elsewhere go on leading there."""
    replace(project.source_dir / "articles/first.md", "date:", "slug: number-one\ndate:")
    extract(project, today=DAY)
    built(project, today=DAY + timedelta(days=400))
    assert (project.output_dir / "nl/nl-first/index.html").exists()
    assert (project.output_dir / "en/number-one/index.html").exists()


def test_a_page_goes_live_when_enough_of_it_is_approved(tmp_path: Path) -> None:
    """Title and ``minimum_percent`` of its passages."""
    settings = SETTINGS + "minimum_percent = 60\n"
    project = site(tmp_path, settings=settings)
    extract(project, today=DAY)
    translate(project)
    edit_state(project, "An item")
    built(project)
    assert '<html lang="nl"' in page(project, "nl/nl-first")
    edit_state(project, "Another item")
    edit_state(project, "A heading")
    built(project)
    assert 'content="0; url=/en/first/"' in page(project, "nl/nl-first")
    assert "nl-first" not in page(project, "en/first")


def edit_state(project: Project, text: str) -> None:
    """A message of the first article loses its approval."""
    path = project.catalogue_path("nl", FIRST)
    found = catalogues.read(path)
    message = found.get(text)
    assert message is not None
    catalogues.write(found.with_message(altered(message, comments=())), path)


# Bad input: each a clear error, the others are built, what is live stays


def damaged(project: Project, name: str, text: str | bytes) -> Report:
    """The site built after one of its files came to say this."""
    path = project.root / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    replace(project.source_dir / "articles/second.md", "Another", "Still another")
    return built(project)


PAGES_FIRST = PAGES["articles/first.md"]
FRONT = "---\ntitle: The first\n---\n\n"
FIRST_MD = "source/articles/first.md"
BAD: dict[str, tuple[str, str | bytes, type[PipelineError], int | None]] = {
    "markup that does not nest": (FIRST_MD, FRONT + "<div>a <em>b</div>\n", MarkupError, 5),
    "undecodable bytes": (FIRST_MD, FRONT.encode() + b"\xff\n", EncodingError, 5),
    "an empty file": (FIRST_MD, "", ArticleError, None),
    "front matter that does not parse": (FIRST_MD, "---\na: b: c\n---\n", ArticleError, 2),
    "a link to nothing": (FIRST_MD, FRONT + "\n[x](nothing.md)\n", LinkError, 6),
    "a slug that climbs": (FIRST_MD, "---\nslug: ../x\n" + PAGES_FIRST[4:], SlugError, 2),
    "a slug that is taken": (FIRST_MD, "---\nslug: about\n" + PAGES_FIRST[4:], SlugError, 2),
    "a broken catalogue": (
        "locales/nl/LC_MESSAGES/articles/first.po",
        'msgid "x"\nmsgstr "y\n',
        CatalogueError,
        2,
    ),
}


@pytest.mark.parametrize("what", BAD)
def test_a_bad_file_is_an_error_and_what_is_live_of_it_stays(what: str, project: Project) -> None:
    """And the others are built."""
    name, text, kind, line = BAD[what]
    before = files_of(project.output_dir)
    report = damaged(project, name, text)
    (error,) = {str(e): e for e in report.errors}.values()
    assert isinstance(error, kind)
    assert error.path
    assert (str(project.relative(error.path)), error.line) == (name, line)
    assert error.hint
    after = files_of(project.output_dir)
    for path in ("en/first/index.html", "nl/nl-first/index.html"):
        assert after[path] == before[path]
    assert "Still another" in after["en/second/index.html"].decode()
    assert built(project).errors, "it is said again until it is mended"


@pytest.mark.parametrize(
    "translation",
    [
        "Eén zin en een link.",
        "Eén zin, en <a1>een link</a1> <a1>nog een</a1>.",
        "Eén zin, en <a2>een link</a2>.",
        "Eén zin, en </a1>een link<a1>.",
        "Eén zin, en <a1>een link.",
    ],
)
def test_tokens_that_do_not_fit_are_reported_and_never_shown(
    translation: str, project: Project
) -> None:
    """The page shows the source text there."""
    edit(project, FIRST, "One sentence, and <a1>a link</a1>.", translation)
    report = built(project)
    assert {type(error) for error in report.errors} == {TranslationError}
    assert report.errors[0].path == Path("locales/nl/LC_MESSAGES/articles/first.po")
    assert report.errors[0].line
    html = page(project, "nl/nl-first")
    assert "Eén zin" not in html
    assert '<span lang="en" dir="ltr">One sentence, and <a href="/nl/nl-second/">a link</a>' in html


def test_mistyped_tokens_are_reported_before_anybody_approves_them(project: Project) -> None:
    """The translator who edits the file is told at the next build."""
    replace(project.catalogue_path("nl", FIRST), '<a1>a link</a1>."\n\n', 'a link."\n\n')
    report = built(project)
    assert {type(error) for error in report.errors} == {TranslationError}
    assert "NL One sentence" not in page(project, "nl/nl-first")


def test_a_broken_theme_publishes_nothing(project: Project) -> None:
    """It names the template and the line."""
    before = files_of(project.output_dir)
    write(project.root / "pipeline.toml", SETTINGS.replace("menu", 'theme = "theme"\nmenu'))
    write(project.root / "theme/templates/article.html", "<p>\n{{ nothing }}")
    with pytest.raises(ThemeError) as caught:
        built(open_project(project.root))
    assert (caught.value.path or Path()).name == "article.html"
    assert caught.value.line == 2
    assert files_of(project.output_dir) == before


def test_an_unknown_layout_fails_only_its_article(project: Project) -> None:
    """And names the line that asks for it."""
    replace(project.source_dir / "articles/first.md", "date:", "layout: poster\ndate:")
    report = built(project)
    assert [str(error.path) for error in report.errors] == ["source/articles/first.md"]
    assert (project.output_dir / "en/first/index.html").exists()


def test_an_output_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    """A file stands where the folder should be."""
    project = site(tmp_path)
    write(project.output_dir, "in the way")
    with pytest.raises(OutputError, match="cannot be written") as caught:
        built(project)
    assert caught.value.path == project.output_dir


# Old or new, never half


def test_a_fault_at_any_write_leaves_every_page_old_or_new(tmp_path: Path) -> None:
    """And the next build finishes what was begun."""
    template = tmp_path / "template"
    template.mkdir()
    ready = site(template)
    extract(ready, today=DAY)
    translate(ready)
    built(ready)
    old = files_of(ready.output_dir)
    replace(ready.source_dir / "articles/first.md", "One sentence", "One good sentence")
    replace(ready.source_dir / "articles/second.md", "date: 2026-02-03", "date: 2026-02-04")
    (ready.source_dir / "images/dot.svg").unlink()
    work = tmp_path / "work"

    def reset() -> None:
        shutil.rmtree(work, ignore_errors=True)
        shutil.copytree(template, work)

    reset()
    project = open_project(work)
    built(project)
    new = files_of(project.output_dir)
    assert new != old
    expected = (OSError, PipelineError)
    for fault in faults.everywhere(
        lambda: built(project), before=reset, errors=(errno.EIO,), expected=expected
    ):
        found = files_of(project.output_dir)
        for name in old.keys() | new.keys():
            assert found.get(name) in (old.get(name), new.get(name)), f"{name}: {fault}"
        for name in old.keys() & new.keys():
            assert name in found, f"{name}: {fault}"
        built(project)
        assert files_of(project.output_dir) == new, str(fault)


def test_a_build_that_is_killed_leaves_the_old_site(project: Project) -> None:
    """Wherever it is; the next one is as if nothing had been."""
    replace(project.source_dir / "articles/first.md", "One sentence", "One good sentence")
    before = files_of(project.output_dir)
    code = (
        "import os, sys\nfrom pathlib import Path\nfrom pipeline.project import open_project\n"
        "from pipeline.build import build\nfrom pipeline.site import publication\n"
        "publication.Publication.commit = lambda *a, **k: os._exit(9)\n"
        "build(open_project(Path(sys.argv[1])), jobs=1)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(project.root)], check=False)
    assert done.returncode == 9
    assert files_of(project.output_dir) == before
    assert "en/first/index.html" in built(project).published.changed


def test_a_build_that_is_killed_while_it_publishes_is_finished_by_the_next(tmp_path: Path) -> None:
    """Also by one of another language, which knows then what is live of the first."""
    project = site(tmp_path)
    extract(project, today=DAY)
    translate(project)
    code = (
        "import os, sys\nfrom pathlib import Path\nfrom pipeline.project import open_project\n"
        "from pipeline.build import build\nfrom pipeline.site import publication\n"
        "left = iter(range(20))\n"
        "publication._keep_page = lambda *a: next(left, None) is None and os._exit(9)\n"
        "build(open_project(Path(sys.argv[1])), jobs=1)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(project.root)], check=False)
    assert done.returncode == 9
    assert not (project.output_dir / "en/first/index.html").exists()
    assert built(project, locales=("nl",)).ok
    found = files_of(project.output_dir)
    assert "en/first/index.html" in found
    built(project, force=True)
    assert files_of(project.output_dir) == found


def test_an_edit_during_a_build_is_built_by_the_next(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However late it came: what a build did not read is not taken for up to date."""
    replace(project.source_dir / "articles/first.md", "One sentence", "One good sentence")
    commit = Publication.commit

    def edited(*args: Any, **options: Any) -> Any:
        done = commit(*args, **options)
        replace(project.source_dir / "articles/first.md", "good sentence", "better sentence")
        return done

    with monkeypatch.context() as patch:
        patch.setattr(Publication, "commit", edited)
        assert "en/first/index.html" in built(project).published.changed
    assert "One good sentence" in page(project, "en/first")
    built(project)
    assert "One better sentence" in page(project, "en/first")


def test_two_processes_build_what_one_builds(tmp_path: Path) -> None:
    """With more articles than a pool is started for."""
    pages = dict(PAGES)
    for number in range(60):
        pages[f"articles/n{number}.md"] = f"---\ntitle: Number {number}\n---\n\nText {number}.\n"
    results = []
    for jobs in (1, 2):
        folder = tmp_path / str(jobs)
        folder.mkdir()
        project = site(folder, pages)
        extract(project, today=DAY, jobs=jobs)
        translate(project)
        assert built(project, jobs=jobs).ok
        results.append(files_of(project.output_dir))
    assert results[0] == results[1]


def states(project: Project) -> Iterator[State]:
    """The states of the first article's messages."""
    return (catalogues.state_of(message) for message in catalogue(project, FIRST))


def test_a_build_before_an_extraction_shows_what_one_after_it_shows(project: Project) -> None:
    """Catalogues that are behind are merged in memory, and not written."""
    replace(project.source_dir / "articles/first.md", "One sentence", "One good sentence")
    built(project)
    before = files_of(project.output_dir)
    assert State.STALE not in states(project)
    extract(project, today=DAY)
    assert State.STALE in states(project)
    built(project)
    assert files_of(project.output_dir) == before
