"""Clients of engines against stand-ins that fail as the real ones do."""

from __future__ import annotations

import logging
import traceback
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from pipeline.glossary import Term
from pipeline.translation import EngineFault, Job, Trouble
from pipeline.translation.engines.openai import prompt
from pipeline.translation.web import is_near, seconds_of
from tests.translation.clients import (
    CLIENTS,
    Client,
    chat,
    deepl_client,
    google,
    libre,
    microsoft,
    mymemory,
    rules,
)
from tests.translation.stand_in import KEY, StandIn, stand_in

JOB = Job("en", "nl")
UNREAD = "Nobody may read this"


@pytest.mark.parametrize("make", CLIENTS)
def test_texts_come_back_in_their_order_and_number(make: Client, server: StandIn) -> None:
    """From every engine."""
    assert make(server).translate(["One two", "Three"], JOB) == ["nlone nltwo", "nlthree"]
    assert server.asked == ["One two", "Three"]


@pytest.mark.parametrize("make", CLIENTS)
def test_every_engine_says_how_it_is(make: Client, server: StandIn) -> None:
    """With its key where it wants one."""
    assert make(server).health()


EVERYWHERE = {
    "stall": Trouble.BROKEN,
    "trickle": Trouble.BROKEN,
    "trickle head": Trouble.BROKEN,
    "reset": Trouble.BROKEN,
    "403": Trouble.REFUSED,
    "429": Trouble.BUSY,
    "456": Trouble.QUOTA,
    "500": Trouble.BROKEN,
    "503": Trouble.BUSY,
    "302": None,
}
"""What follows from what any server may do; redirects are told apart by who sends them."""


@pytest.mark.parametrize("make", CLIENTS)
@pytest.mark.parametrize("fault", EVERYWHERE)
def test_a_fault_is_told_apart(make: Client, fault: str, server: StandIn) -> None:
    """And never a translation; and it ends before long, whatever the server does."""
    server.always = fault
    with pytest.raises(EngineFault) as caught:
        make(server).translate(["One two"], JOB)
    assert EVERYWHERE[fault] in (caught.value.trouble, None)
    assert len(server.asked) == 1


ANSWERS = [
    *((make, "truncated") for make in (libre, deepl_client, chat, rules, microsoft, mymemory)),
    *((make, "captcha") for make in (libre, deepl_client, chat, rules)),
    *((make, "count") for make in (libre, chat, rules, microsoft)),
    *((make, "empty") for make in (google, mymemory, microsoft)),
]


@pytest.mark.parametrize(("make", "fault"), ANSWERS)
def test_an_answer_that_is_none_is_broken(make: Client, fault: str, server: StandIn) -> None:
    """It may have been paid for, and is not asked for again."""
    server.always = fault
    with pytest.raises(EngineFault) as caught:
        make(server).translate(["One two"], JOB)
    assert caught.value.trouble is Trouble.BROKEN


@pytest.mark.parametrize("make", [google, mymemory, microsoft])
def test_a_page_that_asks_for_a_person_ends_the_day(make: Client, server: StandIn) -> None:
    """A captcha is no failure that goes away by asking again."""
    server.always = "captcha"
    with pytest.raises(EngineFault, match="whether a person is there") as caught:
        make(server).translate(["One two"], JOB)
    assert caught.value.trouble is Trouble.QUOTA


@pytest.mark.parametrize("make", [google, mymemory])
def test_a_text_about_captchas_is_a_text(make: Client, server: StandIn) -> None:
    """What counts is that a page comes instead of an answer."""
    server.say = lambda text: "Los eerst de captcha op"
    assert make(server).translate(["Solve the captcha first"], JOB) == ["Los eerst de captcha op"]


@pytest.mark.parametrize("make", CLIENTS)
def test_an_engine_that_is_not_there_is_busy(make: Client) -> None:
    """Nothing was sent: it may come back, and may be asked again."""
    with stand_in() as gone:
        engine = make(gone)
    with pytest.raises(EngineFault) as caught:
        engine.translate(["One"], JOB)
    assert caught.value.trouble is Trouble.BUSY


@pytest.mark.parametrize("make", CLIENTS)
@pytest.mark.parametrize("kind", ["seconds", "date"])
def test_when_to_come_back_is_read(make: Client, kind: str, server: StandIn) -> None:
    """A number of seconds, or a moment."""
    moment = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    server.after = "90" if kind == "seconds" else moment
    server.always = "429"
    with pytest.raises(EngineFault) as caught:
        make(server).translate(["One"], JOB)
    assert 80 < caught.value.after <= 90


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("", 0), ("soon", 0), ("-5", 0), ("²", 0), ("1e9", 0), ("99999999", 86400),
     ("Wed, 21 Oct 2015 07:28:00 GMT", 0), ("Wed, 21 Oct 2015 07:28:00", 0)],
)  # fmt: skip
def test_when_to_come_back_may_be_nonsense(said: str, seconds: float) -> None:
    """Then it is now; and never later than tomorrow."""
    assert seconds_of(said) == seconds


@pytest.mark.parametrize("make", CLIENTS)
@pytest.mark.parametrize("fault", ["stall", "reset", "403", "429", "500", "truncated", "gone"])
def test_a_key_or_a_text_is_in_no_message_and_no_log(
    make: Client, fault: str, server: StandIn, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever is shown of an error: its words, its form for programmers, the errors before it."""
    caplog.set_level(logging.DEBUG)
    engine = make(server)
    assert KEY not in repr(engine)
    if fault == "gone":
        with stand_in() as gone:
            engine = make(gone)
    server.always = fault
    with pytest.raises(EngineFault) as caught:
        said = engine.translate([UNREAD], JOB)
        raise EngineFault(Trouble.BROKEN, str(said) if UNREAD in str(said) else "no fault here")
    error: BaseException | None = caught.value
    shown = [str(error), repr(error), *traceback.format_exception(caught.value)]
    while error is not None:  # also those that a traceback leaves out
        shown += [str(error), repr(error)]
        error = error.__cause__ or error.__context__
    logged = [record.getMessage() for record in caplog.records if record.levelno >= logging.INFO]
    assert UNREAD not in "\n".join(
        [caught.value.message, *traceback.format_exception(caught.value)]
    )
    assert KEY not in "\n".join([*shown, *logged, caplog.text])


def test_threads_that_share_an_engine_get_their_own_texts(server: StandIn) -> None:
    """Sixteen at a time."""
    engine = google(server)
    texts = [f"word{chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(200)]
    with ThreadPoolExecutor(16) as pool:
        said = list(pool.map(lambda text: engine.translate([text], JOB)[0], texts))
    assert said == [f"nl{text}" for text in texts]


@pytest.mark.parametrize(
    ("url", "near"),
    [
        ("http://127.0.0.1:5000", True),
        ("http://[::1]/", True),
        ("http://localhost:8080/v1", True),
        ("http://libretranslate:5000", True),
        ("http://192.168.1.4", True),
        ("https://libretranslate.example", False),
        ("https://localhost.example.org", False),
        ("https://example.org//localhost", False),
        ("https://93.184.215.14", False),
    ],
)
def test_what_is_near_is_told_by_the_address(url: str, near: bool) -> None:
    """Whether texts stay on this machine or network."""
    assert is_near(url) is near


# The chat API


def test_a_model_is_told_what_a_translator_would_be() -> None:
    """Languages, form of address, terms, notes, and that markup stays."""
    terms = (Term("client", ("cliënt",)), Term("Solacium", keep=True))
    said = prompt(Job("en", "nl", True, "informal", terms, ("a door",), before=("Around it",)))
    for words in (
        "English",
        "Dutch",
        "informal",
        "“client” is “cliënt”",
        "stays “Solacium”",
        "a door",
        '<x id="1"></x>',
        "do not translate them",
    ):
        assert words in said
    assert "Brazil" in prompt(Job("en", "pt_BR"))


def test_a_model_that_mixes_up_the_order_is_understood(server: StandIn) -> None:
    """It answers by the numbers of the texts."""
    server.always = "mixed"
    assert chat(server).translate(["One", "Two", "Three"], JOB) == ["nlone", "nltwo", "nlthree"]


@pytest.mark.parametrize(
    "content",
    [
        '{"translations": {"1": "een", "1": "twee"}}',
        '{"translations": {"1": "een", "3": "twee"}}',
        '{"translations": {"1": "een", "2": 2}}',
        '{"translations": ["een", "twee"]}',
        '{"translations": {"1": "een", "2": "twee", "3": "drie"}}',
        "Sure! Here are your translations.",
        "[]",
    ],
)
def test_a_model_that_answers_otherwise_is_broken(
    content: str, server: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Strict JSON, each number once and no other."""
    from pipeline.translation.engines import openai  # noqa: PLC0415

    answer = {"choices": [{"message": {"content": content}}]}
    monkeypatch.setattr(openai, "post", lambda *args, **options: answer)
    with pytest.raises(EngineFault) as caught:
        chat(server).translate(["One", "Two"], JOB)
    assert caught.value.trouble is Trouble.BROKEN


def test_a_model_sees_what_stands_around(server: StandIn) -> None:
    """Which it is not asked to translate."""
    chat(server).translate(["Two"], Job("en", "nl", before=("One",), after=("Three",)))
    asked = server.seen[0]["messages"][-1]["content"]
    assert '"before": ["One"]' in asked
    assert '"after": ["Three"]' in asked
    assert server.asked == ["Two"]
