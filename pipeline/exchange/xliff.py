"""XLIFF 2.1 (OASIS), the exchange format of translators' tools: a catalogue as one file of it.

A message is a unit, one with plural forms a group of them. What was approved is ``final``, what
waits for a person ``initial`` with the kind of waiting as its sub-state.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from .. import catalogues
from ..catalogues import Message, State, digest_of, marks
from ..errors import ExchangeError
from .codes import coded, text_of

if TYPE_CHECKING:
    from lxml.etree import _Element

NAMESPACE = "urn:oasis:names:tc:xliff:document:2.0"

_STATES = {State.TRANSLATED: "translated", State.APPROVED: "final"}


@dataclass(frozen=True, slots=True)
class Document:
    """What an XLIFF file says.

    Attributes:
        source_locale, locale: Its languages, as in the file.
        version: The copy that it was made of, if it says so.
        domain: The catalogue that it was made of, if it says so.
        messages: The messages that have a translation, or had one.
    """

    source_locale: str
    locale: str
    version: str
    domain: str
    messages: tuple[Message, ...]


def write_xliff(
    messages: Iterable[Message], *, source_locale: str, locale: str, domain: str, version: str
) -> bytes:
    """Messages as an XLIFF 2.1 document; ``version`` names the copy that it is."""
    source, target = (quoteattr(tag.replace("_", "-")) for tag in (source_locale, locale))
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<xliff xmlns="{NAMESPACE}" version="2.1" srcLang={source} trgLang={target}>',
        f'<file id="f1" original={quoteattr(domain)} canResegment="no" xml:space="preserve">',
        f'<notes><note category="version">{escape(version)}</note></notes>',
    ]
    for message in messages:
        lines += _group(message) if message.plural is not None else _unit(message, "u")
    return "\n".join([*lines, "</file>", "</xliff>", ""]).encode()


def _group(message: Message) -> Iterator[str]:
    """A unit for each plural form; XLIFF 2.1 knows no plurals."""
    yield f'<group id="g{digest_of(message.key)}"{_name(message)} type="pipeline:plural">'
    for number, string in enumerate(message.strings):
        said = message.id if number == 0 else message.plural or ""
        one = replace(message, strings=(string,))
        yield from _unit(one, f"p{number}-", source=said)
    yield "</group>"


def _unit(message: Message, prefix: str, *, source: str | None = None) -> Iterator[str]:
    yield f'<unit id="{prefix}{digest_of(message.key)}"{_name(message)}>'
    notes = [("source", note) for note in message.notes]
    if message.previous_id is not None:
        notes.append(("previous", message.previous_id))
    notes += [("translator", comment) for comment in _comments(message)]
    if notes:
        said = "".join(
            f'<note id="n{n}" category="{kind}">{_note(note)}</note>'
            for n, (kind, note) in enumerate(notes, 1)
        )
        yield f"<notes>{said}</notes>"
    state = catalogues.state_of(message)
    value = _STATES.get(state, "initial")
    waits = value == "initial" and state is not State.UNTRANSLATED
    sub = f' subState="pipeline:{state}"' if waits else ""
    text = f"<source>{coded(message.id if source is None else source)}</source>"
    if message.text:
        text += f"<target>{coded(message.text)}</target>"
    yield f'<segment state="{value}"{sub}>{text}</segment>'
    yield "</unit>"


def _note(text: str) -> str:
    """A note, which has no codes; without what XML cannot hold."""
    return escape("".join(c for c in text if c >= " " or c in "\t\n"))


def _name(message: Message) -> str:
    return "" if message.context is None else f" name={quoteattr(message.context)}"


def _comments(message: Message) -> tuple[str, ...]:
    return tuple(comment for comment in message.comments if not comment.startswith("@l10n "))


def read_xliff(data: bytes, path: Path | None = None) -> list[Document]:
    """The files of an XLIFF 2 document.

    Raises:
        ExchangeError: It is no XLIFF 2, or one that means harm.
    """
    root = _root(data, path)
    if root.tag != f"{{{NAMESPACE}}}xliff":
        raise ExchangeError(
            f"this is no XLIFF 2 file: it begins with <{str(root.tag).rpartition('}')[2]}>",
            path=path,
            hint="Export it as XLIFF 2.0 or 2.1.",
        )
    source, target = (root.get(name, "") for name in ("srcLang", "trgLang"))
    return [
        Document(
            source.replace("-", "_"),
            target.replace("-", "_"),
            _version(file),
            file.get("original", ""),
            tuple(_messages(file, path)),
        )
        for file in root.iterfind(f"{{{NAMESPACE}}}file")
    ]


def _root(data: bytes, path: Path | None) -> _Element:
    """The root of a document that declares nothing of its own and opens nothing else."""
    from lxml import etree  # noqa: PLC0415 - slow, for those who use it

    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise ExchangeError(
            f"this file is no well-formed XML: {error.msg}",
            path=path,
            line=error.lineno,
            hint="Export it anew.",
        ) from None
    if root.getroottree().docinfo.doctype:
        raise ExchangeError(
            "this file has a document type, which no XLIFF needs",
            path=path,
            hint="Do not trust it; export it anew.",
        )
    return root


def _version(file: _Element) -> str:
    for note in file.iterfind(f"{{{NAMESPACE}}}notes/{{{NAMESPACE}}}note"):
        if note.get("category") == "version":
            return (note.text or "").strip()
    return ""


def _messages(file: _Element, path: Path | None) -> Iterator[Message]:
    for child in file.iter(f"{{{NAMESPACE}}}unit", f"{{{NAMESPACE}}}group"):
        parent = child.getparent()
        if child.tag == f"{{{NAMESPACE}}}group":
            if child.get("type") == "pipeline:plural":
                yield _plural(
                    [_message(unit, path) for unit in child.iterfind(f"{{{NAMESPACE}}}unit")]
                )
        elif parent is None or parent.get("type") != "pipeline:plural":
            yield _message(child, path)


def _plural(forms: Sequence[Message]) -> Message:
    first = forms[0]
    fuzzy = any(form.fuzzy for form in forms)
    whole = replace(
        first,
        plural=forms[-1].id if len(forms) > 1 else "",
        strings=tuple(form.text for form in forms),
        flags=("fuzzy",) if fuzzy else (),
        comments=_comments(first),
    )
    approved = all(catalogues.state_of(form) is State.APPROVED for form in forms)
    return _approved(whole) if approved else whole


def _message(unit: _Element, path: Path | None) -> Message:
    """A unit as a message; of several segments one text."""
    texts = {"source": "", "target": ""}
    states = []
    segments = (f"{{{NAMESPACE}}}segment", f"{{{NAMESPACE}}}ignorable")
    for part in unit.iterchildren(*segments):
        for name in texts:
            element = part.find(f"{{{NAMESPACE}}}{name}")
            if element is not None:
                try:
                    texts[name] += text_of(element)
                except ValueError as error:
                    raise ExchangeError(
                        f"there is a code that is none of ours: {error}",
                        path=path,
                        line=element.sourceline if isinstance(element.sourceline, int) else None,
                        hint="Keep the codes of the source; others cannot be published.",
                    ) from None
        if part.tag == segments[0]:
            states.append(part.get("state", "initial"))
    comments = tuple(
        (note.text or "").strip()
        for note in unit.iterfind(f"{{{NAMESPACE}}}notes/{{{NAMESPACE}}}note")
        if note.get("category") not in ("source", "previous")
    )
    fuzzy = bool(texts["target"]) and "initial" in states
    message = Message(
        texts["source"],
        unit.get("name"),
        strings=(texts["target"],),
        comments=comments,
        flags=("fuzzy",) if fuzzy else (),
    )
    final = bool(states) and all(state in ("reviewed", "final") for state in states)
    return _approved(message) if final and texts["target"] else message


def _approved(message: Message) -> Message:
    """As a catalogue says it; whose approval it is, the one who brings the file decides."""
    return marks.marked(message, "approved", by="xliff", sum=marks.sum_of(message))
