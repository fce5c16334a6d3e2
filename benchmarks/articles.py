"""Generated articles: about 25 segments each, with the markup that real ones have."""

from __future__ import annotations

import random
from pathlib import Path

WORDS = (
    "people often find that talking helps when a week has been long and the nights were short so"
    " they write down what happened ask a friend to listen walk along the canal and come back with"
    " one question that is small enough to answer before the next conversation begins"
).split()

SETTINGS = """\
[site]
title = "Generated"
url = "https://www.example.org"
source_locale = "en"

[folders."pages"]
layout = "none"

[locales.nl]
publish = "approved"
"""


def generate(folder: Path, count: int, *, seed: int = 1) -> None:
    """Write a site of ``count`` whole HTML pages into a folder; the same seed, the same site."""
    chance = random.Random(seed)
    pages = folder / "source" / "pages"
    pages.mkdir(parents=True)
    (folder / "pipeline.toml").write_text(SETTINGS, encoding="utf-8")
    for number in range(count):
        page = _page(chance, number, count)
        (pages / f"page-{number}.html").write_text(page, encoding="utf-8")


def _page(chance: random.Random, number: int, count: int) -> str:
    other = chance.randrange(count)
    blocks = [f"<h1>Page {number}: {_sentence(chance, 5)}</h1>"]
    for section in range(4):
        blocks.append(f'<h2 id="s{section}">{_sentence(chance, 4)}</h2>')
        blocks.append(
            f"<p>{_sentence(chance, 20)} <em>{_sentence(chance, 3)}</em> {_sentence(chance, 9)}"
            f' <a href="page-{other}.html" title="{_sentence(chance, 3)}">'
            f"{_sentence(chance, 3)}</a>.</p>"
        )
        blocks.append(f"<p>{_sentence(chance, 30)}<br>{_sentence(chance, 12)}</p>")
    items = "".join(f"<li>{_sentence(chance, 8)}</li>" for _ in range(4))
    blocks.append(f"<ul>{items}</ul>")
    blocks.append(f"<blockquote><p>{_sentence(chance, 14)}</p></blockquote>")
    body = "\n".join(blocks)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f"<title>Page {number}</title>\n</head>\n<body>\n<main>\n{body}\n</main>\n</body>\n"
        "</html>\n"
    )


def _sentence(chance: random.Random, length: int) -> str:
    words = chance.choices(WORDS, k=length)
    return " ".join(words).capitalize()
