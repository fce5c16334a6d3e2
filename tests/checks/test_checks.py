"""What each check finds, and what it lets pass."""

from __future__ import annotations

import pytest

from pipeline.checks import CHECKS, Finding, Severity, Subject, blocking, findings, language
from pipeline.glossary import Glossary, Term
from pipeline.markup import parse
from tests.tools import missing

LONG = "The bond between client and therapist predicts how a therapy turns out."
LANG = "De band tussen cliënt en therapeut voorspelt hoe een therapie uitpakt."
LETTER = "In a long letter to Anna Frost about the dream that nobody quite understood."

FOUND = [
    ("tokens", "A <em1>b</em1> c", "Een b c", "<em1> is missing"),
    ("variables", "%(num)s minutes", "%(getal)s minuten", "%(num)s is missing"),
    ("variables", "Hello {name}", "Hallo {naam}", "{naam} is not in the source"),
    ("empty", "Text", " ", "is empty"),
    ("empty", "See <a1>this</a1>", "Kijk hier <a1> </a1>", "nothing stands between <a1>"),
    ("edges", "Text ", "Tekst", "edges differ"),
    ("numbers", "Open 7 days", "7 dagen, 24 uur open", "24 is not in the source"),
    ("numbers", "It costs € 112.50", "Het kost € 115,00", "11250 is missing"),
    ("numbers", "At 3 pm", "Om 16.00 uur", "is missing"),
    ("notation", "With 6.5 hours", "Met 6.5 uur", "6.5 is written 6,5"),
    ("notation", "Of 30,000 clients", "Van 30,000 cliënten", "30,000 is written 30.000"),
    ("addresses", "See https://x.example/a.", "Zie https://x.example/b.", "/a is missing"),
    ("addresses", "Write to a@x.example", "Schrijf naar b@x.example", "b@x.example is not"),
    ("telephone", "Call 020 555 01 23", "Bel 020 555 01 24", "is not whole"),
    ("copy", "We meet here every week", "We meet here every week", "the source itself"),
    ("length", LONG, "De band.", "much shorter"),
    ("punctuation", "Do I feel heard?", "Voel ik me gehoord", "ends with “?”"),
    ("doubled words", "This is good", "Dit is is goed", "“is” stands twice"),
    ("form of address", "Do you come?", "Komt u?", "“u” is formal"),
    ("terms", "The alliance", "De verbintenis", "“alliance” is “therapeutische relatie”"),
    ("forbidden terms", "Many patients", "Veel patiënten", "must not be used for “patient”"),
    ("dates", "On 14 March 2026", "Op 14 mei 2026", "the month March is missing"),
    ("dates", "Open on Mondays", "Open op dinsdag", "the weekday Monday is missing"),
    ("names", "We write it all in LibreOffice", "We schrijven alles op papier", "LibreOffice is"),
    (
        "names",
        LETTER,
        "In een lange brief over de droom die niemand heel begreep.",
        "Anna Frost is",
    ),
    ("terms", "With Solacium", "Met Solaas", "“Solacium” stays as it is"),
]
PASSES = [
    ("A <em1>b</em1> c", "Een <em1>b</em1> c"),
    ("An icon <span1></span1> here", "Een icoon <span1></span1> hier"),
    ("%(num)s minutes", "%(num)s minuten"),
    ("Since the 1970s", "Sinds de jaren zeventig"),
    ("From 9:00 to 18:00", "Van 9.00 tot 18.00 uur"),
    ("It costs € 1,112.50", "Het kost € 1.112,50"),
    ("At 3 pm or 9 am", "Om 15.00 of 9 uur"),
    ("On 1 January 2026", "Op 1 januari 2026"),
    ("It may be March 3", "Het is misschien 3 mrt"),
    ("You may come, and march on", "Je mag komen, en loop door"),
    ("On Mondays and Black Friday", "Op maandagen en Black Friday"),
    (
        "We are open on weekdays, and on Tuesdays until late in the evening.",
        "We zijn op werkdagen open, en op dinsdag tot laat in de avond.",
    ),
    ("14 to 17", "14 tot en met 17"),
    ("Version 2.1.3", "Versie 2.1.3"),
    ("Call 020 555 01 23", "Bel 020 555 01 23"),
    ("Contact", "Contact"),
    ("Solacium Therapy", "Solacium Therapy"),
    ("A colleague who speaks it", "Een collega die die taal spreekt"),
    ("Do you come?", "Kom je?"),
    ("The U-turn", "De U-bocht"),
    ("The alliances", "De therapeutische relaties"),
    ("Many patients", "Veel cliëntgesprekken"),
    ("A man and a house", "Mannen en huizen"),
    ("“Yes.”", "‘Ja.’"),
    (LONG, LANG),
    (LETTER, "In een lange brief aan Anna Frost over de droom die niemand heel begreep."),
    (
        "We came there on a Monday in May for talks",
        "We kwamen op een maandag in mei naar Wenen",
    ),
]
TERMS = Glossary(
    (
        Term("alliance", ("therapeutische relatie",)),
        Term("patient", ("cliënt",), ("patiënt",)),
        Term("man", ("man",)),
        Term("house", ("huis",)),
        Term("Solacium", keep=True),
    )
)


def subject(source: str, translation: str) -> Subject:
    """A Dutch translation on a site that says “je”."""
    terms = tuple(TERMS.found_in(source))
    return Subject(source, translation, address="informal", terms=terms)


@pytest.mark.parametrize(("name", "source", "translation", "words"), FOUND)
def test_a_mistake_is_found(name: str, source: str, translation: str, words: str) -> None:
    """By the check for it, in words for a translator."""
    hits = [f for f in findings(subject(source, translation)) if f.check == name]
    assert any(words in hit.message for hit in hits), findings(subject(source, translation))


@pytest.mark.parametrize(("source", "translation"), PASSES)
def test_what_is_right_is_let_pass(source: str, translation: str) -> None:
    """By every check, but for what only notes."""
    assert findings(subject(source, translation), least=Severity.WARNING) == []


def test_every_check_has_found_something_here() -> None:
    """Or it is not tested; the language has a test of its own."""
    assert set(CHECKS) == {name for name, *_ in FOUND} | {"language"}


@pytest.mark.parametrize(
    ("source", "translation", "fixed"),
    [
        ("Text ", "Tekst", "Tekst "),
        ("With 6.5 hours", "Met 6.5 uur", "Met 6,5 uur"),
        ("It is.", "Dat is zo", "Dat is zo."),
        ("This is good", "Dit is is goed", "Dit is goed"),
    ],
)
def test_a_certain_fix_is_offered(source: str, translation: str, fixed: str) -> None:
    """And mends what was found."""
    (finding,) = findings(subject(source, translation), least=Severity.WARNING)
    assert finding.fix == fixed
    assert not findings(subject(source, fixed), least=Severity.WARNING)


def test_only_what_cannot_be_published_blocks() -> None:
    """Tokens and variables; a typing error does not take a page down."""
    (segment,) = parse("<p>A <em>b</em> {name}</p>").segments
    assert blocking(Subject(segment.text, "<em1>B</em1> {name} is is", segment=segment)) == []
    assert len(blocking(Subject(segment.text, "B", segment=segment))) == 2


def test_the_gravest_finding_comes_first() -> None:
    """For a list that is read from the top."""
    found = findings(subject("Give {name} 7 days.", "Geef dagen"))
    assert [f.severity for f in found] == sorted((f.severity for f in found), reverse=True)
    assert isinstance(found[0], Finding)
    assert found[0].check == "variables"


def test_english_in_a_dutch_translation_is_found() -> None:
    """And Dutch is not; a quotation may be in another language."""
    if not language.is_available():
        missing("lingua", "lingua-language-detector")
    english = "People often notice other things first, and only later that they are tired."
    dutch = "Mensen merken vaak eerst iets anders, en pas later dat ze moe zijn."
    quoting = "Het artikel heet ‘The alliance in adult psychotherapy’ en is van 2018."
    assert [f.check for f in findings(Subject("x " * 30, english)) if f.check == "language"]
    for text in (dutch, quoting):
        assert not [f for f in findings(Subject("x " * 30, text)) if f.check == "language"]


def test_another_language_of_the_site_is_told_apart() -> None:
    """German is not Dutch, where the site has both."""
    if not language.is_available():
        missing("lingua", "lingua-language-detector")
    german = "Die Menschen merken oft zuerst etwas anderes, und erst später, dass sie müde sind."
    found = findings(Subject("x " * 30, german, languages=("en", "nl", "de")))
    assert "language" in [finding.check for finding in found]
