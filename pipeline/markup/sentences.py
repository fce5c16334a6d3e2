"""Sentences: where a segment may be divided for look-ups and engines, and joined again.

Catalogues never see a sentence: what people translate is the segment. The rules are few and careful
(a capital after an end, no abbreviation before it): two sentences taken for one do no harm.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .tokens import TOKEN

_END = re.compile(
    r"(?:[.!?…؟।]+(?:[”’\"»)\]]|</[a-z][a-z-]*\d+>)*\s+|[。！？]+[」』）”]*\s*)"
    r"(?=(?:<[a-z][a-z-]*\d+/?>|[\"“‘«(\[¿¡])*(\w))"
)
_ABBREVIATION = re.compile(r"(?:^|[\s(“‘\"])([\w.]+)\.(?:[”’\"»)\]]|</[a-z][a-z-]*\d+>)*\s*$")
_ABBREVIATIONS = frozenset(
    "mr mrs ms dr prof st no vs etc approx fig vol pp e.g i.e a.m p.m u.s u.k"  # English
    " bijv bv nr blz enz dhr mw mevr drs ir ing mr red o.a d.w.z m.b.t z.o.z t.a.v i.p.v a.u.b jl"
    " bzw usw z.b d.h ca nr hr fr abb vgl bd"  # German
    " m mme mlle p.ex av env sr sra ud uds pág núm".split()  # French, Spanish, Portuguese
)


def sentences(text: str) -> list[str]:
    """A text in pieces that make it again when joined; none divides a pair of tokens.

    Each piece has the white space that follows it.
    """
    pieces: list[str] = []
    start = 0
    for cut in _cuts(text):
        pieces.append(text[start:cut])
        start = cut
    return [*pieces, text[start:]] if start < len(text) or not pieces else pieces


def _cuts(text: str) -> Iterator[int]:
    for match in _END.finditer(text):
        if match[1].islower() or match.end() == 0:
            continue
        before = text[: match.end()]
        if not _inside_a_pair(before) and not _is_abbreviated(before):
            yield match.end()


def _inside_a_pair(text: str) -> bool:
    depth = 0
    for match in TOKEN.finditer(text):
        if not match[3]:
            depth += -1 if match[1] else 1
    return depth != 0


def _is_abbreviated(text: str) -> bool:
    match = _ABBREVIATION.search(text)
    if match is None:
        return False
    word = match[1].lower()
    return word in _ABBREVIATIONS or (len(word) == 1 and word.isalpha())
