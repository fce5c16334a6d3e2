"""Calibration: the form of markup that an engine keeps best."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.database import open_database
from pipeline.translation import Guarded
from pipeline.translation.calibrate import PROBES, calibrate, preferred
from pipeline.translation.engines import firefox
from tests.sites import site
from tests.translation.clients import guarded as guarded_engine
from tests.translation.clients import libre, settings
from tests.translation.stand_in import StandIn, marked
from tests.translation.test_firefox import models


@pytest.fixture
def guarded(server: StandIn, tmp_path: Path) -> Iterator[Guarded]:
    """LibreTranslate on the stand-in, guarded."""
    database = open_database(site(tmp_path))
    yield guarded_engine(libre(server), database)
    database.dispose()


def test_the_form_of_markup_that_an_engine_keeps_best_is_found(
    guarded: Guarded, server: StandIn
) -> None:
    """And remembered, for this pair alone."""
    server.say = lambda text: marked(text.replace("⟦", "[").replace("{", "("))
    pair = {"source_locale": "en", "locale": "nl"}
    found = calibrate(guarded, **pair)
    assert (found.whole["⟦1⟧"], found.whole["(1)"]) == (0, len(PROBES))
    assert found.best == preferred(guarded.database, guarded.name, **pair) == "(1)"
    assert preferred(guarded.database, guarded.name, source_locale="en", locale="fr") == ""


def test_a_real_neural_engine_is_calibrated(guarded: Guarded) -> None:
    """It keeps numbers in brackets, and not those in others."""
    engine = firefox.create(settings("firefox", models=str(models())))
    found = calibrate(Guarded(engine, guarded.database), source_locale="en", locale="pt")
    assert found.whole["(1)"] > found.whole["⟦1⟧"]


def test_what_is_asked_for_calibrating_is_counted(guarded: Guarded, server: StandIn) -> None:
    """Within the budget, and several at once where the engine takes them."""
    guarded.daily = 100_000
    calibrate(guarded, source_locale="en", locale="nl")
    assert guarded.budget.room() == 100_000 - server.billed
    assert server.billed > 1000
    assert len(server.seen) == 4
