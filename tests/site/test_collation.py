"""Names in the order in which readers of a language expect them."""

from __future__ import annotations

import pytest

from pipeline.site.collation import sort_key


@pytest.mark.parametrize(
    ("locale", "names"),
    [
        ("nl", "abc Éclair eend IJs ijver zee"),
        ("en", "Ångström apple banana école zoo"),
        ("de", "Apfel Äpfel Arzt Straße Strauß"),
        ("sv", "apa zebra ål äpple öga"),
        ("da", "abe zebra ære øl åen"),
        ("es", "nube ñandú oso"),
        ("pl", "cena ćma dom łapa mama żaba"),
        ("tr", "cam çam ırmak iz"),
        ("he", "אבא בית גן"),
        ("et", "saun šokk zoo žanr tee"),
    ],
)
def test_names_are_in_the_order_of_the_language(locale: str, names: str) -> None:
    """Letters before accents before case; a language's own letters in their places."""
    wanted = names.split()
    mixed = list(reversed(wanted))
    assert sorted(mixed, key=lambda name: sort_key(name, locale)) == wanted


def test_marks_and_spaces_come_before_letters() -> None:
    """A shorter name before one that goes on."""
    wanted = ["first aid", "first-rate", "firstly"]
    mixed = list(reversed(wanted))
    assert sorted(mixed, key=lambda name: sort_key(name, "en")) == wanted
