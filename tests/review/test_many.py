"""Many messages at once, and whole catalogues out and in."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from pipeline import catalogues
from pipeline.catalogues import State, digest_of, state_of
from review import facets, queue
from review.desk import Desk
from review.queue import Filter
from tests.review.desks import TWO, browser, desk_in, text_of
from tests.sites import DAY, catalogue, translate

ARTICLE = "articles/first"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A desk where everything is translated and nothing approved."""
    made = desk_in(tmp_path)
    translate(made.project, approved=False)
    facets.look(made, "nl", now=True)
    return made


def chosen(desk: Desk, asked: Filter) -> list[str]:
    """What a form says of the messages that were chosen."""
    rows = queue.page(desk, "nl", asked, limit=500)
    return [f"{row.digest},{row.version},{row.domain}" for row in rows]


def states(desk: Desk, domain: str = ARTICLE) -> set[State]:
    """The states that the messages of a catalogue are in."""
    return {state_of(message) for message in catalogue(desk.project, domain)}


def test_many_are_approved_once_they_were_seen_and_undone_as_a_whole(desk: Desk) -> None:
    """Byte for byte as they were, but what somebody changed meanwhile."""
    path = desk.project.catalogue_path("nl", ARTICLE)
    before = path.read_bytes()
    form = {"deed": "approve", "chosen": chosen(desk, Filter(article=ARTICLE))}
    with browser(desk, "Ruth") as ruth:
        seen = ruth.post("/nl/bulk", data=form)
        assert f"Approve {len(form['chosen'])}" in seen.text
        assert path.read_bytes() == before
        done = ruth.post("/nl/bulk", data=form | {"sure": "yes"})
        assert states(desk) == {State.APPROVED}
        undo = re.search(r'action="(/nl/bulk/\d+/undo)', done.text)
        assert undo
        assert undo[1] in ruth.get("/nl/queue").text  # it can be taken back from there, too
        assert ruth.post(undo[1]).status_code == 200
        assert path.read_bytes() == before
        assert ruth.post(undo[1]).status_code == 409
        assert undo[1] not in ruth.get("/nl/queue").text


def test_rejecting_many_asks_for_a_reason_and_keeps_what_was_chosen(desk: Desk) -> None:
    """Before anything is done; without one nothing is."""
    form = {"deed": "reject", "chosen": chosen(desk, Filter(article=ARTICLE)), "reason": " "}
    with browser(desk, "Ruth") as ruth:
        seen = ruth.post("/nl/bulk", data=form)
        assert (seen.status_code, 'name="reason"' in seen.text) == (200, True)
        assert seen.text.count('name="chosen"') == len(form["chosen"])
        assert ruth.post("/nl/bulk", data=form | {"sure": "yes"}).status_code == 422
        assert states(desk) == {State.TRANSLATED}
        ruth.post("/nl/bulk", data=form | {"sure": "yes", "reason": "Te stijf"})
    assert states(desk) == {State.REJECTED}


def test_replacing_shows_what_would_change(desk: Desk) -> None:
    """And leaves alone what does not have the words, or would break."""
    form = {
        "deed": "replace",
        "chosen": chosen(desk, Filter(article=ARTICLE)),
        "old": "NL A heading",
        "new": "Een kop",
    }
    with browser(desk, "Tess") as tess:
        seen = tess.post("/nl/bulk", data=form).text
        assert "<del>NL A heading</del><ins>Een kop</ins>" in seen
        assert "does not stand in it" in seen
        tess.post("/nl/bulk", data=form | {"sure": "yes"})
        texts = [message.text for message in catalogue(desk.project, ARTICLE)]
        assert "Een kop" in texts and "NL A heading" not in texts
        broken = form | {
            "old": "<a1>",
            "new": "<b1>",
            "chosen": chosen(desk, Filter(article=ARTICLE)),
        }
        assert "is not in the source" in tess.post("/nl/bulk", data=broken).text


@pytest.mark.parametrize(
    ("name", "form", "said"),
    [
        ("Tess", {"deed": "approve"}, "may not approve"),
        ("Ruth", {"deed": "reject"}, "Say why"),
        ("Ruth", {"deed": "replace"}, "what is to be replaced"),
        ("Ruth", {"deed": "publish"}, "approve, reject or replace"),
    ],
)
def test_many_are_guarded_like_one(desk: Desk, name: str, form: dict[str, str], said: str) -> None:
    """Nothing is done."""
    whole = {**form, "chosen": chosen(desk, Filter(article=ARTICLE)), "sure": "yes"}
    with browser(desk, name) as client:
        answer = client.post("/nl/bulk", data=whole)
    assert (answer.status_code, said in answer.text) == (422, True)
    assert states(desk) == {State.TRANSLATED}


def bring(client: TestClient, name: str, data: bytes) -> str:
    """Upload a file; what the page says of it."""
    answer = client.post("/nl/files", files={"files": (name, data)})
    assert answer.status_code in (200, 422)
    return text_of(answer.text)


def test_a_catalogue_goes_out_and_comes_back(desk: Desk) -> None:
    """What was changed in it is taken; what both changed waits in the editor, beside the other."""
    with browser(desk, "Tess") as tess:
        data = tess.get(f"/nl/files/{ARTICLE}").content
        theirs = data.replace(b"NL A heading", b"Een kop").replace(b"NL An item", b"Een ding")
        path = desk.project.catalogue_path("nl", ARTICLE)
        path.write_bytes(path.read_bytes().replace(b"NL An item", b"Iets anders"))
        said = bring(tess, "anything.po", theirs)
        assert "1 taken" in said and "1 were changed here as well" in said
        texts = [message.text for message in catalogue(desk.project, ARTICLE)]
        assert "Een kop" in texts and "Iets anders" in texts
        editor = f"/nl/message/{digest_of((None, 'An item'))}?in={ARTICLE}"
        assert "Een ding</textarea>" in tess.get(editor).text


@pytest.mark.parametrize(("name", "count"), [("Tess", False), ("Ruth", True)])
def test_an_approval_counts_only_from_who_may_approve(desk: Desk, name: str, count: bool) -> None:
    """A mark in a file is as good as who brings it."""
    with browser(desk, name) as client:
        data = client.get(f"/nl/files/{ARTICLE}").content
        marked = catalogues.parse(data)
        approved = [catalogues.approve(m, by="Somebody", on=DAY) for m in marked.messages]
        said = bring(client, "first.po", marked.with_messages(approved).dump())
    assert ("approvals did not count" in said) is not count
    assert states(desk) == ({State.APPROVED} if count else {State.TRANSLATED})


def test_four_eyes_hold_for_files_too(tmp_path: Path) -> None:
    """Nobody approves by bringing a file there."""
    desk = desk_in(
        tmp_path, settings=TWO.replace("[locales.nl]\n", "[locales.nl]\nfour_eyes = true\n")
    )
    translate(desk.project)
    data = desk.project.catalogue_path("nl", ARTICLE).read_bytes()
    translate_back = catalogues.parse(data)
    path = desk.project.catalogue_path("nl", ARTICLE)
    catalogues.write(
        catalogues.read(path).with_messages(
            [catalogues.edit(m, m.strings) for m in translate_back.messages]
        ),
        path,
    )
    with browser(desk, "Ruth") as ruth:
        bring(ruth, f"{ARTICLE}.po", data)
    assert State.APPROVED not in states(desk)


def test_everything_goes_out_in_a_zip_and_xliff_too(desk: Desk) -> None:
    """And comes back so."""
    with browser(desk, "Ruth") as ruth:
        for form, ending in (("po", ".po"), ("xlf", ".xlf")):
            data = ruth.get(f"/nl/files.zip?form={form}").content
            names = zipfile.ZipFile(io.BytesIO(data)).namelist()
            assert f"{ARTICLE}{ending}" in names and len(names) == 5
            assert "0 taken" in bring(ruth, "all.zip", data)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("x.po", b"no catalogue"),
        ("x.xlf", b'<!DOCTYPE x [<!ENTITY a "b">]><xliff>&a;</xliff>'),
        ("../../pipeline.po", b'msgid ""\nmsgstr "Language: nl\\n"\n\nmsgid "a"\nmsgstr "b"\n'),
        ("x.zip", b"PK\x03\x04 broken"),
    ],
)
def test_what_cannot_be_used_changes_nothing(desk: Desk, name: str, data: bytes) -> None:
    """And says why; a name is never a path."""
    before = {path: path.read_bytes() for path in desk.project.root.rglob("*.po")}
    with browser(desk, "Ruth") as ruth:
        assert "Nothing of it was taken" in bring(ruth, name, data)
    assert {path: path.read_bytes() for path in desk.project.root.rglob("*.po")} == before


def test_what_is_too_large_is_not_read(desk: Desk) -> None:
    """Before it is in memory."""
    with browser(desk, "Ruth") as ruth:
        answer = ruth.post("/nl/files", headers={"Content-Length": str(65 << 20)})
        assert answer.status_code == 413


def test_a_zip_without_catalogues_is_told_as_one(desk: Desk) -> None:
    """Silence would look as if all had been taken."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("inside.zip", b"PK")
    with browser(desk, "Tess") as tess:
        answer = tess.post("/nl/files", files={"files": ("all.zip", packed.getvalue())})
        assert (answer.status_code, "no .po or .xlf file in it" in answer.text) == (422, True)


def test_who_has_no_role_sees_no_preview(desk: Desk) -> None:
    """It shows what nobody has approved yet."""
    with browser(desk, "Nina") as nina, browser(desk, "Tess") as tess:
        assert (nina.get("/site/nl/").status_code, tess.get("/site/nl/").status_code) == (403, 200)
