"""The search: an index for each language, made by Pagefind of the pages that are published.

It is optional: Pagefind comes with the extra ``search``, and readers need JavaScript for it.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

from ..errors import SiteError
from ..files import digest
from .publication import Entry, Publication, Published, read_manifest

FOLDER = "pagefind/"
"""Where the index is published."""

_UNUSED = tuple(
    f"pagefind-{name}" for name in ("ui", "modular", "component", "highlight", "worker")
)


def assert_installed() -> None:
    """Say what to install.

    Raises:
        SiteError: Pagefind is not there.
    """
    if find_spec("pagefind_bin") is None:
        raise SiteError(
            "the search needs Pagefind, which is not installed",
            hint="Install the extra “search”, or remove “search” from pipeline.toml.",
        )


def is_due(output: Path, published: Published) -> bool:
    """Whether a page came, changed or went since the index was made, or there is none."""
    touched = (*published.new, *published.changed, *published.removed)
    if any(name.endswith(".html") for name in touched):
        return True
    return not (output / FOLDER / "pagefind.js").is_file()


def publish(output: Path) -> None:
    """Make the index of a published site and publish it, too; a file that is the same stays.

    Raises:
        SiteError: Pagefind failed; the site is published, and its old index with it.
        OutputError: The disk said no.
    """
    before = read_manifest(output)
    with tempfile.TemporaryDirectory() as folder:
        _run(output, Path(folder))
        publication = Publication.begin(output)
        for name, data in _files(Path(folder)):
            publication.write(name, data, Entry(digest(data), len(data)))
        publication.compress()
        publication.commit(before, kept=(name for name in before if not name.startswith(FOLDER)))


def _run(output: Path, folder: Path) -> None:
    command = [sys.executable, "-m", "pagefind_bin", "--site", str(output), "--quiet"]
    command += ["--output-path", str(folder)]
    done = subprocess.run(command, capture_output=True, check=False, timeout=600)  # noqa: S603
    if done.returncode:
        said = (done.stderr or done.stdout).decode(errors="replace").strip().splitlines()
        raise SiteError(
            f"Pagefind could not make the index: {said[-1] if said else done.returncode}",
            path=output,
            hint="The pages are published; build again with --force, or turn the search off.",
        )


def _files(folder: Path) -> Iterable[tuple[str, bytes]]:
    """What the theme's own script needs; not the pages and styles of Pagefind's."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and not name.startswith(_UNUSED):
            yield FOLDER + name, path.read_bytes()
