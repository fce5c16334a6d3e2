"""Pairs of segments of two texts that say the same, and how sure each pair is.

Lengths as Gale and Church have them (A Program for Aligning Sentences in Bilingual Corpora, 1993),
here for blocks instead of sentences; kinds of blocks, numbers, addresses and markup say the rest.
The confidence of a pair is its posterior: the share of all alignments, each by its likelihood, that
have it (forward and backward sums over the same costs).
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..errors import ImportingError
from ..markup import Segment, plain
from ..markup.rules import KIND_NOTES
from ..markup.skeleton import Slot

MOST = 4_000_000
"""Pairs that are looked at: 2,000 segments in each language."""

_VARIANCE = 6.8  # of characters for each character (Gale and Church 1993, §3.2)
_BEADS = {(1, 1): 0.94, (1, 0): 0.02, (0, 1): 0.02, (2, 1): 0.01, (1, 2): 0.01}
_OTHER_KIND = 6.0
_OTHER_LEVEL = 1.0
_ANCHOR = 4.0
_SAME_MARKUP = 1.0
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_ADDRESS = re.compile(r'(?:href|src)="(https?://[^"]+|mailto:[^"]+|tel:[^"]+)"')
_KINDS = frozenset(KIND_NOTES.values())


@dataclass(frozen=True, slots=True)
class Piece:
    """A segment as it is compared.

    Attributes:
        kind: ``heading 2``, ``list item``, ``alt text``; empty for a paragraph.
        anchors: What is the same in every language: numbers, addresses, names of pictures.
        markup: How many tokens it has of each element.
    """

    segment: Segment
    length: int
    kind: str
    anchors: frozenset[str]
    markup: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Bead:
    """One step through both texts: the segments from each, and how sure it is (0 to 1)."""

    source: tuple[int, ...]
    target: tuple[int, ...]
    confidence: float


def piece_of(segment: Segment, slot: Slot) -> Piece:
    """A segment as it is compared."""
    text = plain(segment.text)
    kind = next((note for note in segment.notes if note in _KINDS), "")
    anchors = {_bare(number) for number in _NUMBER.findall(text)}
    if slot.place.attribute and segment.notes:
        kind, _, name = segment.notes[-1].partition(" of ")
        anchors.add(re.split(r"[/.]", name.rpartition("/")[2])[0])
    literal = "".join(
        part
        for both in slot.markup.values()
        for parts in both
        for part in parts
        if isinstance(part, str)
    )
    anchors |= set(_ADDRESS.findall(literal))
    markup = Counter(token.element for token in segment.tokens)
    return Piece(
        segment, max(1, len(text)), kind, frozenset(anchors), tuple(sorted(markup.items()))
    )


def _bare(number: str) -> str:
    """A number as every language writes it: 1.5 and 1,5 are the same."""
    return re.sub(r"\D", ".", number)


def beads(source: Sequence[Piece], target: Sequence[Piece]) -> list[Bead]:
    """The likeliest alignment, in order.

    Raises:
        ImportingError: There is too much of it.
    """
    rows, columns = len(source), len(target)
    if rows * columns > MOST:
        raise ImportingError(
            f"{rows} and {columns} segments are too many to align", hint="Divide the page."
        )
    model = _Model(source, target)
    forward = _sums(model, rows, columns)
    backward = _sums(_Model(source[::-1], target[::-1], model.ratio), rows, columns)
    total = forward[rows][columns]
    return list(_likeliest(model, forward, backward, total))


class _Model:
    """The costs of beads: negative logarithms of their likelihoods."""

    def __init__(
        self, source: Sequence[Piece], target: Sequence[Piece], ratio: float | None = None
    ) -> None:
        self.source, self.target = source, target
        lengths = sum(p.length for p in target), sum(p.length for p in source)
        # A page that lacks half of its source is no shorter in its language.
        self.ratio = ratio or min(2.0, max(0.5, lengths[0] / max(1, lengths[1])))
        self.priors = {bead: -math.log(share) for bead, share in _BEADS.items()}

    def cost(self, bead: tuple[int, int], row: int, column: int) -> float:
        """The cost of a bead that ends before ``row`` and ``column``."""
        own = self.source[row - bead[0] : row]
        other = self.target[column - bead[1] : column]
        cost = self.priors[bead]
        if not own or not other:
            return cost
        cost += self._length(own, other)
        kinds = {piece.kind for piece in (*own, *other)}
        if len(kinds) > 1:
            levels = all(kind.startswith("heading") for kind in kinds)
            cost += _OTHER_LEVEL if levels else _OTHER_KIND
        return cost + self._anchors(own, other)

    def _length(self, own: Sequence[Piece], other: Sequence[Piece]) -> float:
        return -math.log(max(1e-6, math.erfc(abs(self.deviation(own, other)) / math.sqrt(2))))

    def deviation(self, own: Sequence[Piece], other: Sequence[Piece]) -> float:
        """How far a length is from what is expected, in standard deviations."""
        expected = self.ratio * sum(piece.length for piece in own)
        length = sum(piece.length for piece in other)
        return (length - expected) / math.sqrt(_VARIANCE * max(8.0, (expected + length) / 2))

    def _anchors(self, own: Sequence[Piece], other: Sequence[Piece]) -> float:
        one = frozenset().union(*(piece.anchors for piece in own))
        two = frozenset().union(*(piece.anchors for piece in other))
        cost = 0.0
        if one or two:
            cost = _ANCHOR * (1 - 2 * len(one & two) / len(one | two))
        if len(own) == len(other) == 1 and (own[0].markup or other[0].markup):
            cost += -_SAME_MARKUP if own[0].markup == other[0].markup else _SAME_MARKUP
        return cost


def _steps(row: int, column: int) -> Iterator[tuple[int, int]]:
    return (bead for bead in _BEADS if bead[0] <= row and bead[1] <= column)


def _sums(model: _Model, rows: int, columns: int) -> list[list[float]]:
    """The logarithm of the likelihood of all alignments up to each pair of positions."""
    table = [[-math.inf] * (columns + 1) for _ in range(rows + 1)]
    table[0][0] = 0.0
    for row in range(rows + 1):
        for column in range(columns + 1):
            ways = [
                table[row - bead[0]][column - bead[1]] - model.cost(bead, row, column)
                for bead in _steps(row, column)
            ]
            if ways:
                table[row][column] = _log_sum(ways)
    return table


def _log_sum(numbers: Sequence[float]) -> float:
    most = max(numbers)
    if most == -math.inf:
        return most
    return most + math.log(sum(math.exp(number - most) for number in numbers))


def _likeliest(
    model: _Model, forward: list[list[float]], backward: list[list[float]], total: float
) -> Iterator[Bead]:
    """The way of the least cost, each bead of it with its posterior."""
    rows, columns = len(model.source), len(model.target)
    found: list[Bead] = []
    for bead, row, column in _way(model, rows, columns):
        before = forward[row - bead[0]][column - bead[1]]
        after = backward[rows - row][columns - column]
        share = math.exp(min(0.0, before - model.cost(bead, row, column) + after - total))
        own = tuple(range(row - bead[0], row))
        other = tuple(range(column - bead[1], column))
        if bead == (1, 1):
            share *= _plausible(model, own[0], other[0])
        found.append(Bead(own, other, share))
    yield from reversed(found)


def _plausible(model: _Model, row: int, column: int) -> float:
    """A pair may be the only one there can be, and still be none: by kind, length and anchors."""
    own, other = model.source[row], model.target[column]
    deviation = max(0.0, abs(model.deviation([own], [other])) - 1)
    share = math.exp(-(deviation**2) / 8)
    if own.kind != other.kind:
        both = own.kind.startswith("heading") and other.kind.startswith("heading")
        share *= 0.9 if both else 0.5
    if own.anchors != other.anchors:
        shared, known = own.anchors & other.anchors, own.anchors | other.anchors
        share *= 0.5 + 0.5 * len(shared) / len(known)
    return share


def _way(model: _Model, rows: int, columns: int) -> Iterator[tuple[tuple[int, int], int, int]]:
    """The beads of the least cost, the last first, each with where it ends."""
    costs = [[math.inf] * (columns + 1) for _ in range(rows + 1)]
    came: dict[tuple[int, int], tuple[int, int]] = {}
    costs[0][0] = 0.0
    for row in range(rows + 1):
        for column in range(columns + 1):
            for bead in _steps(row, column):
                cost = costs[row - bead[0]][column - bead[1]] + model.cost(bead, row, column)
                if cost < costs[row][column]:
                    costs[row][column] = cost
                    came[row, column] = bead
    row, column = rows, columns
    while row or column:
        bead = came[row, column]
        yield bead, row, column
        row, column = row - bead[0], column - bead[1]
