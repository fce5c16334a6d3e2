"""Guards around an engine: retries where safe, a breaker, a budget, and nothing paid twice.

What an engine answered is remembered by what it was asked: a task that is killed and run again gets
the same answers without asking, and two that ask the same at once pay for it once. A text that is
too long for an engine is divided at its sentences, and joined again.
"""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from limits import RateLimitItem
from sqlalchemy import Engine as Database
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt
from tenacity.wait import wait_exponential_jitter

from ..markup.sentences import sentences
from .answers import Answers
from .budget import Budget
from .engine import Engine, EngineFault, Job, Trouble
from .pace import COOLING, FAILURES, OwnPace, Pace, sharing, wait_for_turn

_NOTICE = re.compile(
    r"MYMEMORY WARNING|YOU USED ALL AVAILABLE FREE TRANSLATIONS|QUERY LENGTH LIMIT|INVALID LANGUAGE"
    r"|unusual traffic|captcha|quota exceeded|rate limit exceeded",
    re.IGNORECASE,
)
"""What services say, with a status of 200, in the place of a translation."""

_ATTEMPTS = 3
_LONGEST_WAIT = 30.0
"""Seconds; an engine that wants to be left alone for longer is."""

_UNTIL_TOMORROW = 3600.0
"""Seconds after which an engine without quota is tried again."""

_OTHERS_TAKE = 120.0
"""Seconds for which to wait for what somebody else is asking."""


@dataclass
class Guarded:
    """An engine, and what it may be asked, how often, and by how many at once.

    Attributes:
        engine: The engine.
        database: Where answers and usage are kept.
        daily, monthly: The most characters that may be sent; 0 for no limit.
        rates: The most requests in a second, a minute.
        at_once: The most requests at the same time.
        pace: What is known of the engine by all who ask it.
        today: The day that usage is counted for.
        sleep: Waits; tests need not.
    """

    engine: Engine
    database: Database
    daily: int = 0
    monthly: int = 0
    rates: tuple[RateLimitItem, ...] = ()
    at_once: int = 1
    pace: Pace = field(default_factory=OwnPace)
    today: date = field(default_factory=date.today)
    sleep: Callable[[float], None] = time.sleep

    @property
    def name(self) -> str:
        """The engine's."""
        return self.engine.name

    @property
    def budget(self) -> Budget:
        """What it may still be sent."""
        return Budget(self.database, self.name, self.today, self.daily, self.monthly)

    @cached_property
    def answers(self) -> Answers:
        """What it has said so far."""
        return Answers(self.database, self.name, self.today)

    def translate(self, texts: Sequence[str], job: Job) -> list[str]:
        """The translations of texts, from memory where they were asked for before.

        Raises:
            EngineFault: The engine did not answer, or may not be asked any more.
        """
        divided = [self._divided(text) for text in texts]
        wanted = {self._key(piece, job): piece for pieces in divided for piece, _ in pieces}
        known = self._known(wanted, job)
        return [
            "".join(known[self._key(piece, job)] + space for piece, space in pieces)
            for pieces in divided
        ]

    def _known(self, wanted: Mapping[str, str], job: Job) -> dict[str, str]:
        """The answers to questions by their keys, those of others and those we ask for."""
        answered: dict[str, str] = {}
        waited = 0.0
        while True:
            claimed = self.answers.claim(list(wanted))
            answered |= claimed.answered
            mine = [key for key in wanted if key in claimed.ours]
            answered |= self._ask_for(mine, wanted, job)
            if not claimed.others(list(wanted)):
                return answered
            if waited > _OTHERS_TAKE:
                raise EngineFault(Trouble.BUSY, "is being asked the same by somebody else")
            time.sleep(0.1)  # for what others are asking; not a pause that a test may skip
            waited += 0.1

    def _ask_for(self, keys: list[str], wanted: Mapping[str, str], job: Job) -> dict[str, str]:
        """Ask what is ours, and keep each answer as soon as it is there."""
        answered: dict[str, str] = {}
        try:
            for part in self._requests(keys, wanted):
                said = self._asked([wanted[key] for key in part], job)
                fresh = dict(zip(part, said, strict=True))
                self.answers.keep(fresh)
                answered |= fresh
        finally:
            if left := [key for key in keys if key not in answered]:
                self.answers.release(left)
        return answered

    def _requests(self, keys: Sequence[str], wanted: Mapping[str, str]) -> Iterator[list[str]]:
        """Questions in requests that the engine takes."""
        able = self.engine.capabilities
        part: list[str] = []
        size = 0
        for key in keys:
            length = len(wanted[key])
            if part and (len(part) >= able.texts or size + length > able.characters):
                yield part
                part, size = [], 0
            part.append(key)
            size += length
        if part:
            yield part

    def _divided(self, text: str) -> list[tuple[str, str]]:
        """A text in pieces that the engine takes, each with the white space after it."""
        most = self.engine.capabilities.characters
        if len(text) <= most:
            return [(text, "")]
        pieces = [""]
        for sentence in sentences(text):
            if pieces[-1] and len(pieces[-1]) + len(sentence.rstrip()) > most:
                pieces.append("")
            pieces[-1] += sentence
        if max(len(piece.rstrip()) for piece in pieces) > most:
            raise EngineFault(Trouble.REFUSED, f"takes no sentence of over {most} characters")
        return [(piece.rstrip(), piece[len(piece.rstrip()) :]) for piece in pieces]

    def _asked(self, texts: Sequence[str], job: Job) -> list[str]:
        with sharing():
            seconds, why = self.pace.closed(self.name)
            if seconds > 0:
                raise EngineFault(Trouble.REFUSED, f"is not asked for now: {why}")
        size = sum(map(len, texts))
        if not self.budget.spend(size):
            room = self.budget.room()
            raise EngineFault(Trouble.QUOTA, f"has {room} characters of its budget left")
        try:
            said = self._retried(texts, job)
            if len(said) != len(texts):
                raise EngineFault(Trouble.BROKEN, f"answered {len(said)} texts for {len(texts)}")
            if any(_NOTICE.search(answer) for answer in said) and not _NOTICE.search(
                " ".join(texts)
            ):
                raise EngineFault(Trouble.QUOTA, "answered with a notice instead of a translation")
        except EngineFault as error:
            if error.trouble is not Trouble.BROKEN:  # what broke off may have been paid for
                self.budget.give_back(size)
            with suppress(EngineFault), sharing():
                self._learn(error)
            raise
        with suppress(EngineFault), sharing():
            self.pace.worked(self.name)
        return said

    def _learn(self, error: EngineFault) -> None:
        """What a failure says of the next requests, of everybody."""
        if error.trouble is Trouble.QUOTA:
            self.pace.close(self.name, _UNTIL_TOMORROW, error.message)
        elif error.after > _LONGEST_WAIT:
            self.pace.close(self.name, error.after, error.message)
        elif self.pace.failed(self.name) >= FAILURES:
            self.pace.close(self.name, COOLING, error.message)
            self.pace.worked(self.name)

    def _retried(self, texts: Sequence[str], job: Job) -> list[str]:
        """Ask again only where nothing was done yet: the engine was busy, or not reached."""

        def wait(state: RetryCallState) -> float:
            error = state.outcome.exception() if state.outcome else None
            after = error.after if isinstance(error, EngineFault) else 0
            return max(after, wait_exponential_jitter(multiplier=0.5, max=8)(state))

        def again(error: BaseException) -> bool:
            busy = isinstance(error, EngineFault) and error.trouble is Trouble.BUSY
            return busy and getattr(error, "after", 0) <= _LONGEST_WAIT

        retrying = Retrying(
            stop=stop_after_attempt(_ATTEMPTS),
            wait=wait,
            retry=retry_if_exception(again),
            sleep=self.sleep,
            reraise=True,
        )
        return retrying(self._one, texts, job)

    def _one(self, texts: Sequence[str], job: Job) -> list[str]:
        with sharing(), self.pace.place(self.name, self.at_once, self.sleep):
            for rate in self.rates:
                wait_for_turn(self.pace, self.name, rate, self.sleep)
            return self.engine.translate(texts, job)

    def _key(self, text: str, job: Job) -> str:
        terms = [(term.term, term.translations, term.keep) for term in job.terms]
        asked = (self.name, job.source_locale, job.locale, job.html, job.address, terms, text)
        return hashlib.sha256(json.dumps(asked).encode()).hexdigest()
