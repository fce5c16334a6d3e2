"""Terms: what a text is found by, its words and what else it is asked for by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any, Literal
from zlib import crc32

Side = Literal["source", "target"]
SIDES: tuple[Side, ...] = ("source", "target")

_PAIRS = 1 << 16
_DAY = 86_400


def of_word(side: Side, word: str) -> str:
    """A word of a source or target."""
    return f"{side[0]} {word}"


def of_pair(side: Side, one: str, other: str) -> str:
    """Two words side by side, by a hash that they share with a few other pairs.

    A row for every pair would be more rows than all else; this many hold a phrase to few texts.
    """
    return f"{side[0]}+{crc32(f'{one} {other}'.encode()) % _PAIRS:x}"


def of_state(state: str) -> str:
    """A state."""
    return f"state {state}"


def of_article(domain: str) -> str:
    """An article."""
    return f"in {domain}"


def of_check(name: str) -> str:
    """A check that found something."""
    return f"check {name}"


def of_engine(name: str) -> str:
    """An engine that drafted it."""
    return f"engine {name}"


def of_author(name: str) -> str:
    """Who wrote what it says."""
    return f"author {name}"


def of_risk(risk: int) -> str:
    """How much harm it may do."""
    return f"risk {risk}"


def day_of(moment: float) -> int:
    """The day of a time, in UTC, from that of the epoch on."""
    return int(moment // _DAY)


def start_of(day: int) -> float:
    """When a day begins."""
    return float(day * _DAY)


def of_day(day: int) -> str:
    """The day since when it is as it is; later days come later in the order of letters."""
    return f"day {day:06}"


def terms_of(row: Mapping[str, Any]) -> Iterator[str]:
    """The terms of a row of messages or of the memory, some of them twice.

    A row without a language was not there, and has none.
    """
    if row["locale"] is None:
        return
    for side in SIDES:
        words = (row[f"{side}_words"] or "").split()
        sign = side[0]
        yield from (f"{sign} {word}" for word in words)
        yield from (of_pair(side, one, other) for one, other in pairwise(words))
    yield from _sorts(row)


def _sorts(row: Mapping[str, Any]) -> Iterator[str]:
    """What sort of text it is: only messages are of any."""
    if state := row.get("state"):
        yield of_state(state)
    if domain := row.get("domain"):
        yield of_article(domain)
    for name in (row.get("checks") or "").strip().split("  "):
        if name:
            yield of_check(name)
    if engine := row.get("engine"):
        yield of_engine(engine)
    if author := row.get("author"):
        yield of_author(author)
    if risk := row.get("risk"):
        yield of_risk(risk)
    if since := row.get("since"):
        yield of_day(day_of(since))
