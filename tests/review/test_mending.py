"""Mending without a script: what was found in a plural form is mended in that form."""

from __future__ import annotations

import html
import re
from pathlib import Path

from pipeline import catalogues
from pipeline.catalogues import digest_of
from review.hints import undressed
from tests.review.desks import browser, desk_in


def test_mend_fills_the_form_that_it_was_found_in(tmp_path: Path) -> None:
    """The second, where the first is good; what was typed in the first stays as it is."""
    desk = desk_in(tmp_path)
    path = desk.project.catalogue_path("nl", "site")
    catalogue = catalogues.read(path)
    plural = next(m for m in catalogue.messages if m.plural and m.id[-1] == m.plural[-1] == ".")
    name = re.findall(r"%\(\w+\)s", plural.plural or "")[0]
    good, bad = f"{name} minuut.", f"{name} minuten"
    catalogues.write(catalogue.with_message(catalogues.edit(plural, [good, bad])), path)
    where = f"/nl/message/{digest_of(plural.key)}"
    with browser(desk, "Tess") as tess:
        page = tess.get(f"{where}?in=site").text
        mend = re.search(r'formaction="([^"]+)" name="put" value="([^"]+)"[^>]*>Mend', page)
        assert mend, page
        action, text = (html.unescape(one) for one in mend.groups())
        assert action.endswith("&form=1")
        version = re.search(r'name="version" value="([^"]+)"', page)
        assert version
        typed = {"put": text, "strings": [good, bad], "version": version[1]}
        answer = tess.post(action, data=typed)
        assert answer.status_code == 303
        fields = re.findall(
            r"<textarea[^>]*>\n?(.*?)</textarea>", tess.get(f"{where}?in=site").text
        )
        assert [undressed(html.unescape(one)) for one in fields[:2]] == [good, text]
        assert text == f"{bad}."
    desk.database.dispose()
