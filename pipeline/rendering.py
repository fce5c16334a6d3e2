"""What every process that surveys or renders has: the same for all pages of a build.

The pool of a build in one process and the workers of a queue use this and nothing else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from . import __version__, articles
from .errors import OutputError, PipelineError
from .project import Project, output_of
from .site.agreement import assert_agreement
from .site.choice import Policies, policies_of
from .site.compression import variants
from .site.page import Page, Setting, render
from .site.publication import stage
from .site.strings import Strings, read_strings
from .site.survey import Surveyed, read_choices, survey
from .site.theme import Theme
from .site.version import content_of

Wanted = tuple[Page, articles.Source | None]
"""A page, and the article that it shows."""

Sizes = Mapping[str, int]
"""The sizes in bytes of a page and of its compressed forms, by their names."""


class Changed(PipelineError):
    """An article says something else than when its page was planned."""


@dataclass(frozen=True)
class Job:
    """Surveys articles and renders pages.

    Attributes:
        project: The site.
        policies: What goes live, by locale, on the day of the build.
        settings: What all pages of a locale share.
        output: The folder that is built into.
        errors: What could not be read of the site's own words.
        compresses: Whether pages have compressed forms beside them.
    """

    project: Project
    policies: Policies
    settings: Mapping[str, Setting]
    output: Path
    errors: tuple[PipelineError, ...] = ()
    compresses: bool = True

    @classmethod
    def of(cls, project: Project, today: date, *, preview: bool) -> Job:
        """The job of a build on a day.

        Raises:
            ThemeError: There is no such theme.
        """
        theme = Theme.of(project)
        policies = policies_of(project, today, preview=preview)
        errors: list[PipelineError] = []
        settings: dict[str, Setting] = {}
        for locale, policy in policies.items():
            try:
                words = read_strings(project, locale, policy)
            except PipelineError as error:
                errors.append(error)
                words = Strings()
            settings[locale] = _setting(project, theme, words)
        output = output_of(project, preview=preview)
        return cls(project, policies, settings, output, tuple(errors), compresses=not preview)

    @property
    def theme(self) -> Theme:
        """The theme, one for all locales."""
        return next(iter(self.settings.values())).theme

    @property
    def words(self) -> Mapping[str, Strings]:
        """The site's own words by locale."""
        return {locale: setting.strings for locale, setting in self.settings.items()}

    @cached_property
    def surroundings(self) -> Mapping[str, tuple[str, ...]]:
        """What pages of each locale are made of besides themselves: of theme, words, settings."""
        digest = self.project.settings.digest
        return {
            locale: (setting.theme.digest, setting.strings.digest, digest, __version__)
            for locale, setting in self.settings.items()
        }

    @cached_property
    def around(self) -> Mapping[str, str]:
        """A hash of that for each locale: for `Page.digest`."""
        return {locale: hash_of(*parts) for locale, parts in self.surroundings.items()}

    def survey(self, source: articles.Source) -> Surveyed:
        """The versions of an article."""
        return survey(self.project, source, self.policies)

    def page(self, wanted: Wanted, *, exact: bool = False) -> bytes:
        """A page as it is published.

        Args:
            wanted: The page, and its article.
            exact: Whether the article must still say what the page was planned with.

        Raises:
            Changed: It does not.
            AgreementError: What the theme made of it contradicts the record of its editions.
            PipelineError: The page cannot be made.
        """
        page, source = wanted
        setting = self.settings[page.locale]
        if source is None:
            html = render(page, setting)
        else:
            policy = self.policies[page.locale]
            article = articles.load(self.project, source)
            choices = read_choices(self.project, article, page.locale, policy)
            if exact and content_of(article, choices) != page.content:
                raise Changed("the article changed while it was being built", path=source.path)
            html = render(page, setting, article=article, choices=choices, policy=policy)

        def path() -> Path:
            whole = page.layout == articles.NO_LAYOUT
            return source.path if source and whole else setting.theme.path_of(f"{page.kind}.html")

        assert_agreement(page, html, path=path)
        return html.encode()

    def forms(self, wanted: Wanted, *, exact: bool = False) -> dict[str, bytes]:
        """A page and its compressed forms by their names; arguments and errors are `page`'s."""
        name, data = wanted[0].file, self.page(wanted, exact=exact)
        return {name: data, **(variants(name, data) if self.compresses else {})}

    def render(self, wanted: Wanted) -> Sizes | PipelineError:
        """Render a page and put it beside the site; what there is of it, or what went wrong."""
        try:
            forms = self.forms(wanted)
            for name, data in forms.items():
                stage(self.output, name, data)
            return {name: len(data) for name, data in forms.items()}
        except PipelineError as error:
            return error
        except OSError as error:
            return unwritable(self.output / wanted[0].file, error)


def unwritable(path: Path, error: OSError) -> OutputError:
    """What the operating system said of a page, and what to do."""
    return OutputError(
        f"the page cannot be written: {error.strerror or error}",
        path=path,
        hint="Mend the cause and build again; the page that is live has stayed.",
    )


def hash_of(*parts: str) -> str:
    """A hash of some texts, in 40 hexadecimal digits."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:40]


def _setting(project: Project, theme: Theme, words: Strings) -> Setting:
    site = project.settings.site
    title, description = words.gettext(site.title), words.gettext(site.description)
    return Setting(theme, words, title, site.url, description)
