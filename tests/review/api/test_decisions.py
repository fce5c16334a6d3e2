"""Messages read and decided on: by version, within rights, with four eyes, and told of."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from pipeline import catalogues
from pipeline.catalogues import State, digest_of, state_of
from pipeline.extract import extract
from review.audit import trail
from review.desk import Desk
from review.message import Place
from review.work import comments_of
from tests.databases import KINDS
from tests.review.api.programs import desk_on, items, message, problem, program, seen
from tests.review.desks import TWO, desk_in
from tests.sites import DAY, catalogue, replace

CAREFUL = TWO.replace('publish = "approved"\n', 'publish = "approved"\nfour_eyes = true\n', 1)
FIRST = "articles/first"


@pytest.fixture
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk with people."""
    made = desk_in(tmp_path_factory.mktemp("desk"))
    yield made
    made.database.dispose()


@pytest.fixture
def careful(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk where Dutch asks for four eyes, which looks at its files at once."""
    made = desk_in(tmp_path_factory.mktemp("desk"), settings=CAREFUL)
    yield made
    made.database.dispose()


@pytest.mark.parametrize("kind", KINDS)
def test_a_translation_goes_all_its_way(
    kind: str, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Written, rejected, written again and approved: in the file, the history and the trail."""
    desk = desk_on(kind, tmp_path_factory.mktemp("desk"), monkeypatch)
    address, _ = message(desk, "A heading")
    with program(desk, "Tess") as tess, program(desk, "Ruth") as ruth:
        version = seen(tess, address)
        done = tess.put(address, json={"strings": ["Een hoofd"]}, headers=version)
        assert (done.status_code, done.json()["state"]) == (200, "translated")
        assert done.headers["etag"] == f'"{done.json()["version"]}"'
        version = {"If-Match": done.headers["etag"]}
        done = ruth.post(f"{address}/reject", json={"reason": "Een kop"}, headers=version)
        marks = done.json()["marks"]
        assert marks == [{"kind": "rejected", "by": "Ruth", "on": "", "reason": "Een kop"}]
        version = {"If-Match": done.headers["etag"]}
        done = tess.put(address, json={"strings": ["Een kop"]}, headers=version)
        version = {"If-Match": done.headers["etag"]}
        done = ruth.post(f"{address}/approve", headers=version)
        assert (done.status_code, done.json()["state"]) == (200, "approved")
        steps = items(ruth, f"{address}/history", 1)
        assert [(step["kind"], step["who"]) for step in steps] == [
            ("approved", "Ruth"),
            ("edited", "Tess"),
            ("rejected", "Ruth"),
            ("edited", "Tess"),
        ]
        told = items(ruth, "/locales/nl/decisions", 3)
        assert [one["kind"] for one in told] == ["approved", "edited", "rejected", "edited"]
        assert {one["message"] for one in told} == {address.rpartition("/")[2]}
        assert items(ruth, "/locales/nl/decisions?kind=rejected", 3) == [told[2]]
    _, now = message(desk, "A heading")
    assert (state_of(now), now.text) == (State.APPROVED, "Een kop")
    noted = [(entry.action, entry.who, entry.token) for entry in trail(desk.database, limit=4)]
    assert noted[0] == ("approve", "Ruth", "a test") and noted[3] == ("save", "Tess", "a test")
    desk.database.dispose()


def test_who_comes_second_sees_both_texts(desk: Desk) -> None:
    """Nothing is written over, and with what is said one can decide again."""
    address, _ = message(desk, "A heading")
    with program(desk, "Tess") as tess, program(desk, "Ruth") as ruth:
        version = seen(tess, address)
        assert tess.put(address, json={"strings": ["Een"]}, headers=version).is_success
        late = ruth.post(f"{address}/approve", json={"strings": ["Twee"]}, headers=version)
        said = problem(late, 412)
        assert (said["yours"], said["current"]["strings"]) == (["Twee"], ["Een"])
        version = {"If-Match": late.headers["etag"]}
        good = ruth.post(f"{address}/approve", json={"strings": ["Twee"]}, headers=version)
        assert good.json()["strings"] == ["Twee"]
        assert problem(ruth.post(f"{address}/reject", json={"reason": "x"}), 428)
        for bad in ("4f2c", '"a" b', 'W/"weak"', ""):
            problem(tess.put(address, json={"strings": ["x"]}, headers={"If-Match": bad}), 400)
        any_ = {"If-Match": '"other", ' + good.headers["etag"]}
        assert tess.put(address, json={"strings": ["Drie"]}, headers=any_).is_success
        assert tess.put(address, json={"strings": ["Vier"]}, headers={"If-Match": "*"}).is_success
        problem(tess.put(address, json={"strings": ["Vijf"]}, headers={"If-Match": '""'}), 412)


def test_of_many_at_once_one_is_written(desk: Desk) -> None:
    """The others are told, each with what is there now."""
    address, _ = message(desk, "A heading")
    with program(desk, "Tess") as tess:
        version, ready = seen(tess, address), Barrier(6)

        def write(number: int) -> int:
            ready.wait()
            return tess.put(address, json={"strings": [f"{number}"]}, headers=version).status_code

        with ThreadPoolExecutor(6) as pool:
            codes = sorted(pool.map(write, range(6)))
    assert codes == [200, 412, 412, 412, 412, 412]


def test_what_cannot_be_published_is_not_approved(desk: Desk) -> None:
    """The findings say why, and nothing is written."""
    address, before = message(desk, "One sentence, and <a1>a link</a1>.")
    with program(desk, "Ruth") as ruth:
        version = seen(ruth, address)
        body = {"strings": ["Een zin, en een link."]}
        said = problem(ruth.post(f"{address}/approve", json=body, headers=version), 422)
        assert said["findings"][0]["severity"] == "blocking"
        problem(ruth.post(f"{address}/approve", headers=version), 422)
        two = {"strings": ["Een", "twee"]}
        assert "1 form" in problem(ruth.put(address, json=two, headers=version), 422)["detail"]
        nul = {"strings": ["a\0b"]}
        problem(ruth.put(address, json=nul, headers=version), 422)
        problem(ruth.post(f"{address}/reject", json={"reason": "leeg"}, headers=version), 409)
        problem(ruth.post(f"{address}/reject", json={"reason": " "}, headers=version), 422)
        problem(ruth.post(f"{address}/reject", json={}, headers=version), 422)
    assert message(desk, before.id)[1] == before


def test_what_is_so_already_is_not_done_again(desk: Desk) -> None:
    """An approval stays that of who gave it, and an edit that changes nothing takes none away."""
    address, _ = message(desk, "A heading")
    with program(desk, "Ruth") as ruth, program(desk, "Bea") as bea:
        version = seen(ruth, address)
        body = {"strings": ["Een kop"]}
        done = ruth.post(f"{address}/approve", json=body, headers=version)
        version = {"If-Match": done.headers["etag"]}
        assert bea.post(f"{address}/approve", headers=version).json()["marks"][0]["by"] == "Ruth"
        assert bea.put(address, json=body, headers=version).json()["state"] == "approved"


def test_who_wrote_it_does_not_approve_it(careful: Desk) -> None:
    """Not as it is, not with a change, and not after taking it by a file; others do."""
    address, _ = message(careful, "A heading")
    with program(careful, "Ruth") as ruth, program(careful, "Mona") as mona:
        any_ = {"If-Match": "*"}
        assert ruth.put(address, json={"strings": ["Een kop"]}, headers=any_).is_success
        said = problem(ruth.post(f"{address}/approve", headers=any_), 403)
        assert "somebody else approves" in said["detail"]
        body = {"strings": ["Een andere kop"]}
        problem(mona.post(f"{address}/approve", json=body, headers=any_), 403)
        assert mona.post(f"{address}/approve", headers=any_).json()["state"] == "approved"


def test_an_edit_in_a_po_editor_counts_as_its_authors(careful: Desk) -> None:
    """Who wrote it there does not approve it here a moment later."""
    address, found = message(careful, "A heading")
    with program(careful, "Ruth") as ruth, program(careful, "Mona") as mona:
        assert ruth.get(address).is_success
        path = careful.project.catalogue_path("nl", FIRST)
        edited = catalogues.edit(found, ["Een kop"])
        catalogues.write(catalogue(careful.project, FIRST).with_message(edited), path)
        replace(path, "nobody yet <nobody@localhost>", "Ruth <ruth@example.org>")
        replace(path, "00:00+0000", "11:00+0000")
        any_ = {"If-Match": "*"}
        problem(ruth.post(f"{address}/approve", headers=any_), 403)
        assert mona.post(f"{address}/approve", headers=any_).is_success


def test_a_stale_text_is_still_right(desk: Desk) -> None:
    """Approved as it is, for what the source says now; the old source is shown until then."""
    address, _ = message(desk, "A heading")
    with program(desk, "Ruth") as ruth:
        body, any_ = {"strings": ["Een kop"]}, {"If-Match": "*"}
        assert ruth.post(f"{address}/approve", json=body, headers=any_).is_success
        replace(desk.project.source_dir / f"{FIRST}.md", "A heading", "A headline")
        extract(desk.project, today=DAY, jobs=1)
        desk.watch.seen.clear()
        address, _ = message(desk, "A headline")
        stale = ruth.get(address).json()
        assert (stale["state"], stale["previous_source"]) == ("stale", "A heading")
        version = {"If-Match": f'"{stale["version"]}"'}
        assert ruth.post(f"{address}/approve", headers=version).json()["state"] == "approved"
        kinds = [step["kind"] for step in items(ruth, f"{address}/history", 2)]
        assert kinds == ["approved", "source", "approved"]


def test_a_long_reason_is_whole_in_a_comment(desk: Desk) -> None:
    """A mark in a catalogue has no room for it."""
    address, found = message(desk, "A heading")
    reason = "Dit is een woord dat we nooit gebruiken, want het klinkt als een ambtenaar. " * 2
    with program(desk, "Ruth") as ruth:
        any_ = {"If-Match": "*"}
        assert ruth.put(address, json={"strings": ["Een kop"]}, headers=any_).is_success
        assert ruth.post(f"{address}/reject", json={"reason": reason}, headers=any_).is_success
    said = comments_of(desk, Place("nl", FIRST, digest_of(found.key)))
    assert [(one.who, one.text) for one in said] == [("Ruth", reason.strip())]


def test_messages_are_found_by_what_they_are(desk: Desk) -> None:
    """By state, article and words, and signs of patterns are only signs."""
    address, _ = message(desk, "A heading")
    with program(desk, "Tess") as tess:
        body = {"strings": ["100 % een_kop"]}
        assert tess.put(address, json=body, headers={"If-Match": "*"}).is_success
        found = tess.get("/locales/nl/messages?state=translated").json()["items"]
        assert "A heading" in [one["source"] for one in found]
        everything = items(tess, "/locales/nl/messages", 4)
        assert len(everything) == len({one["id"] for one in everything})
        states = {one["state"] for one in everything}
        assert states == {"untranslated", "translated", "approved"}

        def sources(query: str) -> list[str]:
            page = tess.get(f"/locales/nl/messages?{query}").json()
            return [one["source"] for one in page["items"]]

        assert sources("text=EEN_KOP") == sources("text=100 %25 een") == ["A heading"]
        assert sources("text=head&article=articles/first") == ["A heading"]
        assert sources("text=een%25kop") == sources("text=e%5Cn") == sources("text=x%00") == []
        assert set(sources(f"article={FIRST}&limit=200")) == {
            m.id for m in catalogue(desk.project, FIRST)
        }
        assert sources("article=nowhere") == []


def test_pages_are_stable_while_messages_come_and_go(desk: Desk) -> None:
    """What is read between two pages is neither shown twice nor left out."""
    with program(desk, "Tess") as tess:
        before = {one["source"] for one in items(tess, f"/locales/nl/messages?article={FIRST}", 3)}
        page = tess.get(f"/locales/nl/messages?article={FIRST}&limit=3").json()
        shown = [one["source"] for one in page["items"]]
        path = desk.project.source_dir / f"{FIRST}.md"
        replace(path, "## A heading", "First of all, this.\n\nAnd this.\n\n## A heading")
        replace(path, "- An item\n", "")
        extract(desk.project, today=DAY, jobs=1)
        desk.watch.seen.clear()
        while page["next"]:
            query = f"article={FIRST}&limit=3&cursor={page['next']}"
            page = tess.get(f"/locales/nl/messages?{query}").json()
            shown += [one["source"] for one in page["items"]]
    assert len(shown) == len(set(shown))
    assert before - {"An item"} <= set(shown)
