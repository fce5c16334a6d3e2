"""The theme's words on a page: escaped, and marked where they are in another language."""

from __future__ import annotations

from pathlib import Path

from lxml import etree

from pipeline import catalogues
from pipeline.build import build
from pipeline.extract import extract
from pipeline.proof import prove
from pipeline.site.language import language
from pipeline.site.wording import with_languages
from tests.sites import DAY, SETTINGS, site, translate, untranslate, write

TEMPLATE = """{% extends 'base.html' %}
{% block title %}{{ _('Drop in') }}{% endblock %}
{% block main %}
<p title="{{ _('Drop in') }}">{{ _('Drop in') }}</p>
<h1>{{ _('Welcome aboard') }}</h1>
{% trans name='<Ann>' %}Ask {{ name }}{% endtrans %}
{% endblock %}"""


def published(folder: Path, *, welcome: str = "Welkom") -> str:
    """A Dutch page of a theme that says three things, of which one is translated."""
    (folder / "theme").mkdir()
    project = site(folder, settings=SETTINGS.replace("menu", 'theme = "theme"\nmenu'))
    write(folder / "theme/templates/tag.html", TEMPLATE)
    extract(project, today=DAY)
    translate(project)
    untranslate(project, "site", "Drop in")
    untranslate(project, "site", "Ask %(name)s")
    path = project.catalogue_path("nl", "site")
    catalogue = catalogues.read(path)
    said = [catalogues.edit(one, [welcome]) for one in catalogue if one.id == "Welcome aboard"]
    approved = [catalogues.approve(one, by="anna", on=DAY) for one in said]
    catalogues.write(catalogue.with_messages(approved), path)
    assert build(project, today=DAY, jobs=1).ok
    (page,) = project.output_dir.glob("nl/*/nl-beginnings/index.html")
    return page.read_text(encoding="utf-8")


def test_a_word_without_a_translation_says_its_language(tmp_path: Path) -> None:
    """In text; in a title and in an attribute there can be no element."""
    page = published(tmp_path)
    assert '<p title="Drop in"><span lang="en">Drop in</span></p>' in page
    assert "<title>Drop in</title>" in page
    assert "<h1>Welkom</h1>" in page
    assert '<span lang="en">Ask &lt;Ann&gt;</span>' in page


def test_a_translation_of_a_word_is_text_and_no_markup(tmp_path: Path) -> None:
    """Whoever may translate cannot put elements into every page."""
    page = published(tmp_path, welcome="<b onclick='x'>Welkom</b> &amp; co")
    assert "<h1>&lt;b onclick=&#39;x&#39;&gt;Welkom&lt;/b&gt; &amp;amp; co</h1>" in page


def test_a_word_in_the_other_direction_says_that_too() -> None:
    """English in a Hebrew page runs from left to right."""
    html = "<p>\ufdd0Articles\ufdd1</p>"
    assert with_languages(html, language("he"), "en") == '<p><span lang="en" dir="ltr">Articles</span></p>'  # fmt: skip # noqa: E501


def test_variants_of_one_language_are_not_marked() -> None:
    """British readers need no word about American English."""
    assert with_languages("<p>\ufdd0Go\ufdd1", language("en_GB"), "en") == "<p>Go"


def test_nothing_that_translators_type_becomes_markup_anywhere(tmp_path: Path) -> None:
    """In no page, feed or sitemap, whatever kind of text it is: pages stay what they were made."""
    project = site(tmp_path)
    extract(project, today=DAY)
    hostile = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>]]>"
    for domain in project.domains("nl"):
        path = project.catalogue_path("nl", domain)
        catalogue = catalogues.read(path)
        wanted = [one for one in catalogue if one.context != "slug"]
        said = [
            catalogues.edit(one, [f"{one.id} {hostile}" for _ in one.strings]) for one in wanted
        ]
        approved = [catalogues.approve(one, by="anna", on=DAY) for one in said]
        catalogues.write(catalogue.with_messages(approved), path)
    assert build(project, today=DAY, jobs=1).ok
    shown = [file for file in project.output_dir.rglob("*") if file.suffix in (".html", ".atom")]
    assert any("alert(1)" in file.read_text(encoding="utf-8") for file in shown)
    assert not [fault for fault in prove(project).faults if fault.check == "inline"]
    for feed in project.output_dir.rglob("*.atom"):
        assert not etree.parse(feed).findall(".//{*}script")
