"""Secrets in variables, and in the files that variables name."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import SettingsError
from pipeline.settings import Queue, address_of
from pipeline.variables import variable


def test_a_variable_comes_before_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line's end in the file is no part of the secret; without either there is none."""
    (tmp_path / "secret").write_text("of the file\n")
    assert variable("SOME_SECRET") == ""
    monkeypatch.setenv("SOME_SECRET_FILE", str(tmp_path / "secret"))
    assert variable("SOME_SECRET") == "of the file"
    monkeypatch.setenv("SOME_SECRET", "of the variable")
    assert variable("SOME_SECRET") == "of the variable"


def test_a_file_that_is_not_there_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With its path, and no secret taken for empty."""
    monkeypatch.setenv("SOME_SECRET_FILE", str(tmp_path / "missing"))
    with pytest.raises(SettingsError, match="SOME_SECRET_FILE names cannot be read") as caught:
        variable("SOME_SECRET")
    assert caught.value.path == tmp_path / "missing"


def test_addresses_come_from_files_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of Redis, here."""
    (tmp_path / "url").write_text("redis://:secret@redis:6379/0\n")
    monkeypatch.setenv("SOME_URL_FILE", str(tmp_path / "url"))
    assert address_of(Queue(url_env="SOME_URL")) == "redis://:secret@redis:6379/0"
    with pytest.raises(SettingsError, match="holds no address") as caught:
        address_of(Queue(url_env="OTHER_URL"))
    assert "OTHER_URL_FILE" in caught.value.hint
