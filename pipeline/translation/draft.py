"""Drafting: the best translation there is for every message without one, or why there is none.

The memory first, then the engines in their order; what comes back passes the gates or is not taken.
A draft waits for a person: it is fuzzy, and says where it comes from. What a person wrote meanwhile
is never written over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import date

from .. import articles, catalogues
from ..catalogues import Catalogue, Message, State, marks
from ..checks import Severity, Subject, findings
from ..errors import EngineError, PipelineError
from ..glossary import Glossary, read_glossary
from ..inspection import subject_of
from ..markup import Segment
from ..memory import Memory, memory_of
from ..project import Project
from ..slug import slugify
from .calibrate import preferred
from .engine import EngineFault, Job, engine_of
from .guard import Guarded
from .protect import protect, put_back, styles_for, without_markup

Key = tuple[str | None, str]
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Draft:
    """A translation for a message, and where it comes from.

    ``markup`` is ``whole``, ``looked up`` (put back where certain) or ``to place``.
    """

    text: str
    origin: str
    markup: str = "whole"
    approved: bool = False


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message without a draft, and why."""

    domain: str
    text: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Drafted:
    """What drafting did in one language.

    Attributes:
        drafts: How many drafts were written, by where they come from.
        waiting: The messages that wait for a person, and why.
        errors: What could not be read, written or asked.
        planned: For a dry run: messages and characters that would be sent, by engine.
    """

    locale: str
    drafts: dict[str, int] = field(default_factory=dict)
    waiting: tuple[Waiting, ...] = ()
    errors: tuple[PipelineError, ...] = ()
    planned: dict[str, tuple[int, int, float | None]] = field(default_factory=dict)


def translate(
    project: Project,
    locale: str,
    *,
    only: Sequence[str] = (),
    dry_run: bool = False,
    engines: Sequence[Guarded] | None = None,
    today: date | None = None,
    progress: Progress = lambda step, done, total: None,
) -> Drafted:
    """Draft what is untranslated in a language.

    Args:
        project: The site.
        locale: The language.
        only: The domains; all if none is named.
        dry_run: Say what would be sent to which engine, and send nothing.
        engines: The engines to ask, those of the settings if None.
        today: The day of the drafts.
        progress: Told how far the work is.

    Raises:
        MemoryStoreError: The state database cannot be opened.
        GlossaryError: The glossary cannot be read.
    """
    memory = memory_of(project, locale)
    with ExitStack() as closing:
        closing.callback(memory.engine.dispose)
        errors: list[PipelineError] = list(memory.sync(project).errors)
        asked = list(engines) if engines is not None else list(_engines(project, memory, errors))
        glossary = read_glossary(project, locale)
        work = _Work(project, locale, memory, asked, glossary, today or date.today(), dry_run)
        domains = [domain for domain in project.domains(locale) if not only or domain in only]
        for number, domain in enumerate(domains):
            progress("Translating", number, len(domains))
            try:
                work.domain(domain)
            except PipelineError as error:
                if str(error) not in map(str, errors):
                    errors.append(error)
        progress("Translating", len(domains), len(domains))
        return Drafted(
            locale, work.drafts, tuple(work.waiting), (*errors, *work.errors), work.planned
        )


def _engines(project: Project, memory: Memory, errors: list[PipelineError]) -> Iterator[Guarded]:
    for name in project.settings.translation.engines:
        table = project.settings.translation.tables.get(name, {})
        try:
            yield Guarded(
                engine_of(project, name),
                memory.engine,
                _limit(table.get("daily_characters")),
                _limit(table.get("monthly_characters")),
                1 / rate
                if isinstance(rate := table.get("per_second"), int | float) and rate
                else 0,
            )
        except EngineError as error:
            errors.append(error)


def _limit(value: object) -> int:
    return value if isinstance(value, int) and value > 0 else 0


@dataclass(slots=True)
class _Work:
    """Drafting in one language under way."""

    project: Project
    locale: str
    memory: Memory
    engines: list[Guarded]
    glossary: Glossary
    today: date
    dry_run: bool
    drafts: dict[str, int] = field(default_factory=dict)
    waiting: list[Waiting] = field(default_factory=list)
    errors: list[PipelineError] = field(default_factory=list)
    planned: dict[str, tuple[int, int, float | None]] = field(default_factory=dict)
    styles: dict[str, str] = field(default_factory=dict)

    def domain(self, domain: str) -> None:
        """Draft one catalogue, and write it."""
        path = self.project.catalogue_path(self.locale, domain)
        open_ = [m for m in catalogues.read(path) if _needs_draft(m)]
        if not open_:
            return
        segments = self._segments(domain)
        found: dict[Key, Draft] = {}
        reasons: dict[Key, list[str]] = {message.key: [] for message in open_}
        for message in open_:
            draft = self._remembered(message)
            if draft is not None:
                found[message.key] = draft
        for guarded in self.engines:
            rest = [m for m in open_ if m.key not in found]
            if self.dry_run:
                self._plan(guarded, rest)
                break
            self._ask(guarded, rest, segments, found, reasons)
        if not self.dry_run:
            self._write(domain, found)
        for message in open_:
            if message.key not in found:
                why = tuple(dict.fromkeys(reasons[message.key])) or ("no engine is configured",)
                self.waiting.append(Waiting(domain, message.id, why))

    def _segments(self, domain: str) -> dict[Key, Segment]:
        sources = {source.id: source for source in articles.find(self.project).sources}
        if domain not in sources:
            return {}
        article = articles.load(self.project, sources[domain])
        return {segment.key: segment for segment in article.segments}

    # Memory

    def _remembered(self, message: Message) -> Draft | None:
        settings = self.project.settings.translation
        unit = self.memory.exact(message.id, message.context)
        if unit is not None and message.plural is None:
            same = unit.context == (message.context or "")
            approved = settings.exact == "approved" and same and message.context != "slug"
            return Draft(unit.target, "memory", approved=approved)
        if settings.fuzzy and message.context != "slug":
            for match in self.memory.fuzzy(message.id, least=settings.fuzzy, limit=1):
                if "<" not in message.id + match.unit.target:
                    return Draft(match.unit.target, f"memory {match.score:.0f}%")
        return None

    # Engines

    def _plan(self, guarded: Guarded, messages: Sequence[Message]) -> None:
        count, size, _ = self.planned.get(guarded.name, (0, 0, None))
        size += sum(len(message.id) for message in messages)
        price = guarded.engine.capabilities.price
        cost = None if price is None else size * price / 1e6
        self.planned[guarded.name] = (count + len(messages), size, cost)

    def _ask(
        self,
        guarded: Guarded,
        messages: Sequence[Message],
        segments: dict[Key, Segment],
        found: dict[Key, Draft],
        reasons: dict[Key, list[str]],
    ) -> None:
        for batch in _batches(messages, guarded):
            drafts = self._batch(guarded, batch, segments, reasons)
            for message, draft in zip(batch, drafts, strict=True):
                if draft is not None:
                    found[message.key] = draft

    def _batch(
        self,
        guarded: Guarded,
        messages: Sequence[Message],
        segments: dict[Key, Segment],
        reasons: dict[Key, list[str]],
    ) -> list[Draft | None]:
        """Drafts for a few messages asked for at once; one by one what did not come back whole."""
        able = guarded.engine.capabilities
        html = able.html
        first = [
            next(styles_for(m.id, knows_html=html, prefers=self._prefers(guarded)), "html")
            for m in messages
        ]
        sent = [
            protect(_asked(message), style, terms=self.glossary.terms)
            for message, style in zip(messages, first, strict=True)
        ]
        job = self._job(messages, html=html)
        try:
            said = guarded.translate([one.text for one in sent], job)
        except EngineFault as fault:
            for message in messages:
                reasons[message.key].append(f"{guarded.name} {fault.message}")
            return [None] * len(messages)
        drafts: list[Draft | None] = []
        for message, protected, text in zip(messages, sent, said, strict=True):
            whole = protected.restore(text)
            draft = (
                Draft(whole, guarded.name)
                if whole is not None
                else self._otherwise(guarded, message, protected.style, job, reasons)
            )
            drafts.append(self._gated(guarded, message, draft, segments, reasons))
        return drafts

    def _prefers(self, guarded: Guarded) -> str:
        """The form of markup to try first: found by calibration, or known of the engine."""
        if guarded.name not in self.styles:
            pair = {"source_locale": self.project.source_locale, "locale": self.locale}
            found = preferred(guarded.database, guarded.name, **pair)
            self.styles[guarded.name] = found or guarded.engine.capabilities.prefers
        return self.styles[guarded.name]

    def _otherwise(
        self,
        guarded: Guarded,
        message: Message,
        tried: str,
        job: Job,
        reasons: dict[Key, list[str]],
    ) -> Draft | None:
        """Another form of the markup; then none, put back where it is certain, or left to place."""
        try:
            able = guarded.engine.capabilities
            prefers = self._prefers(guarded)
            for style in styles_for(message.id, knows_html=able.html, prefers=prefers):
                if style == tried:
                    continue
                protected = protect(message.id, style, terms=self.glossary.terms)
                (said,) = guarded.translate([protected.text], job)
                whole = protected.restore(said)
                if whole is not None:
                    return Draft(whole, guarded.name)
            (clean,) = guarded.translate([without_markup(message.id)], replace(job, html=False))
        except EngineFault as fault:
            reasons[message.key].append(f"{guarded.name} {fault.message}")
            return None
        back = put_back(message.id, clean)
        return Draft(back or clean, guarded.name, "looked up" if back else "to place")

    def _gated(
        self,
        guarded: Guarded,
        message: Message,
        draft: Draft | None,
        segments: dict[Key, Segment],
        reasons: dict[Key, list[str]],
    ) -> Draft | None:
        """The draft if nothing is wrong with it; else the reasons are told and it is not taken."""
        if draft is None:
            return None
        if message.context == "slug":
            slug = slugify(draft.text)
            return replace(draft, text=slug) if slug else None
        draft = replace(draft, text=draft.text.strip())
        subject = self._subject(message, draft.text, segments.get(message.key))
        for finding in findings(subject, least=Severity.ERROR):
            if finding.check == "tokens" and draft.markup == "to place":
                continue
            reasons[message.key].append(f"{guarded.name}: {finding.message}")
            return None
        return draft

    def _subject(self, message: Message, text: str, segment: Segment | None) -> Subject:
        return subject_of(self.project, self.locale, message, text, segment, self.glossary)

    def _job(self, messages: Sequence[Message], *, html: bool) -> Job:
        terms = {t.term: t for m in messages for t in self.glossary.found_in(m.id)}
        return Job(
            self.project.source_locale,
            self.locale,
            html,
            self.project.settings.locales[self.locale].address,
            tuple(terms.values()),
        )

    # Writing

    def _write(self, domain: str, found: dict[Key, Draft]) -> None:
        """Put the drafts into the catalogue, where nobody wrote anything meanwhile."""
        if not found:
            return
        written: list[Draft] = []

        def change(catalogue: Catalogue) -> Catalogue:
            written.clear()
            changed = []
            for key, draft in found.items():
                message = catalogue.get(key[1], key[0])
                if message is not None and _needs_draft(message):
                    changed.append(self._drafted(message, draft))
                    written.append(draft)
            return catalogue.with_messages(changed)

        path = self.project.catalogue_path(self.locale, domain)
        catalogues.update(path, change, locks=self.project.locks_dir)
        for draft in written:
            self.drafts[draft.origin] = self.drafts.get(draft.origin, 0) + 1

    def _drafted(self, message: Message, draft: Draft) -> Message:
        if draft.approved:
            edited = catalogues.edit(message, [draft.text])
            return catalogues.approve(edited, by="memory", on=self.today)
        drafted = catalogues.draft(message, [draft.text], engine=draft.origin, on=self.today)
        if draft.markup != "whole":
            drafted = marks.marked(drafted, "markup", outcome=draft.markup)
        return drafted


def _needs_draft(message: Message) -> bool:
    """Whether nobody has written anything, and a single text is wanted."""
    untranslated = catalogues.state_of(message) is State.UNTRANSLATED
    return untranslated and message.plural is None and not any(message.strings)


def _asked(message: Message) -> str:
    """What an engine gets of a message; of a slug its words."""
    return message.id.replace("-", " ") if message.context == "slug" else message.id


def _batches(messages: Sequence[Message], guarded: Guarded) -> Iterator[list[Message]]:
    able = guarded.engine.capabilities
    batch: list[Message] = []
    size = 0
    for message in messages:
        if batch and (len(batch) >= able.texts or size + len(message.id) > able.characters):
            yield batch
            batch, size = [], 0
        batch.append(message)
        size += len(message.id)
    if batch:
        yield batch
