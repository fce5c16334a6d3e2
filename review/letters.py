"""Letters: what a notice, a failure or a digest says as an e-mail, in plain text and in HTML.

A letter has what people said to each other, names of articles and counts; never what a text says.
It is in the language of whoever gets it, where the desk has its words (`wording`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
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

from pipeline.catalogues import State
from pipeline.project import Project

from .failures import Failure
from .notices import Kind, Notice, notice_of
from .outbox import Item
from .wording import OWN, words_of

_TEMPLATES = Path(__file__).parent / "templates" / "letters"


class Unwritable(Exception):
    """Nobody can be written to at an address."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who a letter is for.

    Attributes:
        name, address: As they are written to.
        end: The link that ends their letters.
        language: What they are written to in.
    """

    name: str
    address: str
    end: str
    language: str = OWN


def letter(project: Project, item: Item, reader: Reader) -> EmailMessage:
    """The letter that says something to somebody.

    Raises:
        Unwritable: The address is none.
    """
    settings, title = project.settings.review, project.settings.site.title
    tongue = Tongue(reader.language)
    name, values = _content(item, tongue)
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
    made.set_content(_set(f"{name}.txt", values, tongue))
    made.add_alternative(_set(f"{name}.html", values, tongue), subtype="html")
    made["Content-Language"] = tongue.lang
    return made


def _content(item: Item, tongue: Tongue) -> tuple[str, dict[str, Any]]:
    """The template of a letter, and what it says."""
    if item.kind == Kind.DIGEST:
        return "digest", _digest(item.data, tongue)
    if item.kind == Kind.BUILD:
        failure = Failure.of(item.data)
        return "failure", {"failure": failure, "subject": tongue.failure(failure)}
    notice = notice_of(item.kind, item.data)
    return "notice", {"notice": notice, "subject": tongue.subject(notice)}


@dataclass(frozen=True, slots=True)
class Tongue:
    """A language, and how things are said in it in a line."""

    language: str = OWN

    @property
    def lang(self) -> str:
        """As HTML and mail write it."""
        return self.language.replace("_", "-")

    def name_of(self, locale: str) -> str:
        """What it calls a language."""
        return Locale.parse(locale).get_display_name(self.language) or locale

    def subject(self, notice: Notice) -> str:
        """A notice in a line."""
        words = words_of(self.language)
        name = self.name_of(notice.locale)
        where = f"{notice.domain} ({name})" if notice.domain else name
        said = {"who": notice.who, "where": where, "count": notice.count}
        match notice.kind:
            case Kind.QUESTION:
                return words.gettext("%(who)s asks you about %(where)s") % said
            case Kind.MENTION:
                return words.gettext("%(who)s mentions you in %(where)s") % said
            case Kind.REJECTION:
                rejected = words.ngettext(
                    "%(who)s rejected a translation of yours in %(where)s",
                    "%(who)s rejected %(count)s translations of yours in %(where)s",
                    notice.count,
                )
                return rejected % said
            case Kind.ASSIGNMENT:
                return words.gettext("%(who)s asks you to work on %(where)s") % said
        return where

    def failure(self, failure: Failure) -> str:
        """A failure in a line."""
        words = words_of(self.language)
        names = ", ".join(map(self.name_of, failure.locales))
        where = ", ".join(failure.articles[:3])
        if len(failure.articles) > 3:
            more = len(failure.articles) - 3
            where += words.ngettext(", %(count)s more", ", %(count)s more", more) % {"count": more}
        where = f"{where} ({names})" if where and names else where or names
        said = {"where": where or words.gettext("the whole site")}
        match failure.what:
            case "preview":
                return words.gettext("A preview of %(where)s failed") % said
            case "draft":
                return words.gettext("Drafting %(where)s failed") % said
        return words.gettext("A build of %(where)s failed") % said

    def how(self, failure: Failure) -> str:
        """What there is to say of a failure."""
        words = words_of(self.language)
        who = words.gettext("Begun by %(who)s.") % {"who": failure.who} if failure.who else ""
        ended = words.ngettext(
            "It ended with %(count)s error.", "It ended with %(count)s errors.", failure.errors
        )
        ended = (
            ended % {"count": failure.errors}
            if failure.errors
            else words.gettext("It was broken off.")
        )
        stays = words.gettext("What was live before stays live.")
        return " ".join(said for said in (who, ended, stays) if said)

    def state(self, state: str) -> str:
        """A state in a word."""
        words = words_of(self.language)
        match state:
            case State.UNTRANSLATED:
                return words.gettext("untranslated")
            case State.DRAFT:
                return words.gettext("draft")
            case State.STALE:
                return words.gettext("stale")
            case State.REJECTED:
                return words.gettext("rejected")
            case State.TRANSLATED:
                return words.gettext("translated")
        return state


def _digest(data: Mapping[str, Any], tongue: Tongue) -> dict[str, Any]:
    notices = [
        notice_of(one["kind"], {name: one[name] for name in one if name not in ("kind", "at")})
        for one in data["notices"]
    ]
    failures = [Failure.of(one) for one in data["failed"]]
    said = {"waiting": data["waiting"], "notices": notices, "failed": failures}
    return {**said, "subject": ", ".join(_parts(data["waiting"], notices, failures, tongue))}


def _parts(
    waiting: Mapping[str, Mapping[str, int]],
    notices: Sequence[Notice],
    failures: Sequence[Failure],
    tongue: Tongue,
) -> list[str]:
    """What a digest says, each in a few words."""
    words = words_of(tongue.language)
    total = sum(count for counts in waiting.values() for count in counts.values())
    parts = []
    if total:
        said = words.ngettext("%(count)s text waits", "%(count)s texts wait", total)
        parts.append(said % {"count": total})
    if notices:
        many = len(notices)
        said = words.ngettext("%(count)s thing is for you", "%(count)s things are for you", many)
        parts.append(said % {"count": many})
    if failures:
        many = len(failures)
        said = words.ngettext("%(count)s build failed", "%(count)s builds failed", many)
        parts.append(said % {"count": many})
    return parts


def _line(text: str) -> str:
    """A text as one line of a header, whatever is in it."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _message_id(item: Item, sender: str) -> str:
    """The same each time that it is tried, so that a letter that came twice is known."""
    told = hashlib.sha256(f"{item.id} {item.at} {item.person}".encode()).hexdigest()[:24]
    return f"<{told}@{sender.rpartition('@')[2]}>"


def _set(name: str, values: Mapping[str, Any], tongue: Tongue) -> str:
    return _environment(tongue.language).get_template(name).render(values, tongue=tongue)


@cache
def _environment(language: str) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=jinja2.select_autoescape(("html",), default=False),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        extensions=["jinja2.ext.i18n"],
    )
    words = words_of(language)
    install = environment.install_gettext_callables  # type: ignore[attr-defined]  # the extension's
    install(words.gettext, words.ngettext, newstyle=True)
    return environment
