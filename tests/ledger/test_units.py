"""Units of the ledger in both databases: one at a time has one, and nothing is settled twice."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from sqlalchemy import update

from pipeline.database import exclusive, open_database
from pipeline.database.tables import build, work
from pipeline.ledger import DONE, ISOLATED, Outcome, Unit, Units, Wanted
from pipeline.ledger.build import Asked, is_newer
from pipeline.ledger.builds import Builds
from pipeline.ledger.sending import messages_of
from pipeline.ledger.units import LEDGER, PENDING, RUNNING
from tests.databases import KINDS, address
from tests.sites import DAY, SETTINGS, site

KEYS = [f"key-{number:03}" for number in range(40)]


@pytest.fixture(params=KINDS)
def units(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Units]:
    """An empty ledger."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TEST_UNITS_URL", address(request.param))
        project = site(tmp_path, settings=f'{SETTINGS}[state]\nurl_env = "TEST_UNITS_URL"\n')
        database = open_database(project)
    yield Units(database, lease=60, runs=3)
    database.dispose()


def enlisted(units: Units, keys: Sequence[str] = KEYS, *, priority: int = 3) -> str:
    """A build that waits for units."""
    builds = Builds(units.database)
    name = builds.start(Asked((), DAY), output="public")
    builds.take(name, "me")
    wanted = [Wanted(key, "page", key, "{}") for key in keys]
    builds.go_on(name, "me", "render", lambda c: units.enlist(c, name, "render", wanted, priority))
    return name


def done(keys: Sequence[str]) -> dict[str, Outcome]:
    """All is well."""
    return {key: Outcome(DONE, "{}") for key in keys}


def expire(units: Units) -> None:
    """Let all leases end, as if nobody had given a sign of life."""
    with units.database.begin() as connection:
        connection.execute(update(work).values(until=0))
        connection.execute(update(build).values(until=0))


def test_each_unit_has_one_who_works_on_it(units: Units) -> None:
    """However many claim at once."""
    enlisted(units)
    claimed: list[str] = []
    barrier = threading.Barrier(6)

    def claim(number: int) -> None:
        barrier.wait()
        for start in range(0, 40, 8):
            found = units.claim(KEYS[start : start + 8], f"owner-{number}")
            claimed.extend(unit.key for unit in found)

    threads = [threading.Thread(target=claim, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(claimed) == KEYS


def test_who_lost_a_unit_cannot_settle_it(units: Units) -> None:
    """The one who has it by now can; a build goes on when the last is settled."""
    name = enlisted(units, KEYS[:2])
    units.claim(KEYS[:1], "slow")
    assert units.claim(KEYS[:1], "quick") == []
    expire(units)
    assert len(units.claim(KEYS[:1], "quick")) == 1
    assert [unit.runs for unit in units.of(name, "render", RUNNING)] == [2]
    units.settle("slow", {KEYS[0]: Outcome("failed", '"late"')})
    units.settle("quick", done(KEYS[:1]))
    assert units.outcomes(name, "render")[KEYS[0]] == (DONE, "{}")
    assert units.waited_for(KEYS[:1]) == []
    units.claim(KEYS[1:2], "quick")
    units.settle("quick", done(KEYS[1:2]))
    assert units.waited_for(KEYS[1:2]) == [name]


def test_a_sign_of_life_keeps_a_unit(units: Units) -> None:
    """Beyond its lease."""
    enlisted(units, KEYS[:1])
    units.claim(KEYS[:1], "alive")
    expire(units)
    units.renew("alive")
    assert units.claim(KEYS[:1], "other") == []


def test_units_that_died_together_are_sent_alone(units: Units) -> None:
    """And only the one that kills is isolated."""
    name = enlisted(units, KEYS[:4])
    units.claim(KEYS[:4], "host:1:first")
    expire(units)
    assert units.claim(KEYS[:4], "second") == []
    alone = units.pending(KEYS[:4])
    assert {len(message.keys) for message in messages_of(alone, batch=32)} == {1}
    for _ in range(2):
        assert len(units.claim(KEYS[:1], "killed")) == 1
        units.release("killed")
    assert units.claim(KEYS[:1], "careful") == []
    states = {key: state for key, (state, _) in units.outcomes(name, "render").items()}
    assert states == {KEYS[0]: ISOLATED, **dict.fromkeys(KEYS[1:4], PENDING)}


def test_what_nobody_works_on_is_taken_back(units: Units) -> None:
    """Running units whose lease has ended, and the oldest of the messages that are missing."""
    name = enlisted(units)
    units.sent({f"message-{n}": KEYS[n * 8 : n * 8 + 8] for n in range(5)})
    assert units.on_their_way() == 5
    units.claim(KEYS[:8], "dead")
    assert units.overdue(missing=0) == 0
    expire(units)
    assert units.overdue(missing=0) == 8
    assert units.overdue(missing=2) == 0  # they were sent just now
    quick = Units(units.database, lease=0)
    assert quick.overdue(missing=2) == 16
    assert len(units.to_send(name, "render")) == 24
    assert units.on_their_way() == 2


def test_a_unit_that_two_builds_want_is_one(units: Units) -> None:
    """With the priority of the more urgent one, which has it sent again to overtake."""
    first = enlisted(units, KEYS[:3], priority=6)
    units.sent({"slow": KEYS[:3]})
    second = enlisted(units, KEYS[:3], priority=0)
    pending = units.to_send(second, "render")
    assert [unit.priority for unit in pending] == [0, 0, 0]
    units.claim(KEYS[:3], "me")
    units.settle("me", done(KEYS[:3]))
    assert sorted(units.waited_for(KEYS[:1])) == sorted([first, second])


def test_messages_carry_one_kind_and_priority(units: Units) -> None:
    """As many units as go in a batch; drafts one by one."""
    many = [Unit(f"a{n}", "page", f"a{n}", PENDING, 3, 0, "{}", "") for n in range(70)]
    many += [Unit(f"d{n}", "draft", f"d{n}", PENDING, 3, 0, "{}", "") for n in range(2)]
    found = list(messages_of(many, batch=32))
    sizes = [(message.kind, len(message.keys)) for message in found]
    assert sizes == [("draft", 1), ("draft", 1), ("page", 32), ("page", 32), ("page", 6)]
    assert found[2].name == "a0 and 31 more"


def test_a_build_is_taken_by_one(units: Units) -> None:
    """And ended once; one that a newer version planned, by nobody older."""
    builds = Builds(units.database)
    name = builds.start(Asked((), DAY), output="public")
    assert builds.take(name, "one") is not None
    assert builds.take(name, "two") is None
    expire(units)
    taken = builds.take(name, "two")
    assert taken is not None
    assert taken.runs == 2
    assert not builds.end(name, "one", DONE, "{}")
    assert builds.end(name, "two", DONE, "{}")
    assert not builds.end(name, "two", DONE, "{}")
    assert builds.take(name, "one") is None
    assert is_newer("99.0.0")
    assert not is_newer("0.0.1")


def test_a_transaction_may_not_read_what_another_writes(units: Units) -> None:
    """The ledger is written by one at a time."""
    order: list[str] = []

    def second() -> None:
        with exclusive(units.database, LEDGER):
            order.append("second")

    with exclusive(units.database, LEDGER):
        thread = threading.Thread(target=second)
        thread.start()
        time.sleep(0.3)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]


def test_a_build_in_which_nothing_moves_is_ended(units: Units) -> None:
    """And says that no worker could do it."""
    name = enlisted(units, KEYS[:1])
    builds = Builds(units.database)
    assert builds.stuck(seconds=60) == []
    time.sleep(0.05)
    assert builds.stuck(seconds=0.01) == [name]
    assert "no worker can do it" in builds.get(name).outcome["errors"][0]["message"]
