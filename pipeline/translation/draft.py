"""Drafting: the best translation there is for every message without one, or why there is none.

The memory first, then the engines in their order; what comes back passes the gates or is not taken.
A draft waits for a person: it is fuzzy, and says where it comes from. What a person wrote is never
written over: where the source changed under it, what a machine makes of that is a suggestion.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy.exc import SQLAlchemyError

from .. import articles, catalogues, index
from ..catalogues import Catalogue, Message, State, marks
from ..errors import EngineError, MemoryStoreError, PipelineError
from ..glossary import Glossary, read_glossary
from ..locks import locks_of
from ..markup import Segment
from ..markup.tokens import TOKEN
from ..memory import ALIGNED, Memory, memory_of
from ..project import Project
from ..settings import Drafting
from .asking import OUTCOMES, Asking, Draft, Key
from .configured import configured
from .guard import Guarded
from .pace import pace_of
from .renewal import Sentence, joined, renewal
from .suggestions import Suggestion, suggest

Progress = Callable[[str, int, int], None]

MEMORY = "memory"
"""In place of engines: nothing is sent, and what the memory knows is drafted."""

_PEOPLE_ONLY = "only people translate this article (people_only)"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message without a draft, and why."""

    domain: str
    text: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Planned:
    """What would be sent to an engine.

    Attributes:
        segments: How many texts, each once; of long ones their parts.
        characters: How many, with the signs that stand for markup.
        cost: In euros; None if its price is not known.
        left: What its budget allows today; None for any number of characters.
        instead: Whether it is asked only for what the engines before it leave.
    """

    segments: int
    characters: int
    cost: float | None
    left: int | None = None
    instead: bool = False


@dataclass(frozen=True, slots=True)
class Drafted:
    """What drafting did in one language.

    Attributes:
        drafts: How many drafts were written, by where they come from.
        markup: How many of them have markup that is not simply whole, by what became of it.
        suggested: How many messages of people got suggestions.
        waiting: The messages that wait for a person, and why.
        errors: What could not be read, written or asked.
        planned: For a dry run: what would be sent, by engine.
    """

    locale: str
    drafts: dict[str, int] = field(default_factory=dict)
    markup: dict[str, int] = field(default_factory=dict)
    suggested: int = 0
    waiting: tuple[Waiting, ...] = ()
    errors: tuple[PipelineError, ...] = ()
    planned: dict[str, Planned] = field(default_factory=dict)


def translate(
    project: Project,
    locale: str,
    *,
    only: Sequence[str] = (),
    ask: Sequence[str] = (),
    dry_run: bool = False,
    engines: Sequence[Guarded] | None = None,
    today: date | None = None,
    progress: Progress = lambda step, done, total: None,
) -> Drafted:
    """Draft what is untranslated in a language, and suggest what to make of what is stale.

    Args:
        project: The site.
        locale: The language.
        only: The domains; all if none is named.
        ask: The engines of the settings to ask; all if none is named, `MEMORY` for none of them.
        dry_run: Say what would be sent to which engine, and send nothing.
        engines: The engines to ask, those of the settings if None.
        today: The day of the drafts.
        progress: Told how far the work is.

    Raises:
        MemoryStoreError: The state database cannot be opened.
        QueueError: Redis is configured and does not answer.
        GlossaryError: The glossary cannot be read.
    """
    memory = memory_of(project, locale)
    with ExitStack() as closing:
        closing.callback(memory.engine.dispose)
        errors: list[PipelineError] = list(memory.sync(project).errors)
        index.sync(project, memory.engine, locale)
        policy = project.settings.drafting[locale]
        if engines is None:
            names = [name for name in policy.engines if not ask or name in ask]
            found = list(configured(project, names, memory.engine, pace_of(project)))
            errors += [one for one in found if isinstance(one, EngineError)]
            engines = [one for one in found if isinstance(one, Guarded)]
        glossary = read_glossary(project, locale)
        work = _Work(project, locale, policy, memory, engines, glossary, today or date.today())
        domains = [domain for domain in project.domains(locale) if not only or domain in only]
        for number, domain in enumerate(domains):
            progress("Translating", number, len(domains))
            try:
                work.domain(domain, dry_run=dry_run)
            except PipelineError as error:
                if str(error) not in map(str, errors):
                    errors.append(error)
            except SQLAlchemyError as error:
                errors.append(_lost(error))
                break
        progress("Translating", len(domains), len(domains))
        index.sync(project, memory.engine, locale)
        return Drafted(
            locale,
            work.drafts,
            work.markup,
            work.suggested,
            tuple(work.waiting),
            tuple(errors),
            work.planned,
        )


@dataclass(slots=True)
class _Work:
    """Drafting in one language under way."""

    project: Project
    locale: str
    policy: Drafting
    memory: Memory
    engines: Sequence[Guarded]
    glossary: Glossary
    today: date
    drafts: Counter[str] = field(default_factory=Counter)
    markup: Counter[str] = field(default_factory=Counter)
    suggested: int = 0
    waiting: list[Waiting] = field(default_factory=list)
    planned: dict[str, Planned] = field(default_factory=dict)

    def domain(self, domain: str, *, dry_run: bool) -> None:
        """Draft one catalogue and write it, and keep suggestions for it."""
        messages = catalogues.read(self.project.catalogue_path(self.locale, domain)).messages
        wanting = [m for m in messages if _wants_draft(m)]
        stale = [m for m in messages if _is_a_persons(m)]
        asking = Asking(self.project, self.locale, self.glossary, around=messages)
        if wanting or stale:
            asking.segments = self._segments(domain)
        engines = self.engines if self.policy.may_ask(domain) else ()
        found = {m.key: d for m in wanting if (d := self._remembered(m, asking)) is not None}
        rest = [message for message in wanting if message.key not in found]
        pieces = {m.key: renewal(m.previous_id or "", m.id, m.text) or [] for m in stale}
        if dry_run:
            new = [m for m in _all_new(stale, pieces) if self.memory.exact(m.id) is None]
            self._plan(engines, [*rest, *new], asking)
            return
        found |= asking.drafts(engines, rest)
        self._write(domain, found)
        suggested = self._renewed(stale, pieces, asking, engines)
        self._suggest(domain, messages, suggested)
        why = "no engine is configured" if self.policy.may_ask(domain) else _PEOPLE_ONLY
        for message in rest:
            if message.key not in found:
                reasons = tuple(dict.fromkeys(asking.reasons[message.key])) or (why,)
                self.waiting.append(Waiting(domain, message.id, reasons))

    def _segments(self, domain: str) -> dict[Key, Segment]:
        sources = {source.id: source for source in articles.find(self.project).sources}
        if domain not in sources:
            return {}
        article = articles.load(self.project, sources[domain])
        return {segment.key: segment for segment in article.segments}

    def _plan(
        self, engines: Sequence[Guarded], messages: Sequence[Message], asking: Asking
    ) -> None:
        """Count what each engine would get if it got all; those after the first get less."""
        for place, guarded in enumerate(engines):
            texts = asking.to_send(guarded, messages)
            before = self.planned.get(guarded.name, Planned(0, 0, None))
            segments = before.segments + len(texts)
            size = before.characters + sum(map(len, texts))
            price = guarded.engine.capabilities.price
            cost = None if price is None else size * price / 1e6
            room = guarded.budget.room()
            self.planned[guarded.name] = Planned(segments, size, cost, room, place > 0)

    # Memory

    def _remembered(self, message: Message, asking: Asking) -> Draft | None:
        unit = self.memory.exact(message.id, message.context)
        if unit is not None and unit.origin == ALIGNED:
            return asking.passes(message, Draft(unit.target, "memory aligned"), of="the memory")
        if unit is not None:
            same = unit.context == (message.context or "")
            approved = self.policy.exact == "approved" and same and message.context != "slug"
            return Draft(unit.target, "memory", approved=approved)
        if not self.policy.fuzzy or message.context == "slug":
            return None
        for match in self.memory.fuzzy(message.id, least=self.policy.fuzzy, limit=1):
            draft = Draft(match.unit.target, f"memory {match.score:.0f}%")
            if _tokens(message.id) == _tokens(draft.text):
                return asking.passes(message, draft, of="the memory")
        return None

    # Suggestions

    def _renewed(
        self,
        stale: Sequence[Message],
        pieces: Mapping[Key, Sequence[Sentence]],
        asking: Asking,
        engines: Sequence[Guarded],
    ) -> dict[Key, Suggestion]:
        """What engines, and the sentences that stayed, make of messages whose source changed."""
        new = _all_new(stale, pieces)
        known = {m.key: d for m in new if (d := self._remembered(m, asking)) is not None}
        drafts = known | asking.drafts(engines, [m for m in new if m.key not in known])
        found: dict[Key, Suggestion] = {}
        for message in stale:
            suggestion = _suggestion(message, pieces[message.key], drafts)
            if suggestion is None:
                continue
            draft = Draft(suggestion.text, suggestion.origin, suggestion.markup)
            passed = asking.passes(message, draft, of=suggestion.origin)
            if passed is not None:
                found[message.key] = replace(suggestion, text=passed.text)
        return found

    def _suggest(
        self, domain: str, messages: Sequence[Message], renewed: Mapping[Key, Suggestion]
    ) -> None:
        """Keep what there is to offer for every message that waits for a person."""
        offered: dict[Key, list[Suggestion]] = {}
        for message in messages:
            if message.plural is not None or message.context == "slug" or not _waits(message):
                continue
            many = [renewed[message.key]] if message.key in renewed else []
            many += [
                Suggestion(match.unit.target, "memory", match.unit.source, match.score)
                for match in self.memory.fuzzy(message.id)
            ]
            if many:
                offered[message.key] = many
        suggest(self.memory.engine, self.locale, domain, offered, on=self.today)
        self.suggested += len(offered)

    # Writing

    def _write(self, domain: str, found: Mapping[Key, Draft]) -> None:
        """Put the drafts into the catalogue, where nobody wrote anything meanwhile."""
        if not found:
            return
        written: list[Draft] = []

        def change(catalogue: Catalogue) -> Catalogue:
            written.clear()
            changed = []
            for key, draft in found.items():
                message = catalogue.get(key[1], key[0])
                if message is not None and _wants_draft(message):
                    changed.append(self._drafted(message, draft))
                    written.append(draft)
            return catalogue.with_messages(changed)

        path = self.project.catalogue_path(self.locale, domain)
        catalogues.update(path, change, locks=locks_of(self.project))
        self.drafts.update(draft.origin for draft in written)
        self.markup.update(draft.markup for draft in written if draft.markup != "whole")

    def _drafted(self, message: Message, draft: Draft) -> Message:
        if draft.approved:
            edited = catalogues.edit(message, [draft.text])
            return catalogues.approve(edited, by="memory", on=self.today)
        drafted = catalogues.draft(message, [draft.text], engine=draft.origin, on=self.today)
        if draft.markup != "whole":
            drafted = marks.marked(drafted, "markup", outcome=draft.markup)
        return drafted


def _lost(error: SQLAlchemyError) -> MemoryStoreError:
    """The state database went away while drafting."""
    said = str(getattr(error, "orig", None) or type(error).__name__).splitlines()[0]
    return MemoryStoreError(
        f"the state database does not answer any more: {said}",
        hint="Drafts written so far are in the catalogues; run the command again for the rest.",
    )


def _wants_draft(message: Message) -> bool:
    """Whether nobody has written anything that counts: nothing, or a draft for another text."""
    if message.plural is not None:
        return False
    state = catalogues.state_of(message)
    if state is State.STALE:
        return marks.find(message, "draft") is not None
    return state is State.UNTRANSLATED and not any(message.strings)


def _is_a_persons(message: Message) -> bool:
    """Whether a person wrote or approved the translation of what the text was before."""
    stale = catalogues.state_of(message) is State.STALE
    return stale and message.plural is None and marks.find(message, "draft") is None


def _waits(message: Message) -> bool:
    waiting = (State.UNTRANSLATED, State.DRAFT, State.STALE, State.REJECTED)
    return catalogues.state_of(message) in waiting


def _all_new(stale: Sequence[Message], pieces: Mapping[Key, Sequence[Sentence]]) -> list[Message]:
    """The sentences that want a translation, or whole texts of which nothing has stayed."""
    texts: dict[Key, None] = {}
    for message in stale:
        own = pieces[message.key]
        wanted = [one.source for one in own if one.translation is None] if own else [message.id]
        texts.update(((message.context, text), None) for text in wanted)
    return [Message(text, context) for context, text in texts]


def _suggestion(
    message: Message, pieces: Sequence[Sentence], drafts: Mapping[Key, Draft]
) -> Suggestion | None:
    """What stayed of a message and what was drafted, as one."""
    if not pieces:
        whole = drafts.get(message.key)
        return Suggestion(whole.text, whole.origin, markup=whole.markup) if whole else None
    new = {
        source: draft for (context, source), draft in drafts.items() if context == message.context
    }
    text = joined(pieces, {source: draft.text for source, draft in new.items()})
    if text is None:
        return None
    used = [new[one.source] for one in pieces if one.translation is None]
    origins = dict.fromkeys(("previous", *(draft.origin for draft in used)))
    outcomes = {draft.markup for draft in used}
    markup = next((outcome for outcome in reversed(OUTCOMES) if outcome in outcomes), "whole")
    return Suggestion(text, " + ".join(origins), markup=markup)


def _tokens(text: str) -> Counter[str]:
    return Counter(match[0] for match in TOKEN.finditer(text))
