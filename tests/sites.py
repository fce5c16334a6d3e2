"""Small sites to test with: files by their names, written into a folder."""

from __future__ import annotations

from dataclasses import replace as replaced
from datetime import date
from pathlib import Path

from pipeline import catalogues
from pipeline.catalogues import Catalogue, Message
from pipeline.project import Project, open_project

DAY = date(2026, 11, 24)

SETTINGS = """\
[site]
title = "A site"
url = "https://www.example.org"
source_locale = "en"
menu = ["articles", "about"]

[locales.nl]
publish = "approved"
"""

PAGES = {
    "index.md": "---\ntitle: Welcome\n---\n\nA site in [two languages](articles/first.md).\n",
    "about.html": '<!doctype html><html lang="en"><head><title>About us</title>'
    '<meta name="slug" content="about"><meta name="layout" content="page"></head>'
    "<body><main><h1>About us</h1><p>We write.</p></main></body></html>\n",
    "articles/first.md": "---\ntitle: The first\ndescription: It begins.\ndate: 2026-01-02\n"
    "tags: [Beginnings]\n---\n\nOne sentence, and [a link](second.md).\n\n## A heading\n\n"
    "- An item\n- Another item\n",
    "articles/second.md": "---\ntitle: The second\ndate: 2026-02-03\ntags: [Beginnings]\n---\n\n"
    "Another sentence about *something*.\n",
    "images/dot.svg": '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 3 2"/>\n',
}


def site(folder: Path, files: dict[str, str] | None = None, *, settings: str = SETTINGS) -> Project:
    """A site in a folder, with these sources instead of `PAGES`, or in addition to them."""
    (folder / "pipeline.toml").write_text(settings, encoding="utf-8")
    (folder / "source").mkdir(exist_ok=True)
    for name, text in (PAGES if files is None else files).items():
        write(folder / "source" / name, text)
    return open_project(folder)


def write(path: Path, text: str) -> None:
    """Put a text into a file, in folders that may not be there yet."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def replace(path: Path, old: str, new: str) -> None:
    """Change a file as a person does in an editor; the old text must be there."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def translate(project: Project, locale: str = "nl", *, approved: bool = True) -> None:
    """Translate everything, as a person who writes “NL” before each text."""
    for domain in project.domains(locale):
        path = project.catalogue_path(locale, domain)
        catalogue = catalogues.read(path)
        done = [translated(m, approved=approved) for m in catalogue if not any(m.strings)]
        catalogues.write(catalogue.with_messages(done), path)


def translated(message: Message, *, approved: bool = True) -> Message:
    """One message in that person's translation."""
    mark = "nl-" if message.context == "slug" else "NL "
    done = catalogues.edit(message, [mark + message.id for _ in message.strings])
    return catalogues.approve(done, by="anna", on=DAY) if approved else done


def untranslate(project: Project, domain: str, text: str, locale: str = "nl") -> None:
    """Somebody takes the translation of one message away."""
    path = project.catalogue_path(locale, domain)
    found = catalogues.read(path)
    message = found.get(text)
    assert message is not None
    catalogues.write(found.with_message(replaced(message, strings=("",), flags=())), path)


def catalogue(project: Project, domain: str, locale: str = "nl") -> Catalogue:
    """A catalogue as it is on disk."""
    return catalogues.read(project.catalogue_path(locale, domain))
