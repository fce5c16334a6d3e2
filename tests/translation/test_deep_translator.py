"""What deep-translator does without its wrapping; when one of these fails, the wrapping may go.

What it does with it is in ``test_clients.py``.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from deep_translator import GoogleTranslator, MyMemoryTranslator

from pipeline.translation import EngineFault, Job, Trouble
from tests.translation.clients import google, microsoft, mymemory
from tests.translation.stand_in import StandIn


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


@pytest.mark.usefixtures("unwrapped")
def test_bare_it_says_nothing_for_an_ellipsis(server: StandIn) -> None:
    """And nothing is no text."""
    server.say = lambda text: text
    assert bare(server).translate("…") is None
    assert google(server).translate(["…"], Job("en", "nl")) == ["…"]


@pytest.mark.usefixtures("unwrapped")
def test_bare_one_error_loses_the_batch(server: StandIn) -> None:
    """What was answered and paid for before it is gone."""
    server.faults = ["", "500"]
    with pytest.raises(Exception, match="Request exception"):
        bare(server).translate_batch(["One", "Two", "Three"])
    assert server.asked == ["One", "Two"]


@pytest.mark.usefixtures("unwrapped")
def test_bare_it_lets_errors_of_requests_through(server: StandIn) -> None:
    """Which no error of its own stands for."""
    server.always = "reset"
    with pytest.raises(requests.RequestException):
        bare(server).translate("One")


@pytest.mark.usefixtures("unwrapped")
def test_bare_threads_get_the_texts_of_others(server: StandIn) -> None:
    """If they share an instance, as the wrapping never does."""
    translator = bare(server)
    texts = [f"word{chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(400)]
    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(translator.translate, texts))
    assert said != [f"nl{text}" for text in texts]


def test_bare_microsoft_asks_the_network_in_its_constructor(
    monkeypatch: pytest.MonkeyPatch, server: StandIn
) -> None:
    """Wrapped it does not, and goes where the settings say."""
    from deep_translator import microsoft as module  # noqa: PLC0415

    asked: list[str] = []

    def get(url: str, **options: object) -> requests.Response:
        asked.append(url)
        raise requests.ConnectionError

    monkeypatch.setattr(module, "requests", type("R", (), {"get": staticmethod(get)}))
    with pytest.raises(requests.ConnectionError):
        module.MicrosoftTranslator("en", "nl", api_key="x")
    assert len(asked) == 1
    assert microsoft(server).translate(["One"], Job("en", "nl")) == ["nlone"]


@pytest.mark.parametrize("locale", ["zh", "zh_TW", "nb", "he", "pt_BR", "nl_BE"])
def test_a_language_is_named_as_google_does(locale: str, server: StandIn) -> None:
    """It refuses what it does not know by that name."""
    assert google(server).translate(["One"], Job("en", locale)) == ["nlone"]


def test_a_language_that_it_does_not_know_is_refused(server: StandIn) -> None:
    """Before anything is sent."""
    for make in (google, mymemory):
        with pytest.raises(EngineFault, match="does not translate from en to tlh") as caught:
            make(server).translate(["One"], Job("en", "tlh"))
        assert caught.value.trouble is Trouble.REFUSED
    assert server.asked == []
