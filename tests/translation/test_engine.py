"""Engines by their names: those that come with it, those of others, and their settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import EngineError
from pipeline.translation import engine_of, known
from tests.sites import SETTINGS, site


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
    ],
)
def test_a_mistake_in_the_settings_is_named(table: str, message: str, tmp_path: Path) -> None:
    """With the engine and what it needs."""
    project = site(tmp_path, settings=f"{SETTINGS}[translation]\n{table}\n")
    name = project.settings.translation.engines[0]
    with pytest.raises(EngineError) as caught:
        engine_of(project, name)
    assert message in str(caught.value)
