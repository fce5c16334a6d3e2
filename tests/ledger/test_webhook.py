"""The webhook of builds: who tells, and when again."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import update

from pipeline import webhook as sending
from pipeline.database.tables import build
from pipeline.ledger import webhook
from pipeline.ledger.place import Place
from tests.ledger.carrier import Carrier, place_of, queued, started, until_ended


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A worker's process of a site whose builds are told of."""
    monkeypatch.setenv("LEDGER_HOOK", "words")
    more = 'webhook = "http://127.0.0.1:1/"\nwebhook_secret_env = "LEDGER_HOOK"\n'
    return place_of(queued(tmp_path, more=more))


def ended(place: Place) -> str:
    """A build that has."""
    carrier = Carrier()
    return until_ended(place, carrier, started(place, carrier)).id


def later(place: Place) -> None:
    """An hour passes."""
    with place.ledger.database.begin() as connection:
        connection.execute(update(build).values(ended=build.c.ended - 3600))


def listener(monkeypatch: pytest.MonkeyPatch, *, answers: bool) -> list[str]:
    """Whom builds are told of: what was sent there."""
    heard: list[str] = []

    def post(url: str, secret: str, name: str, body: bytes) -> bool:
        heard.append(name)
        return answers

    monkeypatch.setattr(sending, "post", post)
    return heard


def test_one_tells_at_a_time(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """While somebody is being told, nobody else begins to."""
    heard: list[str] = []

    def post(url: str, secret: str, name: str, body: bytes) -> bool:
        heard.append(name)
        if len(heard) < 5:
            webhook.tell(place, name.split("_")[1])  # another worker, in the same moment
        return True

    monkeypatch.setattr(sending, "post", post)
    ended(place)
    assert len(heard) == 1


def test_who_heard_is_not_told_again(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """However often one looks, and however long after."""
    heard = listener(monkeypatch, answers=True)
    name = ended(place)
    later(place)
    assert not webhook.tell(place, name)
    assert webhook.tell_all(place) == 0
    assert len(heard) == 1


def test_who_did_not_hear_is_told_again_later_and_not_for_ever(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Eight times; and not before some time has passed."""
    heard = listener(monkeypatch, answers=False)
    ended(place)
    assert webhook.tell_all(place) == 0
    assert len(heard) == 1  # it is not due yet
    for _ in range(20):
        later(place)
        webhook.tell_all(place)
    assert len(heard) == 8
