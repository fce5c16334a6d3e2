"""Drafts: from the memory, from engines, and why there is none; nothing lost, nothing live."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline import catalogues, index
from pipeline.build import build
from pipeline.catalogues import State, marks, state_of
from pipeline.database import open_database
from pipeline.extract import extract
from pipeline.project import Project, open_project
from pipeline.translation import Drafted, Guarded, translate
from pipeline.translation.engines import libretranslate
from pipeline.translation.protect import Restored, protect
from tests.sites import DAY, SETTINGS, catalogue, replace, site, write
from tests.sites import translate as translate_by_hand
from tests.translation.clients import settings
from tests.translation.stand_in import StandIn, fluent, stand_in

FIRST, SECOND = "articles/first", "articles/second"
LINKED = "One sentence, and <a1>a link</a1>."


@pytest.fixture
def server() -> Iterator[StandIn]:
    """A stand-in that speaks Dutch."""
    with stand_in() as found:
        found.say = fluent
        yield found


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A site that was extracted."""
    made = site(tmp_path)
    extract(made, today=DAY)
    return made


def drafted(project: Project, *servers: StandIn, **options: object) -> Drafted:
    """What drafting does with these engines."""
    database = open_database(project)
    engines = [
        Guarded(
            libretranslate.create(settings(f"engine{n}", url=server.url, timeout=0.7)),
            database,
            today=DAY,
            sleep=lambda seconds: None,
        )
        for n, server in enumerate(servers)
    ]
    done = translate(project, "nl", engines=engines, today=DAY, **options)  # type: ignore[arg-type]
    database.dispose()
    return done


def message(project: Project, text: str, domain: str = FIRST) -> catalogues.Message:
    """A message as it is in its file."""
    found = catalogue(project, domain).get(text)
    assert found is not None
    return found


def test_what_is_untranslated_gets_a_draft_that_waits(project: Project, server: StandIn) -> None:
    """Fuzzy, with its origin and its markup; nothing of it is live."""
    done = drafted(project, server)
    found = message(project, LINKED)
    assert state_of(found) is State.DRAFT
    protected = protect(LINKED, "⟦1⟧")
    assert Restored(found.text) == protected.restore(fluent(protected.text))
    assert (marks.find(found, "draft") or {})["engine"] == "engine0"
    assert done.drafts["engine0"] > 10
    assert catalogue(project, FIRST).get("first", "slug") is not None
    assert (catalogue(project, FIRST).get("first", "slug") or found).text == fluent("first")
    build(project, today=DAY, jobs=1)
    assert not (project.output_dir / "nl").exists()


def test_what_a_person_wrote_is_never_written_over(project: Project, server: StandIn) -> None:
    """Whatever its state."""
    translate_by_hand(project, approved=False)
    before = {p: p.read_bytes() for p in project.catalogues_dir.rglob("*.po")}
    done = drafted(project, server)
    assert (done.drafts, server.asked) == ({}, [])
    assert {p: p.read_bytes() for p in project.catalogues_dir.rglob("*.po")} == before


def test_what_a_person_writes_meanwhile_is_kept(project: Project, server: StandIn) -> None:
    """While an engine is asked, in another program."""
    path = project.catalogue_path("nl", FIRST)

    def say(text: str) -> str:
        if "item" in text and "Iets" not in path.read_text(encoding="utf-8"):
            replace(path, 'msgid "An item"\nmsgstr ""', 'msgid "An item"\nmsgstr "Iets"')
        return fluent(text)

    server.say = say
    drafted(project, server)
    assert message(project, "An item").text == "Iets"
    assert state_of(message(project, "An item")) is State.TRANSLATED
    assert state_of(message(project, "Another item")) is State.DRAFT


def test_the_history_tells_drafts_from_edits(project: Project, server: StandIn) -> None:
    """By which engine, and what a person did in another program."""
    drafted(project, server)
    path = project.catalogue_path("nl", FIRST)
    found = catalogues.read(path).get("An item")
    assert found is not None
    edited = catalogues.edit(found, ["Iets"])
    catalogues.write(catalogues.read(path).with_message(edited), path)
    drafted(project, server)
    database = open_database(project)
    steps = index.history(database, "nl", FIRST, (None, "An item"))
    database.dispose()
    assert [(step.kind, step.who) for step in steps] == [
        (index.Kind.OUTSIDE, ""),
        (index.Kind.DRAFTED, "engine0"),
    ]


def test_an_approved_translation_is_used_again(project: Project, server: StandIn) -> None:
    """Without asking anyone; it waits for review unless the settings say otherwise."""
    translate_by_hand(project)
    page = project.source_dir / "articles/third.md"
    write(page, "---\ntitle: The third\n---\n\nOne sentence of its own.\n\n- An item\n")
    extract(project, today=DAY)
    drafted(project, server)
    found = message(project, "An item", "articles/third")
    assert (found.text, state_of(found)) == ("NL An item", State.DRAFT)
    assert "An item" not in server.asked
    write(project.settings_path, SETTINGS + '[translation]\nexact = "approved"\n')
    page = project.source_dir / "articles/fourth.md"
    write(page, "---\ntitle: The fourth\n---\n\nIts own sentence.\n\n- Another item\n")
    extract(project, today=DAY)
    drafted(open_project(project.root), server)
    assert state_of(message(project, "Another item", "articles/fourth")) is State.APPROVED


GATED = ("echo", "empty", "quota")


@pytest.mark.parametrize("fault", GATED)
def test_what_is_no_translation_is_not_taken(fault: str, project: Project, server: StandIn) -> None:
    """The message stays untranslated, and the report says why."""
    text = "A long sentence that has to be translated as a whole, and by no means in part."
    write(project.source_dir / "articles/third.md", f"---\ntitle: Third\n---\n\n{text}\n")
    extract(project, today=DAY)
    server.always = fault
    done = drafted(project, server, only=["articles/third"])
    assert state_of(message(project, text, "articles/third")) is State.UNTRANSLATED
    reasons = " ".join(r for w in done.waiting for r in w.reasons if w.text == text)
    assert reasons


def test_the_next_engine_is_asked_where_one_fails(project: Project, server: StandIn) -> None:
    """Or answers with something that is not taken."""
    server.always = "500"
    with stand_in() as other:
        other.say = fluent
        done = drafted(project, server, other)
    assert set(done.drafts) == {"engine1"}
    assert done.waiting == ()


def test_a_script_in_an_answer_is_text(project: Project, server: StandIn) -> None:
    """Also on the page of a preview."""
    server.always = "script"
    drafted(project, server)
    report = build(project, preview=True, today=DAY, jobs=1)
    pages = "".join(p.read_text(encoding="utf-8") for p in (report.output / "nl").rglob("*.html"))
    assert "&lt;script&gt;" in pages
    assert "<script" not in pages


def test_lost_markup_is_put_back_or_left_to_a_person(project: Project, server: StandIn) -> None:
    """Never published without it."""
    server.always = "lost"
    drafted(project, server)
    found = message(project, LINKED)
    assert state_of(found) is State.DRAFT
    assert (marks.find(found, "markup") or {})["outcome"] == "to place"
    report = build(project, preview=True, today=DAY, jobs=1)
    assert any("does not fit its source" in str(error) for error in report.errors)


@pytest.mark.parametrize(
    "fault", ["stall", "reset", "429", "456", "500", "503", "count", "truncated", "empty", "lost"]
)
def test_after_a_fault_nothing_is_lost_and_nothing_doubled(
    fault: str, project: Project, server: StandIn
) -> None:
    """Another run asks for what is missing, and makes of it what one run would have made."""
    translate_by_hand(project)
    replace(project.source_dir / "articles/first.md", "- Another item", "- Something new here")
    (project.source_dir / "articles/second.md").write_text(
        "---\ntitle: Quite another title\n---\n\nWholly new words, in a row.\n", encoding="utf-8"
    )
    extract(project, today=DAY)
    approved = [m for m in catalogue(project, FIRST) if state_of(m) is State.APPROVED]
    server.always = fault
    drafted(project, server)
    server.always = ""
    drafted(project, server)
    assert [m for m in catalogue(project, FIRST) if state_of(m) is State.APPROVED] == approved
    for domain in project.domains("nl"):
        ids = [m.key for m in catalogue(project, domain)]
        assert len(ids) == len(set(ids))


def test_killed_in_the_middle_and_run_again_is_as_if_nothing_had_been(
    project: Project, tmp_path: Path, server: StandIn
) -> None:
    """The same catalogues, and no text asked for twice."""
    whole = tmp_path / "whole"
    whole.mkdir()
    other = site(whole)
    extract(other, today=DAY)
    with stand_in() as calm:
        calm.say = fluent
        drafted(other, calm)
        asked = sorted(calm.asked)

    class Killed(BaseException):
        """As a signal ends a process."""

    stopped: list[str] = []

    def progress(step: str, done: int, total: int) -> None:
        if done == 2 and not stopped:
            stopped.append(step)
            raise Killed

    with pytest.raises(Killed):
        drafted(project, server, progress=progress)
    drafted(project, server)
    assert sorted(server.asked) == asked
    for domain in project.domains("nl"):
        ours = project.catalogue_path("nl", domain).read_bytes()
        assert ours == other.catalogue_path("nl", domain).read_bytes()


def test_each_language_has_its_own_engines_and_articles(tmp_path: Path, server: StandIn) -> None:
    """And people have theirs, in which no engine is asked."""
    policies = f"""people_only = ["articles/f*"]

[locales.de]
engines = []

[translation]
engines = ["libretranslate"]
libretranslate = {{ url = "{server.url}" }}
"""
    project = site(tmp_path, settings=SETTINGS + policies)
    extract(project, today=DAY)
    dutch, german = (translate(project, locale, today=DAY) for locale in ("nl", "de"))
    assert not any("heading" in text for text in server.asked)
    assert state_of(message(project, "Another sentence about <em1>something</em1>.", SECOND)) is (
        State.DRAFT
    )
    assert {waiting.domain for waiting in dutch.waiting} == {FIRST}
    assert "only people translate" in dutch.waiting[0].reasons[0]
    assert german.drafts == {}
    assert {waiting.reasons for waiting in german.waiting} == {("no engine is configured",)}


def test_a_dry_run_sends_nothing(project: Project, server: StandIn) -> None:
    """And says how much it would be."""
    done = drafted(project, server, dry_run=True)
    planned = done.planned["engine0"]
    assert planned.segments > 10
    assert planned.characters > 100
    assert planned.cost == 0
    assert server.asked == []


def test_without_an_engine_the_memory_serves_and_the_rest_waits(project: Project) -> None:
    """And the report says so."""
    done = drafted(project)
    assert done.drafts == {}
    assert {waiting.reasons for waiting in done.waiting} == {("no engine is configured",)}
