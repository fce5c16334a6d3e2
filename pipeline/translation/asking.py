"""Asking engines for messages: markup protected, answers looked at before they count."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

from ..catalogues import Message
from ..checks import Severity, findings
from ..glossary import Glossary
from ..inspection import subject_of
from ..markup import Segment, plain
from ..project import Project
from ..slug import slugify
from .calibrate import preferred
from .engine import EngineFault, Job
from .guard import Guarded
from .protect import Protected, protect, put_back, styles_for, without_markup

Key = tuple[str | None, str]

OUTCOMES = ("whole", "repaired", "other style", "looked up", "to place")
"""What became of the markup of a draft, the best first; the last three always wait for a person."""

_BEFORE, _AFTER = 2, 1
"""How many texts around those that are asked for an engine is shown."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A translation for a message, and where it comes from.

    ``markup`` is ``whole``, ``repaired`` (spacing or case of a sign), ``other style`` (it came back
    in a form that was not the first), ``looked up`` (put back where certain) or ``to place``.
    """

    text: str
    origin: str
    markup: str = "whole"
    approved: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """A message as one engine gets it first."""

    message: Message
    protected: Protected

    @property
    def html(self) -> bool:
        """Whether it is HTML."""
        return self.protected.style == "html"


@dataclass(frozen=True, slots=True)
class _Said:
    """A draft, and the question that it is the answer to."""

    draft: Draft
    sent: str
    job: Job


@dataclass(slots=True)
class Asking:
    """What engines are asked in one language, and why some answers were not taken.

    Attributes:
        segments: Those of the catalogue's article.
        around: All messages of the catalogue, in their order.
        reasons: For each message, why it has no draft: by the text of an engine or of a gate.
        styles: The form of markup that each engine is asked in first.
    """

    project: Project
    locale: str
    glossary: Glossary
    segments: Mapping[Key, Segment] = field(default_factory=dict)
    around: Sequence[Message] = ()
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

    def to_send(self, guarded: Guarded, messages: Sequence[Message]) -> list[str]:
        """What would have to be sent to an engine for messages, and has no answer yet."""
        questions = self._questions(guarded, messages)
        return [
            text
            for html in (True, False)
            if (some := [q for q in questions if q.html is html])
            for text in guarded.unanswered([q.protected.text for q in some], self._job(some))
        ]

    def passes(self, message: Message, draft: Draft, *, of: str) -> Draft | None:
        """The draft if nothing is wrong with it; else the reasons are told and it is not taken."""
        if message.context == "slug":
            slug = slugify(draft.text)
            if not slug:
                self.reasons[message.key].append(f"{of}: it makes no address")
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
        batches = list(_batches(self._questions(guarded, messages), guarded))
        with ThreadPoolExecutor(guarded.at_once) as pool:
            for drafts in pool.map(lambda batch: self._batch(guarded, batch), batches):
                found |= drafts
        return found

    def _questions(self, guarded: Guarded, messages: Iterable[Message]) -> list[Question]:
        """Messages in the form that an engine keeps best; without those that it does not take."""
        html, prefers = guarded.engine.capabilities.html, self._prefers(guarded)
        found = []
        for message in messages:
            text = _asked(message)
            style = next(styles_for(text, knows_html=html, prefers=prefers), "⟦1⟧")
            question = Question(message, protect(text, style, terms=self.glossary.terms))
            if why := guarded.takes(question.protected.text):
                self._because(message, guarded, why)
            else:
                found.append(question)
        return found

    def _batch(self, guarded: Guarded, questions: Sequence[Question]) -> dict[Key, Draft]:
        """Drafts for a few messages asked for at once; one by one what did not come back whole."""
        job = self._job(questions)
        try:
            answers = guarded.translate([one.protected.text for one in questions], job)
        except EngineFault as fault:
            for one in questions:
                self._because(one.message, guarded, fault.message)
            return {}
        drafts: dict[Key, Draft] = {}
        for one, answer in zip(questions, answers, strict=True):
            said = self._read(guarded, one, answer, job) or self._otherwise(guarded, one)
            if said is None:
                continue
            draft = self.passes(one.message, said.draft, of=guarded.name)
            if draft is None:
                guarded.refuse([said.sent], said.job)
            else:
                drafts[one.message.key] = draft
        return drafts

    def _read(self, guarded: Guarded, one: Question, answer: str, job: Job) -> _Said | None:
        restored = one.protected.restore(answer)
        if restored is None:
            guarded.refuse([one.protected.text], job)
            return None
        markup = "repaired" if restored.repaired else "whole"
        return _Said(Draft(restored.text, guarded.name, markup), one.protected.text, job)

    def _otherwise(self, guarded: Guarded, one: Question) -> _Said | None:
        """Another form of the markup; then none, put back where it is certain, or left to place."""
        message, text, tried = one.message, one.protected.source, one.protected.style
        html, prefers = guarded.engine.capabilities.html, self._prefers(guarded)
        try:
            for style in styles_for(text, knows_html=html, prefers=prefers):
                protected = protect(text, style, terms=self.glossary.terms)
                if style == tried or guarded.takes(protected.text):
                    continue
                other = Question(message, protected)
                job = self._job([other])
                (answer,) = guarded.translate([protected.text], job)
                if said := self._read(guarded, other, answer, job):
                    return replace(said, draft=replace(said.draft, markup="other style"))
            bare, job = without_markup(text), self._job([one], html=False)
            (clean,) = guarded.translate([bare], job)
        except EngineFault as fault:
            self._because(message, guarded, fault.message)
            return None
        back = put_back(text, clean)
        outcome = "looked up" if back else "to place"
        return _Said(Draft(back or clean, guarded.name, outcome), bare, job)

    def _because(self, message: Message, guarded: Guarded, why: str) -> None:
        self.reasons[message.key].append(f"{guarded.name} {why}")

    def _prefers(self, guarded: Guarded) -> str:
        """The form of markup to try first: found by calibration, or known of the engine."""
        if guarded.name not in self.styles:
            pair = {"source_locale": self.project.source_locale, "locale": self.locale}
            found = preferred(guarded.database, guarded.name, **pair)
            self.styles[guarded.name] = found or guarded.engine.capabilities.prefers
        return self.styles[guarded.name]

    def _job(self, questions: Sequence[Question], *, html: bool | None = None) -> Job:
        messages = [question.message for question in questions]
        terms = {t.term: t for m in messages for t in self.glossary.found_in(m.id)}
        before, after = self._surroundings(messages)
        return Job(
            self.project.source_locale,
            self.locale,
            questions[0].html if html is None else html,
            self.project.settings.locales[self.locale].address,
            tuple(terms.values()),
            tuple(dict.fromkeys(note for m in messages for note in m.notes)),
            self.glossary.terms,
            before,
            after,
        )

    def _surroundings(self, messages: Sequence[Message]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """What the article says before and after messages, as it is read."""
        texts = [m for m in self.around if m.context != "slug"]
        keys = {message.key for message in messages}
        places = [place for place, message in enumerate(texts) if message.key in keys]
        if not places:
            return (), ()
        first, last = places[0], places[-1] + 1
        before, after = texts[max(0, first - _BEFORE) : first], texts[last : last + _AFTER]
        return tuple(plain(m.id) for m in before), tuple(plain(m.id) for m in after)


def _asked(message: Message) -> str:
    """What an engine gets of a message; of a slug its words."""
    return message.id.replace("-", " ") if message.context == "slug" else message.id


def _batches(questions: Sequence[Question], guarded: Guarded) -> Iterator[list[Question]]:
    """Questions for one request each, all of them HTML or none."""
    able = guarded.engine.capabilities
    for html in (True, False):
        batch: list[Question] = []
        size = 0
        for one in questions:
            if one.html is not html:
                continue
            length = len(one.protected.text)
            if batch and (len(batch) >= able.texts or size + length > able.characters):
                yield batch
                batch, size = [], 0
            batch.append(one)
            size += length
        if batch:
            yield batch
