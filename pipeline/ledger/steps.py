"""The steps of a build: what each waits for, and going from one to the next.

Workers read articles and make pages ahead; what is published is decided by the same functions, at
one moment, under one lock, as in a build in one process. So it is the same site, whatever was
edited, published or lost meanwhile: a page that is not ready then is made there, and if there are
many, workers are asked once more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from .. import __version__, articles, garbage
from ..build import plain_of
from ..database.clock import new_owner
from ..errors import OutputError, PipelineError, QueueError
from ..locks import locks_of
from ..making import Make, Making, Read
from ..outline import OUTLINES, Outline, read_outline
from ..record import Record
from ..rendering import Job, Sizes
from ..rendering import Wanted as WantedPage
from ..said import Said
from ..site import shelf
from ..site.publication import Publication, settle
from ..site.survey import Surveyed, stamps_of
from .broker import Broker
from .build import Build
from .extracting import drafted, drafts, extracts, key_of, merges
from .kinds import Article, Planned, Ready, Versions, decode, encode
from .place import Place
from .sending import send
from .units import DONE, FAILED, ISOLATED, Unit, Wanted

_LITTLE = 48
"""Up to so many articles or pages are done at once, without asking anybody."""

_ROUNDS = 5
"""How often pages are planned anew because articles changed, before they are made at publishing."""

_DISKS = 3
"""How many machines are asked to publish when the disk says no."""

_DEATHS = 5
"""How often a step may die with whoever takes it."""


class _TooMany(Exception):
    """More pages are out of date than can be made on the side."""


class _Unread(Exception):
    """Articles changed that it is not safe to read here."""


def advance(place: Place, broker: Broker, name: str) -> None:
    """Take the next step of a build, if nobody does and it waits for nothing.

    Raises:
        QueueError: The step is taken, but the broker cannot be reached.
    """
    ledger, owner = place.ledger, new_owner()
    build = ledger.builds.take(name, owner)
    if build is None:
        return
    with ledger.holding(lambda: ledger.builds.renew(name, owner)), garbage.kept():
        try:
            units = _Walk(place, build, owner).go()
        except OutputError as error:
            if build.runs >= _DISKS:
                ledger.builds.end(name, owner, FAILED, encode({"errors": [Said.of(error)]}))
                return
            place.rest()  # another machine may have more luck
            ledger.builds.let_go(name, owner)
            return
        except PipelineError as error:
            said = encode({"errors": [Said.of(error)]})
            ledger.builds.end(name, owner, FAILED, said)
            return
        except BaseException:
            ledger.builds.let_go(name, owner)
            raise
    send(ledger, broker, units, batch=place.project.settings.queue.batch)


class _Walk:
    """One build, held by us, on its way from one step to the next."""

    def __init__(self, place: Place, build: Build, owner: str) -> None:
        self.place = place
        self.build = build
        self.owner = owner
        self.ledger = place.ledger
        self.project = place.project
        self.record = Record.of(self.project, preview=build.asked.preview)
        self.may_die = build.runs > 1  # whoever took this step before has died

    def go(self) -> Sequence[Unit]:
        """Go on until there is something to wait for: the units to be sent."""
        if self.build.runs > _DEATHS:
            raise QueueError(
                f"the step after “{self.build.step or 'the start'}” died {_DEATHS} times",
                hint="See what the workers logged; then: pipeline builds retry",
            )
        step = "render" if self._wants_another_round() else self._next(self.build.step)
        while step not in ("publish", "end"):
            enter: dict[str, Callable[[], Sequence[Wanted]]] = {
                "extract": lambda: extracts(self.project, self.build),
                "merge": lambda: merges(self.project, self.build),
                "draft": lambda: drafts(self.project, self.build, self.ledger.units),
                "survey": self._survey,
                "render": self._render,
            }
            if step == "survey" and self._published_directly():
                return ()
            try:
                wanted = enter[step]()
            except _Unread:
                step = "survey"
                continue
            if not self._wait(step, wanted):
                return ()
            if self.ledger.units.is_open(self.build.id, step):
                self.ledger.builds.let_go(self.build.id, self.owner)
                return self.ledger.units.to_send(self.build.id, step)
            step = self._next(step)
        if step == "publish":
            self._publish(self._ready)
        else:
            self._end(drafted(self.build, self.ledger.units))
        return ()

    def _next(self, step: str) -> str:
        steps = ("", *self.build.steps)
        last = "publish" if "publish" in steps else "end"
        return steps[steps.index(step) + 1] if step in steps[:-1] else last

    def _wants_another_round(self) -> bool:
        """Whether articles changed, or pages that kill their workers are to be left out."""
        if self.build.step != "render" or self.build.round >= _ROUNDS:
            return False
        found = self.ledger.units.outcomes(self.build.id, "render").values()
        return any(
            state == ISOLATED or (state == DONE and decode(said, Ready).made is None)
            for state, said in found
        )

    def _wait(self, step: str, wanted: Sequence[Wanted]) -> bool:
        """Let the build wait for units; False if it is not ours any more."""
        build, units, output = self.build, self.ledger.units, self.record.output

        def holds(unit: Unit) -> bool:
            if unit.kind != "page":
                return True
            made = decode(unit.outcome, Ready).made
            return made is not None and shelf.has(output, made)

        return self.ledger.builds.go_on(
            build.id,
            self.owner,
            step,
            lambda connection: units.enlist(
                connection, build.id, step, wanted, build.priority, holds=holds
            ),
            round_=build.round + 1 if step == build.step == "render" else build.round,
        )

    # Surveying and rendering

    def _making(self) -> Making:
        asked = self.build.asked
        locales = asked.locales or self.project.all_locales
        place = self.place
        place.look()

        def job() -> Job:
            return place.job(asked.today, preview=asked.preview)

        making = Making(
            self.project,
            self.record,
            locales,
            asked.today,
            asked.force,
            lambda *said: None,
            asked.articles,
            job=job,
        )
        making.assert_articles()
        for unit in self.isolated:
            given = decode(unit.input, Planned)
            if given.article.id:
                making.fail(given.article.id, given.page.locale, self._isolated(given.page.path))
        return making

    @cached_property
    def isolated(self) -> Sequence[Unit]:
        """The pages that ended their workers."""
        return self.ledger.units.of(self.build.id, "render", ISOLATED)

    def _isolated(self, what: str) -> QueueError:
        return QueueError(
            f"{what} ended its worker {self.ledger.units.runs} times, and is left out",
            hint=f"Mend it; or try it again with: pipeline builds retry {self.build.id}",
        )

    def _survey(self) -> Sequence[Wanted]:
        making, asked = self._making(), self.build.asked
        salt = self.build.id if asked.force else ""
        return [
            Wanted(
                self._survey_key(making, source, salt),
                "survey",
                source.id,
                encode(Article(source.id, source.name, asked.today, asked.preview)),
            )
            for source in making.unread()
        ]

    def _survey_key(self, making: Making, source: articles.Source, salt: str) -> str:
        stamps = stamps_of(self.project, source, making.policies)
        asked = self.build.asked
        digest = self.project.settings.digest
        day = f"{asked.today} {asked.preview} {__version__}"
        return key_of("survey", source.id, stamps, digest, day, salt)

    def _render(self) -> Sequence[Wanted]:
        making, asked = self._making(), self.build.asked
        around = making.job.around
        outline = making.outline(self._read(making))
        making.keep(outline, self._outline_path, self._basis(making))
        wanted = []
        for (page, source), made_of in making.outdated(outline):
            id_, name = (source.id, source.name) if source else ("", "")
            article = Article(id_, name, asked.today, asked.preview, page.locale)
            given = encode(Planned(page, made_of, around[page.locale], article))
            wanted.append(Wanted(f"page-{made_of}", "page", f"{id_} {page.path}".strip(), given))
        return wanted

    def _read(self, making: Making) -> Read:
        """Articles as workers have read them, or, where they changed since, as they are."""

        def read(sources: Sequence[articles.Source]) -> Iterator[Surveyed]:
            units = self.ledger.units.of(self.build.id, "survey") if sources else ()
            by_name = {unit.name: unit for unit in units}
            for source in sources:
                unit = by_name.get(source.id)
                stamps = stamps_of(self.project, source, making.policies)
                if unit is not None and unit.state == DONE:
                    found = decode(unit.outcome, Versions)
                    if found.stamps == stamps:
                        yield found.surveyed(source.id)
                        continue
                if unit is not None and unit.state == ISOLATED:
                    error = self._isolated(str(self.project.relative(source.path)))
                    yield Surveyed(source.id, stamps, {}, {"": error})
                    continue
                if self.may_die:
                    raise _Unread
                yield making.job.survey(source)

        return read

    # Publishing

    def _published_directly(self) -> bool:
        """Do all at once if there is little to do, and nobody died of it before."""
        asked = self.build.asked
        record = self.record
        whole = asked.everything and not asked.force
        if whole and record.is_current(self.project, asked.today, record.inputs(self.project)):
            return self._end({"unchanged": record.files})
        if asked.force or self.may_die:
            return False
        try:
            self._publish(self._few, most=_LITTLE)
        except _TooMany:
            return False
        return True

    def _publish(self, make_of: Callable[[Making], Make], *, most: int | None = None) -> None:
        """Publish, if no more than ``most`` articles are to be read.

        Raises:
            _TooMany: There are more.
        """
        name = self.record.path.stem
        with locks_of(self.project).hold(name, timeout=600) as held:
            settle(self.record.output)
            making = self._making()
            if most is not None and len(making.unread()) > most:
                raise _TooMany
            keeps = not self.build.asked.preview
            publication = Publication.begin(self.record.output, keeps=keeps)

            def sure() -> None:
                if not held.renew() or not self.ledger.builds.renew(self.build.id, self.owner):
                    raise OutputError(
                        "somebody else took over this build, or cancelled it",
                        hint="Nothing was published by it.",
                    )

            report = making.publish(
                publication, lambda: self._outline(making), make_of(making), sure=sure
            )
        published = report.published
        said = {
            "new": len(published.new),
            "changed": len(published.changed),
            "removed": len(published.removed),
            "unchanged": report.unchanged,
            "pages": [*published.new, *published.changed][:100],
            "report": plain_of(report),
            "errors": [Said.of(error) for error in report.errors],
            "warnings": [Said.of(error) for error in report.warnings],
        }
        self._end(said)
        self._outline_path.unlink(missing_ok=True)
        made = self._made.values()
        shelf.drop(self.record.output, {one.parcel for one in made if one is not None})

    def _outline(self, making: Making) -> Outline:
        """What was outlined when pages were planned, if nothing was touched since."""
        kept = read_outline(self._outline_path, self._basis(making))
        return making.resume(kept) if kept else making.outline(self._read(making))

    @property
    def _outline_path(self) -> Path:
        return self.project.cache_dir / OUTLINES / f"{self.build.id}.msgpack"

    def _basis(self, making: Making) -> str:
        return key_of(making.basis, *sorted(unit.key for unit in self.isolated))

    def _few(self, making: Making) -> Make:
        def make(pages: Sequence[tuple[WantedPage, str]]) -> Iterator[Sizes | PipelineError]:
            if len(pages) > _LITTLE:
                raise _TooMany
            return (making.job.render(wanted) for wanted, _ in pages)

        return make

    def _ready(self, making: Making) -> Make:
        """Pages from the shelf; what is not there, or not whole, is made here."""
        isolated = {unit.key for unit in self.isolated}

        def make(pages: Sequence[tuple[WantedPage, str]]) -> Iterator[Sizes | PipelineError]:
            for wanted, made_of in pages:
                key = f"page-{made_of}"
                if key in isolated:
                    yield self._isolated(wanted[0].path)
                    continue
                made = self._made.get(key)
                sizes = made and shelf.take(self.record.output, made, wanted[0].file)
                yield sizes or making.job.render(wanted)

        return make

    @cached_property
    def _made(self) -> Mapping[str, shelf.Made | None]:
        """The pages that workers have made, by the keys of their units."""
        outcomes = self.ledger.units.outcomes(self.build.id, "render").items()
        return {key: decode(said, Ready).made for key, (state, said) in outcomes if state == DONE}

    def _end(self, said: dict[str, object]) -> bool:
        self.ledger.builds.end(self.build.id, self.owner, DONE, encode(said))
        return True
