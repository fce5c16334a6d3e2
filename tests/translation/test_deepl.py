"""DeepL: what its client is given, and the glossaries that it keeps."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.glossary import Term
from pipeline.translation import EngineFault, EngineSettings, Job, Trouble
from pipeline.translation.engines import deepl
from tests.translation.clients import deepl_client
from tests.translation.stand_in import StandIn

CLIENT, PRACTICE = Term("client", ("cliënt",)), Term("practice", ("praktijk",))


def job(*terms: Term, locale: str = "nl") -> Job:
    """A job with a glossary."""
    return Job("en", locale, glossary=terms)


def test_form_of_address_context_and_markup_are_given(server: StandIn) -> None:
    """The key in a header, and nowhere else (which the stand-in sees to)."""
    asked = Job("en", "nl", True, "informal", notes=("heading",), before=("One",), after=("Three",))
    deepl_client(server).translate(['Two <x id="1"></x>'], asked)
    (sent,) = server.seen
    assert sent["formality"] == "prefer_less"
    assert sent["context"] == "One\nheading\nThree"
    assert (sent["tag_handling"], sent["ignore_tags"]) == ("html", ["x"])
    assert (sent["source_lang"], sent["target_lang"]) == ("EN", "NL")
    assert "glossary_id" not in sent
    deepl_client(server).translate(["Two"], Job("en", "nl", address="formal"))
    assert server.seen[1]["formality"] == "prefer_more"
    assert "tag_handling" not in server.seen[1]


@pytest.mark.parametrize(
    ("locale", "target"),
    [("nl_BE", "NL"), ("de_AT", "DE"), ("en", "EN-GB"), ("en_US", "EN-US"), ("pt", "PT-PT"),
     ("pt_BR", "PT-BR"), ("zh", "ZH-HANS"), ("zh_TW", "ZH-HANT"), ("nb", "NB"), ("fr_CA", "FR")],
)  # fmt: skip
def test_a_language_is_named_as_deepl_does(locale: str, target: str, server: StandIn) -> None:
    """It knows few territories, and wants them for some."""
    deepl_client(server).translate(["One"], Job("de" if target != "DE" else "en", locale))
    assert server.seen[0]["target_lang"] == target


def test_a_glossary_is_made_once_for_its_content(server: StandIn) -> None:
    """And found again by others; a changed one takes its place."""
    engine = deepl_client(server)
    engine.translate(["One"], job(CLIENT, PRACTICE))
    engine.translate(["Two"], job(PRACTICE, CLIENT))
    (number,) = server.glossaries
    sent = [data for data in server.seen if "text" in data]
    assert [data["glossary_id"] for data in sent] == [number, number]
    deepl_client(server).translate(["Three"], job(CLIENT, PRACTICE))
    assert list(server.glossaries) == [number]
    deepl_client(server).translate(["Four"], job(CLIENT))
    (other,) = server.glossaries
    assert other != number
    assert server.seen[-1]["glossary_id"] == other


def test_a_glossary_of_another_pair_is_left_alone(server: StandIn) -> None:
    """And so is what somebody else made."""
    server.glossaries["theirs"] = {
        "glossary_id": "theirs", "name": "mine, do not touch", "ready": True, "entry_count": 1,
        "source_lang": "en", "target_lang": "nl", "creation_time": "2026-11-24T12:00:00.000Z",
    }  # fmt: skip
    deepl_client(server).translate(["One"], job(CLIENT))
    deepl_client(server).translate(["One"], job(CLIENT, locale="de"))
    assert len(server.glossaries) == 3
    deepl_client(server).translate(["One"], job(PRACTICE))
    assert len(server.glossaries) == 3
    assert "theirs" in server.glossaries


def test_sites_that_share_an_account_have_their_own_glossaries(server: StandIn) -> None:
    """One does not remove that of the other."""
    tables = [
        EngineSettings(
            "deepl", {"url": server.url, "key_env": "STAND_IN_KEY"}, Path("pipeline.toml"), site
        )
        for site in ("https://one.example", "https://two.example")
    ]
    one, two = (deepl.create(table) for table in tables)
    one.translate(["One"], job(CLIENT))
    two.translate(["One"], job(PRACTICE))
    assert len(server.glossaries) == 2


def test_a_glossary_that_somebody_removed_is_made_again(server: StandIn) -> None:
    """After one failure, not after a new start."""
    engine = deepl_client(server)
    engine.translate(["One"], job(CLIENT))
    server.glossaries.clear()
    server.faults = ["404"]
    with pytest.raises(EngineFault):
        engine.translate(["Two"], job(CLIENT))
    engine.translate(["Two"], job(CLIENT))
    assert server.seen[-1]["glossary_id"] in server.glossaries


def test_a_pair_without_glossaries_is_translated_without(server: StandIn) -> None:
    """The terms are checked afterwards; it is not asked for one with each text."""
    server.no_glossaries = True
    engine = deepl_client(server)
    assert engine.translate(["One"], job(CLIENT)) == ["nlone"]
    engine.translate(["Two"], job(CLIENT))
    assert [("glossary_id" in data) for data in server.seen if "text" in data] == [False, False]
    assert sum("entries" in data for data in server.seen) == 1


def test_what_it_says_of_its_quota_is_told(server: StandIn) -> None:
    """As its health; a key that it does not know is refused."""
    assert deepl_client(server).health() == "499,900 characters left"
    server.always = "403"
    with pytest.raises(EngineFault, match="does not accept the key") as caught:
        deepl_client(server).translate(["One"], Job("en", "nl"))
    assert caught.value.trouble is Trouble.REFUSED
