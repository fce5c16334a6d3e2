"""Asking engines for messages: markup protected, answers looked at before they count."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

from ..catalogues import Message
from ..checks import Severity, findings
from ..glossary import Glossary
from ..inspection import subject_of
from ..markup import Segment
from ..project import Project
from ..slug import slugify
from .calibrate import preferred
from .engine import EngineFault, Job
from .guard import Guarded
from .protect import protect, put_back, styles_for, without_markup

Key = tuple[str | None, str]


@dataclass(frozen=True, slots=True)
class Draft:
    """A translation for a message, and where it comes from.

    ``markup`` is ``whole``, ``looked up`` (put back where certain) or ``to place``.
    """

    text: str
    origin: str
    markup: str = "whole"
    approved: bool = False


@dataclass(slots=True)
class Asking:
    """What engines are asked in one language, and why some answers were not taken.

    Attributes:
        reasons: For each message, why it has no draft: by the text of an engine or of a gate.
    """

    project: Project
    locale: str
    glossary: Glossary
    segments: Mapping[Key, Segment] = field(default_factory=dict)
    reasons: defaultdict[Key, list[str]] = field(default_factory=lambda: defaultdict(list))
    styles: dict[str, str] = field(default_factory=dict)

    def drafts(self, engines: Sequence[Guarded], messages: Sequence[Message]) -> dict[Key, Draft]:
        """Drafts for messages, each from the first engine that answers well."""
        found: dict[Key, Draft] = {}
        for guarded in engines:
            rest = [message for message in messages if message.key not in found]
            if rest:
                found |= self._ask(guarded, rest)
        return found

    def passes(self, message: Message, draft: Draft, *, of: str) -> Draft | None:
        """The draft if nothing is wrong with it; else the reasons are told and it is not taken."""
        if message.context == "slug":
            slug = slugify(draft.text)
            return replace(draft, text=slug) if slug else None
        draft = replace(draft, text=draft.text.strip())
        segment = self.segments.get(message.key)
        subject = subject_of(self.project, self.locale, message, draft.text, segment, self.glossary)
        for finding in findings(subject, least=Severity.ERROR):
            if finding.check == "tokens" and draft.markup == "to place":
                continue
            self.reasons[message.key].append(f"{of}: {finding.message}")
            return None
        return draft

    def _ask(self, guarded: Guarded, messages: Sequence[Message]) -> dict[Key, Draft]:
        found: dict[Key, Draft] = {}
        batches = list(_batches(messages, guarded))
        with ThreadPoolExecutor(guarded.at_once) as pool:
            answered = pool.map(lambda batch: self._batch(guarded, batch), batches)
            for batch, drafts in zip(batches, answered, strict=True):
                found |= {m.key: d for m, d in zip(batch, drafts, strict=True) if d is not None}
        return found

    def _batch(self, guarded: Guarded, messages: Sequence[Message]) -> list[Draft | None]:
        """Drafts for a few messages asked for at once; one by one what did not come back whole."""
        html = guarded.engine.capabilities.html
        prefers = self._prefers(guarded)
        first = [next(styles_for(m.id, knows_html=html, prefers=prefers), "html") for m in messages]
        sent = [
            protect(_asked(message), style, terms=self.glossary.terms)
            for message, style in zip(messages, first, strict=True)
        ]
        job = self._job(messages, html=html)
        try:
            said = guarded.translate([one.text for one in sent], job)
        except EngineFault as fault:
            for message in messages:
                self.reasons[message.key].append(f"{guarded.name} {fault.message}")
            return [None] * len(messages)
        drafts: list[Draft | None] = []
        for message, protected, text in zip(messages, sent, said, strict=True):
            whole = protected.restore(text)
            draft = (
                Draft(whole, guarded.name)
                if whole is not None
                else self._otherwise(guarded, message, protected.style, job)
            )
            drafts.append(draft and self.passes(message, draft, of=guarded.name))
        return drafts

    def _prefers(self, guarded: Guarded) -> str:
        """The form of markup to try first: found by calibration, or known of the engine."""
        if guarded.name not in self.styles:
            pair = {"source_locale": self.project.source_locale, "locale": self.locale}
            found = preferred(guarded.database, guarded.name, **pair)
            self.styles[guarded.name] = found or guarded.engine.capabilities.prefers
        return self.styles[guarded.name]

    def _otherwise(self, guarded: Guarded, message: Message, tried: str, job: Job) -> Draft | None:
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
            self.reasons[message.key].append(f"{guarded.name} {fault.message}")
            return None
        back = put_back(message.id, clean)
        return Draft(back or clean, guarded.name, "looked up" if back else "to place")

    def _job(self, messages: Sequence[Message], *, html: bool) -> Job:
        terms = {t.term: t for m in messages for t in self.glossary.found_in(m.id)}
        return Job(
            self.project.source_locale,
            self.locale,
            html,
            self.project.settings.locales[self.locale].address,
            tuple(terms.values()),
            glossary=self.glossary.terms,
        )


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
