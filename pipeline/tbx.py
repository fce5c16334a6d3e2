"""TBX-Basic (ISO 30042), the exchange format of glossaries, read into terms.

Both the older form of 2008 (``martif``, ``termEntry``) and that of 2019 (``tbx``, ``conceptEntry``)
are understood. Entities are refused, and nothing outside the file is opened.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from .errors import GlossaryError
from .glossary import Glossary, Term

_FORBIDDEN = frozenset(
    ("deprecatedterm-admn-sts", "deprecatedterm", "supersededterm-admn-sts", "supersededterm")
)


def read_tbx(path: Path, *, source_locale: str, locale: str) -> Glossary:
    """The terms of a file in a language pair.

    Raises:
        GlossaryError: It is no TBX, or one that means harm; the error has the line.
    """
    reading = _Reading(path, _tag(source_locale), _tag(locale))
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = reading.start
    parser.EndElementHandler = reading.end
    parser.CharacterDataHandler = reading.characters
    parser.EntityDeclHandler = lambda *said: reading.refuse(parser.CurrentLineNumber)
    try:
        with path.open("rb") as file:
            parser.ParseFile(file)
    except OSError as error:
        raise GlossaryError(
            f"the file cannot be read: {error.strerror or error}", path=path, hint="Name another."
        ) from error
    except expat.ExpatError as error:
        raise GlossaryError(
            f"the file is no well-formed XML: {expat.errors.messages[error.code]}",
            path=path,
            line=error.lineno,
            hint="Export it anew.",
        ) from None
    if not reading.is_tbx:
        raise GlossaryError("the file is no TBX", path=path, hint="Name another.")
    return Glossary(tuple(reading.terms))


@dataclass(slots=True)
class _Reading:
    path: Path
    source: str
    target: str
    terms: list[Term] = field(default_factory=list)
    is_tbx: bool = False
    language: str = ""
    kind: str = ""
    text: list[str] = field(default_factory=list)
    words: list[tuple[str, str]] = field(default_factory=list)
    status: dict[str, str] = field(default_factory=lambda: defaultdict(str))
    part: str = ""
    note: str = ""

    def refuse(self, line: int) -> None:
        hint = "No glossary needs that; do not trust this file."
        raise GlossaryError("the file declares entities", path=self.path, line=line, hint=hint)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(" ")[2]
        self.is_tbx |= name in ("martif", "tbx")
        self.kind = attributes.get("type", "")
        self.text.clear()
        if name in ("termEntry", "conceptEntry"):
            self.words, self.part, self.note = [], "", ""
            self.status = defaultdict(str)
        elif name in ("langSet", "langSec"):
            tag = attributes.get("http://www.w3.org/XML/1998/namespace lang", "")
            self.language = tag.lower()

    def end(self, name: str) -> None:
        name, said = name.rpartition(" ")[2], "".join(self.text).strip()
        if name == "term" and said:
            self.words.append((self.language, " ".join(said.split())))
        elif name == "termNote" and self.words:
            if self.kind == "administrativeStatus":
                self.status[self.words[-1][1]] = said.lower()
            elif self.kind == "partOfSpeech":
                self.part = said
        elif name in ("note", "descrip") and said and not self.note:
            self.note = " ".join(said.split())
        elif name in ("termEntry", "conceptEntry"):
            self._entry()
        self.text.clear()

    def characters(self, data: str) -> None:
        self.text.append(data)

    def _entry(self) -> None:
        sources = [w for tag, w in self.words if _is(tag, self.source)]
        targets = [w for tag, w in self.words if _is(tag, self.target)]
        bad = tuple(w for w in targets if self.status[w] in _FORBIDDEN)
        good = tuple(w for w in targets if w not in bad)
        known = {(term.term, term.part_of_speech) for term in self.terms}
        for word in sources:
            if (good or bad) and (word, self.part) not in known:
                self.terms.append(Term(word, good, bad, self.part, self.note))


def _tag(locale: str) -> str:
    return locale.replace("_", "-").lower()


def _is(tag: str, wanted: str) -> bool:
    return tag == wanted or tag.partition("-")[0] == wanted
