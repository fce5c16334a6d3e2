"""False alarms of the gates on human Dutch: ``python -m benchmarks.gates``.

English and Dutch pages of Debian's installation guide and FAQ, and of GNOME's user guide, are read
as articles are. Where both have the same blocks in the same order, each pair of segments is one
that people have translated and published: whatever a check finds in it is taken to be a false
alarm. Pairs that are the same in both languages are counted apart: nobody has translated them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from lxml import etree
from rich.console import Console
from rich.table import Table

from pipeline.checks import Finding, Severity, Subject, findings
from pipeline.errors import PipelineError
from pipeline.markup import Segment, parse

GUIDE = Path("/usr/share/doc/installation-guide-amd64")
FAQ = Path("/usr/share/doc/debian/FAQ")
HELP = Path("/usr/share/help")

_MALLARD = "{http://projectmallard.org/1.0/}"
_BLOCKS = frozenset(("p", "title", "desc"))

out = Console(highlight=False, width=100)


def pages() -> Iterator[tuple[Path, Path]]:
    """English pages and their Dutch ones."""
    for page in sorted((GUIDE / "en").glob("*.html")):
        yield page, GUIDE / "nl" / page.name
    for page in sorted(FAQ.glob("*.en.html")):
        yield page, page.with_name(page.name.replace(".en.", ".nl."))
    for page in sorted((HELP / "C/gnome-help").glob("*.page")):
        yield page, HELP / "nl/gnome-help" / page.name


def pairs() -> Iterator[tuple[Segment, Segment]]:
    """Segments that stand in the same place of both pages, with the same elements in them."""
    for english, dutch in pages():
        try:
            one, other = (_segments(path) for path in (english, dutch))
        except (OSError, PipelineError, UnicodeDecodeError):
            continue
        if len(one) == len(other):
            yield from zip(one, other, strict=True)


def _segments(path: Path) -> tuple[Segment, ...]:
    text = path.read_text(encoding="utf-8") if path.suffix != ".page" else _mallard(path)
    return parse(text, path=path).segments


def _mallard(path: Path) -> str:
    """A page of GNOME's help as HTML: its paragraphs and titles, with elements inside as spans."""
    root = etree.parse(path).getroot()
    blocks = []
    for element in root.iter(*(_MALLARD + name for name in _BLOCKS)):
        for inner in element.iterdescendants():
            if isinstance(inner.tag, str):
                inner.attrib.clear()
                inner.tag = "span"
        said = etree.tostring(element, encoding="unicode", with_tail=False)
        blocks.append(f"<p>{said[said.index('>') + 1 : said.rindex('<')]}</p>\n")
    return "".join(blocks)


def main() -> None:
    """Count what each check finds."""
    counts: Counter[tuple[str, Severity]] = Counter()
    examples: dict[str, tuple[Finding, Subject]] = {}
    every = list(pairs())
    same = sum(english.text == dutch.text for english, dutch in every)
    different = [pair for pair in every if pair[0].text != pair[1].text]
    total = len(different)
    for english, dutch in different:
        subject = Subject(english.text, dutch.text, "en", "nl", address="formal")
        for finding in findings(subject):
            counts[finding.check, finding.severity] += 1
            examples.setdefault(finding.check, (finding, subject))
    table = Table(
        title=f"{total} pairs that people translated, besides {same} that they left",
        title_justify="left",
    )
    for name in ("check", "severity", "found", "per cent"):
        table.add_column(name, justify="left" if name in ("check", "severity") else "right")
    for (name, severity), count in sorted(counts.items()):
        table.add_row(name, severity.name.lower(), str(count), f"{100 * count / total:.2f}")
    out.print(table)
    for name, (finding, subject) in examples.items():
        out.print(f"{name}: {finding.message}", markup=False)
        out.print(f"  {subject.source[:150]}\n  {subject.translation[:150]}", markup=False)


if __name__ == "__main__":
    main()
