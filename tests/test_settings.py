"""Settings are typed, and every mistake in them is told with its line and what was meant."""

from __future__ import annotations

import pickle
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.desk import Review
from pipeline.errors import SettingsError
from pipeline.settings import (
    Drafting,
    Folder,
    LocaleSettings,
    Publish,
    Queue,
    Settings,
    Site,
    State,
    Translation,
    load,
)

FULL = """\
[site]
title = "Solacium Therapy"
url = "https://www.solacium.example/"
description = "A practice"
source_locale = "en"
source = "./source/"
catalogues = "locales"
output = "public"
theme = "theme"
menu = ["articles", "about"]

[folders."legacy"]
layout = "none"
[folders."legacy/2019"]
[folders."legacy/new"]
layout = "article"

[locales.nl]
publish = "translated"
stale = "source"
grace_days = 0
address = "informal"
minimum_percent = 100
engines = ["libretranslate"]
people_only = ["articles/crisis"]
fuzzy = 85
four_eyes = true
[locales.pt_BR]

[translation]
engines = ["libretranslate", "google"]
exact = "approved"
people_only = ["legal/*"]

[translation.libretranslate]
url = "http://127.0.0.1:5000"
key_env = "LIBRETRANSLATE_KEY"
anything = { you = "like" }

[state]
url = "postgresql+psycopg://localhost/site"
[queue]
url = "redis://localhost"
[review]
url = "https://desk.solacium.example/"
"""

SITE = """\
[site]
title = "A site"
url = "https://site.example"
source_locale = "en"
"""


def read(folder: Path, text: str) -> Settings:
    path = folder / "pipeline.toml"
    path.write_text(text, encoding="utf-8")
    return load(path)


def refused(folder: Path, text: str) -> SettingsError:
    with pytest.raises(SettingsError) as caught:
        read(folder, text)
    assert caught.value.path == folder / "pipeline.toml"
    assert caught.value.hint
    return caught.value


def test_every_key_is_read(tmp_path: Path) -> None:
    engine = {
        "url": "http://127.0.0.1:5000",
        "key_env": "LIBRETRANSLATE_KEY",
        "anything": {"you": "like"},
    }
    assert read(tmp_path, FULL) == Settings(
        site=Site(
            title="Solacium Therapy",
            url="https://www.solacium.example",
            description="A practice",
            source_locale="en",
            theme="theme",
            menu=("articles", "about"),
        ),
        folders={
            "legacy": Folder("none"),
            "legacy/2019": Folder(),
            "legacy/new": Folder("article"),
        },
        locales={
            "nl": LocaleSettings("nl", Publish.TRANSLATED, "source", 0, "informal", 100),
            "pt_BR": LocaleSettings("pt_BR"),
        },
        translation=Translation(
            ("libretranslate", "google"),
            "approved",
            people_only=("legal/*",),
            tables={"libretranslate": engine},
        ),
        drafting={
            "nl": Drafting(
                ("libretranslate",), "approved", 85, people_only=("legal/*", "articles/crisis")
            ),
            "pt_BR": Drafting(("libretranslate", "google"), "approved", people_only=("legal/*",)),
        },
        state=State("postgresql+psycopg://localhost/site"),
        queue=Queue("redis://localhost"),
        review=Review("https://desk.solacium.example", frozenset({"nl"})),
    )


def test_what_is_not_said_has_a_careful_default(tmp_path: Path) -> None:
    settings = read(tmp_path, SITE + "[locales.nl]")
    assert settings.site.output == "public"
    assert settings.site.theme is None
    assert settings.locales["nl"].publish is Publish.APPROVED
    assert settings.locales["nl"].minimum_percent == 80
    assert settings.state.url.startswith("sqlite:")
    assert settings.queue.url == ""


def test_locales_keep_the_order_of_the_file(tmp_path: Path) -> None:
    names = ["nl", "fr", "de", "pt_BR", "zh_Hant_TW"]
    settings = read(tmp_path, SITE + "\n".join(f"[locales.{name}]" for name in names))
    assert list(settings.locales) == names


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    assert read(tmp_path, "\ufeff" + SITE).site.title == "A site"


def test_the_innermost_folder_that_sets_a_layout_decides(tmp_path: Path) -> None:
    settings = read(tmp_path, FULL)
    layouts = {
        "legacy/a": "none",
        "legacy/2019/deep/a": "none",
        "legacy/new/a": "article",
        "legacy": None,
        "legacy-not/a": None,
        "a": None,
    }
    assert {name: settings.layout_for(name) for name in layouts} == layouts


@pytest.mark.parametrize(
    ("text", "line", "message", "meant"),
    [
        ("[sites]", 5, "unknown table [sites]", "'site'"),
        ("[locale.nl]", 5, "unknown table [locale]", "'locales'"),
        ('titel = "x"', 5, "unknown key site.titel", "'title'"),
        ("[locales.nl]\n'grace days' = 1", 6, 'locales.nl."grace days"', "'grace_days'"),
        ("[locales.nl]\n[locales.nl.xyz]", 6, "[locales.nl.xyz]", "Known here: publish"),
        ('[folders."a b"]\nlayuot = "x"', 6, 'folders."a b".layuot', "'layout'"),
        ("[translation]\nengine = []", 6, "unknown key translation.engine", "'engines'"),
        ("[state]\nurls = ''", 6, "state.urls", "'url'"),
        ("[queue]\nbroker = ''", 6, "queue.broker", "Known here: url"),
    ],
)
def test_an_unknown_name_is_told_with_the_nearest(
    tmp_path: Path, text: str, line: int, message: str, meant: str
) -> None:
    error = refused(tmp_path, SITE + text)
    assert error.line == line
    assert message in error.message
    assert meant in error.hint


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[locales]\nnl = 1", "locales.nl is a whole number, not a table"),
        ("\nsearch = 'yes'", "site.search is a text in quotes, not true or false"),
        ("\ncredit = 0", "site.credit is a whole number, not true or false"),
        ("[locales.nl]\ngrace_days = '3'", "is a text in quotes, not a whole number"),
        ("[locales.nl]\ngrace_days = true", "is true or false, not a whole number"),
        ("[locales.nl]\ngrace_days = 1.5", "is a number, not a whole number"),
        ("[locales.nl]\npublish = ['draft']", "is a list in [brackets], not a text in quotes"),
        ("[locales.nl]\naddress = 1979-05-27", "is a date or time, not a text in quotes"),
        ("[translation]\nengines = 'google'", "is a text in quotes, not a list"),
        ("[translation]\nengines = [{}]", "translation.engines has {} in it"),
        ("[translation]\nengines = ['x', 'x']", "translation.engines lists 'x' twice"),
    ],
)
def test_a_wrong_type_is_told(tmp_path: Path, text: str, message: str) -> None:
    error = refused(tmp_path, SITE + text)
    assert error.line == 6
    assert message in error.message


@pytest.mark.parametrize(
    ("pair", "meant"),
    [
        ('publish = "aproved"', "'approved'"),
        ('publish = "Draft"', "'draft'"),
        ('stale = "sauce"', "'source'"),
        ('stale = "next"', "Known here: previous, source."),
        ('address = "infromal"', "'informal'"),
    ],
)
def test_a_bad_choice_is_told_with_the_nearest(tmp_path: Path, pair: str, meant: str) -> None:
    error = refused(tmp_path, f"{SITE}[locales.nl]\n{pair}")
    assert error.line == 6
    assert meant in error.hint


@pytest.mark.parametrize(
    ("locale", "meant"),
    [
        ("nl_NLL", "'nl_NL'"),
        ("nl-NL", "'nl_NL'"),
        ("NL", "'nl'"),
        ("Dutch", "'nl'"),
        ("x1", "Known here are"),
        ("pt_br", "'pt_BR'"),
        ("zh_hans", "'zh_Hans'"),
    ],
)
def test_an_unknown_locale_is_told_with_the_nearest(
    tmp_path: Path, locale: str, meant: str
) -> None:
    error = refused(tmp_path, f"{SITE}[locales.{locale}]")
    assert error.line == 5
    assert repr(locale) in error.message
    assert meant in error.hint


def test_the_source_locale_is_checked_as_well(tmp_path: Path) -> None:
    error = refused(tmp_path, SITE.replace('"en"', '"en-GB"'))
    assert error.line == 4
    assert "'en_GB'" in error.hint


def test_nothing_is_translated_into_its_own_language(tmp_path: Path) -> None:
    error = refused(tmp_path, SITE + "[locales.en]")
    assert (error.line, "site.source_locale" in error.message) == (5, True)


@pytest.mark.parametrize(
    "url",
    [
        "www.site.example",
        "//site.example",
        "/nl/",
        "ftp://site.example",
        "https://",
        "https://a b",
        "https://site.example:port",
        "https://site.example/below",
        "https://site.example/?q",
        "https://me:pw@site.example",
        "javascript:alert(1)",
        'https://site.example\\"><script>',
        "",
        " ",
    ],
)
def test_the_address_of_the_site_is_absolute(tmp_path: Path, url: str) -> None:
    error = refused(tmp_path, SITE.replace("https://site.example", url))
    assert error.line == 3
    assert error.message.startswith("site.url")


@pytest.mark.parametrize(
    "url", ["http://localhost:8000", "https://café.example", "http://[::1]:80"]
)
def test_unusual_addresses_are_kept(tmp_path: Path, url: str) -> None:
    assert read(tmp_path, SITE.replace("https://site.example", url)).site.url == url


@pytest.mark.parametrize(
    "key", ["grace_days = -1", "minimum_percent = 101", "minimum_percent = -1"]
)
def test_a_number_out_of_range_is_told(tmp_path: Path, key: str) -> None:
    error = refused(tmp_path, f"{SITE}[locales.nl]\n{key}")
    assert (error.line, error.hint[:18]) == (6, "Use a number from ")


@pytest.mark.parametrize("name", ["source", "catalogues", "output", "theme"])
@pytest.mark.parametrize(
    "folder", ["../x", "a/../../x", "/x", "~/x", "..\\\\x", "C:/x", ".", "a/.."]
)
def test_a_folder_is_below_the_site(tmp_path: Path, name: str, folder: str) -> None:
    error = refused(tmp_path, f'{SITE}{name} = "{folder}"')
    assert error.line == 5
    assert f"site.{name}" in error.message


@pytest.mark.parametrize(
    ("pairs", "line"),
    [
        ('output = "source"', 5),
        ('output = "source/public"', 5),
        ('source = "a/b"\noutput = "a"', 6),
        ('output = "x/../locales"', 5),
        ('output = ".pipeline/site"', 5),
        ('output = ".git"', 5),
        ('theme = "public/theme"', 5),
        ('catalogues = "source/locales"', 5),
    ],
)
def test_what_a_build_replaces_is_a_folder_of_its_own(
    tmp_path: Path, pairs: str, line: int
) -> None:
    error = refused(tmp_path, SITE + pairs)
    assert "overlap" in error.message
    assert error.line == line


def test_folders_with_a_common_beginning_do_not_overlap(tmp_path: Path) -> None:
    assert read(tmp_path, SITE + 'output = "source2"').site.output == "source2"


@pytest.mark.parametrize("name", ["key", "api_key", "token", "secret", "password", "Auth-Key"])
@pytest.mark.parametrize("table", ["translation.deepl", "translation.deepl.options"])
def test_a_secret_never_stands_in_the_settings(tmp_path: Path, name: str, table: str) -> None:
    error = refused(tmp_path, f'{SITE}[{table}]\n{name} = "s3cr3t"')
    assert error.line == 6
    assert 'key_env = "NAME"' in error.hint
    assert 'key_file = "path"' in error.hint
    assert "s3cr3t" not in str(error), "an error may be logged"


@pytest.mark.parametrize("table", ["translation.x", "state", "queue"])
def test_a_password_in_an_address_is_a_secret(tmp_path: Path, table: str) -> None:
    error = refused(tmp_path, f'{SITE}[{table}]\nurl = "redis://:s3cr3t@host/0"')
    assert error.line == 6
    assert "_env" in error.hint
    assert "s3cr3t" not in str(error)


def test_where_a_secret_is_may_stand_there(tmp_path: Path) -> None:
    text = f'{SITE}[translation.x]\nkey_env = "A"\nkey_file = "b"\napi_key = ""\nmax_tokens = 3'
    tables = read(tmp_path, text).translation.tables
    assert tables == {"x": {"key_env": "A", "key_file": "b", "api_key": "", "max_tokens": 3}}


@pytest.mark.parametrize("folder", ["/etc", "../x", ""])
def test_a_folder_with_a_layout_is_below_the_source(tmp_path: Path, folder: str) -> None:
    assert refused(tmp_path, f'{SITE}[folders."{folder}"]').line == 5


def test_a_layout_is_the_name_of_a_template(tmp_path: Path) -> None:
    assert refused(tmp_path, f'{SITE}[folders.x]\nlayout = "../x"').line == 6


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[site]\ntitle = \n", 2),
        ("[site]\ntitle = 'x'\ntitle = 'y'\n", 3),
        ("[site\n", 1),
        ("a = 1\n\nb = [1,\n2\n", 4),
    ],
)
def test_what_is_no_toml_is_told_with_its_line(tmp_path: Path, text: str, line: int) -> None:
    error = refused(tmp_path, text)
    assert error.line == line
    assert "not valid TOML" in error.message


def test_what_is_no_utf_8_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "pipeline.toml").write_bytes(b"[site]\ntitle = 'caf\xe9'\n")
    with pytest.raises(SettingsError, match="UTF-8") as caught:
        load(tmp_path / "pipeline.toml")
    assert caught.value.line == 2


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        load(tmp_path / "pipeline.toml")


def test_what_is_required_is_told(tmp_path: Path) -> None:
    error = refused(tmp_path, "")
    for name in ("title", "url", "source_locale"):
        assert f"site.{name} is missing" in str(error)


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    error = refused(tmp_path, SITE + 'menus = []\n[locales.nl_NLL]\npublish = "x"\n[quue]\n')
    path = tmp_path / "pipeline.toml"
    starts = [line.split(": ")[0] for line in str(error).split("\n")]
    assert starts == [f"{path}:{line}" for line in (5, 6, 7, 8)]


def test_the_digest_changes_with_what_pages_show_and_with_nothing_else(tmp_path: Path) -> None:
    settings = read(tmp_path, FULL)
    nl = settings.locales["nl"]
    same = (
        read(tmp_path, FULL + "# a comment"),
        replace(settings, translation=Translation()),
        replace(settings, state=State(), queue=Queue()),
    )
    other = (
        replace(settings, site=replace(settings.site, title="Other")),
        replace(settings, folders={}),
        replace(settings, locales={**settings.locales, "nl": replace(nl, grace_days=1)}),
        replace(settings, locales=dict(reversed([*settings.locales.items()]))),
    )
    assert {one.digest for one in same} == {settings.digest}
    assert len({one.digest for one in (settings, *other)}) == 5


def test_settings_cross_process_boundaries(tmp_path: Path) -> None:
    settings = read(tmp_path, FULL)
    assert pickle.loads(pickle.dumps(settings)) == settings  # noqa: S301


def test_babel_is_not_imported_before_a_locale_is_checked() -> None:
    """It would be half of the time that ``--help`` takes."""
    code = "import sys, pipeline.project; sys.exit('babel' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
