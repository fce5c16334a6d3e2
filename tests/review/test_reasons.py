"""Reasons on the desk: the report of a run names what changed, and who did it."""

from __future__ import annotations

import time
from pathlib import Path

from pipeline.extract import extract
from review import decisions
from review.decisions import Action, Decision
from review.desk import Desk
from review.message import Place
from review.runs import Kind, Run
from tests.review.desks import browser, desk_in, person, text_of
from tests.sites import DAY, replace, translate


def ran(desk: Desk, kind: Kind) -> Run:
    """A run of everything, when it has ended."""
    number = desk.runs.start(kind, person(desk, "Bea"))
    until = time.monotonic() + 120
    while (run := desk.runs.get(number)) is None or run.is_open:
        assert time.monotonic() < until
        time.sleep(0.05)
    return run


def test_a_report_names_passages_in_every_language(tmp_path: Path) -> None:
    """Messages as links with who decided; passages of the source by their text, former ones too."""
    desk = desk_in(tmp_path)
    translate(desk.project)
    assert ran(desk, Kind.BUILD).report["counts"]["new"]
    replace(desk.project.source_dir / "articles/first.md", "One sentence", "Two sentences")
    extract(desk.project, today=DAY, jobs=1)
    with browser(desk, "Bea") as bea:
        said = text_of(bea.get(f"/runs/{ran(desk, Kind.FORECAST).id}").text)
        assert "passage 4, new: Two sentences, and a link." in said
        assert "a passage, gone: One sentence, and a link." in said
        queue = bea.get("/nl/queue?state=stale").text
        digest = queue.partition("/nl/message/")[2].partition("?")[0]
        done = Decision(Action.APPROVE, ("NL Twee zinnen, en <a1>een link</a1>.",), "")
        place = Place("nl", "articles/first", digest)
        decisions.decide(desk, person(desk, "Ruth"), place, done)
        page = bea.get(f"/runs/{ran(desk, Kind.BUILD).id}").text
        assert f'href="/nl/message/{digest}?in=articles/first"' in page
        assert "message 4 , new, approved by Ruth: Two sentences, and a link." in text_of(page)
    desk.database.dispose()
