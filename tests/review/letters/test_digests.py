"""Digests: once a day, at an hour of one's own."""

from __future__ import annotations

import re
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import insert

from review import decisions, subscriptions, work
from review.decisions import Action, Decision
from review.desk import Desk
from review.digests import day_due
from review.subscriptions import Mode, Subscription
from review.tables import run
from tests.review.desks import person
from tests.review.letters.posting import (
    URL,
    ZONE,
    addressed,
    day_passes,
    parts,
    place,
    sent,
)
from tests.review.post import PostOffice
from tests.sites import translate


def test_a_digest_is_due_once_a_day_at_an_hour_of_ones_own() -> None:
    """In one's own time zone, also where the hour does not exist that day."""
    one = Subscription(1, Mode.DAILY, 8, ZONE, "2026-11-23")

    def at(text: str, zone: str = ZONE) -> float:
        return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()

    assert day_due(one, at("2026-11-24T07:59")) == ""
    assert day_due(one, at("2026-11-24T08:00")) == "2026-11-24"
    assert day_due(one, at("2026-11-24T23:00")) == "2026-11-24"
    early = Subscription(1, Mode.DAILY, 2, ZONE, "2026-03-28")  # clocks go from 2 to 3
    assert day_due(early, at("2026-03-29T01:59")) == ""
    assert day_due(early, at("2026-03-29T03:00")) == "2026-03-29"
    far = Subscription(1, Mode.DAILY, 8, "Pacific/Auckland", "2026-11-24")
    assert day_due(far, at("2026-11-24T20:30", "UTC")) == "2026-11-25"


def test_a_digest_has_what_waits_and_what_happened(desk: Desk, office: PostOffice) -> None:
    """Per language, with mentions, rejected work and failed builds; once, however many send."""
    addressed(desk, mode=Mode.DAILY)
    tess, ruth, mona = (person(desk, name) for name in ("Tess", "Ruth", "Mona"))
    at = place(desk)
    decisions.decide(desk, tess, at, Decision(Action.SAVE, ("Een zin",), ""))
    decisions.decide(desk, ruth, at, Decision(Action.REJECT, (), "", "Too stiff."))
    work.say(desk, at, ruth, "@Tess, @Mona, what about “you”?")
    row = {"at": time.time(), "person": mona.id, "who": "Mona", "kind": "build", "what": "{}"}
    row |= {"state": "failed", "until": time.time() + 1, "report": "{}"}
    with desk.database.begin() as connection:
        connection.execute(insert(run).values(**row))
    assert sent(desk) == 0
    day_passes(desk)
    with ThreadPoolExecutor(3) as pool:
        assert sum(pool.map(lambda _: sent(desk), range(3))) == 4
    letters = {to[0].partition("@")[0]: letter for to, letter in office.letters}
    plain, html = parts(letters["tess"])
    assert "Ruth rejected a translation of yours" in plain and "Too stiff." in plain
    assert "Ruth asks you about" in plain
    with desk.database.connect() as connection:
        total = connection.exec_driver_sql(
            "SELECT count(*) FROM message WHERE locale = 'nl' AND state = 'untranslated'"
        ).scalar()
    assert re.search(rf"{total}  untranslated", plain) and "1  rejected" in plain
    assert "German" not in plain and "failed" not in plain
    assert f'href="{URL}/nl/queue?state=rejected"' in html
    said = f"A build of the whole site failed. Begun by Mona.\n{URL}/runs/1\n"
    assert said in parts(letters["mona"])[0]
    assert "German" in parts(letters["bea"])[0]
    assert sent(desk) == 0


def test_no_digest_is_sent_of_nothing(desk: Desk, office: PostOffice) -> None:
    """Where all is approved, and nobody says anything."""
    translate(desk.project)
    addressed(desk, mode=Mode.DAILY, names=("Tess",))
    subscriptions.stop(desk.database, person(desk, "Bea").id)
    day_passes(desk)
    assert sent(desk) == 0
