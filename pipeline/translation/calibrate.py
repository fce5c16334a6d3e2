"""Calibration: which form of markup an engine keeps best in a language pair, found by asking it.

A few sentences with markup are sent in every form; the one in which most of it comes back whole is
remembered and tried first from then on. They are paid for as all that is sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, insert, select
from sqlalchemy import Engine as Database

from ..database.tables import calibration as table
from .engine import Job
from .guard import Guarded
from .protect import STYLES, protect

PROBES = (
    "Good friends <em1>listen</em1> to each other.",
    "Read <a1>our article</a1> before you <a2>write to us</a2>.",
    "<strong1>Slow down.</strong1> Looking for a word is not a waste of time.",
    "The house is old<br1/>and the garden is large.",
    "Call <code1>run()</code1> and wait for <em2>two <b3>short</b3> minutes</em2>.",
    "You find the address at https://www.example.org/contact and the price is {price}.",
    "She said “<q1>come in</q1>” and closed the door.",
    "We are open on <b1>Monday</b1>, <b2>Tuesday</b2> and <b3>Friday</b3>.",
)
"""Texts with markup at their beginning, in their middle, nested, and several times."""


@dataclass(frozen=True, slots=True)
class Calibrated:
    """How many of the probes came back whole in each form, and the best of them.

    ``best`` is empty if none came back at all.
    """

    engine: str
    whole: Mapping[str, int]
    best: str


def calibrate(guarded: Guarded, *, source_locale: str, locale: str) -> Calibrated:
    """Ask an engine, and remember what it keeps best.

    Raises:
        EngineFault: It does not answer.
    """
    whole: dict[str, int] = {}
    for style in STYLES if guarded.engine.capabilities.html else STYLES[1:]:
        job = Job(source_locale, locale, html=style == "html")
        whole[style] = _whole(guarded, style, job)
    best = max(whole, key=lambda style: whole[style])
    best = best if whole[best] else ""
    _remember(guarded.database, guarded.name, source_locale, locale, best)
    return Calibrated(guarded.name, whole, best)


def _whole(guarded: Guarded, style: str, job: Job) -> int:
    """How many probes come back whole; asked anew each time, since engines change."""
    sent = [protect(probe, style) for probe in PROBES]
    most = guarded.engine.capabilities.texts
    said: list[str] = []
    for start in range(0, len(sent), most):
        said += guarded.ask([one.text for one in sent[start : start + most]], job)
    return sum(one.restore(answer) is not None for one, answer in zip(sent, said, strict=True))


def preferred(database: Database, name: str, *, source_locale: str, locale: str) -> str:
    """The form that an engine was found to keep best; empty if nobody asked."""
    query = select(table.c.style).where(*_where(name, source_locale, locale))
    with database.connect() as connection:
        return str(connection.execute(query).scalar() or "")


def _remember(database: Database, name: str, source_locale: str, locale: str, style: str) -> None:
    with database.begin() as connection:
        connection.execute(delete(table).where(*_where(name, source_locale, locale)))
        if style:
            row = {"engine": name, "source_locale": source_locale, "locale": locale}
            connection.execute(insert(table), {**row, "style": style})


def _where(name: str, source_locale: str, locale: str) -> tuple[ColumnElement[bool], ...]:
    return (
        table.c.engine == name,
        table.c.source_locale == source_locale,
        table.c.locale == locale,
    )
