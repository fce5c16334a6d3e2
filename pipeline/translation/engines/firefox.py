"""The neural models of Firefox Translations, on this machine, without a key.

Through fxtranslate, an extra. Its translator may only be used by the thread that made it, so it has
a thread of its own. It may drop a sentence after a line break, so texts are divided there. Models
are fetched when they are asked for (`fetch`), and never by the way.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from ..engine import Capabilities, EngineFault, EngineSettings, Job, Trouble
from ..models import ATTACHMENTS, fetch

_LINES = re.compile(r"(\n+)")


@dataclass(frozen=True, slots=True)
class Firefox:
    """The models in one folder."""

    name: str
    folder: Path
    records: str = ""
    attachments: str = ATTACHMENTS
    threads: dict[tuple[str, str], ThreadPoolExecutor] = field(default_factory=dict, repr=False)
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def capabilities(self) -> Capabilities:
        """Nothing leaves this machine; numbers in brackets come back whole."""
        return Capabilities(local=True, texts=8, characters=8000, price=0, prefers="(1)")

    def translate(self, texts: Sequence[str], job: Job) -> list[str]:
        """As `Engine.translate`."""
        thread = self._thread(job)
        try:
            return [thread.submit(_whole, text).result() for text in texts]
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # a panic of the engine is no Exception
            raise EngineFault(Trouble.BROKEN, f"failed ({type(error).__name__})") from None

    def health(self) -> str:
        """As `Engine.health`: the pairs there are models for."""
        pairs = sorted(path.name for path in self.folder.glob("*") if _files(path))
        if not pairs:
            raise EngineFault(Trouble.REFUSED, f"has no models in {self.folder.name}/")
        return f"models: {', '.join(pairs)}"

    def fetch(self, source_locale: str, locale: str) -> str:
        """Fetch the model of a pair, once; what it says then.

        Raises:
            EngineFault: It cannot be had.
        """
        from fxtranslate import discovery  # noqa: PLC0415 - an extra

        pair = (source_locale.partition("_")[0], locale.partition("_")[0])
        folder = self.folder / "".join(pair)
        if _files(folder) is not None:
            return f"has its model from {pair[0]} to {pair[1]} already"
        records = self.records or discovery.records_url()
        found = fetch(pair, folder, records=records, attachments=self.attachments)
        size = sum(path.stat().st_size for path in found) / 1e6
        return f"fetched {len(found)} files from {pair[0]} to {pair[1]}, {size:.0f} MB"

    def _thread(self, job: Job) -> ThreadPoolExecutor:
        """The thread that has the translator of a language pair."""
        pair = (job.source_locale.partition("_")[0], job.locale.partition("_")[0])
        with self.lock:
            return self.threads.get(pair) or self._started(pair)

    def _started(self, pair: tuple[str, str]) -> ThreadPoolExecutor:
        folders = sorted(self.folder.glob(f"{pair[0]}{pair[1]}*"))
        files = next((found for folder in folders if (found := _files(folder))), None)
        if files is None:
            raise EngineFault(Trouble.REFUSED, f"has no model from {pair[0]} to {pair[1]}")
        self.threads[pair] = ThreadPoolExecutor(1, initializer=_load, initargs=(files,))
        return self.threads[pair]


def _files(folder: Path) -> tuple[Path, Path, Path, Path] | None:
    """Model, vocabularies and shortlist of a folder; None if it has not all of them."""
    model = next(folder.glob("model.*.bin"), None)
    source = next(chain(folder.glob("srcvocab.*.spm"), folder.glob("vocab.*.spm")), None)
    target = next(chain(folder.glob("trgvocab.*.spm"), folder.glob("vocab.*.spm")), None)
    short = next(folder.glob("lex.*.bin"), None)
    if model is None or source is None or target is None or short is None:
        return None
    return model, source, target, short


_own = threading.local()
"""What a thread has for itself, and lets go of itself."""


def _load(files: tuple[Path, Path, Path, Path]) -> None:
    from fxtranslate import Translator  # noqa: PLC0415 - an extra

    _own.translator = Translator(*(path.read_bytes() for path in files))


def _whole(text: str) -> str:
    """A text of any length, line by line."""
    return "".join(
        str(_own.translator.translate_long(piece)) if piece.strip() else piece
        for piece in _LINES.split(text)
    )


def create(settings: EngineSettings) -> Firefox:
    """The engine that a table describes: ``models``, a folder with one for each pair (``ennl``).

    ``records`` and ``attachments`` are for a mirror of one's own.
    """
    try:
        import fxtranslate  # noqa: F401, PLC0415 - an extra
    except ImportError:
        raise settings.error("fxtranslate is missing: install the extra “firefox”") from None
    folder = settings.path.parent / settings.text("models", "models")
    records, attachments = settings.text("records"), settings.text("attachments", ATTACHMENTS)
    return Firefox(settings.name, folder, records, attachments.rstrip("/"))
