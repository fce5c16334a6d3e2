"""Celery as the broker of the ledger: messages out, and what workers say of themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING

from pipeline.errors import QueueError
from pipeline.ledger.broker import BEING_DONE, SLOW, Message, Worker
from pipeline.project import Project
from pipeline.redis import assert_answers, client
from pipeline.settings import address_of

from . import tracing
from .naming import MT, PRIORITIES, RENDER, prefix_of

if TYPE_CHECKING:
    from celery import Celery
    from redis import Redis

TASKS = {
    "survey": "survey articles",
    "page": "render pages",
    "extract": "extract articles",
    "merge": "merge catalogues",
    "draft": "translate segments",
}
"""The names of the tasks, by the kind of their units."""

ADVANCE = "plan and publish"
_ANSWER = 0.7
"""Seconds for workers to say what they do; those that are alive take a tenth of it."""


class CeleryBroker:
    """The broker of a site.

    Args:
        project: The site.
        app: The app to send with; one of its own if None.
    """

    def __init__(self, project: Project, app: Celery | None = None) -> None:
        self._project = project
        self._app = app

    @cached_property
    def _celery(self) -> Celery:
        if self._app is not None:
            return self._app
        from celery import Celery  # noqa: PLC0415 - slow, and not needed to ask Redis

        from .configuration import configuration  # noqa: PLC0415

        app = Celery("pipeline", set_as_current=False)
        app.conf.update(configuration(self._project))
        return app

    @cached_property
    def _redis(self) -> Redis:
        return client(address_of(self._project.settings.queue))

    def send(self, messages: Sequence[Message]) -> None:
        """As `Broker.send`."""
        with self._said(), self._celery.producer_pool.acquire(block=True) as producer:
            for message in messages:
                self._celery.send_task(
                    TASKS[message.kind],
                    kwargs={"keys": list(message.keys)},
                    task_id=message.id,
                    queue=MT if message.kind in SLOW else RENDER,
                    priority=message.priority,
                    shadow=f"{TASKS[message.kind]}: {message.name}"[:200],
                    headers=tracing.headers(),
                    producer=producer,
                    ignore_result=True,
                )

    def advance(self, build: str, priority: int) -> None:
        """As `Broker.advance`."""
        with self._said():
            self._celery.send_task(
                ADVANCE,
                kwargs={"build": build},
                queue=RENDER,
                # Before the units of builds like it, so that a build that can end does.
                priority=max(0, priority - 3),
                shadow=f"{ADVANCE}: build {build}",
                headers=tracing.headers(),
                ignore_result=True,
            )

    def lengths(self) -> Mapping[str, int]:
        """As `Broker.lengths`."""
        prefix = prefix_of(self._project)
        with self._said():
            found = {
                queue: sum(
                    int(self._redis.llen(f"{prefix}{queue}{f':{step}' if step else ''}"))
                    for step in PRIORITIES
                )
                for queue in (RENDER, MT)
            }
            found[BEING_DONE] = int(self._redis.hlen(f"{prefix}unacked"))
        return found

    def workers(self) -> Sequence[Worker]:
        """As `Broker.workers`."""
        with self._said():
            answers = self._celery.control.broadcast("doing", reply=True, timeout=_ANSWER) or []
        return sorted(
            (
                Worker(name, tuple(said["doing"]), said["places"])
                for answer in answers
                for name, said in answer.items()
                if "doing" in said
            ),
            key=lambda worker: worker.name,
        )

    @contextmanager
    def _said(self) -> Iterator[None]:
        """Asks Redis first, which is sooner known to be away than by what would be sent."""
        try:
            assert_answers(address_of(self._project.settings.queue))
            redis = self._redis
        except (OSError, ValueError) as error:
            raise _away(error) from None
        from kombu.exceptions import OperationalError  # noqa: PLC0415 - slow
        from redis.exceptions import RedisError  # noqa: PLC0415 - slow

        try:
            redis.ping()
            yield
        except (OperationalError, RedisError, OSError) as error:
            raise _away(error) from None


def _away(error: Exception) -> QueueError:
    return QueueError(
        f"Redis does not answer ({type(error).__name__})",
        hint="What was asked for is kept, and is done when Redis is back. Start it, or mend the"
        " address in [queue].",
    )
