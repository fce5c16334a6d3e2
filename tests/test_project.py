"""A project knows where everything of a site is."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from pipeline.errors import ProjectError, SettingsError
from pipeline.project import Project, open_project

SETTINGS = """
[site]
title = "A site"
url = "https://site.example/"
source_locale = "en"
catalogues = "translations"
[locales.nl]
[locales.fr]
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "pipeline.toml").write_text(SETTINGS)
    return open_project(tmp_path)


def test_paths_follow_the_settings(project: Project, tmp_path: Path) -> None:
    assert project.settings_path == tmp_path / "pipeline.toml"
    assert project.source_dir == tmp_path / "source"
    assert project.catalogues_dir == tmp_path / "translations"
    assert project.templates_dir == tmp_path / "translations/templates"
    assert project.output_dir == tmp_path / "public"
    assert project.work_dir == tmp_path / ".pipeline"
    assert project.cache_dir == tmp_path / ".pipeline/cache"
    assert project.locks_dir == tmp_path / ".pipeline/locks"


def test_a_site_without_a_theme_has_no_theme_folder(project: Project) -> None:
    assert project.theme_dir is None


def test_a_theme_has_a_folder(tmp_path: Path) -> None:
    (tmp_path / "pipeline.toml").write_text(SETTINGS.replace("[locales.nl]", 'theme = "looks"'))
    assert open_project(tmp_path).theme_dir == tmp_path / "looks"


def test_catalogues_and_templates_mirror_the_articles(project: Project, tmp_path: Path) -> None:
    messages = tmp_path / "translations/nl/LC_MESSAGES"
    assert project.catalogue_path("nl", "articles/v1.2") == messages / "articles/v1.2.po"
    template = tmp_path / "translations/templates/articles/v1.2.pot"
    assert project.template_path("articles/v1.2") == template


def test_the_source_locale_comes_first(project: Project) -> None:
    assert project.source_locale == "en"
    assert project.locales == ("nl", "fr")
    assert project.all_locales == ("en", "nl", "fr")


def test_domains_are_those_that_have_a_catalogue(project: Project) -> None:
    for domain in ("site", "articles/b", "articles/a", ".hidden/x", "articles/.x"):
        path = project.catalogue_path("nl", domain)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    project.catalogue_path("nl", "site").with_suffix(".po~").touch()
    assert list(project.domains("nl")) == ["articles/a", "articles/b", "site"]
    assert list(project.domains("fr")) == []


def test_domains_come_by_folders_and_only_where_there_is_a_file(project: Project) -> None:
    """A folder goes before what merely begins like it; links that lead nowhere are none."""
    for name in ("articles-old.po", "articles/a.po"):
        path = project.catalogues_dir / "nl" / "LC_MESSAGES" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    (path.parent / "gone.po").symlink_to(path.parent / "nowhere.po")
    assert list(project.domains("nl")) == ["articles/a", "articles-old"]


def test_people_see_paths_from_the_site_on(project: Project, tmp_path: Path) -> None:
    assert project.relative(tmp_path / "source/x.md") == Path("source/x.md")
    assert project.relative(Path("/elsewhere/x.md")) == Path("/elsewhere/x.md")


def test_a_relative_folder_becomes_an_absolute_root(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert open_project(Path()).root == tmp_path


def test_a_project_crosses_process_boundaries(project: Project) -> None:
    assert pickle.loads(pickle.dumps(project)) == project  # noqa: S301


def test_a_folder_without_settings_is_no_site(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="pipeline init"):
        open_project(tmp_path)


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match=r"no such folder.*pipeline init"):
        open_project(tmp_path / "nowhere")


def test_impossible_settings_keep_their_own_error(tmp_path: Path) -> None:
    (tmp_path / "pipeline.toml").write_text("[site")
    with pytest.raises(SettingsError) as caught:
        open_project(tmp_path)
    assert caught.value.path == tmp_path / "pipeline.toml"
