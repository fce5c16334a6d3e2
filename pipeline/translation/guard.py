"""Guards around an engine: retries where safe, a breaker, a budget, and nothing paid twice.

What an engine answered is remembered by what it was asked: a task that is killed and run again gets
the same answers without asking.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Engine as Database
from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt
from tenacity.wait import wait_exponential_jitter

from ..database.tables import answer as answers
from ..database.tables import usage
from .engine import Engine, EngineFault, Job, Trouble

_ATTEMPTS = 3
_FAILURES = 3
"""Requests that fail one after the other before an engine is left alone for the rest of a run."""


@dataclass(slots=True)
class Guarded:
    """An engine and what has become of it in this run.

    Attributes:
        engine: The engine.
        database: Where answers and usage are kept.
        daily, monthly: The most characters that may be sent; 0 for no limit.
        pause: Seconds between two requests.
        today: The day that usage is counted for.
        sleep: Waits; tests need not.
    """

    engine: Engine
    database: Database
    daily: int = 0
    monthly: int = 0
    pause: float = 0.0
    today: date = field(default_factory=date.today)
    sleep: Callable[[float], None] = time.sleep
    failures: int = 0
    fault: str = ""
    closed: bool = False
    last: float = 0.0

    @property
    def name(self) -> str:
        """The engine's."""
        return self.engine.name

    def translate(self, texts: Sequence[str], job: Job) -> list[str]:
        """The translations of texts, from memory where they were asked for before.

        Raises:
            EngineFault: The engine did not answer, or may not be asked any more.
        """
        keys = [self._key(text, job) for text in texts]
        known = self._known(keys)
        missing = [n for n, key in enumerate(keys) if key not in known]
        if missing:
            asked = [texts[n] for n in missing]
            said = self._asked(asked, job)
            fresh = {keys[n]: text for n, text in zip(missing, said, strict=True)}
            self._keep(fresh)
            known |= fresh
        return [known[key] for key in keys]

    def room(self) -> int | None:
        """How many characters may still be sent today; None for any number."""
        left = []
        if self.daily:
            left.append(self.daily - self._sent(self.today))
        if self.monthly:
            left.append(self.monthly - self._sent(self.today.replace(day=1)))
        return max(0, min(left)) if left else None

    def _asked(self, texts: Sequence[str], job: Job) -> list[str]:
        if self.closed or self.failures >= _FAILURES:
            raise EngineFault(Trouble.REFUSED, f"is not asked any more in this run: {self.fault}")
        size = sum(map(len, texts))
        room = self.room()
        if room is not None and size > room:
            raise EngineFault(Trouble.QUOTA, f"has {room} characters of its budget left")
        self._count(size)
        try:
            said = self._retried(texts, job)
        except EngineFault as error:
            if error.trouble is not Trouble.BROKEN:  # what broke off may have been paid for
                self._count(-size, requests=0)
            self.fault = error.message
            self.failures += 1
            self.closed = error.trouble is Trouble.QUOTA
            raise
        if len(said) != len(texts):
            self.failures += 1
            self.fault = f"answered {len(said)} texts for {len(texts)}"
            raise EngineFault(Trouble.BROKEN, self.fault)
        self.failures = 0
        return said

    def _retried(self, texts: Sequence[str], job: Job) -> list[str]:
        """Ask again only where nothing was done yet: the engine was busy, or not reached."""

        def wait(state: RetryCallState) -> float:
            error = state.outcome.exception() if state.outcome else None
            after = error.after if isinstance(error, EngineFault) else 0
            return max(after, wait_exponential_jitter(multiplier=0.5, max=8)(state))

        def again(error: BaseException) -> bool:
            return isinstance(error, EngineFault) and error.trouble is Trouble.BUSY

        retrying = Retrying(
            stop=stop_after_attempt(_ATTEMPTS),
            wait=wait,
            retry=retry_if_exception(again),
            sleep=self.sleep,
            reraise=True,
        )
        return retrying(self._one, texts, job)

    def _one(self, texts: Sequence[str], job: Job) -> list[str]:
        wait = self.last + self.pause - time.monotonic()
        if wait > 0:
            self.sleep(wait)
        try:
            return self.engine.translate(texts, job)
        finally:
            self.last = time.monotonic()

    def _key(self, text: str, job: Job) -> str:
        terms = [(term.term, term.translations, term.keep) for term in job.terms]
        asked = (self.name, job.source_locale, job.locale, job.html, job.address, terms, text)
        return hashlib.sha256(json.dumps(asked).encode()).hexdigest()

    def _known(self, keys: Sequence[str]) -> dict[str, str]:
        query = select(answers.c.key, answers.c.text).where(answers.c.key.in_(keys))
        with self.database.connect() as connection:
            return {str(row.key): str(row.text) for row in connection.execute(query)}

    def _keep(self, said: dict[str, str]) -> None:
        for key, text in said.items():
            row = {"key": key, "engine": self.name, "day": self.today, "text": text}
            try:
                with self.database.begin() as connection:
                    connection.execute(insert(answers), row)
            except IntegrityError:  # somebody asked the same at the same time
                continue

    def forget(self, texts: Sequence[str], job: Job) -> None:
        """Forget answers that were no good, so that they may be asked for again another time."""
        keys = [self._key(text, job) for text in texts]
        with self.database.begin() as connection:
            connection.execute(answers.delete().where(answers.c.key.in_(keys)))

    def _sent(self, since: date) -> int:
        query = select(func.coalesce(func.sum(usage.c.characters), 0)).where(
            usage.c.engine == self.name, usage.c.day >= since
        )
        with self.database.connect() as connection:
            return int(connection.execute(query).scalar_one())

    def _count(self, characters: int, *, requests: int = 1) -> None:
        where = (usage.c.engine == self.name, usage.c.day == self.today)
        change = {
            "characters": usage.c.characters + characters,
            "requests": usage.c.requests + requests,
        }
        with self.database.begin() as connection:
            if connection.execute(update(usage).where(*where).values(change)).rowcount:
                return
        row = {"engine": self.name, "day": self.today, "requests": 1, "characters": characters}
        try:
            with self.database.begin() as connection:
                connection.execute(insert(usage), row)
        except IntegrityError:
            with self.database.begin() as connection:
                connection.execute(update(usage).where(*where).values(change))
