"""Engines by their names: those that come with it, those of others, and their settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.catalogues import marks
from pipeline.errors import EngineError
from pipeline.extract import extract
from pipeline.translation import engine_of, known, translate
from tests.sites import DAY, SETTINGS, catalogue, site, write

THEIRS = """\
from pipeline.translation import Capabilities, EngineFault, Trouble


class Shout:
    def __init__(self, settings):
        self.name = settings.name
        self.sign = settings.text("sign", "!")
        self.capabilities = Capabilities(local=True, texts=5, price=0)

    def translate(self, texts, job):
        if any("sentence" in text for text in texts):
            raise RuntimeError("a mistake of ours")
        return [f"{text} {self.sign}" for text in texts]

    def health(self):
        return "shouts"
"""


def test_the_engines_that_come_with_it_are_installed() -> None:
    """By entry points, as those of others are."""
    assert {
        "apertium",
        "deepl",
        "firefox",
        "google",
        "libretranslate",
        "mymemory",
        "openai",
    } <= set(known())


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ('engines = ["libretranslat"]', "Did you mean 'libretranslate'"),
        ('engines = ["libretranslate"]', "“url” is missing"),
        ('engines = ["openai"]\n[translation.openai]\nmodel = "m"', "a key is needed"),
        (
            'engines = ["openai"]\n[translation.openai]\nmodel = "m"\nkey_env = "NO_SUCH_KEY"',
            "NO_SUCH_KEY holds no key",
        ),
        ('engines = ["google"]\n[translation.google]\nper_secnd = 1', "Did you mean 'per_second'"),
        ('engines = ["google"]\n[translation.google]\nregion = "eu"', "there is no “region”"),
    ],
)
def test_a_mistake_in_the_settings_is_named(table: str, message: str, tmp_path: Path) -> None:
    """With the engine and what it needs."""
    project = site(tmp_path, settings=f"{SETTINGS}[translation]\n{table}\n")
    name = project.settings.translation.engines[0]
    with pytest.raises(EngineError) as caught:
        engine_of(project, name)
    assert message in str(caught.value)


def test_another_engine_is_installed_and_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a distribution with an entry point; what it does wrong is a fault, and stops no other."""
    place = tmp_path / "site-packages"
    write(place / "shouting.py", THEIRS)
    info = place / "shouting-1.0.dist-info"
    write(info / "METADATA", "Metadata-Version: 2.1\nName: shouting\nVersion: 1.0\n")
    write(info / "entry_points.txt", "[pipeline.engines]\nshout = shouting:Shout\n")
    monkeypatch.syspath_prepend(str(place))
    assert known()["shout"] == "shouting:Shout"
    table = '[translation]\nengines = ["loud"]\n[translation.loud]\nengine = "shout"\nsign = "?"\n'
    root = tmp_path / "site"
    root.mkdir()
    project = site(root, settings=f"{SETTINGS}{table}")
    assert engine_of(project, "loud").health() == "shouts"
    extract(project, today=DAY)
    done = translate(project, "nl", today=DAY)
    assert done.errors == ()
    message = catalogue(project, "articles/first").get("An item")
    assert message is not None
    assert message.text == "An item ?"
    assert (marks.find(message, "draft") or {})["engine"] == "loud"
    assert any("loud failed (RuntimeError)" in one.reasons for one in done.waiting)


def test_an_engine_that_is_not_named_is_not_asked(tmp_path: Path) -> None:
    """A table of its settings is not enough for a text to leave the machine."""
    table = '[translation.libretranslate]\nurl = "http://127.0.0.1:9"\n'
    project = site(tmp_path, settings=f"{SETTINGS}{table}")
    extract(project, today=DAY)
    done = translate(project, "nl", today=DAY)
    assert done.drafts == {}
    assert {one.reasons for one in done.waiting} == {("no engine is configured",)}
