"""The exceptions of the pipeline, in one tree.

::

    PipelineError
    ├── SettingsError          pipeline.toml cannot be read or says something impossible
    ├── ProjectError           a site's folders are not what they should be
    ├── ArticleError           a source article cannot be read
    │   ├── EncodingError      its bytes are not text in the encoding they claim
    │   ├── FrontMatterError   its metadata cannot be read
    │   └── MarkupError        its HTML is broken
    ├── ImportingError         something to import cannot be read, or means harm
    ├── CatalogueError         a .po or .pot file cannot be read
    │   └── ConflictError      a file changed while somebody held an older version of it
    ├── ExchangeError          a file that somebody brings cannot be taken in
    ├── GlossaryError          a glossary cannot be read
    ├── MemoryStoreError       the translation memory or its database cannot be used
    ├── EngineError            an engine of machine translation cannot be used
    ├── QueueError             the broker of workers cannot be used
    ├── TranslationError       a translation does not fit its source
    ├── OutputError            the published site cannot be written
    └── SiteError              pages cannot be made into one site
        ├── SlugError          an address is not usable, or two pages want the same one
        ├── LinkError          a link to an article that is not there
        ├── AgreementError     a page says something else of its languages than the site knows
        └── ThemeError         a template is missing or broken

Every error says where (path, line), what is wrong, and what to do about it.
"""

from __future__ import annotations

from pathlib import Path


class PipelineError(Exception):
    """Something a person has to know about: where, what, and what to do next.

    Args:
        message: What is wrong, one sentence without a full stop at its end.
        path: The file in question.
        line: The line in that file, from 1.
        hint: What to do about it, one sentence.
    """

    def __init__(
        self,
        message: str,
        *,
        path: Path | None = None,
        line: int | None = None,
        hint: str = "",
    ) -> None:
        super().__init__(message, path, line, hint)
        self.message = message
        self.path = path
        self.line = line
        self.hint = hint

    def __reduce__(self) -> tuple[object, ...]:
        """Errors cross process boundaries with all they carry."""
        return (_rebuild, (type(self), self.message, self.path, self.line, self.hint))

    @property
    def where(self) -> str:
        """``path:line``, ``path``, or nothing."""
        if self.path is None:
            return ""
        return f"{self.path}:{self.line}" if self.line else str(self.path)

    def __str__(self) -> str:
        text = f"{self.where}: {self.message}" if self.where else self.message
        return f"{text}. {self.hint}" if self.hint else text


def _rebuild(
    kind: type[PipelineError], message: str, path: Path | None, line: int | None, hint: str
) -> PipelineError:
    return kind(message, path=path, line=line, hint=hint)


class SettingsError(PipelineError):
    """pipeline.toml cannot be read or says something impossible."""


class ProjectError(PipelineError):
    """A site's folders are not what they should be."""


class ArticleError(PipelineError):
    """A source article cannot be read."""


class EncodingError(ArticleError):
    """The bytes of an article are not text in the encoding they claim."""


class FrontMatterError(ArticleError):
    """The metadata at the top of an article cannot be read."""


class MarkupError(ArticleError):
    """The HTML of an article is broken."""


class ImportingError(PipelineError):
    """Something to import cannot be read, or means harm."""


class CatalogueError(PipelineError):
    """A .po or .pot file cannot be read."""


class ConflictError(CatalogueError):
    """A file changed while somebody held an older version of it."""


class ExchangeError(PipelineError):
    """A file that somebody brings cannot be taken in."""


class GlossaryError(PipelineError):
    """A glossary cannot be read."""


class MemoryStoreError(PipelineError):
    """The translation memory or its database cannot be used."""


class EngineError(PipelineError):
    """An engine of machine translation cannot be used."""


class QueueError(PipelineError):
    """The broker of workers (Redis) cannot be used."""


class TranslationError(PipelineError):
    """A translation does not fit its source."""


class OutputError(PipelineError):
    """The published site cannot be written."""


class SiteError(PipelineError):
    """Pages cannot be made into one site."""


class SlugError(SiteError):
    """An address is not usable, or two pages want the same one."""


class LinkError(SiteError):
    """A link to an article that is not there."""


class AgreementError(SiteError):
    """A page says something else of its languages than the site knows."""


class ThemeError(SiteError):
    """A template is missing or broken."""
