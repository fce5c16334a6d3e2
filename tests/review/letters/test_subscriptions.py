"""Subscriptions: chosen on one's account, and ended by one click in a letter."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from review import subscriptions, work
from review.audit import trail
from review.desk import Desk
from review.subscriptions import Mode
from tests.review.desks import browser, person
from tests.review.letters.posting import (
    URL,
    ZONE,
    mode_of,
    place,
    sent,
)
from tests.review.post import PostOffice


def test_one_click_ends_it_without_logging_in(desk: Desk, office: PostOffice) -> None:
    """As mail programs do it (RFC 8058): they post to the link of the header, and say no origin."""
    work.say(desk, place(desk), person(desk, "Ruth"), "@Tess, look")
    assert sent(desk) == 1
    letter = office.letters[0][1]
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = letter["List-Unsubscribe"].strip("<>").removeprefix(URL)
    work.say(desk, place(desk), person(desk, "Ruth"), "@Tess, again")  # not sent yet
    with browser(desk) as nobody:
        del nobody.headers["Sec-Fetch-Site"]
        assert "Tess" in nobody.get(path).text
        assert mode_of(desk, "Tess") is Mode.AT_ONCE  # looking changes nothing
        click = {"List-Unsubscribe": "One-Click"}
        assert nobody.post(path, data=click).status_code == 200
        assert nobody.post(path, data=click).status_code == 200
    assert mode_of(desk, "Tess") is Mode.NEVER
    assert sent(desk) == 0
    noted = [one for one in trail(desk.database) if "by a link in a letter" in one.detail]
    assert [one.who for one in noted] == ["Tess"]


@pytest.mark.parametrize("word", ["", "x", "1", "1.", "1.AAAA", "１.x", "99999999999.x", "1.é"])
def test_a_link_that_nobody_signed_ends_nothing(desk: Desk, word: str) -> None:
    """Nor that of somebody else."""
    assert subscriptions.person_in(desk.database, word) is None
    own = subscriptions.word_for(desk.database, person(desk, "Tess").id)
    other = f"{person(desk, 'Ruth').id}.{own.partition('.')[2]}"
    assert subscriptions.person_in(desk.database, other) is None
    assert subscriptions.person_in(desk.database, own) == person(desk, "Tess").id
    with browser(desk) as nobody:
        assert nobody.post(f"/unsubscribe/{word or 'x'}").status_code == 410


# The account


def test_everybody_chooses_for_themselves(desk: Desk) -> None:
    """On their account; what makes no sense is refused, and it is in the trail."""

    def choose(tess: TestClient, mode: str, hour: str, zone: str) -> int:
        return tess.post(
            "/account/notices", data={"mode": mode, "hour": hour, "zone": zone}
        ).status_code

    with browser(desk, "Tess") as tess:
        assert choose(tess, "daily", "17", "Asia/Tokyo") == 303
        page = tess.get("/account").text
        assert '<option value="17" selected>' in page and "<option selected>Asia/Tokyo" in page
        assert choose(tess, "daily", "24", ZONE) == 422
        assert choose(tess, "daily", "8", "../../etc/passwd") == 422
        assert choose(tess, "hourly", "8", ZONE) == 422
    assert trail(desk.database, limit=1)[0].detail == "daily at 17:00, Asia/Tokyo"
