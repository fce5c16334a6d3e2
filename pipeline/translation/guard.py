"""Guards around an engine: retries where safe, a breaker, a budget, and nothing paid twice.

What an engine answered is remembered by what it was asked: a task that is killed and run again gets
the same answers without asking, and two that ask the same at once pay for it once. A text that is
too long for an engine is divided at its sentences, and joined again.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from limits import RateLimitItem
from sqlalchemy import Engine as Database
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt
from tenacity.wait import wait_exponential_jitter

from ..glossary import Glossary
from ..markup.sentences import sentences
from .answers import EXPIRES, Answers
from .budget import Budget
from .engine import Engine, EngineFault, Job, Trouble
from .pace import COOLING, FAILURES, OwnPace, Pace, sharing, wait_for_pause, wait_for_turn
from .protect import SIGNS
from .web import texts_of

_NOTICE = re.compile(
    r"MYMEMORY WARNING|YOU USED ALL AVAILABLE FREE TRANSLATIONS|QUERY LENGTH LIMIT|INVALID LANGUAGE"
    r"|unusual traffic|captcha|quota exceeded|rate limit exceeded",
    re.IGNORECASE,
)
"""What services say, with a status of 200, in the place of a translation."""

_SIGN = re.compile("|".join(pattern.pattern for pattern in SIGNS.values()), re.IGNORECASE)

_ATTEMPTS = 3
_LONGEST_WAIT = 30.0
"""Seconds; an engine that wants to be left alone for longer is."""

_UNTIL_TOMORROW = 3600.0
"""Seconds after which an engine without quota is tried again."""

_OTHERS_TAKE = EXPIRES + 20
"""Seconds for which to wait for what somebody else is asking: until a claim counts as left."""

DEADLINE = 600.0
"""Seconds for a request to an engine that has no deadline of its own."""


@dataclass
class Guarded:
    """An engine, and what it may be asked, how often, and by how many at once.

    Attributes:
        engine: The engine.
        database: Where answers and usage are kept.
        daily, monthly: The most characters that may be sent; 0 for no limit.
        rates: The most requests in a second, a minute.
        at_once: The most requests at the same time.
        deadline: Seconds after which a request counts as lost, whatever the engine does.
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
    deadline: float = DEADLINE
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
            EngineFault: The engine did not answer, or may not be asked any more; or one of the
                texts has a sentence that it does not take (`takes`).
        """
        divided = [self._divided(text) for text in texts]
        wanted = {self._key(piece, job): piece for pieces in divided for piece, _ in pieces}
        known = self._known(wanted, job)
        return [
            "".join(known[self._key(piece, job)] + space for piece, space in pieces)
            for pieces in divided
        ]

    def takes(self, text: str) -> str:
        """Why the engine does not take a text, however divided; empty if it does."""
        most = self.engine.capabilities.characters
        if all(len(piece) <= most for piece, _ in self._divided(text)):
            return ""
        return f"takes no sentence of over {most} characters"

    def refuse(self, texts: Sequence[str], job: Job) -> None:
        """Note that what the engine said of texts was not worth taking."""
        keys = [self._key(piece, job) for text in texts for piece, _ in self._divided(text)]
        self.answers.refuse(keys)

    def unanswered(self, texts: Sequence[str], job: Job) -> list[str]:
        """The pieces of texts that would have to be sent, each once."""
        pieces = (piece for text in texts for piece, _ in self._divided(text))
        wanted = {self._key(piece, job): piece for piece in pieces}
        known = self.answers.known(list(wanted))
        return [piece for key, piece in wanted.items() if key not in known]

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
                said = self.ask([wanted[key] for key in part], job, renew=self._renewing(keys))
                fresh = dict(zip(part, said, strict=True))
                self.answers.keep({key: text for key, text in fresh.items() if text.strip()})
                answered |= fresh
        finally:
            if left := [key for key in keys if not answered.get(key, "").strip()]:
                self.answers.release(left)
        return answered

    def _renewing(self, keys: Sequence[str]) -> Callable[[], None]:
        return lambda: self.answers.renew(keys)

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
        for sentence in _sentences(text):
            if pieces[-1] and len(pieces[-1]) + len(sentence.rstrip()) > most:
                pieces.append("")
            pieces[-1] += sentence
        return [(piece.rstrip(), piece[len(piece.rstrip()) :]) for piece in pieces]

    def ask(
        self, texts: Sequence[str], job: Job, *, renew: Callable[[], None] = lambda: None
    ) -> list[str]:
        """What the engine answers now, within its budget, its rates and its deadline.

        Args:
            texts: No more than it takes in one request.
            job: What is to be made of them.
            renew: Called before each attempt.

        Raises:
            EngineFault: It did not answer, or may not be asked any more.
        """
        with sharing():
            seconds, why = self.pace.closed(self.name)
            if seconds > 0:
                raise EngineFault(Trouble.REFUSED, f"is not asked for now: {why}")
        size = sum(map(len, texts))
        if not self.budget.spend(size):
            room = self.budget.room()
            raise EngineFault(Trouble.QUOTA, f"has {room} characters of its budget left")
        try:
            said = _look_at(self._retried(texts, job, renew), texts)
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

    def _retried(self, texts: Sequence[str], job: Job, renew: Callable[[], None]) -> list[str]:
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
        return retrying(self._one, texts, job, renew)

    def _one(self, texts: Sequence[str], job: Job, renew: Callable[[], None]) -> list[str]:
        with sharing(), self.pace.place(self.name, self.at_once, self.sleep):
            for rate in self.rates:
                wait_for_turn(self.pace, self.name, rate, self.sleep)
            wait_for_pause(self.pace, self.name, self.sleep)
            renew()
            try:
                return within(self.deadline, lambda: self.engine.translate(texts, job))
            except EngineFault as error:
                if 0 < error.after <= _LONGEST_WAIT:  # before the place is free for others
                    self.pace.pause(self.name, error.after)
                raise

    def _key(self, text: str, job: Job) -> str:
        # Of the terms only its own: what else is asked for at once makes no other question of it.
        own = Glossary(job.terms).found_in(text) if job.terms else []
        terms = sorted((term.term, term.translations, term.keep) for term in own)
        asked = (self.name, job.source_locale, job.locale, job.html, job.address, terms, text)
        return hashlib.sha256(json.dumps(asked).encode()).hexdigest()


def within(seconds: float, action: Callable[[], list[str]]) -> list[str]:
    """What an engine answers, in a thread of its own: it may hang, or fail in any way.

    Raises:
        EngineFault: It failed, or the time is over; what comes then goes nowhere.
    """
    result: Future[list[str]] = Future()

    def run() -> None:
        try:
            result.set_result(action())
        except BaseException as error:  # also a panic of something native
            result.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    try:
        return result.result(seconds)
    except EngineFault:
        raise
    except TimeoutError:
        raise EngineFault(Trouble.BROKEN, f"did not answer within {seconds:g} s") from None
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:
        raise EngineFault(Trouble.BROKEN, f"failed ({type(error).__name__})") from None


def _look_at(said: object, texts: Sequence[str]) -> list[str]:
    """Answers that may be translations; some of them may be empty.

    Raises:
        EngineFault: They are too few, no texts, nothing at all, or a notice.
    """
    answers = texts_of(said, len(texts))
    if any(text.strip() for text in texts) and not any(answer.strip() for answer in answers):
        raise EngineFault(Trouble.BROKEN, "gave no answer")
    if any(_NOTICE.search(answer) for answer in answers) and not _NOTICE.search(" ".join(texts)):
        raise EngineFault(Trouble.QUOTA, "answered with a notice instead of a translation")
    return answers


def _sentences(text: str) -> Iterator[str]:
    """The sentences of a text in which signs stand for markup: they do not hide where one ends."""
    start = 0
    for masked in sentences(_SIGN.sub(lambda match: '"' * len(match[0]), text)):
        yield text[start : start + len(masked)]
        start += len(masked)
