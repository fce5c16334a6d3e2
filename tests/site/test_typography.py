"""Texts are set as their language sets them; what was typed with care stays."""

from __future__ import annotations

import pytest

from pipeline.site.typography import typeset

FIXED, NARROW = "\u00a0", "\u202f"


@pytest.mark.parametrize(
    ("locale", "typed", "shown"),
    [
        ("en", 'She said "yes".', "She said “yes”."),
        ("en", "She said 'yes'.", "She said ‘yes’."),
        ("en", "\"It's 'fine',\" she said.", "“It’s ‘fine’,” she said."),
        ("en", "Don't; the clients' room; the '90s.", "Don’t; the clients’ room; the ’90s."),
        ("en", '("so-called")', "(“so-called”)"),
        ("en_GB", "Wait...", "Wait…"),
        (
            "nl",
            "Ze zei 'ja', 's avonds en 't hele jaar.",
            "Ze zei ‘ja’, ’s avonds en ’t hele jaar.",
        ),
        ("nl", 'Hij zei "kom \'s langs".', "Hij zei “kom ’s langs”."),
        ("nl", "foto's en auto's", "foto’s en auto’s"),
        ("nl", "Dat kost € 95 per 50 min.", f"Dat kost €{FIXED}95 per 50 min."),
        ("nl", "5 km, 10 % en 20 °C", f"5{FIXED}km, 10{FIXED}% en 20{FIXED}°C"),
        ("nl", "Bel 020 555 01 23.", f"Bel 020{FIXED}555{FIXED}01{FIXED}23."),
        ("en", "+31 20 555 01 23", f"+31{FIXED}20{FIXED}555{FIXED}01{FIXED}23"),
        ("de", 'Sie sagte "ja".', "Sie sagte „ja“."),
        ("fr", 'Elle dit "oui" !', f"Elle dit «{NARROW}oui{NARROW}»{NARROW}!"),
        ("fr", "Voici : un, deux ; trois ?", f"Voici{FIXED}: un, deux{NARROW}; trois{NARROW}?"),
        ("he", 'הוא אמר "כן".', "הוא אמר ”כן”."),
        ("he", "ד\"ר כהן וצ'ק", "ד״ר כהן וצ׳ק"),
        ("en", "A 6\" pipe of 5' length", "A 6\" pipe of 5' length"),
    ],
)
def test_a_text_is_set_as_its_language_sets_it(locale: str, typed: str, shown: str) -> None:
    """Quotation marks by CLDR, apostrophes, ellipses, and spaces that no line breaks at."""
    assert typeset(typed, locale) == shown


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ('<em1>"Yes"</em1>, she said.', "<em1>“Yes”</em1>, she said."),
        ('She said <em1>"yes"</em1>.', "She said <em1>“yes”</em1>."),
        ("the <em1>client</em1>'s room", "the <em1>client</em1>’s room"),
        ('"<a1>Here</a1>"', "“<a1>Here</a1>”"),
        ('"<a1>In 1995</a1>"', "“<a1>In 1995</a1>”"),
        ("<a1>a</a1> <br2/> 'b'", "<a1>a</a1> <br2/> ‘b’"),
    ],
)
def test_tokens_stay_what_and_where_they_are(typed: str, shown: str) -> None:
    """And a quotation mark beside one looks across it."""
    assert typeset(typed, "en") == shown


@pytest.mark.parametrize("text", ["‘Ja’, zei ze…", "“Yes”", "„Ja“", "a – b", "x"])
def test_what_was_typed_with_care_stays(text: str) -> None:
    """In any language."""
    for locale in ("en", "nl", "de", "fr"):
        assert typeset(text, locale) == text


def test_a_language_whose_marks_are_not_known_is_left_alone() -> None:
    """Rather straight than wrong."""
    assert typeset("\"a\" 'b' 5 km...", "xh") == "\"a\" 'b' 5 km..."
