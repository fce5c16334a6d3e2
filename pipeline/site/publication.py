"""Publishing: what was built is swapped in, page by page, and never half of one.

Pages are written beside the published site, in its folder ``.next``. When all are on disk, a list
of what is to be done is written, and carried out: first the new pages take their places, then
what is gone is removed, then the manifest says what is there. Whatever kills this on the way, every
address answers with a whole page, old or new, and no link is dead; the next build carries out the
rest of the list first. A fault before the list is written changes nothing.

The pages and styles that a build replaced or removed are kept, in the folder ``.before``, until the
next build that changes something.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import msgspec

from .. import files, garbage
from ..errors import OutputError
from .compression import is_variant, names_of, variants

NEXT = ".next"
BEFORE = ".before"
MANIFEST = ".published.json"
_PLAN = "plan.json"
_FORMAT = 1


class Entry(NamedTuple):
    """A published file: the hash of what it was made of, its size in bytes, and whose it is.

    ``owner`` is ``article id``, tab, ``locale`` for an article's page, and empty for others.
    """

    made_of: str
    size: int
    owner: str = ""


Manifest = Mapping[str, Entry]


class _List(msgspec.Struct):
    """The manifest as it is kept."""

    format: int
    files: dict[str, Entry]


class _Plan(msgspec.Struct):
    """What is to be done to publish: which files move in, which go, and what there is then."""

    move: list[str]
    remove: list[str]
    manifest: _List
    keep: str = ""


_LISTS, _PLANS = msgspec.json.Decoder(_List), msgspec.json.Decoder(_Plan)


@dataclass(frozen=True, slots=True)
class Published:
    """What publishing did: files that are new, that changed, and that are gone.

    Their compressed forms go with them and are not named. ``kept`` is by what `earlier` finds the
    pages that were there before.
    """

    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    kept: str = ""


@dataclass(slots=True)
class Publication:
    """One publication under way into the folder ``output``.

    ``site`` is where what is live stands, if not there; ``keeps`` whether the pages that it
    replaces are kept.
    """

    output: Path
    site: Path
    keeps: bool = False
    written: dict[str, Entry] = field(default_factory=dict)

    @classmethod
    def begin(cls, output: Path, *, site: Path | None = None, keeps: bool = False) -> Publication:
        """Make ready to publish, finishing first what an earlier build left undone.

        Raises:
            OutputError: The folder cannot be written.
        """
        settle(output)
        with _said_of(output):
            output.mkdir(parents=True, exist_ok=True)
            shutil.rmtree(output / NEXT, ignore_errors=True)
            (output / NEXT).mkdir()
        return cls(output, site or output, keeps)

    def write(self, name: str, data: bytes, entry: Entry) -> None:
        """Put a file beside the site."""
        stage(self.output, name, data)
        self.written[name] = entry

    def compress(self) -> None:
        """Put compressed forms beside every text that was written and has none yet (in threads:
        zlib and Brotli let go of the interpreter)."""
        wanted = [name for name in self.written if not self.written.keys() >= {*names_of(name)}]
        with _said_of(self.output), ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
            found = pool.map(
                lambda name: variants(name, staged(self.output, name).read_bytes()), wanted
            )
            for name, compressed in zip(wanted, found, strict=True):
                for variant, data in compressed.items():
                    entry = self.written[name]._replace(size=len(data))
                    self.write(variant, data, entry)

    def commit(self, before: Manifest, *, kept: Iterable[str]) -> Published:
        """Swap in what was written, remove what is neither written nor kept.

        Args:
            before: The manifest of the site as it is.
            kept: The files that stay as they are.

        Raises:
            OutputError: The disk said no; the site is whole, and a later build will finish.
        """
        after = {name: before[name] for name in kept if name in before} | self.written
        changed = [name for name in self.written if not self._is_same(name)]
        removed = sorted(set(before) - set(after))
        with _said_of(self.output):
            _flush([staged(self.output, name) for name in changed])
            keep = self._keep() if changed or removed else ""
            moves = sorted(changed, key=_pages_first)
            plan = _Plan(moves, removed, _List(_FORMAT, after), keep)
            files.write(self.output / NEXT / _PLAN, msgspec.json.encode(plan))
            finish(self.output)
        return _published(before, changed, removed, keep)

    def foreseen(self, before: Manifest, *, kept: Iterable[str]) -> Published:
        """What `commit` would say; nothing is swapped in, and what was written stays beside."""
        changed = [name for name in self.written if not self._is_same(name)]
        removed = sorted(set(before) - set(kept) - set(self.written))
        return _published(before, changed, removed, "")

    def _keep(self) -> str:
        """Make room for the pages that are replaced; those of the build before make it."""
        if not self.keeps:
            return ""
        shutil.rmtree(self.output / BEFORE, ignore_errors=True)
        name = secrets.token_hex(6)
        (self.output / BEFORE / name).mkdir(parents=True)
        return name

    def abandon(self) -> None:
        """Forget what was written; the site is as it was."""
        shutil.rmtree(self.output / NEXT, ignore_errors=True)

    def _is_same(self, name: str) -> bool:
        """Whether the published file already says what was written."""
        try:
            return (self.site / name).read_bytes() == staged(self.output, name).read_bytes()
        except OSError:
            return False


def settle(output: Path) -> None:
    """Carry out what an earlier build decided on and left undone; to be called under the lock.

    Whoever goes by what is published does so before it looks.

    Raises:
        OutputError: The disk said no.
    """
    with _said_of(output):
        finish(output)


def stage(output: Path, name: str, data: bytes) -> None:
    """Write a file beside the site, where `Publication.commit` finds it."""
    path = staged(output, name)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o644)
    try:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
    finally:
        os.close(descriptor)


def staged(output: Path, name: str) -> Path:
    """Where a file waits: all of them side by side, which spares a folder for each page."""
    return output / NEXT / files.digest(name.encode())


def finish(output: Path) -> None:
    """Carry out what is left of a publication that was decided on; nothing if none was.

    Raises:
        OSError: The disk said no; calling it again goes on.
    """
    path = output / NEXT / _PLAN
    try:
        plan = _PLANS.decode(path.read_bytes())
    except (FileNotFoundError, ValueError):
        return
    for name in plan.move:
        source = staged(output, name)
        if source.exists():
            _keep_page(output, plan.keep, name)
            (output / name).parent.mkdir(parents=True, exist_ok=True)
            os.replace(source, output / name)  # noqa: PTH105 - as in files.write
    for name in plan.remove:
        _keep_page(output, plan.keep, name)
        (output / name).unlink(missing_ok=True)
        _remove_empty(output, (output / name).parent)
    files.write(output / MANIFEST, _lines_of(plan.manifest))
    path.unlink()
    shutil.rmtree(output / NEXT, ignore_errors=True)


def earlier(output: Path, kept: str, name: str) -> Path:
    """Where a page is that a build replaced or removed, if it is still kept."""
    return output / BEFORE / kept / files.digest(name.encode())


def _keep_page(output: Path, keep: str, name: str) -> None:
    """Keep a page that is about to be replaced, as another name of the same file."""
    if not keep or not name.endswith((".html", ".css")):
        return
    source, target = output / name, earlier(output, keep, name)
    if not source.exists() or target.exists():  # it is new, or kept already
        return
    try:
        os.link(source, target)
    except OSError:  # a disk without hard links
        shutil.copyfile(source, target)


def _published(
    before: Manifest, changed: Iterable[str], removed: Iterable[str], kept: str
) -> Published:
    said = [name for name in changed if not is_variant(name)]
    return Published(
        tuple(sorted(name for name in said if name not in before)),
        tuple(sorted(name for name in said if name in before)),
        tuple(name for name in removed if not is_variant(name)),
        kept,
    )


def read_manifest(output: Path) -> dict[str, Entry]:
    """What is published in a folder; empty if nothing is, or nothing that is known."""
    try:
        with garbage.kept():
            known = _LISTS.decode((output / MANIFEST).read_bytes())
    except (OSError, ValueError):
        return {}
    return known.files if known.format == _FORMAT else {}


def _lines_of(known: _List) -> bytes:
    """The manifest as JSON, a file in each line."""
    encode = msgspec.json.encode
    lines = (encode(name) + b": " + encode(entry) for name, entry in sorted(known.files.items()))
    return b'{"format": %d, "files": {\n%s\n}}\n' % (known.format, b",\n".join(lines))


def _pages_first(name: str) -> tuple[int, str]:
    """Assets, then pages, then the pages that list them: so no page links to what is not there."""
    if not name.endswith((".html", ".html.br", ".html.gz")):
        return (0, name)
    return (1 if name.count("/") == 2 else 2, name)


def _flush(paths: list[Path]) -> None:
    """Wait until the files are on the disk: one by one if few, else all the disk has to write."""
    if len(paths) > 32:
        os.sync()
        return
    for path in paths:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _remove_empty(top: Path, folder: Path) -> None:
    while folder != top:
        with suppress(OSError):
            folder.rmdir()
        if folder.exists():
            return
        folder = folder.parent


@contextmanager
def _said_of(output: Path) -> Iterator[None]:
    """Turns what the operating system says into an error that says what to do."""
    try:
        yield
    except OSError as error:
        raise OutputError(
            f"the published site cannot be written: {error.strerror or error}",
            path=output,
            hint="What is live has stayed whole; mend the cause and build again.",
        ) from error
