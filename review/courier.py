"""The courier: sends what is in the outbox, as a thread of the desk and as a task of the workers.

However many there are, one has each thing in hand. A thing is sent twice only if whoever sent it
was killed between the answer that it was heard and noting it.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable

from sqlalchemy import Engine, select

from pipeline import webhook
from pipeline.errors import PipelineError
from pipeline.project import Project

from . import digests, failures, outbox, smtp, subscriptions
from .audit import note
from .failures import Failure
from .letters import Reader, Unwritable, letter
from .notices import Kind
from .outbox import Channel, Item
from .people import roles_of
from .rights import Right, grants
from .subscriptions import Mode
from .tables import person as people
from .wording import fitting

_MOST = 100
"""Things that are sent in one round."""

_log = logging.getLogger("review.courier")


class Courier:
    """Sends every few seconds what is due, in a thread of its own.

    Args:
        project: The site as its settings are at the time.
        database: Its state database.
        every: The seconds between two rounds.
    """

    def __init__(
        self, project: Callable[[], Project], database: Engine, *, every: float = 5.0
    ) -> None:
        self._project = project
        self._database = database
        self._every = every
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="courier", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def close(self) -> None:
        """End, once what is in hand is sent."""
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ended.wait(self._every):
            try:
                deliver(self._project(), self._database, stopped=self._ended.is_set)
            except Exception:  # a thread that dies sends nothing any more
                _log.exception("Nothing could be sent; it is tried again.")


def deliver(
    project: Project, database: Engine, *, stopped: Callable[[], bool] = lambda: False
) -> int:
    """Send what is due; how many things were heard."""
    review = project.settings.review
    if not review.mail.host and not review.webhook.url:
        return 0
    failures.tell(project, database)
    if review.mail.host:
        digests.make_due(project, database)
    heard = 0
    for _ in range(_MOST):
        item = None if stopped() else outbox.take(database)
        if item is None:
            break
        heard += _send(project, database, item)
    if heard:
        outbox.sweep(database)
    return heard


def _send(project: Project, database: Engine, item: Item) -> bool:
    def accepted() -> None:
        outbox.sent(database, item)

    try:
        if item.channel is Channel.HOOK:
            _call(project, item, accepted)
        elif (reader := _reader(project, database, item)) is None:
            outbox.give_up(database, item, "not wanted any more")
            return False
        else:
            smtp.send(project.settings.review.mail, letter(project, item, reader), accepted)
    except Unwritable as error:
        _gave_up(database, item, str(error))
    except smtp.NotSent as error:
        if error.for_good or not outbox.later(database, item, str(error)):
            _gave_up(database, item, str(error))
        else:
            _log.warning("%s %s is sent later: %s", item.kind, item.id, error)
    except PipelineError as error:  # it waits until somebody mends the settings
        outbox.later(database, item, error.message)
        _log.error("%s %s is sent later: %s", item.kind, item.id, error)
    else:
        return True
    return False


def _call(project: Project, item: Item, accepted: Callable[[], None]) -> None:
    """Tell the webhook."""
    hook = project.settings.review.webhook
    if not hook.url:
        raise smtp.NotSent("there is no webhook any more", for_good=True)
    body, name = json.dumps(item.data).encode(), f"review_{item.id}_{item.at:.3f}"
    if not webhook.post(hook.url, webhook.secret_in(hook.secret_env), name, body):
        raise smtp.NotSent("the webhook was not heard")
    accepted()


def _reader(project: Project, database: Engine, item: Item) -> Reader | None:
    """Whom something is for; None if they may not see it any more, or do not want to."""
    if item.person is None or not project.settings.review.mail.host:
        return None
    with database.connect() as connection:
        row = connection.execute(select(people).where(people.c.id == item.person)).first()
        chosen = subscriptions.of(connection, item.person)
        given = roles_of(connection, item.person)
    if row is None or not row.active or not row.address:
        return None
    if item.kind == Kind.BUILD:
        wanted = chosen.failures and Failure.of(item.data).concerns(given)
    elif item.kind == Kind.DIGEST:
        wanted = chosen.mode is not Mode.NEVER
    else:
        may = grants(given, Right.READ, item.data["locale"])
        wanted = may and chosen.mode is not Mode.NEVER
    if not wanted:
        return None
    review, word = project.settings.review, subscriptions.word_for(database, item.person)
    language = fitting(chosen.language, review.mail.language)
    return Reader(row.name, row.address, f"{review.url}/unsubscribe/{word}", language)


def _gave_up(database: Engine, item: Item, why: str) -> None:
    """Note that somebody was not told."""
    outbox.give_up(database, item, why)
    _log.error("%s %s is given up: %s", item.kind, item.id, why)
    with database.begin() as connection:
        query = select(people.c.name).where(people.c.id == item.person)
        who = connection.execute(query).scalar() or "webhook"
        note(connection, "not told", subject=who, detail=f"{item.kind}: {why}"[:200])
