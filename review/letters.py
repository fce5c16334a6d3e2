"""Letters: what a notice or digest says as an e-mail, in plain text and in HTML.

A letter has what people said to each other, names of articles and counts; never what a text says.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from babel import Locale

from pipeline.project import Project

from .notices import Kind, Notice, notice_of
from .outbox import Item

_TEMPLATES = Path(__file__).parent / "templates" / "letters"


class Unwritable(Exception):
    """Nobody can be written to at an address."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who a letter is for: their name and address, and the link that ends their letters."""

    name: str
    address: str
    end: str


def letter(project: Project, item: Item, reader: Reader) -> EmailMessage:
    """The letter that says something to somebody.

    Raises:
        Unwritable: The address is none.
    """
    settings, title = project.settings.review, project.settings.site.title
    if item.kind == Kind.DIGEST:
        name, values = "digest", _digest(item.data)
    else:
        notice = notice_of(item.kind, item.data)
        name, values = "notice", {"notice": notice, "subject": subject(notice)}
    values |= {"url": settings.url, "title": title, "reader": reader}
    made = EmailMessage(policy=SMTP)
    try:
        made["From"] = Address(_line(title), addr_spec=settings.mail.sender)
        made["To"] = Address(reader.name, addr_spec=reader.address)
    except (ValueError, IndexError, HeaderParseError):
        raise Unwritable(f"{reader.name} has no e-mail address that can be used") from None
    made["Subject"] = _line(f"{title}: {values['subject']}")
    made["Date"] = datetime.fromtimestamp(item.at, UTC)
    made["Message-ID"] = _message_id(item, settings.mail.sender)
    made["Auto-Submitted"] = "auto-generated"
    made["List-Unsubscribe"] = f"<{reader.end}>"
    made["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    made.set_content(_set(f"{name}.txt", values))
    made.add_alternative(_set(f"{name}.html", values), subtype="html")
    return made


def subject(notice: Notice) -> str:
    """A notice in a line."""
    where = f"{notice.domain} ({language_name(notice.locale)})" if notice.domain else ""
    where = where or language_name(notice.locale)
    match notice.kind:
        case Kind.QUESTION:
            return f"{notice.who} asks you about {where}"
        case Kind.MENTION:
            return f"{notice.who} mentions you in {where}"
        case Kind.REJECTION:
            texts = "a translation" if notice.count == 1 else f"{notice.count} translations"
            return f"{notice.who} rejected {texts} of yours in {where}"
        case Kind.ASSIGNMENT:
            return f"{notice.who} asks you to work on {where}"
    return where


def language_name(locale: str) -> str:
    """What the desk calls a language."""
    return Locale.parse(locale).get_display_name("en") or locale


def _digest(data: Mapping[str, Any]) -> dict[str, Any]:
    notices = [
        notice_of(one["kind"], {name: one[name] for name in one if name not in ("kind", "at")})
        for one in data["notices"]
    ]
    total = sum(count for counts in data["waiting"].values() for count in counts.values())
    parts = []
    if total:
        parts.append("1 text waits" if total == 1 else f"{total} texts wait")
    if notices:
        parts.append("1 thing is for you" if len(notices) == 1 else f"{len(notices)} are for you")
    if data["failed"]:
        builds = len(data["failed"])
        parts.append("a build failed" if builds == 1 else f"{builds} builds failed")
    said = {"waiting": data["waiting"], "notices": notices, "failed": data["failed"]}
    return {**said, "subject": ", ".join(parts)}


def _line(text: str) -> str:
    """A text as one line of a header, whatever is in it."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _message_id(item: Item, sender: str) -> str:
    """The same each time that it is tried, so that a letter that came twice is known."""
    told = hashlib.sha256(f"{item.id} {item.at} {item.person}".encode()).hexdigest()[:24]
    return f"<{told}@{sender.rpartition('@')[2]}>"


def _set(name: str, values: Mapping[str, Any]) -> str:
    return _environment().get_template(name).render(values)


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=jinja2.select_autoescape(("html",), default=False),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals.update(subject_of=subject, language_name=language_name)
    return environment
