"""Drafting with engines that fail: nothing lost, nothing doubled, nothing live, paid right."""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline import catalogues
from pipeline.articles import find, load
from pipeline.build import build
from pipeline.catalogues import State, marks, state_of
from pipeline.database import open_database
from pipeline.extract import extract
from pipeline.project import Project
from pipeline.translation import Drafted, translate
from tests.sites import DAY, SETTINGS, catalogue, site, translated
from tests.translation.clients import (
    Client,
    chat,
    deepl_client,
    google,
    guarded,
    libre,
    microsoft,
    mymemory,
    rules,
)
from tests.translation.stand_in import StandIn, fluent

PAGE = """\
---
title: A page about listening
slug: listening
---

People often notice [other things](two.md) first, and only *later* that they are tired of it.

We meet on 14 March 2026 at 10:30, in room 204, and it takes 45 minutes.

Write to <a@x.example> or look at <https://x.example/a?b=1> before you come to us.

- An item of a list that someone made
- Another item of a list that **nobody** made
"""
OTHER = "---\ntitle: The other page\nslug: other\n---\n\nSomething that a person has translated.\n"
FAULTS = (
    "stall", "trickle", "reset", "429", "456", "500", "503", "403", "captcha", "empty", "count",
    "truncated", "quota", "echo", "mixed", "escaped", "script", "lost", "crossed", "german",
    "number",
)  # fmt: skip
NEVER_TAKEN = ("stall", "trickle", "reset", "429", "456", "500", "503", "403", "captcha", "empty",
               "count", "truncated", "quota")  # fmt: skip
"""Faults after which no message has a draft."""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A site in three languages, with a page to draft and one that a person has translated."""
    made = site(tmp_path, {"one.md": PAGE, "two.md": OTHER}, settings=f"{SETTINGS}[locales.de]\n")
    extract(made, today=DAY)
    for domain in ("two", "site"):
        path = made.catalogue_path("nl", domain)
        found = catalogues.read(path)
        catalogues.write(found.with_messages([translated(m) for m in found]), path)
    return made


def drafted(project: Project, server: StandIn, make: Client, *, days: int = 0) -> Drafted:
    """What drafting does with one engine, on some day."""
    database = open_database(project)
    today = DAY + timedelta(days=days)
    engine = guarded(make(server), database, today=today)
    done = translate(project, "nl", engines=[engine], today=today)
    sent = engine.budget
    counted = 10**9 - (type(sent)(database, engine.name, today, daily=10**9).room() or 0)
    database.dispose()
    assert server.billed == counted or server.always == "captcha"
    assert counted >= server.billed
    server.billed = 0
    return done


def texts(project: Project) -> dict[Path, bytes]:
    """What people wrote."""
    paths = (project.catalogue_path("nl", domain) for domain in ("two", "site"))
    return {path: path.read_bytes() for path in paths}


CASES = [
    *((make, fault) for make in (libre, deepl_client) for fault in FAULTS),
    *((google, fault) for fault in FAULTS if fault not in ("count", "truncated")),
    *((make, fault) for make in (mymemory, microsoft, chat, rules) for fault in ("reset", "429")),
    (mymemory, "quota"), (microsoft, "456"), (chat, "mixed"), (chat, "count"), (rules, "crossed"),
]  # fmt: skip
"""Each fault with an engine that takes many texts, one that takes one, and one that takes HTML."""


@pytest.mark.parametrize(("make", "fault"), CASES)
def test_a_fault_loses_nothing_and_doubles_nothing(
    make: Client, fault: str, project: Project, server: StandIn
) -> None:
    """Nor does it make anything live; and a later run makes up for it without paying again."""
    server.say, server.always = fluent, fault
    before, ids = texts(project), [m.key for m in catalogue(project, "one")]
    done = drafted(project, server, make)
    look_at(project)
    assert texts(project) == before
    assert [m.key for m in catalogue(project, "one")] == ids
    if fault in NEVER_TAKEN:
        assert done.drafts == {}
    waiting = {one.text for one in done.waiting}
    untranslated = {m.id for m in catalogue(project, "one") if not m.text}
    assert waiting == untranslated
    assert all(one.reasons for one in done.waiting)

    answered, server.always, server.asked = Counter(server.answered), "", []
    done = drafted(project, server, make, days=1)
    look_at(project)
    assert done.waiting == ()
    assert texts(project) == before
    assert set(server.asked).isdisjoint(answered)
    assert max(Counter(server.asked).values(), default=0) <= 1


def look_at(project: Project) -> None:
    """What must hold for every message after whatever an engine did."""
    article = load(project, next(s for s in find(project).sources if s.id == "one"))
    segments = {segment.key: segment for segment in article.segments}
    for message in catalogue(project, "one"):
        assert state_of(message) in (State.UNTRANSLATED, State.DRAFT)
        outcome = (marks.find(message, "markup") or {"outcome": "whole"})["outcome"]
        if message.text and message.key in segments and outcome != "to place":
            assert segments[message.key].problems(message.text) == []


@pytest.mark.parametrize("fault", ["script", "escaped", "lost", "crossed", "mixed"])
@pytest.mark.parametrize("make", [libre, deepl_client])
def test_nothing_that_an_engine_said_is_live(
    make: Client, fault: str, project: Project, server: StandIn
) -> None:
    """On a site that publishes what is approved; in a preview it is text, and no markup."""
    server.say, server.always = fluent, fault
    drafted(project, server, make)
    build(project, today=DAY, jobs=1)
    live = {path.name for path in project.output_dir.glob("nl/*") if path.is_dir()}
    assert not live & {"listening", "one"}
    report = build(project, preview=True, today=DAY, jobs=1)
    pages = [path.read_text("utf-8") for path in (report.output / "nl").rglob("*.html")]
    assert pages
    assert not any("<script>" in page for page in pages)


@pytest.mark.parametrize("make", [libre, google, deepl_client])
@pytest.mark.parametrize(
    ("fault", "text", "why"),
    [
        ("german", "People often notice", "another language (German)"),
        ("number", "We meet on 14 March", "is missing"),
        ("echo", "An item of a list that", "another language (English)"),
    ],
)
def test_the_report_says_why_an_answer_was_not_taken(
    fault: str, text: str, why: str, make: Client, project: Project, server: StandIn
) -> None:
    """In the words of the check that did not let it pass."""
    server.say, server.always = fluent, fault
    done = drafted(project, server, make)
    (reasons,) = (one.reasons for one in done.waiting if one.text.startswith(text))
    assert any(why in reason for reason in reasons), reasons


def test_an_order_that_is_mixed_up_is_seen_where_it_can_be(
    project: Project, server: StandIn
) -> None:
    """A text with markup, numbers or addresses does not get the translation of another."""
    server.say, server.always = fluent, "mixed"
    drafted(project, server, libre)
    for message in catalogue(project, "one"):
        if "204" in message.id:
            assert "204" in message.text or not message.text
        if "<a1>" in message.id and message.text:
            outcome = (marks.find(message, "markup") or {}).get("outcome")
            assert outcome == "to place" or "<a1>" in message.text


@pytest.mark.parametrize("make", [libre, chat])
def test_markup_that_does_not_nest_is_asked_for_again(
    make: Client, project: Project, server: StandIn
) -> None:
    """In the next form; what comes of it is recorded."""
    text = "People often notice <a1>other things</a1> first, and only <em2>later</em2> that they"
    server.say = lambda asked: (
        _crossed(asked) if "<x id" in asked or "⟦" in asked else fluent(asked)
    )
    done = drafted(project, server, make)
    (message,) = (m for m in catalogue(project, "one") if m.id.startswith(text))
    assert marks.find(message, "markup") == {"outcome": "other style"}
    assert done.markup["other style"] >= 1


def _crossed(text: str) -> str:
    """A translation whose signs stand in the order from the last to the first, in one form."""
    sign = re.compile(r'<x id="\d+"></x>|⟦\d+⟧')
    signs = sign.findall(text)
    return sign.sub(lambda match: signs.pop(), fluent(text))
