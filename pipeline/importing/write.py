"""Writing what a plan says: pictures first, then the articles that show them, and over nothing."""

from __future__ import annotations

from pathlib import Path

from .. import files
from ..errors import ImportingError, OutputError
from ..project import Project
from .plan import Plan


def write(project: Project, planned: Plan) -> list[Path]:
    """Write the new articles of a plan and their pictures; the paths of what was written.

    Raises:
        ImportingError: A file came to be there meanwhile.
        OutputError: The sources cannot be written.
    """
    written: list[Path] = []
    with files.lock("import", project.locks_dir):
        for picture in planned.pictures:
            _write(project.source_dir / picture.name, picture.data, written)
        for arrival in planned.new:
            _write(project.source_dir / arrival.name, arrival.text.encode(), written)
    return written


def _write(path: Path, data: bytes, written: list[Path]) -> None:
    if path.exists() or path.is_symlink():
        raise ImportingError(
            "the file is already there",
            path=path,
            hint=f"It came meanwhile and stays; {len(written)} files were written before it.",
        )
    try:
        files.write(path, data)
    except OSError as error:
        hint = f"Mend the cause and import again; {len(written)} files were written before it."
        said = f"the file cannot be written: {error.strerror or error}"
        raise OutputError(said, path=path, hint=hint) from error
    written.append(path)
