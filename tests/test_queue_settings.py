"""Settings of the queue: whole numbers within bounds, and a webhook."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import SettingsError
from pipeline.settings import load


def test_the_queue_has_settings_of_its_own(tmp_path: Path) -> None:
    """Whole numbers within bounds; a webhook only with the variable of its secret."""
    path = tmp_path / "pipeline.toml"
    path.write_text(
        '[site]\ntitle = "A"\nurl = "https://a.example"\nsource_locale = "en"\n'
        '[queue]\nurl = "redis://127.0.0.1/0"\nbatch = 8\nlease = 5\nruns = 2\n'
        'webhook = "https://b.example/hook"\nwebhook_secret_env = "HOOK_SECRET"\n',
        encoding="utf-8",
    )
    queue = load(path).queue
    assert (queue.batch, queue.lease, queue.runs) == (8, 5, 2)
    assert (queue.webhook, queue.webhook_secret_env) == ("https://b.example/hook", "HOOK_SECRET")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("batch = 0", "queue.batch"),
        ("lease = 0", "queue.lease"),
        ('webhook = "https://b.example/"', "has no secret to be signed with"),
        ('webhook = "b.example"', "is no http(s) address"),
        ('webhook = "https://me:word@b.example/"\nwebhook_secret_env = "S"', "password"),
        ("leese = 3", "lease"),
    ],
)
def test_a_mistake_about_the_queue_is_named(line: str, message: str, tmp_path: Path) -> None:
    """With its key."""
    path = tmp_path / "pipeline.toml"
    path.write_text(
        f'[site]\ntitle = "A"\nurl = "https://a.example"\nsource_locale = "en"\n[queue]\n{line}\n',
        encoding="utf-8",
    )
    with pytest.raises(SettingsError) as caught:
        load(path)
    assert message in str(caught.value)
