"""The site's own words: those of the theme, the site's title, and the names of tags.

They are a gettext domain of their own, ``site``. What the built-in theme says has been translated
and reviewed with it; a new catalogue starts with those translations, approved.
"""

from __future__ import annotations

import gettext
import hashlib
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import cached_property
from pathlib import Path

from jinja2.ext import babel_extract

from ..catalogues import Catalogue, Message, State, approve, read, state_of
from ..checks import Subject, blocking
from ..project import Project
from ..settings import Publish
from .choice import Policy

DOMAIN = "site"
BUILT_IN_THEME = Path(__file__).parent / "theme"


class Strings:
    """The words of one locale; what is not translated well enough is said in the source's.

    Attributes:
        otherwise: The locale of the words that have no translation, if it is another one.
    """

    def __init__(self, catalogue: Catalogue | None = None, policy: Policy | None = None) -> None:
        self.otherwise = policy.source_locale if policy else ""
        self._found: dict[tuple[str | None, str], tuple[str, ...]] = {}
        self._plural = gettext.c2py("n != 1")
        if catalogue is None or policy is None:
            return
        self._plural = plural_rule(catalogue.header.get("Plural-Forms", ""))
        for message in catalogue.messages:
            fits = all(_fits(message, string) for string in message.strings)
            if fits and message.translated and _is_good(state_of(message), policy.publish):
                self._found[message.context, message.id] = message.strings

    @cached_property
    def digest(self) -> str:
        """A hash of all that it says."""
        said = sorted(
            (context or "", text, *forms) for (context, text), forms in self._found.items()
        )
        return hashlib.sha256(repr(said).encode()).hexdigest()

    def gettext(self, text: str) -> str:
        """The translation of ``text``, or ``text``."""
        return self._found.get((None, text), (text,))[0]

    def pgettext(self, context: str, text: str) -> str:
        """The translation of ``text`` in a context, or ``text``."""
        return self._found.get((context, text), (text,))[0]

    def ngettext(self, one: str, many: str, count: int) -> str:
        """The form for ``count``."""
        return self._form(None, one, many, count)

    def npgettext(self, context: str, one: str, many: str, count: int) -> str:
        """The form for ``count`` in a context."""
        return self._form(context, one, many, count)

    def knows(self, text: str, context: str | None = None) -> bool:
        """Whether there is a translation that may be shown."""
        return (context, text) in self._found

    def _form(self, context: str | None, one: str, many: str, count: int) -> str:
        forms = self._found.get((context, one))
        if forms is None:
            return one if count == 1 else many
        return forms[min(self._plural(count), len(forms) - 1)]


def read_strings(project: Project, locale: str, policy: Policy | None) -> Strings:
    """The words of a locale as its catalogue has them; those of the source without a policy.

    Raises:
        CatalogueError: The catalogue cannot be read.
    """
    path = project.catalogue_path(locale, DOMAIN)
    return Strings(read(path) if policy and path.exists() else None, policy)


def site_messages(project: Project, tags: Iterable[str]) -> list[Message]:
    """Every message of the domain ``site``: the site's title, its theme's words, its tags."""
    site = project.settings.site
    found: dict[tuple[str | None, str], Message] = {}
    for text, note in ((site.title, "title of the site"), (site.description, "what the site is")):
        if text:
            found.setdefault((None, text), Message(id=text, notes=(note,)))
    for message in theme_messages(project):
        found.setdefault(message.key, message)
    for word in ("articles", "tags", "search"):
        note = "last part of the address of a list: lower case, words joined by hyphens"
        found.setdefault(("slug", word), Message(id=word, context="slug", notes=(note,)))
    for tag in sorted(set(tags)):
        found.setdefault(("tag", tag), Message(id=tag, context="tag", notes=("name of a tag",)))
    return list(found.values())


def theme_messages(project: Project) -> list[Message]:
    """The words of the theme's templates, in the order of their files."""
    templates: dict[str, Path] = {}
    for folder in _theme_folders(project):
        for path in sorted((folder / "templates").rglob("*.html")):
            templates[path.relative_to(folder / "templates").as_posix()] = path
    return [message for path in templates.values() for message in _template_messages(path)]


def _template_messages(path: Path) -> Iterable[Message]:
    functions = ("_", "gettext", "ngettext", "pgettext", "npgettext")
    with path.open("rb") as file:
        for _, function, said, comments in babel_extract(
            file, functions, ["Translators:"], {"newstyle_gettext": "true", "trimmed": "true"}
        ):
            words = [word for word in (said if isinstance(said, tuple) else (said,)) if word]
            context = words.pop(0) if function in ("pgettext", "npgettext") else None
            notes = tuple(comment.removeprefix("Translators:").strip() for comment in comments)
            flags = ("python-format",) if any("%(" in word for word in words) else ()
            if function in ("ngettext", "npgettext"):
                strings, plural = ("", ""), words[1]
                yield Message(words[0], context, plural, strings, notes=notes, flags=flags)
            else:
                yield Message(words[0], context, notes=notes, flags=flags)


def built_in_translations(locale: str, *, on: date) -> Mapping[tuple[str | None, str], Message]:
    """The built-in theme's words in a locale, approved; empty for a locale it does not speak."""
    for name in (locale, locale.partition("_")[0]):
        path = BUILT_IN_THEME / "locales" / f"{name}.po"
        if path.exists():
            return {
                message.key: approve(message, by="theme", on=on)
                for message in read(path).messages
                if message.translated and not message.fuzzy
            }
    return {}


def _theme_folders(project: Project) -> tuple[Path, ...]:
    own = project.theme_dir
    return (BUILT_IN_THEME,) if own is None else (BUILT_IN_THEME, own)


def _fits(message: Message, string: str) -> bool:
    """Whether a template can put in what it means to: a form may leave out the number."""
    wanted = message.plural or message.id
    if message.plural is not None and "%(" not in string:
        return True
    return not blocking(Subject(wanted, string))


def _is_good(state: State, publish: Publish) -> bool:
    if state is State.APPROVED:
        return True
    if state is State.TRANSLATED:
        return publish is not Publish.APPROVED
    return state is State.DRAFT and publish is Publish.DRAFT


def plural_rule(header: str) -> Callable[[int], int]:
    """Which form a number takes, as ``Plural-Forms`` says; as in English where that is broken."""
    _, _, rule = header.partition("plural=")
    try:
        return gettext.c2py(rule.strip().rstrip(";") or "n != 1")
    except ValueError:
        return gettext.c2py("n != 1")
