"""Settings that change while the desk runs."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.extract import extract
from pipeline.project import open_project
from review.current import Current
from review.desk import Desk
from tests.review.desks import TWO, browser, desk_in, text_of
from tests.sites import DAY, replace


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk with people."""
    made = desk_in(tmp_path)
    yield made
    made.database.dispose()


def test_settings_hold_from_the_next_request_on(desk: Desk) -> None:
    """No restart: another title, another address, four eyes, one more language."""
    path = desk.project.settings_path
    with browser(desk, "Bea") as bea:
        assert "A site" in bea.get("/").text
        replace(path, "A site", "Another site")
        assert "Another site" in bea.get("/").text
        elsewhere = {"Host": "desk.example.org"}
        assert bea.get("/", headers=elsewhere).status_code == 421
        more = '\n[review]\nurl = "https://desk.example.org"\n\n[locales.fr]\n'
        path.write_text(path.read_text(encoding="utf-8") + more, encoding="utf-8")
        extract(open_project(desk.project.root), today=DAY, jobs=1)
        assert bea.get("/health", headers=elsewhere).status_code == 200
        assert "Strict-Transport-Security" in bea.get("/health").headers
        assert bea.get("/fr/queue").status_code == 200


def test_the_api_follows_too(desk: Desk) -> None:
    """Its description names the languages that there are."""
    path = desk.project.settings_path
    with browser(desk) as nobody:
        assert '"fr"' not in nobody.get("/api/v1/openapi.json").text
        path.write_text(f"{TWO}\n[locales.fr]\n", encoding="utf-8")
        assert '"fr"' in nobody.get("/api/v1/openapi.json").text


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('title = "A site"', 'titel = "A site"', "titel"),
        ("[site]", "[site", "not valid TOML"),
        ('source_locale = "en"', 'source_locale = "fr"', "cannot change while the desk runs"),
        ("[locales.de]", '[queue]\nurl = "redis://x"\n[locales.de]', "[queue] cannot change"),
        ("[locales.de]", '[state]\nurl = "sqlite:///x.db"\n[locales.de]', "[state] cannot change"),
    ],
)
def test_a_mistake_changes_nothing_and_managers_are_told(
    desk: Desk, caplog: pytest.LogCaptureFixture, old: str, new: str, said: str
) -> None:
    """In the log once, and on every page until it is mended."""
    path = desk.project.settings_path
    with browser(desk, "Bea") as bea, browser(desk, "Tess") as tess:
        replace(path, old, new)
        caplog.clear()
        with caplog.at_level(logging.ERROR, "review.settings"):
            pages = [bea.get("/board"), bea.get("/"), tess.get("/")]
        assert [page.status_code for page in pages] == [200] * 3
        assert all("A site" in page.text for page in pages)
        assert [said in text_of(page.text) for page in pages] == [True, True, False]
        assert len(caplog.records) == 2  # one for each of the two desks here
        replace(path, new, old)
        assert "has a mistake" not in bea.get("/").text


def test_a_request_has_one_desk_and_a_run_keeps_its_settings(desk: Desk) -> None:
    """What was handed out stays as it was; the next one is another."""
    current = Current(desk)
    before = current.desk()
    assert before is desk
    replace(desk.project.settings_path, "A site", "Another site")
    after = current.desk()
    assert before.project.settings.site.title == "A site"
    assert after.project.settings.site.title == "Another site"
    assert after.runs is before.runs and after.runs.project is after.project
    assert current.desk() is after
