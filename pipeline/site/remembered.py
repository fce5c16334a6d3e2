"""What is remembered of the last build: what articles were, and what their pages were made of.

The one spares reading what nobody touched; the other tells what has changed since, and why. They
differ where a build was of one language or one article only, or where something failed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from .. import files, garbage
from ..articles import Source
from ..project import Project
from .choice import Policies
from .survey import Surveyed, stamps_of
from .version import Version

_FORMAT = 5
_ERAS = 3

Place = tuple[str, str]
"""An article and a locale."""

Era = tuple[str, ...]
"""What all pages of a locale had in common: `Job.surroundings`, and a hash of files and sizes."""


@dataclass(frozen=True, slots=True)
class Memory:
    """What is remembered.

    Attributes:
        surveys: The stamps and the versions of every article, as it was last read.
        fits: Whether they were read with the settings of now, and hold where stamps do.
        otherwise: The versions that pages are published with, where those are others.
        eras: What pages of each locale had in common, the latest first.
        times: When what is published of each locale was read, in seconds of the epoch.
        own_times: The same of pages that were built alone since.
    """

    surveys: Mapping[str, tuple[str, Mapping[str, Version]]] = field(default_factory=dict)
    fits: bool = False
    otherwise: Mapping[Place, Version] = field(default_factory=dict)
    eras: Mapping[str, tuple[Era, ...]] = field(default_factory=dict)
    times: Mapping[str, float] = field(default_factory=dict)
    own_times: Mapping[Place, float] = field(default_factory=dict)

    def recall(self, project: Project, source: Source, policies: Policies) -> Surveyed | None:
        """The versions of an article that nobody touched since; None if they must be read."""
        stamps, versions = self.surveys.get(source.id, ("", {}))
        if not self.fits or set(versions) != set(policies):
            return None
        if stamps != stamps_of(project, source, policies):
            return None
        for locale, version in versions.items():
            policy = policies[locale]
            if version.until and policy and policy.today >= version.until:
                return None
        return Surveyed(source.id, stamps, versions, {})

    def live(self, article: str, locale: str) -> Version | None:
        """The version that was last published, whatever was touched since; None if not known."""
        known = self.otherwise.get((article, locale))
        return known or self.surveys.get(article, ("", {}))[1].get(locale)

    def since(self, article: str, locale: str) -> float | None:
        """When what is published of an article was read, in seconds of the epoch."""
        return self.own_times.get((article, locale), self.times.get(locale))

    def after(
        self,
        surveys: Iterable[Surveyed],
        *,
        built: Iterable[Place],
        owners: Iterable[Place],
        eras: Mapping[str, Era],
        whole: bool,
        at: float,
    ) -> Memory:
        """What there is to remember after a build.

        Args:
            surveys: What articles are now; of those that are not there, what was known is kept.
            built: The versions whose pages were built, or found to be up to date.
            owners: The versions whose pages are published.
            eras: What pages of the locales that were built have in common.
            whole: Whether every article was built in them.
            at: When what was built was read.
        """
        built = frozenset(built)
        known = {s.article: (s.stamps, s.versions) for s in surveys}
        if not whole:
            old = {
                article: (stamps if self.fits else "", versions)
                for article, (stamps, versions) in self.surveys.items()
            }
            known = {**old, **known}
        otherwise = {}
        for place in owners:
            last = None if place in built else self.live(*place)
            if last is not None and known.get(place[0], ("", {}))[1].get(place[1]) != last:
                otherwise[place] = last
        times = {**self.times, **(dict.fromkeys(eras, at) if whole else {})}
        own = {place: one for place, one in self.own_times.items() if place not in built}
        own |= {} if whole else dict.fromkeys(built, at)
        met = {locale: _first(eras.get(locale), self.eras.get(locale, ())) for locale in
               {**self.eras, **eras}}  # fmt: skip
        return Memory(known, True, otherwise, met, times, own)


class _Head(msgspec.Struct):
    """What kind of file it is."""

    format: int


class _Kept(_Head):
    """A memory as it is kept: in MessagePack, read in a fifth of the time that JSON took."""

    settings: str
    surveys: dict[str, tuple[str, Mapping[str, Version]]]
    otherwise: Sequence[tuple[str, str, Version]]
    eras: dict[str, tuple[Era, ...]]
    times: dict[str, float]
    own_times: Sequence[tuple[str, str, float]]


_HEAD, _KEPT = msgspec.msgpack.Decoder(_Head), msgspec.msgpack.Decoder(_Kept)


def read_memory(path: Path, settings: str) -> Memory:
    """What is remembered at ``path``; nothing if it is not there, or of an older kind."""
    try:
        data = path.read_bytes()
        if _HEAD.decode(data).format != _FORMAT:
            return Memory()
        with garbage.kept():
            known = _KEPT.decode(data)
    except (OSError, ValueError):
        return Memory()
    return Memory(
        known.surveys,
        known.settings == settings,
        {(article, locale): version for article, locale, version in known.otherwise},
        known.eras,
        known.times,
        {(article, locale): at for article, locale, at in known.own_times},
    )


def write_memory(path: Path, settings: str, memory: Memory) -> None:
    """Remember for the next build."""
    kept = _Kept(
        _FORMAT,
        settings,
        {**memory.surveys},
        [(*place, version) for place, version in memory.otherwise.items()],
        {**memory.eras},
        {**memory.times},
        [(*place, at) for place, at in memory.own_times.items()],
    )
    files.write(path, msgspec.msgpack.encode(kept), durable=False)


def _first(era: Era | None, before: Sequence[Era]) -> tuple[Era, ...]:
    """The eras with the latest in front, each once."""
    return tuple(dict.fromkeys([era, *before] if era else before))[:_ERAS]
