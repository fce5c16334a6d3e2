"""Units for a memory as large as one wants: generated, but with the shape of real ones.

Words are as frequent as in a language (Zipf's law with Mandelbrot's shift) and the frequent ones
short; neighbours recur, because sentences are made of stock phrases as much as of words; and a
third of the units is another unit with a word or two changed, some of them hundreds of times.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, islice

_SYLLABLES = [a + b + c for a in "bdfghklmnprstvw" for b in "aeiou" for c in ("", "n", "r", "s")]
_SHORTEST, _LONGEST = 4, 40


@dataclass(slots=True)
class Writer:
    """Writes sentences: the same ones for the same seed."""

    seed: int = 1
    types: int = 30_000
    chance: random.Random = field(init=False)
    words: list[str] = field(init=False)
    shares: list[float] = field(init=False)
    phrases: list[list[str]] = field(init=False)

    def __post_init__(self) -> None:
        self.chance = random.Random(1)
        self.words = self._vocabulary()
        self.shares = list(accumulate((n + 2.7) ** -1.07 for n in range(1, self.types + 1)))
        self.phrases = [self.some(self.chance.randint(2, 5)) for _ in range(20_000)]
        self.chance = random.Random(self.seed)

    def _vocabulary(self) -> list[str]:
        found: dict[str, None] = {}
        while len(found) < self.types:
            most = min(5, 1 + len(found) // 60)
            pieces = self.chance.choices(_SYLLABLES, k=self.chance.randint(1, most))
            found["".join(pieces)] = None
        return list(found)

    def some(self, count: int) -> list[str]:
        """Words as frequent as they are."""
        return self.chance.choices(self.words, cum_weights=self.shares, k=count)

    def sentence(self) -> str:
        """One of 4 to 40 words, most of about twelve."""
        length = round(self.chance.triangular(_SHORTEST, _LONGEST, 10))
        pieces: list[str] = []
        while len(pieces) < length:
            if self.chance.random() < 0.4:
                # The first phrases are the most frequent, as words are.
                pieces += self.phrases[int(len(self.phrases) ** self.chance.random()) - 1]
            else:
                pieces += self.some(2)
        if self.chance.random() < 0.1:
            place = self.chance.randrange(length)
            pieces[place] = f"<em1>{pieces[place]}</em1>"
        if length > 12:
            pieces[length // 2] += ","
        text = " ".join(pieces[:length])
        return text[:1].upper() + text[1:] + "."

    def units(self, count: int) -> list[str]:
        """As many different texts."""
        found: dict[str, None] = {}
        texts: list[str] = []
        while len(texts) < count:
            text = self.sentence()
            if texts and self.chance.random() < 0.35:
                # Half of those that vary another vary one of a few thousand.
                most = 3000 if self.chance.random() < 0.5 else len(texts)
                text = self.varied(texts[self.chance.randrange(min(most, len(texts)))])
            if text not in found:
                found[text] = None
                texts.append(text)
        return texts

    def varied(self, text: str) -> str:
        """Another unit of the same making."""
        for _ in range(self.chance.randint(1, 2)):
            text = replaced(self, text)
        return text

    def queries(self, texts: list[str], count: int) -> Iterator[str]:
        """Units as people edit them, and one in seven that is like none of them."""
        kinds: list[Callable[[Writer, str], str]] = [
            replaced,
            inserted,
            removed,
            reordered,
            mistyped,
            edited,
            unlike,
        ]
        for number in range(count):
            yield kinds[number % len(kinds)](self, self.chance.choice(texts))


def replaced(writer: Writer, text: str) -> str:
    """One word is another."""
    pieces = text.split()
    pieces[writer.chance.randrange(len(pieces))] = writer.some(1)[0]
    return " ".join(pieces)


def inserted(writer: Writer, text: str) -> str:
    """A few words are new."""
    pieces = text.split()
    place = writer.chance.randrange(len(pieces))
    pieces[place:place] = writer.some(writer.chance.randint(1, max(1, len(pieces) // 5)))
    return " ".join(pieces)


def removed(writer: Writer, text: str) -> str:
    """A few words are gone."""
    pieces = text.split()
    place = writer.chance.randrange(len(pieces))
    del pieces[place : place + writer.chance.randint(1, max(1, len(pieces) // 5))]
    return " ".join(pieces)


def reordered(writer: Writer, text: str) -> str:
    """A part of the sentence stands elsewhere."""
    pieces = text.split()
    length = writer.chance.randint(1, max(1, len(pieces) // 4))
    place = writer.chance.randrange(len(pieces) - length + 1)
    part = pieces[place : place + length]
    del pieces[place : place + length]
    to = writer.chance.randrange(len(pieces) + 1)
    pieces[to:to] = part
    return " ".join(pieces)


def mistyped(writer: Writer, text: str) -> str:
    """A letter or two are wrong."""
    letters = list(text)
    for _ in range(writer.chance.randint(1, 2)):
        letters[writer.chance.randrange(len(letters))] = writer.chance.choice("aeinrst")
    return "".join(letters)


def edited(writer: Writer, text: str) -> str:
    """Up to a quarter of it is changed, in one way or another."""
    ways = (replaced, inserted, removed, mistyped)
    for _ in range(writer.chance.randint(1, max(1, len(text.split()) // 5))):
        text = writer.chance.choice(ways)(writer, text)
    return text


def unlike(writer: Writer, text: str) -> str:
    """A sentence of its own; ``text`` is not looked at."""
    return writer.sentence()


def odd(writer: Writer, texts: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Texts that are hard on an index, with their names."""
    common = writer.words[:12]
    yield "the most frequent word", common[0]
    yield "four of the most frequent words", " ".join(common[:4])
    yield "the twelve most frequent words, three times", " ".join(common * 3)
    yield "one rare word", writer.words[-1]
    yield "5,000 words", " ".join(islice(" ".join(texts[:1000]).split(), 5000))
    yield "one word, 5,000 times", f"{common[0]} " * 5000
    yield "100,000 letters without a space", "x" * 100_000
