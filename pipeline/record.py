"""What is remembered of the last build into a folder, to tell that nothing was touched since.

This is all that a build with nothing to do needs: it reads no article and loads no template.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from . import __version__, files
from .fingerprint import fingerprint
from .project import PREVIEW, Project, output_of
from .site.history import HISTORY, history_path
from .site.publication import BEFORE, NEXT
from .site.shelf import SHELF

_LIVE = "build"
_IGNORED = frozenset({BEFORE, NEXT, SHELF, "__pycache__"})


def remembered_by(project: Project) -> str:
    """What surveys depend on besides their files: those of others are not held for true."""
    return f"{project.settings.digest} {__version__}"


@dataclass(frozen=True, slots=True)
class Record:
    """The last build into one folder.

    Attributes:
        path: The file that remembers it.
        output: The folder.
        touched: The fingerprint of everything it was made of, and of what it made.
        expires: The day from which pages differ without anything being edited.
        files: How many files it published.
    """

    path: Path
    output: Path
    touched: str = ""
    expires: date | None = None
    files: int = 0

    @classmethod
    def of(cls, project: Project, *, preview: bool) -> Record:
        """What is known of the last build; an empty record if nothing is."""
        name = PREVIEW if preview else _LIVE
        path = project.cache_dir / f"{name}.json"
        output = output_of(project, preview=preview)
        try:
            data = json.loads(path.read_bytes())
            expires = date.fromisoformat(data["expires"]) if data["expires"] else None
            return cls(path, output, data["touched"], expires, data["files"])
        except (OSError, ValueError, KeyError, TypeError):
            return cls(path, output)

    @property
    def memory_path(self) -> Path:
        """Where the versions are remembered that it was made of."""
        return self.path.with_name(f"{self.path.stem}-versions.msgpack")

    def is_current(self, project: Project, today: date, inputs: str) -> bool:
        """Whether nothing was touched since, and no grace period has ended."""
        if self.expires is not None and today >= self.expires:
            return False
        # What it is made of differs nearly always if anything does.
        return self.touched.startswith(f"{inputs} ") and self.touched == self._whole(
            project, inputs
        )

    def inputs(self, project: Project) -> str:
        """The fingerprint of everything that a build is made of: to be taken before it reads."""
        catalogues = [project.catalogues_dir / locale for locale in project.all_locales]
        themes = [project.theme_dir] if project.theme_dir else []
        built_in = Path(__file__).parent / "site"
        paths = [project.settings_path, project.source_dir, *catalogues, *themes, built_in]
        return f"{__version__} {fingerprint(paths, ignore=_IGNORED | {HISTORY})}"

    def write(self, project: Project, inputs: str, expires: date | None, count: int) -> None:
        """Remember that everything is up to date with what was there before the build."""
        data = {
            "touched": self._whole(project, inputs),
            "expires": expires.isoformat() if expires else None,
            "files": count,
        }
        files.write(self.path, json.dumps(data).encode(), durable=False)

    def forget(self) -> None:
        """Let the next build look at everything."""
        self.path.unlink(missing_ok=True)

    def _whole(self, project: Project, inputs: str) -> str:
        """The fingerprint of a build: of what it was made of, and of what it made."""
        made = [self.output, *(history_path(project, locale) for locale in project.all_locales)]
        return f"{inputs} {fingerprint(made, ignore=_IGNORED)}"
