"""What tests of letters share: a desk that writes them, and what became of them."""

from __future__ import annotations

from email.message import EmailMessage

from sqlalchemy import Engine, select, update

from pipeline.catalogues import digest_of
from review import people, subscriptions
from review.courier import deliver
from review.desk import Desk
from review.message import Place
from review.subscriptions import Mode
from review.tables import outbox as outbox_table
from review.tables import subscription as subscription_table
from tests.review.desks import TWO, person
from tests.sites import catalogue

URL = "http://desk.example.org"
ZONE = "Europe/Amsterdam"


def settings(port: int, *lines: str, more: str = "") -> str:
    """Those of a site whose desk writes letters."""
    own = "\n".join(lines) or 'tls = "none"'
    mail = f'[review.mail]\nhost = "localhost"\nport = {port}\nsender = "desk@example.org"\n{own}\n'
    return f'{TWO}\n[review]\nurl = "{URL}"\n\n{mail}\n{more}'


def addressed(desk: Desk, *, mode: Mode = Mode.AT_ONCE, names: tuple[str, ...] = ()) -> None:
    """Give people addresses, and have them told."""
    bea = person(desk, "Bea")
    for name in names or ("Tess", "Ruth", "Mona", "Bea"):
        one = person(desk, name)
        address = f"{name.lower()}@example.org"
        people.change(desk.database, one.id, one.roles or {}, active=True, by=bea, address=address)
        subscriptions.choose(desk.database, one.id, name, mode, hour=8, zone=ZONE)


def place(desk: Desk, number: int = 0) -> Place:
    """Where a text of the first article stands."""
    message = catalogue(desk.project, "articles/first").messages[number]
    return Place("nl", "articles/first", digest_of(message.key))


def sent(desk: Desk) -> int:
    """Have everything sent that is due; how much was heard."""
    return deliver(desk.project, desk.database)


def parts(letter: EmailMessage) -> tuple[str, str]:
    """The plain text and the HTML of a letter."""
    found = [letter.get_body((kind,)) for kind in ("plain", "html")]
    plain, html = (one.get_content() for one in found)  # type: ignore[union-attr]
    return plain.replace("\r\n", "\n"), html.replace("\r\n", "\n")


def due_now(database: Engine) -> None:
    """Time passes, until all is due again."""
    with database.begin() as connection:
        connection.execute(update(outbox_table).values(due=0.0))


def row_of(desk: Desk) -> object:
    """The only row of the outbox."""
    with desk.database.connect() as connection:
        return connection.execute(select(outbox_table)).one()


def day_passes(desk: Desk, hour: int = 0) -> None:
    """It is tomorrow, and the hour of every digest."""
    values = {"day": "2000-01-01", "hour": hour}
    with desk.database.begin() as connection:
        connection.execute(update(subscription_table).values(**values))


def mode_of(desk: Desk, name: str) -> Mode:
    """How somebody is told."""
    with desk.database.connect() as connection:
        return subscriptions.of(connection, person(desk, name).id).mode
