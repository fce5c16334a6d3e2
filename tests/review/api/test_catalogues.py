"""Catalogues out and in, the memory, and the status of the site."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

import pytest

from pipeline import catalogues
from pipeline.build import build
from pipeline.catalogues import State, state_of
from review.audit import trail
from review.desk import Desk
from review.tokens import Scope
from tests.databases import KINDS
from tests.review.api.programs import desk_on, items, message, problem, program
from tests.review.desks import TWO, desk_in
from tests.sites import DAY, catalogue, translate

FIRST = "articles/first"
PO = {"Content-Type": "text/x-gettext-translation"}
XLIFF = {"Content-Type": "application/xliff+xml"}
ZIP = {"Content-Type": "application/zip"}
TMX = {"Content-Type": "application/x-tmx+xml"}
ADDRESS = "/locales/nl/catalogues"


@pytest.fixture
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk with people."""
    made = desk_in(tmp_path_factory.mktemp("desk"))
    yield made
    made.database.dispose()


def worked_on(data: bytes, source: str, translation: str, *, by: str = "") -> bytes:
    """A copy in which somebody translated a text, and approved it if there is a name."""
    copy = catalogues.parse(data)
    found = catalogues.edit(next(m for m in copy if m.id == source), [translation])
    if by:
        found = catalogues.approve(found, by=by, on=DAY)
    return copy.with_message(found).dump()


def test_a_copy_goes_out_and_comes_back(desk: Desk) -> None:
    """Only what was changed in it is taken; who brought it by which token is in the trail."""
    with program(desk, "Tess") as tess:
        answer = tess.get(f"{ADDRESS}/articles:first")
        assert answer.headers["content-type"].startswith("text/x-gettext-translation")
        assert 'filename="articles-first.nl.po"' in answer.headers["content-disposition"]
        copy = worked_on(answer.content, "A heading", "Een kop")
        would = tess.post(f"{ADDRESS}?dry_run=true", content=copy, headers=PO).json()
        assert would["dry_run"] and len(would["catalogues"][0]["taken"]) == 1
        assert message(desk, "A heading")[1].text == ""
        done = tess.post(ADDRESS, content=copy, headers=PO).json()["catalogues"]
        assert [(one["article"], one["known"]) for one in done] == [(FIRST, True)]
        assert tess.get(f"/locales/nl/messages/{done[0]['taken'][0]}").json()["strings"] == [
            "Een kop"
        ]
    entry = trail(desk.database, limit=1)[0]
    assert (entry.action, entry.who, entry.token) == ("bring", "Tess", "a test")


def test_a_conflict_is_told_with_its_texts_and_can_be_settled(desk: Desk) -> None:
    """What is here stays until somebody decides by the version that is told."""
    with program(desk, "Tess") as tess:
        copy = worked_on(tess.get(f"{ADDRESS}/articles:first").content, "A heading", "Een titel")
        address, _ = message(desk, "A heading")
        body = {"strings": ["Een kop"]}
        assert tess.put(address, json=body, headers={"If-Match": "*"}).is_success
        done = tess.post(ADDRESS, content=copy, headers=PO).json()["catalogues"][0]
        (conflict,) = done["conflicts"]
        assert done["taken"] == []
        texts = (conflict["base"], conflict["here"], conflict["brought"])
        assert texts == ([""], ["Een kop"], ["Een titel"])
        version = {"If-Match": f'"{conflict["version"]}"'}
        settled = tess.put(
            f"/locales/nl/messages/{conflict['message']}",
            json={"strings": conflict["brought"]},
            headers=version,
        )
        assert settled.json()["strings"] == ["Een titel"]


@pytest.mark.parametrize(
    ("name", "scopes", "counts"),
    [
        ("Ruth", (Scope.TRANSLATE, Scope.REVIEW), True),
        ("Ruth", (Scope.TRANSLATE,), False),
        ("Tess", (Scope.TRANSLATE, Scope.REVIEW), False),
    ],
)
def test_an_approval_counts_of_those_who_may(
    desk: Desk, name: str, scopes: tuple[Scope, ...], counts: bool
) -> None:
    """Both person and token; it is theirs, whatever name the file has."""
    with program(desk, name, scopes) as client:
        data = client.get(f"{ADDRESS}/articles:first").content
        copy = worked_on(data, "A heading", "Een kop", by="Somebody")
        done = client.post(ADDRESS, content=copy, headers=PO).json()["catalogues"][0]
    assert done["dropped"] == (0 if counts else 1)
    state = state_of(message(desk, "A heading")[1])
    assert state is (State.APPROVED if counts else State.TRANSLATED)


def test_four_eyes_do_not_close_for_a_file(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Who brings translations does not bring their approval with them."""
    settings = TWO.replace('"approved"\n', '"approved"\nfour_eyes = true\n', 1)
    desk = desk_in(tmp_path_factory.mktemp("desk"), settings=settings)
    with program(desk, "Ruth") as ruth:
        data = ruth.get(f"{ADDRESS}/articles:first").content
        copy = worked_on(data, "A heading", "Een kop", by="Ruth")
        done = ruth.post(ADDRESS, content=copy, headers=PO).json()["catalogues"][0]
        assert (len(done["taken"]), done["dropped"]) == (1, 1)
    desk.database.dispose()


def test_xliff_goes_out_and_comes_back(desk: Desk) -> None:
    """The same by the other format."""
    with program(desk, "Tess") as tess:
        data = tess.get(f"{ADDRESS}/articles:first?format=xlf")
        assert data.headers["content-type"] == "application/xliff+xml"
        source = "<source>A heading</source>"
        text = data.text.replace(source, f"{source}<target>Een kop</target>")
        text = text.replace('state="initial"', 'state="translated"')
        done = tess.post(ADDRESS, content=text.encode(), headers=XLIFF).json()["catalogues"][0]
        assert (done["article"], len(done["taken"])) == (FIRST, 1)


def test_all_go_out_in_a_zip_and_come_back(desk: Desk) -> None:
    """A broken file among them is told, and stops no other."""
    with program(desk, "Tess") as tess:
        answer = tess.get("/locales/nl/archive")
        with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
            assert sorted(archive.namelist())[:2] == ["about.po", f"{FIRST}.po"]
            copy = worked_on(archive.read(f"{FIRST}.po"), "A heading", "Een kop")
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("../../about.po", b"msgid")
            archive.writestr(f"{FIRST}.po", copy)
        done = tess.post(ADDRESS, content=packed.getvalue(), headers=ZIP).json()
        assert [one["article"] for one in done["catalogues"]] == [FIRST]
        assert len(done["errors"]) == 1 and done["errors"][0]["hint"]


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        (b"nothing like it", PO, 422),
        (b"", PO, 422),
        (b"PK\x03\x04 broken", ZIP, 422),
        (b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a/>', XLIFF, 422),
        (b'msgid ""\nmsgstr "Language: de\\n"\n', PO, 422),
        (b"x", {"Content-Type": "image/png"}, 415),
        (b"x", {}, 415),
    ],
)
def test_what_is_no_catalogue_is_refused(
    desk: Desk, content: bytes, headers: dict[str, str], status: int
) -> None:
    """With what is wrong with it."""
    with program(desk, "Tess") as tess:
        problem(tess.post(ADDRESS, content=content, headers=headers), status)


def test_catalogues_are_listed_with_how_far_they_are(desk: Desk) -> None:
    """Page by page."""
    with program(desk, "Tess") as tess:
        found = items(tess, ADDRESS, 2)
        assert [one["article"] for one in found] == sorted(desk.project.domains("nl"))
        first = next(one for one in found if one["article"] == FIRST)
        assert first["messages"]["untranslated"] == len(list(catalogue(desk.project, FIRST)))


@pytest.mark.parametrize("kind", KINDS)
def test_the_memory_is_asked_and_filled(
    kind: str, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By likeness, by words, page by page, and by TMX both ways; a broken file changes nothing."""
    desk = desk_on(kind, tmp_path_factory.mktemp("desk"), monkeypatch)
    translate(desk.project)
    with program(desk, "Mona") as mona:
        found = items(mona, "/locales/nl/memory", 5)
        assert {"A heading", "An item"} <= {unit["source"] for unit in found}
        like = mona.get("/locales/nl/memory/matches?source=Another items").json()["items"]
        assert like[0]["unit"]["target"] == "NL Another item" and 90 < like[0]["score"] < 100
        words = mona.get("/locales/nl/memory?text=nl a head").json()["items"]
        assert [unit["source"] for unit in words] == ["A heading"]
        tmx = mona.get("/locales/nl/memory.tmx").content
        new = tmx.replace(b"A heading", b"Quite another heading")
        done = mona.post("/locales/nl/memory?name=old.tmx", content=new, headers=TMX)
        assert done.json()["units"] == len(found)
        like = mona.get("/locales/nl/memory/matches?source=Quite another heading").json()["items"]
        assert (like[0]["score"], like[0]["unit"]["origin"]) == (100, "tmx")
        before = len(items(mona, "/locales/nl/memory", 50))
        problem(mona.post("/locales/nl/memory", content=tmx[:-20], headers=TMX), 422)
        assert len(items(mona, "/locales/nl/memory", 50)) == before
    desk.database.dispose()


def test_the_status_says_what_is_live(desk: Desk) -> None:
    """Of every article in every language, and what is wrong with a broken one."""
    translate(desk.project)
    build(desk.project, jobs=1)
    (desk.project.source_dir / "broken.md").write_text("---\ntitle: [\n---\n", encoding="utf-8")
    with program(desk, "Tess") as tess:
        rows = items(tess, "/status", 2)
        assert {row["locale"] for row in rows} == {"nl"}  # all that Tess may read
        first = next(row for row in rows if row["article"] == FIRST)
        assert (first["live"], first["ready"], first["percent"]) == (True, True, 100)
        broken = next(row for row in rows if row["article"] == "broken")
        assert not broken["live"] and broken["error"]["hint"]
        assert [row["article"] for row in items(tess, "/status?article=about", 5)] == ["about"]
        (dutch,) = tess.get("/locales").json()["items"]
        assert (dutch["locale"], dutch["role"], dutch["publish"]) == (
            "nl",
            "translator",
            "approved",
        )
        assert dutch["messages"]["untranslated"] == 0 < dutch["messages"]["approved"]
