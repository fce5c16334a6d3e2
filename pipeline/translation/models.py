"""Models of Firefox Translations, fetched once when asked for, and checked before they are used.

What there is, Mozilla's Remote Settings tell; `fxtranslate` reads that, unpacks the files and
compares their hashes. Nothing is fetched by the way: only `pipeline engines fetch` comes here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import httpx

from .. import files
from .engine import EngineFault, Trouble

ATTACHMENTS = "https://firefox-settings-attachments.cdn.mozilla.net"
_KINDS = frozenset(("model", "lex", "vocab", "srcvocab", "trgvocab"))
_TIMEOUT = httpx.Timeout(300, connect=10)

Record = Mapping[str, str | None]


def fetch(pair: tuple[str, str], folder: Path, *, records: str, attachments: str) -> list[Path]:
    """The files of the newest model of a pair, written into a folder.

    Args:
        pair: The two languages.
        folder: Where the files go; nothing is there until all of them are whole.
        records: The address of the list of models.
        attachments: What the places in it are relative to.

    Raises:
        EngineFault: There is none, it cannot be reached, or a file is not what it should be.
    """
    from fxtranslate import discovery  # noqa: PLC0415 - an extra

    try:
        with httpx.Client(timeout=_TIMEOUT, follow_redirects=True) as client:
            body = client.get(records).raise_for_status().text
            chosen = newest(discovery.parse_records(body), *pair)
            if not chosen:
                raise EngineFault(Trouble.REFUSED, f"has no model from {pair[0]} to {pair[1]}")
            found: dict[str, bytes] = {}
            for record in chosen:
                packed = client.get(f"{attachments}/{record['location']}").raise_for_status()
                whole = discovery.verify_and_decompress(
                    packed.content, record["decompressedHash"] or ""
                )
                found[Path(str(record["name"])).name] = whole
    except httpx.HTTPError as error:
        raise EngineFault(
            Trouble.BUSY, f"could not fetch the models ({type(error).__name__})"
        ) from None
    except (ValueError, KeyError) as error:
        raise EngineFault(Trouble.BROKEN, f"got models that are not whole ({error})") from None
    for name, data in found.items():
        files.write(folder / name, data)
    return [folder / name for name in found]


def newest(records: Sequence[Record], source: str, target: str) -> list[Record]:
    """The files of the newest whole model of a pair; none if there is no whole one."""
    models: dict[tuple[tuple[int, ...], str], list[Record]] = {}
    for record in records:
        wanted = (record["sourceLanguage"], record["targetLanguage"]) == (source, target)
        if wanted and record["fileType"] in _KINDS:
            version = _version(record["version"] or "")
            models.setdefault((version, record["architecture"] or ""), []).append(record)
    whole = {key: many for key, many in models.items() if _is_whole(many)}
    return whole[max(whole)] if whole else []


def _is_whole(many: Sequence[Record]) -> bool:
    kinds = {record["fileType"] for record in many}
    return {"model", "lex"} <= kinds and bool(
        {"vocab"} & kinds or {"srcvocab", "trgvocab"} <= kinds
    )


def _version(text: str) -> tuple[int, ...]:
    """1.10 is newer than 1.9, and older than 2.0; an alpha is older than anything whole."""
    numbers = tuple(int(part) for part in text.split(".") if part.isdigit())
    return numbers if all(part.isdigit() for part in text.split(".")) else (-1, *numbers)
