"""Every defect that a page can have is seeded into the built sample site, and found."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline import catalogues
from pipeline.build import build
from pipeline.checks import Severity, language
from pipeline.errors import OutputError, SettingsError
from pipeline.project import Project, open_project
from pipeline.proof import CHECKS, Fault, prove
from tests.sites import DAY, site
from tests.tools import missing

ROOT = Path(__file__).parents[2]
PIPELINE = Path(sys.executable).parent / "pipeline"
PAGE = "nl/burn-out/index.html"
BURNOUT = "locales/nl/LC_MESSAGES/articles/burnout.po"
ALT = "Een kaars die ver is opgebrand; de vlam is klein maar rustig."
CAPTION = "Een lage vlam is nog steeds een vlam."
ENGLISH = "The flame of this candle is small, and nobody knows how long it will last."
DUTCH = "De vlam van deze kaars is klein en niemand weet hoe lang hij nog brandt."
ABOVE = '<main id="content">'


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The sample site, built; nobody may change it."""
    if not language.is_available():
        missing("lingua", "the extra “language”")
    folder = tmp_path_factory.mktemp("sample")
    for name in ("source", "locales", "glossary"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "pipeline.toml", folder)
    project = open_project(folder)
    assert build(project, today=DAY, jobs=1).ok
    return project


@pytest.fixture
def sample(built: Project, tmp_path: Path) -> Project:
    """A copy of it."""
    shutil.copytree(built.root, tmp_path / "site")
    return open_project(tmp_path / "site")


def faults(project: Project, check: str) -> list[Fault]:
    """What one check finds."""
    return [fault for fault in prove(project).faults if fault.check == check]


def put(project: Project, old: str, new: str, *, page: str = PAGE) -> None:
    """Change a published page; what is changed must be there."""
    path = project.output_dir / page
    text = path.read_text(encoding="utf-8")
    changed = re.sub(old, lambda _: new, text, count=1, flags=re.DOTALL)
    assert changed != text, old
    path.write_text(changed, encoding="utf-8")


def retell(project: Project, said: str, instead: str) -> None:
    """Translate a message otherwise, approve that, and build."""
    path = project.root / BURNOUT
    catalogue = catalogues.read(path)
    (message,) = (m for m in catalogue.messages if m.text == said)
    edited = catalogues.approve(catalogues.edit(message, [instead]), by="anna", on=DAY)
    catalogues.write(catalogue.with_messages([edited]), path)
    assert build(project, today=DAY, jobs=1).ok


def test_the_sample_site_is_clean(built: Project) -> None:
    """Every check looks at every page and says nothing."""
    proved = prove(built)
    assert proved.faults == ()
    assert proved.pages == sum(1 for _ in built.output_dir.rglob("*.html")) > 30


IN_THE_CATALOGUE = [
    ("language", ALT, ENGLISH, "this alt seems to be in English"),
    ("language", CAPTION, ENGLISH, "this text seems to be in English"),
    ("copy", CAPTION, "A low flame is a flame.", "the same as on the page in English"),
    ("foreign", CAPTION, "Een vlam heet שלהבת in het Hebreeuws.", "“שלהבת” is in a script"),
    ("mojibake", CAPTION, "Een vlam is nooit alléén een vlam".encode().decode("cp1252"), "alléén"),
    ("mojibake", CAPTION, "Een l\ufffdge vlam is een vlam.", "was lost"),
    ("double escapes", CAPTION, "Een lage vlam &amp; een vlam.", "readers see &amp;"),
    ("double escapes", ALT, "Een kaars &eacute;n een vlam.", "readers see &eacute;"),
    ("double escapes", CAPTION, "Een <em>lage</em> vlam.", "readers see <em>"),
    ("placeholders", CAPTION, "Een ⟦1⟧lage vlam.", "left over: ⟦1⟧"),
    ("placeholders", CAPTION, "Lorem ipsum, een vlam.", "waits to be written"),
    ("bidi controls", CAPTION, "Een \u202elage vlam.", "an override"),
    ("bidi controls", CAPTION, "Een \u2067lage vlam.", "opened and not closed: U+2067"),
    ("bidi controls", CAPTION, "Een \u200flage vlam.", "from left to right: U+200F"),
]


@pytest.mark.parametrize(("check", "said", "instead", "words"), IN_THE_CATALOGUE)
def test_a_defect_of_a_translation_is_found_where_it_is_to_be_mended(
    check: str, said: str, instead: str, words: str, sample: Project
) -> None:
    """With the page, and the message in its catalogue."""
    if check == "copy":
        instead = _source_of(sample, said)
    retell(sample, said, instead)
    found = [fault for fault in faults(sample, check) if words in fault.message]
    assert found, prove(sample).faults
    origin = found[0].origin
    assert (found[0].page, str(found[0].file)) == ("/nl/burn-out/", f"public/{PAGE}")
    assert origin is not None
    assert (str(origin.path), origin.text) == (BURNOUT, _source_of(sample, instead))
    lines = (sample.root / BURNOUT).read_text(encoding="utf-8").splitlines()
    assert lines[origin.line - 1].startswith(("msgid", "#"))


def _source_of(project: Project, said: str) -> str:
    messages = catalogues.read(project.root / BURNOUT).messages
    return next(message.id for message in messages if message.text == said)


ON_THE_PAGE = [
    ("language", "<title>.*?</title>", f"<title>{ENGLISH}</title>", "this title seems"),
    ("language", ABOVE, f'{ABOVE}<p aria-label="{ENGLISH}">x</p>', "this aria-label seems"),
    ("language", ABOVE, f'{ABOVE}<p lang="en">{DUTCH}</p>', "is said to be in English"),
    ("language", 'name="description" content="[^"]*"', f'name="description" content="{ENGLISH}"',
     "this meta description seems"),
    ("copy", "<h1.*?</h1>", "<h1>Tired, or burnt out?</h1>", "the same as on the page in English"),
    ("foreign", 'lang="en" hreflang="en"', 'hreflang="en"', "“English” stands without lang=en"),
    ("placeholders", ABOVE, f"{ABOVE}<p>&lt;a1>Lees meer&lt;/a1></p>", "left over: <a1>"),
    ("placeholders", ABOVE, f"{ABOVE}<p>Nog %(num)s minuten</p>", "left over: %(num)s"),
    ("placeholders", ABOVE, f"{ABOVE}<p>Dag {{name}}</p>", "left over: {name}"),
    ("hreflang", 'hreflang="en" href="[^"]*"',
     'hreflang="en" href="https://www.solacium.example/en/grief/"', "names other versions than"),
    ("hreflang", 'hreflang="en" href="[^"]*"', 'hreflang="en" href="/en/burnout/"',
     "is not a whole one"),
    ("hreflang", 'hreflang="en" href="[^"]*"',
     'hreflang="en" href="https://www.solacium.example/en/gone/"', "leads to no page"),
    ("hreflang", 'rel="alternate" hreflang="nl"', 'rel="alternate" hreflang="de"', "is in “nl”"),
    ("hreflang", '<link rel="alternate" hreflang="nl"[^>]*>', "", "is not itself among"),
    ("hreflang", "</head>",
     '<link rel="alternate" hreflang="nl" href="https://www.solacium.example/nl/"></head>',
     "names 2 versions for hreflang=nl"),
    ("hreflang", "</head>", '<meta name="robots" content="noindex"></head>', "is not for search"),
    ("canonical", 'rel="canonical" href="[^"]*"',
     'rel="canonical" href="https://www.solacium.example/en/burnout/"', "and not in “nl”"),
    ("canonical", 'rel="canonical" href="[^"]*"',
     'rel="canonical" href="https://www.solacium.example/nl/"', "is that of /nl/"),
    ("canonical", '<link rel="canonical"[^>]*>', "", "has no canonical address"),
    ("claims", "nl_NL", "en_US", "og:locale says “en_US”"),
    ("claims", "</head>", '<script type="application/ld+json">{"@type": "BlogPosting", "url":'
     ' "https://www.solacium.example/nl/burn-out/", "inLanguage": "en"}</script></head>',
     "inLanguage “en”"),
    ("links", ABOVE, f'{ABOVE}<p><a href="/en/grief/">Rouw</a></p>', "without hreflang leads to"),
    ("links", ABOVE, f'{ABOVE}<p><a href="/en/grief/" hreflang="nl">Rouw</a></p>',
     "says hreflang=nl and leads to"),
    ("links", ABOVE, f'{ABOVE}<p><a href="../../en/first-session/" hreflang="en">Dag</a></p>',
     "exists in “nl”: /nl/eerste-gesprek/"),
    ("inline", ABOVE, f'{ABOVE}<p style="color: red">Rood</p>', "a style attribute"),
    ("inline", ABOVE, f'{ABOVE}<p onclick="x()">Klik</p>', "a handler, onclick"),
    ("inline", ABOVE, f'{ABOVE}<a href="java\nscript:x()">Klik</a>', "a script in href"),
    ("inline", "</head>", "<style>p {}</style></head>", "a style element"),
    ("inline", "</head>", "<script>x()</script></head>", "a script without src"),
    ("bidi controls", ABOVE, f'{ABOVE}<a href="/nl/\u200f">Dag</a>', "an address or a name"),
]  # fmt: skip


@pytest.mark.parametrize(("check", "old", "new", "words"), ON_THE_PAGE)
def test_a_defect_of_a_page_is_found(
    check: str, old: str, new: str, words: str, sample: Project
) -> None:
    """With its file and line."""
    put(sample, old, new)
    found = [fault for fault in faults(sample, check) if words in fault.message]
    assert "/nl/burn-out/" in {fault.page for fault in found}, prove(sample).faults


def test_every_check_has_a_defect_that_it_finds() -> None:
    """Above, or below in a test of its own."""
    seeded = {row[0] for row in (*IN_THE_CATALOGUE, *ON_THE_PAGE)}
    assert set(CHECKS) == {*seeded, "sitemap"}


SITEMAP = """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:xhtml="http://www.w3.org/1999/xhtml">{entries}</urlset>"""


def entry(address: str, **versions: str) -> str:
    """A page as a sitemap lists it."""
    links = "".join(
        f'<xhtml:link rel="alternate" hreflang="{lang}" href="https://www.solacium.example{path}"/>'
        for lang, path in versions.items()
    )
    return f"<url><loc>https://www.solacium.example{address}</loc>{links}</url>"


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        (entry("/nl/burn-out/", en="/en/burnout/"), "names other versions than the sitemap"),
        (entry("/nl/"), "is not in the sitemap"),
        (entry("/nl/404.html"), "is not for search engines and is in the sitemap"),
    ],
)
def test_a_sitemap_that_says_otherwise_is_found(entries: str, words: str, sample: Project) -> None:
    """Its sets of languages are those of the pages, and what is hidden is not in it."""
    for file in sample.output_dir.rglob("sitemap*"):
        file.unlink()
    (sample.output_dir / "sitemap.xml").write_text(SITEMAP.format(entries=entries))
    pages = {fault.page for fault in faults(sample, "sitemap") if words in fault.message}
    assert pages & {"/nl/burn-out/", "/nl/404.html"}


def test_a_page_that_leads_on_may_lead_anywhere(sample: Project) -> None:
    """An address that has moved stands for another one, if need be in another language."""
    address = "https://www.solacium.example/en/grief/"
    page = (
        '<!doctype html><html lang="nl"><head><title>Verhuisd</title><meta name="robots"'
        f' content="noindex"><link rel="canonical" href="{address}"><meta http-equiv="refresh"'
        ' content="0; url=/en/grief/"></head><body><a href="/en/grief/">Verder</a></body></html>'
    )
    (sample.output_dir / "nl/rouw").mkdir()
    (sample.output_dir / "nl/rouw/index.html").write_text(page, encoding="utf-8")
    assert prove(sample).faults == ()


def test_the_same_fault_of_a_theme_is_found_in_its_words(sample: Project) -> None:
    """The catalogue of the site's own words is named, also where a number was put in."""
    put(sample, r"<span>2 minuten leestijd</span>", "<span>2 minuten &amp;amp; leestijd</span>")
    (fault,) = faults(sample, "double escapes")
    assert fault.origin is not None
    assert str(fault.origin.path) == "locales/nl/LC_MESSAGES/site.po"
    assert "minute" in fault.origin.text


def test_a_page_in_the_sources_language_is_mended_in_its_article(sample: Project) -> None:
    """With the line on which the text begins."""
    put(sample, "A low flame is still a flame.", DUTCH, page="en/burnout/index.html")
    put(sample, "<li>You read", f"<li>{DUTCH} You read", page="en/burnout/index.html")
    found = [fault.origin for fault in faults(sample, "language") if fault.origin]
    assert [str(origin.path) for origin in found] == ["source/articles/burnout.md"]
    lines = (sample.root / "source/articles/burnout.md").read_text().splitlines()
    assert lines[found[0].line - 1].startswith("- You read")


def test_what_an_author_meant_is_let_pass(tmp_path: Path) -> None:
    """An article about markup shows tokens, variables and tags, in every language."""
    words = "Write &amp;amp; for &amp;, {name} for a name and &lt;em> for stress."
    files = {"index.md": f"---\ntitle: Hello\n---\n\n{words} `%(num)s`\n"}
    project = site(tmp_path, files)
    assert build(project, today=DAY, jobs=1).ok
    assert [f for f in prove(project).faults if f.severity >= Severity.ERROR] == []


def test_a_finding_that_somebody_looked_at_is_not_told_again(sample: Project) -> None:
    """The comment `@l10n ignore` counts for pages, too."""
    retell(sample, ALT, ENGLISH)
    assert faults(sample, "language")
    path = sample.root / BURNOUT
    catalogue = path.read_text(encoding="utf-8")
    note = "#. alt text of the article's picture"
    assert note in catalogue
    path.write_text(catalogue.replace(note, f"# @l10n ignore language\n{note}"), encoding="utf-8")
    assert not faults(sample, "language")


def test_only_pages_of_the_languages_asked_for_are_looked_at(sample: Project) -> None:
    """And a language that the site does not have is an error."""
    put(sample, ABOVE, f'{ABOVE}<p style="x">Rood</p>')
    assert not prove(sample, ["en"]).faults
    assert prove(sample, ["nl"]).faults
    with pytest.raises(SettingsError, match="not a language of this site"):
        prove(sample, ["de"])


def test_a_site_that_was_not_built_is_an_error(tmp_path: Path) -> None:
    """That says how to build it."""
    with pytest.raises(OutputError) as caught:
        prove(site(tmp_path))
    assert "pipeline build" in caught.value.hint


def check(project: Project, *options: str) -> subprocess.CompletedProcess[str]:
    """The command, run as a program of its own."""
    command = [str(PIPELINE), "check", "--published", "--site", str(project.root), *options]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_command_names_the_page_and_the_message(sample: Project) -> None:
    """And its exit status says how grave it is."""
    assert (check(sample).returncode, check(sample).stderr) == (0, "")
    retell(sample, CAPTION, "Een lage vlam &amp; een vlam.")
    done = check(sample)
    assert done.returncode == 1
    assert re.search(rf"public/{PAGE}:\d+: double escapes: escaped twice", done.stdout)
    assert re.search(rf"mend {BURNOUT}:\d+: A low flame is still a flame", done.stdout)
    put(sample, ABOVE, f'{ABOVE}<p style="x">Rood</p>')
    (one, other) = json.loads(check(sample, "--json").stdout)
    assert {one["check"], other["check"]} == {"double escapes", "inline"}
    assert check(sample).returncode == 3


def test_what_one_message_does_to_many_pages_is_told_once(sample: Project) -> None:
    """With how many there are."""
    for page in sample.output_dir.glob("nl/*/index.html"):
        name = page.relative_to(sample.output_dir).as_posix()
        put(sample, ">Hoe we werken<", ">Hoe we ⟦1⟧ werken<", page=name)
    done = check(sample)
    assert done.stdout.count("placeholders") == 1
    assert re.search(r"and the same on \d+ other pages", done.stdout)
