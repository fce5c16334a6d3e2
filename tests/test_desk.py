"""Settings of the review desk: each mistake is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.desk import Mail, Review, Webhook
from pipeline.errors import SettingsError
from pipeline.settings import load

DESK = 'url = "https://desk.example.org"\n'
MAIL = 'host = "smtp.example.org"\nsender = "desk@example.org"\n'
OIDC = 'issuer = "https://id.example.org"\nclient_id = "desk"\n'


def review_of(folder: Path, lines: str) -> Review:
    """What ``[review]`` says."""
    path = folder / "pipeline.toml"
    site = '[site]\ntitle = "A"\nurl = "https://a.example"\nsource_locale = "en"\n'
    path.write_text(f"{site}[locales.nl]\n[review]\n{lines}", encoding="utf-8")
    return load(path).review


def test_the_desk_has_mail_a_webhook_and_a_provider(tmp_path: Path) -> None:
    """Each in a table of its own; none of them by default."""
    assert review_of(tmp_path, "") == Review()
    hook = '[review.webhook]\nurl = "https://b.example/hook"\nsecret_env = "HOOK"\n'
    mail = f'[review.mail]\n{MAIL}tls = "tls"\nuser = "me"\npassword_env = "WORD"\n'
    oidc = f'[review.oidc]\n{OIDC}create = true\ndomains = ["Example.org"]\nlanguages = ["nl"]\n'
    found = review_of(tmp_path, f"{DESK}passwords = false\n{hook}{mail}{oidc}")
    assert not found.passwords
    assert found.mail == Mail("smtp.example.org", 465, "tls", "desk@example.org", "me", "WORD")
    assert found.webhook == Webhook("https://b.example/hook", "HOOK")
    assert (found.oidc.domains, found.oidc.languages) == (("example.org",), ("nl",))


def test_letters_have_a_language(tmp_path: Path) -> None:
    """English, if nothing is said; one that there is no letter in is told."""
    assert review_of(tmp_path, f"{DESK}[review.mail]\n{MAIL}").mail.language == "en"
    said = f'{DESK}[review.mail]\n{MAIL}language = "nl"\n'
    assert review_of(tmp_path, said).mail.language == "nl"
    with pytest.raises(SettingsError, match="language"):
        review_of(tmp_path, said.replace('"nl"', '"xx"'))


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (f"[review.mail]\n{MAIL}", "needs the address of the desk"),
        (f'{DESK}[review.mail]\nhost = "smtp"\n', "is no e-mail address"),
        (f'{DESK}[review.mail]\nhost = "smtp"\nsender = "a@b.c\\nBcc: x@y"\n', "no e-mail address"),
        (f'{DESK}[review.mail]\n{MAIL}user = "me"\n', "belong together"),
        (f'{DESK}[review.mail]\n{MAIL}tls = "maybe"\n', "cannot be 'maybe'"),
        (f'{DESK}[review.mail]\n{MAIL}password = "word"\n', "unknown key"),
        (
            f'{DESK}[review.mail]\n{MAIL}tls = "none"\nuser = "me"\npassword_env = "W"\n',
            "would be readable",
        ),
        (f'{DESK}[review.mail]\nsender = "desk@example.org"\n', "host is missing"),
        ('[review.webhook]\nurl = "https://b.example/"\n', "no secret to be signed with"),
        ('[review.webhook]\nurl = "https://me:word@b.example/"\nsecret_env = "S"\n', "password"),
        ('[review.webhook]\nsecret_env = "S"\n', "url is missing"),
        (f"[review.oidc]\n{OIDC}", "needs the address of the desk"),
        (f'{DESK}[review.oidc]\nissuer = "https://id.example.org"\n', "client_id are needed"),
        (f'{DESK}[review.oidc]\nissuer = "http://id.example.org"\nclient_id = "x"\n', "no https"),
        (f"{DESK}[review.oidc]\n{OIDC}create = true\n", "for anybody in the world"),
        (f'{DESK}[review.oidc]\n{OIDC}languages = ["de"]\n', "'de'"),
        (f'{DESK}[review.oidc]\n{OIDC}role = "boss"\n', "cannot be 'boss'"),
        ("passwords = false\n", "nobody can log in"),
    ],
)
def test_a_mistake_about_the_desk_is_named(lines: str, message: str, tmp_path: Path) -> None:
    """So that nothing is sent, or let in, that nobody meant."""
    with pytest.raises(SettingsError, match=message):
        review_of(tmp_path, lines)
