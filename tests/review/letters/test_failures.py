"""Failures: managers who want it are told at once of builds that failed, once each."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import insert, update
from standardwebhooks.webhooks import Webhook

from pipeline.database.tables import build
from pipeline.ledger import Ledger, ledger_of
from pipeline.ledger.build import DRAFT, Asked
from review import failures, subscriptions
from review.desk import Desk
from review.failures import Failure
from review.runs import Kind, Stage
from review.subscriptions import Mode
from review.tables import run
from tests.review.desks import TWO, browser, desk_in, person
from tests.review.letters.posting import URL, ZONE, due_now, mode_of, parts, sent
from tests.review.post import PostOffice
from tests.sites import write
from tests.workers.hook import hook


@pytest.fixture(autouse=True)
def wanted(desk: Desk) -> None:
    """Managers want it, whatever else they are told; so does a translator, who may not."""
    for name, mode in (("Mona", Mode.NEVER), ("Dora", Mode.DAILY), ("Tess", Mode.AT_ONCE)):
        one = person(desk, name)
        own = (desk.database, one.id, name, mode)
        subscriptions.choose(*own, hour=8, zone=ZONE, failures=True)


def broken(desk: Desk, **what: object) -> int:
    """A run of a desk that failed just now, with two errors."""
    asked = {"locales": [], "articles": [], "engines": [], "force": False, **what}
    row = {"at": time.time(), "person": 1, "who": "Bea", "kind": "build", "state": "failed"}
    row |= {"what": json.dumps(asked), "until": time.time()}
    row["report"] = json.dumps({"errors": ["secret words", "more of them"]})
    with desk.database.begin() as connection:
        key = connection.execute(insert(run).values(**row)).inserted_primary_key
        return int(key[0]) if key else 0


def ended(ledger: Ledger, state: str, *errors: object, steps: tuple[str, ...] = ()) -> str:
    """A build of workers that ended just now."""
    asked = Asked(("nl",), articles=("articles/first",))
    name = ledger.builds.start(asked, output="public", who="nightly", steps=steps or ("publish",))
    assert ledger.builds.take(name, "somebody")
    outcome = json.dumps({"errors": errors}, separators=(",", ":"))
    assert ledger.builds.end(name, "somebody", state, outcome)
    return name


def receivers(office: PostOffice) -> list[str]:
    """Who got letters so far."""
    return sorted(to[0].partition("@")[0] for to, _ in office.letters)


def test_a_run_that_fails_is_told_to_managers_at_once(desk: Desk, office: PostOffice) -> None:
    """A real one, of an article that cannot be read: what it was of, how many errors, no text."""
    write(desk.project.root / "source/articles/first.md", "---\ntitle: [\n---\nWords.\n")
    number = desk.runs.start(Kind.BUILD, person(desk, "Bea"), locales=["nl"])
    until = time.monotonic() + 120
    while (found := desk.runs.get(number)) is None or found.is_open:
        assert time.monotonic() < until
        time.sleep(0.05)
    assert found.stage is Stage.FAILED
    assert sent(desk) == 1
    [(to, letter)] = office.letters
    assert to == ["mona@example.org"]
    assert letter["Subject"] == "A site: A build of Dutch failed"
    plain, html = parts(letter)
    said = f"Begun by Bea. It ended with {len(found.report['errors'])} error"
    assert said in plain and said in html
    assert f"See what went wrong: {URL}/runs/{number}" in plain
    assert f'href="{URL}/runs/{number}"' in html
    assert "What was live before stays live." in plain
    assert sent(desk) == 0


def test_only_who_manages_it_and_wants_it_is_told(desk: Desk, office: PostOffice) -> None:
    """Of another language, not; of everything, each of them; and nobody who has no address."""
    broken(desk, locales=["de"])
    assert sent(desk) == 0  # Dora manages it, and has no address
    broken(desk, locales=["nl", "de"], articles=["a", "b", "c", "d"])
    broken(desk)
    assert sent(desk) == 2
    assert receivers(office) == ["mona", "mona"]
    subjects = [letter["Subject"] for _, letter in office.letters]
    assert subjects[0].endswith("A build of a, b, c, 1 more (Dutch, German) failed")
    assert subjects[1].endswith("A build of the whole site failed")
    assert "secret" not in "".join(parts(office.letters[0][1]))


def test_what_workers_failed_at_is_told_too(desk: Desk, office: PostOffice) -> None:
    """Whoever asked for it, and also where it ended with errors; not what went well."""
    ledger = ledger_of(desk.project, desk.database)
    ended(ledger, "done")
    ended(ledger, "cancelled")
    assert sent(desk) == 0
    name = ended(ledger, "done", {"kind": "ArticleError", "message": "x"})
    assert sent(desk) == 1
    assert "Begun by nightly. It ended with 1 error." in parts(office.letters[0][1])[0]
    assert f"{URL}/runs\n" in parts(office.letters[0][1])[0]
    assert ledger.builds.retry(name) and ledger.builds.take(name, "again")
    assert sent(desk) == 0
    ledger.builds.end(name, "again", "failed", '{"errors":[{"kind":"QueueError","message":"x"}]}')
    assert sent(desk) == 1
    ended(ledger, "failed", {"kind": "QueueError", "message": "x"}, steps=DRAFT)
    assert sent(desk) == 1
    assert "Drafting articles/first (Dutch) failed" in office.letters[-1][1]["Subject"]


def test_a_run_that_workers_do_is_told_once(desk: Desk, office: PostOffice) -> None:
    """As the desk's run, though the ledger has it, too."""
    name = ended(ledger_of(desk.project, desk.database), "failed", {"message": "x"})
    number = broken(desk)
    with desk.database.begin() as connection:
        connection.execute(update(run).where(run.c.id == number).values(build=name))
    assert sent(desk) == 1
    assert f"{URL}/runs/{number}" in parts(office.letters[0][1])[0]


def test_a_build_that_was_broken_off_is_told(desk: Desk, office: PostOffice) -> None:
    """Nobody else says that it ended."""
    number = broken(desk)
    with desk.database.begin() as connection:
        connection.execute(update(run).values(state=Stage.LOST, report="{}"))
    assert sent(desk) == 1
    assert "It was broken off." in parts(office.letters[0][1])[0]
    assert str(number)


def test_of_many_senders_one_tells_it(desk: Desk, office: PostOffice) -> None:
    """Four at once, ten failures, ten letters."""
    for _ in range(10):
        broken(desk)
    with ThreadPoolExecutor(4) as pool:
        counts = list(pool.map(lambda _: failures.tell(desk.project, desk.database), range(4)))
    assert sum(counts) == 10
    assert sent(desk) == 10
    assert len(office.letters) == 10


def test_what_failed_long_ago_is_no_news(desk: Desk, office: PostOffice) -> None:
    """Nor is it told when the desk learns to tell."""
    broken(desk)
    ended(ledger_of(desk.project, desk.database), "failed", {"message": "x"})
    old = time.time() - 2 * 24 * 3600
    with desk.database.begin() as connection:
        connection.execute(update(run).values(until=old))
        connection.execute(update(build).values(ended=old))
    assert sent(desk) == 0


def test_one_click_ends_these_letters_too(desk: Desk, office: PostOffice) -> None:
    """Also for who wants no others; and whoever is no manager any more gets none."""
    broken(desk)
    assert sent(desk) == 1
    path = office.letters[0][1]["List-Unsubscribe"].strip("<>").removeprefix(URL)
    with browser(desk) as nobody:
        del nobody.headers["Sec-Fetch-Site"]
        assert nobody.post(path, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    with desk.database.connect() as connection:
        assert subscriptions.of(connection, person(desk, "Mona").id).is_none
    broken(desk)
    assert sent(desk) == 0


def test_it_is_chosen_on_the_account_by_managers(desk: Desk) -> None:
    """Others are not asked, and cannot choose it."""
    form = {"mode": "never", "hour": "8", "zone": ZONE, "failures": "yes"}
    for name, may in (("Mona", True), ("Ruth", False)):
        with browser(desk, name) as somebody:
            assert ('name="failures"' in somebody.get("/account").text) is may
            assert somebody.post("/account/notices", data=form).status_code == 303
            assert ('value="yes" checked' in somebody.get("/account").text) is may
        with desk.database.connect() as connection:
            assert subscriptions.of(connection, person(desk, name).id).failures is may
        assert mode_of(desk, name) is Mode.NEVER


def test_the_webhook_is_told_whoever_wants_letters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What failed, where and how often; no error is in it."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    monkeypatch.setenv("TEST_HOOK", secret)
    folder = tmp_path / "other"
    folder.mkdir()
    with hook(refuse=1) as heard:
        more = f'[review.webhook]\nurl = "{heard.url}"\nsecret_env = "TEST_HOOK"\n'
        other = desk_in(folder, settings=f'{TWO}\n[review]\nurl = "{URL}"\n{more}')
        number = broken(other, locales=["nl"])
        assert sent(other) == 0
        due_now(other.database)
        assert sent(other) == 1
        assert sent(other) == 0
        _, last = heard.heard
    names = ("webhook-id", "webhook-timestamp", "webhook-signature")
    headers = dict(zip(names, (last.name, last.at, last.signature), strict=True))
    said = Webhook(secret).verify(last.body, headers)
    assert said["type"] == "review.build"
    assert said["data"] == {
        "by": "Bea",
        "to": [],
        "what": "build",
        "locales": ["nl"],
        "articles": [],
        "errors": 2,
        "url": f"{URL}/runs/{number}",
    }
    other.database.dispose()


def test_what_waits_since_an_older_version_is_read() -> None:
    """Digests that were made before failures said of which languages they are."""
    old = {"what": "build 7", "who": "Mona", "at": 1.0, "path": "/runs"}
    assert Failure.of(old) == Failure("", "build 7", "Mona", 1.0, "/runs")
