"""Pairs of translated pages and their sources: ``python -m benchmarks.alignment``.

The sample site's articles beside the translations that people approved, as they are and with
passages of the translation changed at random: left out, split, joined with the next, exchanged
with the next, or without one of their sentences. A pair that is taken as sure is right if the
passage is the translation of that source, whole and alone.
"""

from __future__ import annotations

import argparse
import random
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rich.console import Console
from rich.table import Table

from pipeline import articles, catalogues
from pipeline.importing.alignment import SURE
from pipeline.importing.beads import Piece, beads, piece_of
from pipeline.markup import Segment
from pipeline.markup.skeleton import Slot
from pipeline.project import open_project

ROOT = Path(__file__).parents[1]
LOCALE = "nl"

_SENTENCES = re.compile(r"(?<=[.!?])\s+")

out = Console(highlight=False, width=100)


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage of a translated page.

    Attributes:
        number: The source that it is the translation of; None where it is not of one, or not whole.
    """

    segment: Segment
    slot: Slot
    number: int | None

    @property
    def piece(self) -> Piece:
        """As it is compared."""
        return piece_of(self.segment, self.slot)


Text = tuple[list[Piece], list[Passage]]
Change = Callable[[Sequence[Passage], float, random.Random], Iterator[Passage]]


def sample() -> Iterator[Text]:
    """The segments of each article, and the passages that people translated them to."""
    project = open_project(ROOT)
    for source in articles.find(project).sources:
        skeleton = articles.load(project, source).skeleton
        catalogue = catalogues.read(project.catalogue_path(LOCALE, source.id))
        own: list[Piece] = []
        other: list[Passage] = []
        for segment, slot in zip(skeleton.segments, skeleton.slots, strict=True):
            message = catalogue.get(segment.text, segment.context)
            if segment.text and message is not None and message.text:
                other.append(Passage(replace(segment, text=message.text), slot, len(own)))
                own.append(piece_of(segment, slot))
        yield own, other


def left_out(text: Sequence[Passage], share: float, chance: random.Random) -> Iterator[Passage]:
    """Passages are missing."""
    return (passage for passage in text if chance.random() >= share)


def split(text: Sequence[Passage], share: float, chance: random.Random) -> Iterator[Passage]:
    """Passages of more than one sentence are two."""
    for passage in text:
        sentences = _SENTENCES.split(passage.segment.text)
        if len(sentences) > 1 and chance.random() < share:
            half = (len(sentences) + 1) // 2
            yield _said(passage, sentences[:half])
            yield _said(passage, sentences[half:])
        else:
            yield passage


def joined(text: Sequence[Passage], share: float, chance: random.Random) -> Iterator[Passage]:
    """Passages stand with the next in one."""
    waiting: Passage | None = None
    for passage in text:
        if waiting is not None:
            yield _said(waiting, [waiting.segment.text, passage.segment.text])
            waiting = None
        elif passage is not text[-1] and chance.random() < share:
            waiting = passage
        else:
            yield passage


def exchanged(text: Sequence[Passage], share: float, chance: random.Random) -> Iterator[Passage]:
    """Passages stand after the next."""
    waiting: Passage | None = None
    for passage in text:
        if waiting is not None:
            yield from (passage, waiting)
            waiting = None
        elif passage is not text[-1] and chance.random() < share:
            waiting = passage
        else:
            yield passage


def shortened(text: Sequence[Passage], share: float, chance: random.Random) -> Iterator[Passage]:
    """Passages of more than one sentence lack one."""
    for passage in text:
        sentences = _SENTENCES.split(passage.segment.text)
        if len(sentences) > 1 and chance.random() < share:
            sentences.pop(chance.randrange(len(sentences)))
            yield _said(passage, sentences)
        else:
            yield passage


def _said(passage: Passage, sentences: Sequence[str]) -> Passage:
    segment = replace(passage.segment, text=" ".join(sentences))
    return Passage(segment, passage.slot, None)


CHANGES: dict[str, Change] = {
    "left out": left_out,
    "split": split,
    "joined": joined,
    "exchanged": exchanged,
    "a sentence missing": shortened,
}
SHARES = (0.05, 0.1, 0.2)
LONG = 250


@dataclass(slots=True)
class Score:
    """How many pairs were taken, were right, and could have been found."""

    taken: int = 0
    right: int = 0
    there: int = 0

    @property
    def precision(self) -> float:
        """Of the pairs that were taken."""
        return self.right / max(1, self.taken)

    @property
    def recall(self) -> float:
        """Of the pairs that there are."""
        return self.right / max(1, self.there)


def score(texts: Sequence[Text], change: Change, share: float, *, rounds: int, seed: int) -> Score:
    """What is taken as sure of texts that were changed at random, so many times over."""
    chance = random.Random(seed)
    found = Score()
    for _ in range(rounds):
        for own, other in texts:
            passages = list(change(other, share, chance))
            found.there += sum(passage.number is not None for passage in passages)
            for bead in beads(own, [passage.piece for passage in passages]):
                pair = len(bead.source) == len(bead.target) == 1
                if pair and 100 * bead.confidence >= SURE:
                    found.taken += 1
                    found.right += passages[bead.target[0]].number == bead.source[0]
    return found


def seconds(texts: Sequence[Text]) -> tuple[float, float]:
    """Processor time for 1,000 segments in pages as long as these, and for one page of 250."""
    count = sum(len(own) for own, _ in texts)
    begun = time.process_time()
    for own, other in texts:
        beads(own, [passage.piece for passage in other])
    pages = (time.process_time() - begun) * 1000 / count
    sources = [piece for pieces, _ in texts for piece in pieces]
    targets = [passage.piece for _, passages in texts for passage in passages]
    times = LONG // count + 1
    begun = time.process_time()
    beads((sources * times)[:LONG], (targets * times)[:LONG])
    return pages, time.process_time() - begun


def main() -> None:
    """Measure, and print what was measured."""
    parser = argparse.ArgumentParser(prog="benchmarks.alignment", description=__doc__)
    parser.add_argument("--rounds", type=int, default=20, help="how often at random (20)")
    rounds: int = parser.parse_args().rounds
    texts = list(sample())
    count = sum(len(own) for own, _ in texts)
    table = Table(
        title=f"{count} passages of the sample site, pairs of {SURE} % and more",
        title_justify="left",
    )
    for name in ("changed", "share", "pairs taken", "precision", "recall"):
        table.add_column(name, justify="left" if name == "changed" else "right")
    cases: list[tuple[str, Change, float, int]] = [("nothing", left_out, 0.0, 1)]
    cases += [(name, one, share, rounds) for name, one in CHANGES.items() for share in SHARES]
    for seed, (name, change, share, times) in enumerate(cases):
        found = score(texts, change, share, rounds=times, seed=seed)
        said = (f"{100 * found.precision:.1f} %", f"{100 * found.recall:.1f} %")
        table.add_row(name, f"{100 * share:.0f} %", f"{found.taken:,}", *said)
    out.print(table)
    pages, one = seconds(texts)
    out.print(
        f"1,000 segments in pages of {count / len(texts):.0f}: {pages:.2f} s of a processor;"
        f" {LONG} in one page: {one:.1f} s."
    )


if __name__ == "__main__":
    main()
