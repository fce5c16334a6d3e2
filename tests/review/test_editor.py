"""The editor and the decisions made in it, without a script in the browser."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from pipeline import catalogues, index
from pipeline.catalogues import Message, State, digest_of, marks, state_of
from pipeline.extract import extract
from pipeline.memory import Memory, Unit
from review import hints, work
from review.desk import Desk
from review.message import Place
from tests.review.desks import TWO, browser, desk_in, person, text_of
from tests.sites import DAY, catalogue, replace, translated

ARTICLE = "articles/first"
TEXT = "One sentence, and <a1>a link</a1>."
GOOD = "Eén zin, en <a1>een link</a1>."


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A desk with people, and nothing translated."""
    return desk_in(tmp_path)


def message(desk: Desk, text: str = TEXT, domain: str = ARTICLE) -> Message:
    """A message as its file has it."""
    return next(one for one in catalogue(desk.project, domain) if one.id == text)


def put(desk: Desk, changed: Message, domain: str = ARTICLE) -> None:
    """Change a message in its file, as another program does."""
    path = desk.project.catalogue_path("nl", domain)
    catalogues.write(catalogues.read(path).with_message(changed), path)


def address(text: str = TEXT, domain: str = ARTICLE, **query: str) -> str:
    """Where a message is edited."""
    more = "".join(f"&{name}={value}" for name, value in query.items())
    return f"/nl/message/{digest_of((None, text))}?in={domain}{more}"


def version(page: str) -> str:
    """The version that a page is about."""
    found = re.search(r'name="version" value="(\w+)"', page)
    assert found
    return found[1]


def send(client: TestClient, action: str, *strings: str, **more: str) -> tuple[int, str]:
    """Open a message and decide about it; status, and where one is sent or what is shown."""
    seen = more.pop("seen", "") or version(client.get(address()).text)
    form = {"action": action, "version": seen, "strings": list(strings), **more}
    answer = client.post(address(), data=form)
    return answer.status_code, answer.headers.get("location", answer.text)


def test_a_translator_saves_and_a_reviewer_approves(desk: Desk) -> None:
    """The file says so at once, in the words of the catalogue, and the history who it was."""
    with browser(desk, "Tess") as tess, browser(desk, "Ruth") as ruth:
        status, where = send(tess, "save", GOOD)
        assert (status, where.startswith("/nl/next?after=untranslated,")) == (303, True)
        assert (message(desk).text, state_of(message(desk))) == (GOOD, State.TRANSLATED)
        assert send(ruth, "approve", GOOD)[0] == 303
    approved = message(desk)
    assert state_of(approved) is State.APPROVED
    assert (marks.find(approved, "approved") or {})["by"] == "Ruth"
    history = index.history(desk.database, "nl", ARTICLE, (None, TEXT))
    assert [(one.kind, one.who) for one in history[:2]] == [
        ("approved", "Ruth"),
        ("edited", "Tess"),
    ]


def test_what_was_approved_is_remembered(desk: Desk) -> None:
    """The memory proposes it for a text like it, with what differs."""
    other = "Another sentence about <em1>something</em1>."
    with browser(desk, "Ruth") as ruth:
        send(ruth, "approve", GOOD)
        memory = Memory(desk.database, "en", "nl")
        found = memory.exact(TEXT)
        assert found is not None and found.target == GOOD
        memory.add([Unit(other.replace("Another", "One more"), "Nog een zin.", domain="elsewhere")])
        page = ruth.get(address(other, "articles/second")).text
    assert "Nog een zin." in page and "memory, elsewhere" in page
    assert "<del>One more </del><ins>Another </ins>" in page


@pytest.mark.parametrize(
    ("name", "action", "more", "status", "said"),
    [
        ("Tess", "approve", {}, 422, "Reviewers approve"),
        ("Tess", "reject", {"reason": "no"}, 422, "may not reject"),
        ("Ruth", "reject", {}, 422, "Say why"),
        ("Ruth", "publish", {}, 422, "save, approve or reject"),
        ("Dora", "save", {}, 403, "may not do that"),
    ],
)
def test_nobody_does_what_they_may_not(
    desk: Desk, name: str, action: str, more: dict[str, str], status: int, said: str
) -> None:
    """The answer says why, and the file is as it was."""
    put(desk, translated(message(desk), approved=False))
    before = message(desk)
    with browser(desk, name) as client, browser(desk, "Ruth") as ruth:
        seen = version(ruth.get(address()).text)
        got = send(client, action, GOOD, seen=seen, **more)
    assert (got[0], said in html.unescape(got[1])) == (status, True)
    assert message(desk) == before


def test_a_rejection_has_a_reason_that_the_translator_reads(desk: Desk) -> None:
    """It stands in the file, too."""
    with browser(desk, "Tess") as tess, browser(desk, "Ruth") as ruth:
        send(tess, "save", GOOD)
        assert send(ruth, "reject", GOOD, reason="Too stiff.")[0] == 303
        assert state_of(message(desk)) is State.REJECTED
        page = text_of(tess.get(address()).text)
    assert "Ruth rejected this: Too stiff." in page


def test_a_text_that_cannot_be_shown_is_not_approved(desk: Desk) -> None:
    """What is in the way is said in words, and what was typed is still there."""
    with browser(desk, "Ruth") as ruth:
        status, page = send(ruth, "approve", "Een <b>zin</b> zonder link.")
        assert status == 422
        assert "&lt;a1&gt;…&lt;/a1&gt; is missing" in page.lower()
        assert "Een &lt;b&gt;zin&lt;/b&gt; zonder link.</textarea>" in page
        assert state_of(message(desk)) is State.UNTRANSLATED


def test_who_is_later_sees_both_texts(desk: Desk) -> None:
    """Nothing is written over; the one who was later decides, and then it is saved."""
    with browser(desk, "Tess") as tess, browser(desk, "Ruth") as ruth:
        seen = version(tess.get(address()).text)
        send(ruth, "save", GOOD)
        status, page = send(tess, "save", "Eén zin met <a1>een link</a1>.", seen=seen)
        assert status == 409
        assert "Eén zin met &lt;a1&gt;een link&lt;/a1&gt;.</textarea>" in page
        assert "Nothing of yours is lost" in page and "<ins>" in page
        assert message(desk).text == GOOD
        both = send(tess, "save", "Eén zin met <a1>een link</a1>.", seen=version(page))
        assert both[0] == 303
    assert message(desk).text == "Eén zin met <a1>een link</a1>."


def test_an_edit_made_elsewhere_is_a_conflict_too(desk: Desk) -> None:
    """Poedit and git are people like any other."""
    with browser(desk, "Tess") as tess:
        seen = version(tess.get(address()).text)
        put(desk, catalogues.edit(message(desk), ["Elders <a1>gemaakt</a1>."]))
        assert send(tess, "save", GOOD, seen=seen)[0] == 409
        assert "Elders" in tess.get("/nl/queue?state=translated").text
    assert message(desk).text == "Elders <a1>gemaakt</a1>."


def test_four_eyes_are_two_people(tmp_path: Path) -> None:
    """Who wrote the text cannot approve it, whether in one step or two; somebody else can."""
    strict = TWO.replace("[locales.nl]\n", "[locales.nl]\nfour_eyes = true\n")
    desk = desk_in(tmp_path, settings=strict)
    with browser(desk, "Ruth") as ruth, browser(desk, "Mona") as mona:
        assert send(ruth, "approve", GOOD)[0] == 422
        assert send(ruth, "save", GOOD)[0] == 303
        status, page = send(ruth, "approve", GOOD)
        assert (status, "somebody else approves" in page) == (422, True)
        assert send(mona, "approve", GOOD.replace("Eén", "Een"))[0] == 422  # she would be the one
        assert send(mona, "approve", GOOD)[0] == 303
    assert state_of(message(desk)) is State.APPROVED


def test_a_plural_form_says_for_which_numbers_it_is(tmp_path: Path) -> None:
    """Nobody has to know the order of the forms in Polish."""
    desk = desk_in(tmp_path, settings=TWO.replace("locales.de", "locales.pl"))
    messages = catalogue(desk.project, "site", "pl")
    plural = next(one for one in messages if one.plural)
    with browser(desk, "Bea") as bea:
        page = bea.get(f"/pl/message/{digest_of(plural.key)}?in=site").text
    for number, said in enumerate(("for 1<", "for 2, 3, 4 …<", "for 0, 5, 6 …<"), start=1):
        assert f"form {number} of 3: {said}" in page


def test_with_four_eyes_only_what_one_may_do_is_offered(tmp_path: Path) -> None:
    """Who translates saves; who wrote the text finds no button that would refuse them."""
    strict = TWO.replace("[locales.nl]\n", "[locales.nl]\nfour_eyes = true\n")
    desk = desk_in(tmp_path, settings=strict)
    with browser(desk, "Ruth") as ruth, browser(desk, "Mona") as mona:
        assert 'value="approve"' not in ruth.get(address()).text  # nothing is translated yet
        send(ruth, "save", GOOD)
        assert 'value="approve"' not in ruth.get(address()).text
        page = mona.get(address()).text
        assert 'value="approve"' in page and 'data-changed="Save" data-then="save"' in page


def test_a_stale_text_is_still_right_in_one_step(desk: Desk) -> None:
    """The difference is shown word by word, and one button says that the translation holds."""
    put(desk, translated(message(desk)))
    source = desk.project.source_dir / f"{ARTICLE}.md"
    replace(source, "One sentence, and", "One short sentence, and")
    extract(desk.project, today=DAY, jobs=1)
    text = TEXT.replace("One sentence", "One short sentence")
    with browser(desk, "Ruth") as ruth:
        page = ruth.get(address(text)).text
        assert "<ins>short </ins>" in page and ">Still right</button>" in page
        form = {"action": "approve", "version": version(page), "strings": [f"NL {TEXT}"]}
        assert ruth.post(address(text), data=form).status_code == 303
    changed = message(desk, text)
    assert (state_of(changed), changed.previous_id) == (State.APPROVED, None)


def test_what_was_typed_is_kept(desk: Desk) -> None:
    """A closed laptop loses nothing; what was kept is shown, on the page too, or forgotten."""
    keep = address().replace("?", "/keep?")
    with browser(desk, "Tess") as tess, browser(desk, "Ruth") as ruth:
        typed = {"strings": ["Half <a1>af</a1>"], "version": version(tess.get(address()).text)}
        assert tess.post(keep, data=typed).status_code == 204
        page = tess.get(address()).text
        assert "Half &lt;a1&gt;af&lt;/a1&gt;</textarea>" in page and "did not save it" in page
        proof = tess.get(f"/nl/proof?in={ARTICLE}&id={digest_of((None, TEXT))}").text
        assert "Half " in proof
        assert "Half " not in ruth.get(address()).text
        assert tess.post(address().replace("?", "/drop?")).status_code == 303
        assert "Half " not in tess.get(address()).text
        tess.post(keep, data=typed)
        send(tess, "save", GOOD)
    assert (
        work.kept_of(desk, Place("nl", ARTICLE, digest_of((None, TEXT))), person(desk, "Tess"))
        is None
    )


def test_what_was_kept_and_overtaken_is_shown_beside_what_stands_there(desk: Desk) -> None:
    """Also a day later, or in another browser; nobody has to remember that there was a conflict."""
    with browser(desk, "Tess") as tess, browser(desk, "Ruth") as ruth:
        seen = version(tess.get(address()).text)
        send(ruth, "save", GOOD)
        mine = "Eén zin met <a1>een link</a1>."
        assert send(tess, "save", mine, seen=seen)[0] == 409
        page = tess.get(address()).text
        assert "Nothing of yours is lost" in page and "Take theirs" in page
        assert "Eén zin met &lt;a1&gt;een link&lt;/a1&gt;.</textarea>" in page
        tess.post(address().replace("?", "/drop?"))
        page = tess.get(address()).text
        assert "Nothing of yours" not in page and "Eén zin, en &lt;a1&gt;" in page
    assert message(desk).text == GOOD


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ({"token": "a1"}, "Half af <a1></a1>"),
        ({"token": "b7"}, "Half af"),
        ({"put": "Een\r\nvoorstel"}, "Een\nvoorstel"),
        ({"source": "copy"}, TEXT),
    ],
)
def test_inserting_needs_no_script(desk: Desk, form: dict[str, str], text: str) -> None:
    """The page comes back with the text filled in; nothing is written into the file."""
    with browser(desk, "Tess") as tess:
        seen = version(tess.get(address()).text)
        typed = {**form, "strings": ["Half af"], "version": seen}
        answer = tess.post(address(state="stale").replace("?", "/insert?"), data=typed)
        assert answer.status_code == 303
        assert answer.headers["location"].endswith("state=stale#editor")
        page = tess.get(answer.headers["location"]).text
        assert f"{html.escape(text)}</textarea>" in page
    assert message(desk).text == ""


def test_a_token_that_is_there_is_not_inserted_again(desk: Desk) -> None:
    """It would have to be taken out again."""
    with browser(desk, "Tess") as tess:
        typed = {"token": "a1", "strings": ["<a1>Al</a1>"], "version": "x"}
        tess.post(address().replace("?", "/insert?"), data=typed)
        assert "&lt;a1&gt;Al&lt;/a1&gt;</textarea>" in tess.get(address()).text


def test_signs_that_hold_tokens_together_are_not_written(desk: Desk) -> None:
    """The script of the browser adds them where one writes from right to left."""
    with browser(desk, "Tess") as tess:
        send(tess, "save", "\u2066Een\u2069 \u2066<a1>\u2069link\u2066</a1>\u2069")
    assert message(desk).text == "\u2066Een\u2069 <a1>link</a1>"


def test_tokens_say_what_they_are(desk: Desk) -> None:
    """As chips in the source, and by name and purpose beside the field."""
    with browser(desk, "Tess") as tess:
        page = tess.get(address()).text
    assert '<bdi class="chip is-opening" data-insert="&lt;a1&gt;">a1</bdi>a link' in page
    assert "a1</span> link to second.md</button>" in page
    assert [(one.name, one.about) for one in hints.inserts("<em1>%(n)d</em1><br2/>")] == [
        ("em1", "emphasis"),
        ("%(n)d", "filled in by the program"),
        ("br2", "line break"),
    ]


def test_a_linked_proof_may_be_left_and_no_other(desk: Desk) -> None:
    """A click on a passage opens its editor without a script; nothing else leads out."""
    where = f"/nl/proof?in={ARTICLE}&id={digest_of((None, TEXT))}"
    with browser(desk, "Tess") as tess:
        answer = tess.get(f"{where}&links=yes&state=stale")
        heading = (
            f"/nl/message/{digest_of((None, 'A heading'))}?in=articles%2Ffirst&amp;state=stale"
        )
        assert f'href="{heading}" target="_top">A heading' in answer.text
        assert not re.search(r'<a [^>]*href="(?!/nl/message/)', answer.text)
        assert "allow-top-navigation-by" in answer.headers["content-security-policy"]
        plain = tess.get(where)
        assert "allow-top" not in plain.headers["content-security-policy"]
        assert "desk-go" not in plain.text


def test_others_see_who_is_at_it(desk: Desk) -> None:
    """Until it is saved, or some minutes have gone by."""
    with browser(desk, "Tess") as tess, browser(desk, "Ruth") as ruth:
        tess.get(address())
        assert "Tess has this open" in ruth.get(address()).text
        assert "Tess is at it" in ruth.get("/nl/queue").text
        send(tess, "save", GOOD)
        assert "Tess has this open" not in ruth.get(address()).text


def test_comments_call_people(desk: Desk) -> None:
    """Whom a comment names finds it on the front page; what they typed is text."""
    said = address().replace("?", "/comments?")
    with browser(desk, "Tess") as tess, browser(desk, "Ruth") as ruth:
        text = "@ruth: is <script>alert(1)</script> right?"
        assert tess.post(said, data={"text": text}).status_code == 303
        front = ruth.get("/").text
        assert (
            "is &lt;script&gt;alert(1)&lt;/script&gt; right?" in front
            and "<script>alert" not in front
        )
        assert 'class="new"' in front
        assert "is &lt;script&gt;" in ruth.get(address()).text
        assert 'class="new"' not in ruth.get("/").text
        assert "You are asked" not in tess.get("/").text
        assert tess.post(said, data={"text": " "}).status_code == 422


def test_the_history_goes_back(desk: Desk) -> None:
    """Every version with who made it; one button makes an earlier one current."""
    with browser(desk, "Tess") as tess:
        send(tess, "save", GOOD)
        send(tess, "save", "Anders, <a1>ja</a1>.")
        page = tess.get(address()).text
        assert "edited by Tess" in page and "Go back to this" in page
        form = {"action": "save", "version": version(page), "strings": [GOOD], "stay": "yes"}
        answer = tess.post(address(), data=form)
        assert answer.headers["location"].startswith("/nl/message/")
    assert message(desk).text == GOOD


def test_checks_answer_while_one_types(desk: Desk) -> None:
    """What is blocking is said to be."""
    with browser(desk, "Tess") as tess:
        answer = tess.post(address().replace("?", "/checks?"), data={"strings": ["Kaal 3"]})
        assert "the page cannot show this" in answer.text
        assert (
            "Nothing is wrong"
            in tess.post(address().replace("?", "/checks?"), data={"strings": [GOOD]}).text
        )


def test_a_proof_is_the_real_page_and_runs_nothing(desk: Desk) -> None:
    """What is typed stands where the text will stand, marked; tags that are typed are text."""
    id = digest_of((None, TEXT))
    with browser(desk, "Tess") as tess:
        typed = {"strings": ["<script>x</script> <a1>een link</a1>"]}
        answer = tess.post(f"/nl/proof?in={ARTICLE}&id={id}", data=typed)
        assert 'class="desk-here"' in answer.text
        assert "&lt;script&gt;x&lt;/script&gt;" in answer.text
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("sandbox allow-same-origin; default-src 'none'")
        assert "script" not in policy
        style = re.search(r"/site/assets/style\.\w+\.css", answer.text)
        assert style and tess.get(style[0]).headers["content-type"].startswith("text/css")
        assert tess.get("/site/../../pipeline.toml").status_code == 404
        assert tess.get("/site/%2e%2e/pipeline.toml").status_code == 404


@pytest.mark.parametrize(
    "domain", ["../../../pipeline", "articles/none", "", "/etc/passwd", "a\0b"]
)
def test_no_catalogue_is_read_but_those_there_are(desk: Desk, domain: str) -> None:
    """A name leads nowhere else."""
    with browser(desk, "Tess") as tess:
        place = tess.get(f"/nl/message/{digest_of((None, TEXT))}", params={"in": domain})
        assert place.status_code == 404
        assert tess.get("/nl/message/nonsense", params={"in": ARTICLE}).status_code == 404


def test_a_broken_catalogue_is_told_and_stops_nothing(desk: Desk) -> None:
    """The queue of the others works; what stands in the file stays."""
    path = desk.project.catalogue_path("nl", "articles/second")
    path.write_text(path.read_text() + "<<<<<<< HEAD\n", encoding="utf-8")
    with browser(desk, "Tess") as tess:
        page = tess.get("/nl/queue")
        assert (page.status_code, "articles/second.po" in page.text) == (200, True)
        assert send(tess, "save", GOOD)[0] == 303


def test_typed_line_ends_are_those_of_files(tmp_path: Path) -> None:
    """Browsers send others."""
    desk = desk_in(tmp_path)
    with browser(desk, "Tess") as tess:
        send(tess, "save", "Een\r\n<a1>link</a1>")
    assert message(desk).text == "Een\n<a1>link</a1>"
