"""The theme: templates and assets, replaced file by file; its words in every language."""

from __future__ import annotations

import re
from dataclasses import replace as altered
from pathlib import Path

import pytest

from pipeline import catalogues
from pipeline.build import build
from pipeline.errors import ThemeError
from pipeline.extract import extract
from pipeline.project import Project, open_project
from pipeline.site.language import language
from pipeline.site.strings import built_in_translations, site_messages
from pipeline.site.theme import Theme
from tests.sites import DAY, PAGES, SETTINGS, replace, site, translate, write

THEMED = SETTINGS.replace("menu", 'theme = "theme"\nmenu')


def themed(folder: Path) -> Project:
    """A site with a theme of its own, empty so far."""
    (folder / "theme").mkdir()
    return site(folder, settings=THEMED)


def test_one_file_can_be_replaced(tmp_path: Path) -> None:
    """The others are the built-in ones."""
    project = themed(tmp_path)
    write(tmp_path / "theme/templates/tag.html", "{% extends 'base.html' %}{% block main %}OWN{% endblock %}")  # fmt: skip # noqa: E501
    assert build(project, today=DAY, jobs=1).ok
    assert "OWN" in (project.output_dir / "en/tags/beginnings/index.html").read_text()
    assert "OWN" not in (project.output_dir / "en/articles/index.html").read_text()


def test_an_own_stylesheet_is_published_under_a_name_of_its_own(tmp_path: Path) -> None:
    """That changes with it, so that browsers may keep it."""
    project = themed(tmp_path)
    before = Theme.of(project).names["style.css"]
    write(tmp_path / "theme/assets/style.css", "a { background: url(dot.png) }")
    write(tmp_path / "theme/assets/dot.png", "x")
    theme = Theme.of(project)
    assert theme.names["style.css"] != before
    name = theme.names["dot.png"]
    assert theme.assets[theme.names["style.css"]] == f'a {{ background: url("/assets/{name}") }}'.encode()  # fmt: skip # noqa: E501


def test_the_words_of_an_own_template_are_extracted(tmp_path: Path) -> None:
    """With what its designer tells translators."""
    project = themed(tmp_path)
    template = "{# Translators: on a button #}\n{{ _('Go') }}{{ pgettext('place', 'Here') }}"
    write(tmp_path / "theme/templates/page.html", template)
    found = {message.key: message for message in site_messages(project, [])}
    assert found[(None, "Go")].notes == ("on a button",)
    assert ("place", "Here") in found


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("<p>\n{{ x.y }}", "undefined"),
        ("<p>\n{% if %}", "Expected an expression"),
        ("<p>\n{{ asset('no.css') }}", "there is no asset “no.css”"),
        ("<p>\n{% include 'no.html' %}", "there is no template “no.html”"),
    ],
)
def test_a_broken_template_is_named(template: str, words: str, tmp_path: Path) -> None:
    """And nothing is published."""
    project = themed(tmp_path)
    write(tmp_path / "theme/templates/tag.html", template)
    with pytest.raises(ThemeError) as caught:
        build(project, today=DAY, jobs=1)
    assert words in str(caught.value)
    assert not (project.output_dir / "index.html").exists()


def test_a_theme_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    """It was meant to be."""
    project = site(tmp_path, settings=THEMED)
    with pytest.raises(ThemeError, match="does not exist"):
        build(project, today=DAY, jobs=1)


def test_the_built_in_theme_speaks_dutch_to_the_last_word(tmp_path: Path) -> None:
    """Every message of its templates has a translation."""
    known = built_in_translations("nl", on=DAY)
    own = {"A site"}
    missing = [m.id for m in site_messages(site(tmp_path), []) if m.key not in known]
    assert set(missing) <= own


def test_no_page_has_a_script_or_a_style_of_its_own(tmp_path: Path) -> None:
    """A strict content security policy needs no exception; every page has one first heading."""
    project = site(tmp_path)
    extract(project, today=DAY)
    translate(project)
    build(project, today=DAY, jobs=1)
    pages = list(project.output_dir.rglob("*.html"))
    assert len(pages) > 10
    for page in pages:
        html = page.read_text(encoding="utf-8")
        assert not re.search(r"<script (?!type=\"application/ld\+json\")|<style", html)
        assert not re.search(r"<[a-z][^>]*\s(?:style|on[a-z]+)=", html)
        assert html.count("<h1") == 1
        assert re.search(r'<html lang="(en|nl)" dir="ltr">', html)


def test_the_switcher_stays_on_the_page_or_says_that_it_cannot(tmp_path: Path) -> None:
    """With plain links."""
    project = site(tmp_path)
    extract(project, today=DAY)
    translate(project)
    path = project.catalogue_path("nl", "articles/second")
    replace(path, "@l10n approved", "approved")
    build(project, today=DAY, jobs=1)
    first = (project.output_dir / "en/first/index.html").read_text(encoding="utf-8")
    second = (project.output_dir / "en/second/index.html").read_text(encoding="utf-8")
    assert '<a href="/nl/nl-first/" lang="nl" hreflang="nl" rel="alternate">Nederlands</a>' in first
    assert '<a href="/nl/" lang="nl" hreflang="nl">Nederlands</a>' in second
    assert "home page only" in second
    assert 'rel="alternate" hreflang="nl"' not in second


@pytest.mark.parametrize(
    ("locale", "lang", "direction", "name", "day", "number"),
    [
        ("en", "en", "ltr", "English", "November 24, 2026", "1,234.5"),
        ("nl", "nl", "ltr", "Nederlands", "24 november 2026", "1.234,5"),
        ("pt_BR", "pt-BR", "ltr", "Português (Brasil)", "24 de novembro de 2026", "1.234,5"),
        ("he", "he", "rtl", "עברית", "24 בנובמבר 2026", "1,234.5"),
    ],
)
def test_a_language_is_written_as_its_readers_write_it(
    locale: str, lang: str, direction: str, name: str, day: str, number: str
) -> None:
    """As Unicode CLDR has it."""
    known = language(locale)
    assert (known.lang, known.dir, known.name) == (lang, direction, name)
    assert (known.date(DAY), known.number(1234.5)) == (day, number)


def test_names_are_listed_as_a_language_lists_them() -> None:
    """With its own word before the last, and other languages by its own names."""
    assert language("nl").list(["a", "b", "c"]) == "a, b en c"
    assert language("en").list(["a", "b"]) == "a and b"
    assert language("he").list(["א", "ב"]) == "א וב"
    assert language("nl").name_of("en") == "Engels"


def test_topics_are_in_the_order_of_the_alphabet(tmp_path: Path) -> None:
    """On their own page and below an article, by their names in that language."""
    project = site(tmp_path)
    tags = "[Zebras, Éclairs, apples, Eggs]"
    replace(project.source_dir / "articles/first.md", "[Beginnings]", tags)
    build(project, today=DAY, jobs=1)
    for path in ("en/tags", "en/first"):
        html = (project.output_dir / path / "index.html").read_text(encoding="utf-8")
        found = re.findall(r'<li><a href="/en/tags/[^"]+">([^<]+)</a>', html)
        assert [name for name in found if name != "Beginnings"] == [
            "apples", "Éclairs", "Eggs", "Zebras",
        ]  # fmt: skip


def test_what_is_not_translated_says_its_language(tmp_path: Path) -> None:
    """A description in a list, an alt text, a caption, the name of a topic."""
    settings = SETTINGS + "minimum_percent = 10\n"
    files = dict(PAGES)
    picture = "image: ../images/dot.svg\nimage_alt: A dot\nimage_caption: Below it\n"
    files["articles/first.md"] = PAGES["articles/first.md"].replace("date:", picture + "date:")
    project = site(tmp_path, files, settings=settings)
    extract(project, today=DAY)
    translate(project)
    unapproved = {"articles/first": ("It begins.", "A dot", "Below it"), "site": ("Beginnings",)}
    for domain, texts in unapproved.items():
        path = project.catalogue_path("nl", domain)
        found = catalogues.read(path)
        for message in found.messages:
            if message.id in texts:
                found = found.with_message(altered(message, comments=()))
        catalogues.write(found, path)
    assert build(project, today=DAY, jobs=1).ok
    shown = (project.output_dir / "nl/nl-first/index.html").read_text(encoding="utf-8")
    assert 'alt="A dot" lang="en"' in shown
    assert '<figcaption lang="en">Below it</figcaption>' in shown
    assert 'href="/nl/onderwerpen/beginnings/" lang="en">Beginnings</a>' in shown
    listed = (project.output_dir / "nl/artikelen/index.html").read_text(encoding="utf-8")
    assert '<p lang="en">It begins.</p>' in listed
    topic = (project.output_dir / "nl/onderwerpen/beginnings/index.html").read_text()
    assert '<h1 lang="en">Beginnings</h1>' in topic


def test_settings_are_read_again_when_they_change(tmp_path: Path) -> None:
    """The site's title is on every page."""
    project = site(tmp_path)
    build(project, today=DAY, jobs=1)
    replace(tmp_path / "pipeline.toml", "A site", "Another site")
    report = build(open_project(tmp_path), today=DAY, jobs=1)
    assert "en/first/index.html" in report.published.changed
