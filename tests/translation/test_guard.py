"""Guards around an engine: what is asked again, what is left alone, what is paid."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.database import open_database
from pipeline.glossary import Term
from pipeline.translation import Engine, EngineFault, Guarded, Job, Trouble
from tests.sites import DAY, site
from tests.translation.clients import guarded as guarded_engine
from tests.translation.clients import libre
from tests.translation.stand_in import StandIn, marked

JOB = Job("en", "nl")


@pytest.fixture
def guarded(server: StandIn, tmp_path: Path) -> Iterator[Guarded]:
    """LibreTranslate on the stand-in, guarded."""
    database = open_database(site(tmp_path))
    yield guarded_engine(libre(server), database)
    database.dispose()


def test_a_busy_engine_is_asked_again_and_a_broken_one_is_not(
    guarded: Guarded, server: StandIn
) -> None:
    """What broke off may have been paid for."""
    server.faults = ["429", "503"]
    assert guarded.translate(["One"], JOB) == ["nlone"]
    assert len(server.asked) == 3
    server.faults = ["500"]
    with pytest.raises(EngineFault):
        guarded.translate(["Two"], JOB)
    assert len(server.asked) == 4


def test_nothing_is_paid_twice(guarded: Guarded, server: StandIn) -> None:
    """Also not after a kill, or in another order."""
    guarded.translate(["One", "Two"], JOB)
    again = Guarded(guarded.engine, guarded.database, today=DAY)
    assert again.translate(["Two", "Three", "One"], JOB) == ["nltwo", "nlthree", "nlone"]
    assert server.asked == ["One", "Two", "Three"]


def test_an_engine_that_fails_three_times_is_left_alone(guarded: Guarded, server: StandIn) -> None:
    """For the rest of the run; one without quota at once."""
    server.always = "500"
    for text in ("a", "b", "c", "d", "e"):
        with pytest.raises(EngineFault):
            guarded.translate([text], JOB)
    assert len(server.asked) == 3
    other = Guarded(guarded.engine, guarded.database, today=DAY)
    server.always = "456"
    for text in ("a", "b"):
        with pytest.raises(EngineFault):
            other.translate([text], JOB)
    assert len(server.asked) == 4


def test_a_budget_is_kept(guarded: Guarded, server: StandIn) -> None:
    """To the character; what was refused is not counted."""
    guarded.daily = 10
    guarded.translate(["12345"], JOB)
    server.faults = ["456"]
    with pytest.raises(EngineFault, match="no quota"):
        guarded.translate(["1"], JOB)
    guarded.pace.close(guarded.name, 0, "")
    assert guarded.budget.room() == 5
    with pytest.raises(EngineFault, match="5 characters of its budget"):
        guarded.translate(["1234567"], JOB)
    assert server.asked == ["12345", "1"]


def test_many_threads_count_right(guarded: Guarded) -> None:
    """And ask once for each text."""
    barrier = threading.Barrier(4)

    def work(number: int) -> None:
        barrier.wait()
        for n in range(5):
            guarded.translate([f"{number}{n}"], JOB)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    guarded.daily = 1000
    assert guarded.budget.room() == 1000 - 4 * 5 * 2


def test_a_long_text_is_divided_at_its_sentences(guarded: Guarded, server: StandIn) -> None:
    """And joined again with the spaces that were there, also beside signs for markup."""
    guarded.engine = _small(guarded.engine, 40)
    text = "⟦1⟧One house is here.⟦2⟧ ⟦3⟧Two houses are there.⟦4⟧  And three are gone."
    (said,) = guarded.translate([text], JOB)
    assert said == marked(text)
    assert "".join(server.asked).replace(" ", "") == text.replace(" ", "")
    assert max(map(len, server.asked)) <= 40


def test_a_sentence_that_is_too_long_is_not_taken(guarded: Guarded, server: StandIn) -> None:
    """It is said beforehand, so that it does no harm to others."""
    guarded.engine = _small(guarded.engine, 40)
    assert guarded.takes("Short. " * 20) == ""
    assert guarded.takes("word " * 20) == "takes no sentence of over 40 characters"
    assert server.asked == []


def test_an_engine_that_hangs_or_panics_is_a_fault(guarded: Guarded) -> None:
    """Whatever somebody’s engine does; nothing that it raised is told but its kind."""
    over = threading.Event()

    class Panic(BaseException):
        """As native code does."""

    def hang(texts: Sequence[str], job: Job) -> list[str]:
        over.wait(30)
        return list(texts)

    def panic(texts: Sequence[str], job: Job) -> list[str]:
        raise Panic(*texts)

    def nothing(texts: Sequence[str], job: Job) -> list[str]:
        return None  # type: ignore[return-value]  # as engines of others may do

    guarded.deadline = 0.2
    for name, wrong in (("within", hang), ("Panic", panic), ("no translation", nothing)):
        engine = _small(guarded.engine, 400)
        engine.translate = wrong
        guarded.engine = engine
        with pytest.raises(EngineFault, match=name) as caught:
            guarded.translate(["Unread"], JOB)
        assert caught.value.trouble is Trouble.BROKEN
        assert "Unread" not in str(caught.value)
    over.set()


def test_an_empty_answer_among_others_is_not_kept(guarded: Guarded, server: StandIn) -> None:
    """The others are; another run asks for it again."""
    server.say = lambda text: "" if text == "Two" else f"nl{text}"
    assert guarded.translate(["One", "Two"], JOB) == ["nlOne", ""]
    server.say = lambda text: f"nl{text}"
    assert guarded.translate(["One", "Two"], JOB) == ["nlOne", "nlTwo"]
    assert server.asked == ["One", "Two", "Two"]


def test_what_was_not_worth_taking_is_asked_for_on_another_day(
    guarded: Guarded, server: StandIn
) -> None:
    """On the same day it is known, and not paid for again."""
    guarded.translate(["One"], JOB)
    guarded.refuse(["One"], JOB)
    assert guarded.translate(["One"], JOB) == ["nlone"]
    later = guarded_engine(guarded.engine, guarded.database, today=DAY + timedelta(days=1))
    assert later.unanswered(["One"], JOB) == ["One"]
    assert later.translate(["One"], JOB) == ["nlone"]
    assert server.asked == ["One", "One"]
    assert later.translate(["One"], JOB) == ["nlone"]
    assert len(server.asked) == 2


def test_terms_of_other_texts_make_no_other_question(guarded: Guarded, server: StandIn) -> None:
    """What is asked for at once changes from run to run; what was paid for stays paid for."""
    client, house = Term("client", ("cliënt",)), Term("house", ("huis",))
    guarded.translate(["A client", "A house"], Job("en", "nl", terms=(client, house)))
    guarded.translate(["A client"], Job("en", "nl", terms=(client,)))
    assert len(server.asked) == 2
    guarded.translate(["A client"], Job("en", "nl", terms=(Term("client", ("klant",)),)))
    assert len(server.asked) == 3


def _small(engine: Engine, most: int) -> Any:
    """An engine that takes short texts only."""

    class Small:
        name = engine.name
        capabilities = replace(engine.capabilities, characters=most)
        translate = staticmethod(engine.translate)

    return Small()
