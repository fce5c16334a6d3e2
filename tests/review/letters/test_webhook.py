"""The webhook of the desk, signed as Standard Webhooks has it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from standardwebhooks.webhooks import Webhook

from review import work
from tests.review.desks import TWO, desk_in, person
from tests.review.letters.posting import (
    URL,
    due_now,
    place,
    sent,
)
from tests.workers.hook import hook


def test_the_webhook_is_told_signed_until_it_hears(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the reference of Standard Webhooks reads it; no text that anybody wrote is in it."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    monkeypatch.setenv("TEST_HOOK", secret)
    with hook(refuse=1) as heard:
        more = f'[review.webhook]\nurl = "{heard.url}"\nsecret_env = "TEST_HOOK"\n'
        desk = desk_in(tmp_path, settings=f'{TWO}\n[review]\nurl = "{URL}"\n{more}')
        work.say(desk, place(desk), person(desk, "Ruth"), "@Tess, @Mona, is this right?")
        assert sent(desk) == 0
        due_now(desk.database)
        assert sent(desk) == 1
        assert sent(desk) == 0
        first, second = heard.heard
    assert first.name == second.name
    names = ("webhook-id", "webhook-timestamp", "webhook-signature")
    headers = dict(zip(names, (second.name, second.at, second.signature), strict=True))
    said = Webhook(secret).verify(second.body, headers)
    assert said["type"] == "review.question"
    assert said["data"] == {
        "by": "Ruth",
        "to": ["Tess", "Mona"] if said["data"]["to"][0] == "Tess" else ["Mona", "Tess"],
        "locale": "nl",
        "article": "articles/first",
        "message": place(desk).digest,
        "messages": 1,
        "url": f"{URL}/nl/message/{place(desk).digest}?in=articles%2Ffirst",
    }
    assert "right?" not in json.dumps(said)
    desk.database.dispose()
