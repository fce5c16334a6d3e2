"""A site in Hebrew: from right to left, in its own alphabet, to the last word of the theme."""

from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path

import pytest

from pipeline.build import build
from pipeline.project import Project, open_project
from pipeline.site.history import history_path
from pipeline.site.strings import built_in_translations, theme_messages

SITE = Path(__file__).parents[1] / "rtl"
STYLE = Path(__file__).parents[2] / "pipeline/site/theme/assets/style.css"
TODAY = date(2026, 11, 24)
FIRST = "he/ערוגה-ראשונה"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The site, built."""
    folder = tmp_path_factory.mktemp("rtl") / "site"
    shutil.copytree(SITE, folder, ignore=shutil.ignore_patterns(".pipeline", "public"))
    made = open_project(folder)
    assert build(made, today=TODAY, jobs=1).ok
    return made


def page(project: Project, path: str) -> str:
    """A published page."""
    return (project.output_dir / path / "index.html").read_text(encoding="utf-8")


def test_pages_run_from_right_to_left(project: Project) -> None:
    """And those in English from left to right."""
    assert '<html lang="he" dir="rtl">' in page(project, FIRST)
    assert '<html lang="en" dir="ltr">' in page(project, "en/first-bed")


def test_addresses_are_in_the_readers_alphabet(project: Project) -> None:
    """Escaped wherever they stand in a link or an address."""
    encoded = "/he/%D7%A2%D7%A8%D7%95%D7%92%D7%94-%D7%A8%D7%90%D7%A9%D7%95%D7%A0%D7%94/"
    url = f"https://www.garden.example{encoded}"
    assert f'<link rel="canonical" href="{url}">' in page(project, FIRST)
    assert f'hreflang="he" href="{url}"' in page(project, "en/first-bed")
    assert f'<a href="{encoded}" lang="he" hreflang="he"' in page(project, "en/first-bed")
    assert f"<loc>{url}</loc>" in (project.output_dir / "he/sitemap.xml").read_text()
    assert url in (project.output_dir / "he/feed.atom").read_text()


def test_a_passage_in_english_runs_the_other_way_and_the_page_says_why(project: Project) -> None:
    """Marked with its language and direction."""
    html = page(project, "he/צל")
    assert '<span lang="en" dir="ltr">The vine grew' in html
    assert "קטע אחד בדף הזה עוד לא תורגם" in html


def test_dates_plurals_and_quotation_marks_are_hebrew(project: Project) -> None:
    """From CLDR, the catalogue and the typography of the language."""
    html = page(project, FIRST)
    assert "2 במרץ 2026" in html
    assert "דקת קריאה אחת" in html
    assert "”מי ששותל גינה מאמין במחר”" in html
    assert "כתבה אחת" in page(project, "he/נושאים")
    assert "2 כתבות" in page(project, "he/נושאים")


def test_a_localised_picture_is_shown_in_its_language(project: Project) -> None:
    """With its alt text and size."""
    html = page(project, FIRST)
    assert 'src="/images/plan.he.svg" alt="תרשים של ערוגה: חסה מלפנים, שעועית מאחור."' in html
    assert 'width="720" height="300"' in html
    assert 'src="/images/plan.svg"' in page(project, "en/first-bed")


def test_what_is_committed_is_what_a_build_leaves(project: Project) -> None:
    """The history of addresses is up to date."""
    for locale in ("en", "he"):
        own = history_path(project, locale).read_text(encoding="utf-8")
        assert own == (SITE / f"locales/{locale}/addresses.tsv").read_text(encoding="utf-8")


def test_the_built_in_theme_speaks_hebrew_to_the_last_word(project: Project) -> None:
    """Every message of its templates has a translation."""
    known = built_in_translations("he", on=TODAY)
    assert [m.id for m in theme_messages(project) if m.key not in known] == []


def test_the_stylesheet_knows_no_left_and_no_right() -> None:
    """Logical properties and values alone, so that it fits both directions."""
    css = re.sub(r"/\*.*?\*/", "", STYLE.read_text(encoding="utf-8"), flags=re.S)
    physical = re.findall(
        r"(?:margin|padding|border|inset)?-?(?<![\w-])(?:left|right)\b|[^-\w](?:width|height|top"
        r"|bottom)\s*:|(?:margin|padding|border)-(?:left|right|top|bottom)",
        css,
    )
    assert physical == []
