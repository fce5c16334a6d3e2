"""Apertium, the real one, on loopback: English to Spanish by rules.

Structure, language and gates are looked at, never exact words: other versions say it otherwise.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from pipeline.articles import find, load
from pipeline.catalogues import State, marks, state_of
from pipeline.checks import Severity, findings, language
from pipeline.database import open_database
from pipeline.extract import extract
from pipeline.glossary import Glossary
from pipeline.inspection import subject_of
from pipeline.translation import translate
from pipeline.translation.calibrate import calibrate, preferred
from pipeline.translation.engines import apertium
from tests.sites import DAY, catalogue, site
from tests.tools import missing
from tests.translation.clients import guarded, settings

MODES = Path("/usr/share/apertium/modes")
SITE = """\
[site]
title = "A practice"
url = "https://www.example.org"
source_locale = "en"

[locales.es]
"""
PAGE = """\
---
title: A conversation about the house
description: What people say when they are at home.
---

The house is **very old**, and the people who live in it are *good friends*.

Read [the second article](two.md) before you write to <a@x.example> or call 020 555 01 23.

- There are 24 rooms in the house
- The doors are green, and the windows are `open()`
"""
OTHER = "---\ntitle: The second article\n---\n\nThis article is not very long.\n"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The address of a server that was started for these tests."""
    program = shutil.which("apertium-apy")
    if program is None or not (MODES / "eng-spa.mode").exists():
        missing("Apertium with English and Spanish", "apertium-apy and apertium-eng-spa")
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [program, "-p", str(port), "-j", "1", str(MODES.parent)]
    process = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "LC_ALL": "C.UTF-8"},  # it refuses to start in another locale
    )
    url = f"http://127.0.0.1:{port}"
    try:
        until = time.monotonic() + 60
        while True:
            assert process.poll() is None, "the server ended at once"
            assert time.monotonic() < until, "the server does not answer"
            try:
                httpx.get(f"{url}/listPairs", timeout=5)
                break
            except httpx.HTTPError:
                time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait()


def test_a_site_is_drafted_by_rules(address: str, tmp_path: Path) -> None:
    """Calibrated first; every draft has its markup, is Spanish, and passes the gates."""
    project = site(tmp_path, {"one.md": PAGE, "two.md": OTHER}, settings=SITE)
    extract(project, today=DAY)
    database = open_database(project)
    client = apertium.create(settings("apertium", url=address))
    assert client.capabilities.local
    assert "language pairs" in client.health()
    engine = guarded(client, database)

    pair = {"source_locale": "en", "locale": "es"}
    found = calibrate(engine, **pair)
    assert found.best
    assert found.whole[found.best] == max(found.whole.values()) > 0
    assert preferred(database, "apertium", **pair) == found.best

    done = translate(project, "es", engines=[engine], today=DAY)
    assert done.errors == ()
    assert done.drafts["apertium"] >= 8
    article = load(project, next(s for s in find(project).sources if s.id == "one"))
    texts = []
    for segment in article.segments:
        message = catalogue(project, "one", "es").get(segment.text, segment.context)
        assert message is not None
        assert state_of(message) is State.DRAFT or not message.text
        if not message.text:
            assert any(one.text == message.id and one.reasons for one in done.waiting)
            continue
        outcome = (marks.find(message, "markup") or {"outcome": "whole"})["outcome"]
        if outcome != "to place":
            assert segment.problems(message.text) == []
        subject = subject_of(project, "es", message, message.text, segment, Glossary())
        wrong = [f for f in findings(subject, least=Severity.ERROR) if f.check != "tokens"]
        assert wrong == []
        texts.append(message.text)
    assert any("24" in text for text in texts)
    if not language.is_available():
        missing("lingua", "lingua-language-detector")
    english = "y " + " ".join(texts)
    detector = language._detector("en", "es")
    assert detector is not None
    best = detector.compute_language_confidence_values(english)[0]
    assert best.language.name == "SPANISH"
    database.dispose()


def test_a_pair_that_it_has_not_is_refused(address: str) -> None:
    """In words that name it."""
    from pipeline.translation import EngineFault, Job, Trouble  # noqa: PLC0415

    client = apertium.create(settings("apertium", url=address))
    with pytest.raises(EngineFault) as caught:
        client.translate(["The house"], Job("en", "nl"))
    assert caught.value.trouble is Trouble.REFUSED
