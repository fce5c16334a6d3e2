"""Pairs: a page as it was before a build and as it is after it, while both are there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipeline.foreseeing import foreseen_in
from pipeline.project import Project, output_of
from pipeline.site.publication import earlier, staged

from .runs import Kind, Run

SIDES = ("before", "after")


@dataclass(frozen=True, slots=True)
class Pair:
    """A file of the site before and after a run.

    After a build the page is the one that is live, and the one before it is kept until the next
    build that changes something. Of a forecast the page before is the one that is live, and the one
    after it is kept until somebody looks again: ``latest`` says whether this is the last one.
    """

    project: Project
    run: Run
    file: str
    latest: bool

    @classmethod
    def of(cls, project: Project, run: Run, file: str, latest: bool) -> Pair | None:
        """The pair of a page that a run's report names; None if it does not."""
        named = [
            name for kind in ("new", "changed", "removed") for name in run.report.get(kind, ())
        ]
        return cls(project, run, file, latest) if file in named else None

    @property
    def is_kept(self) -> bool:
        """Whether both sides are still there."""
        if self.run.kind is Kind.FORECAST:
            return self.latest
        kept = self.run.report.get("kept", "")
        return bool(kept) and earlier(self._output, kept, self.file).parent.is_dir()

    def texts(self) -> tuple[str | None, str | None]:
        """The page before and after; None for what there is not."""
        found = [self.data(side) for side in SIDES]
        before, after = (None if one is None else one.decode(errors="replace") for one in found)
        return before, after

    def data(self, side: str) -> bytes | None:
        """What a file says on a side; what the run did not touch is what is live."""
        for path in self._paths(side):
            try:
                return path.read_bytes()
            except OSError:
                continue
        return None

    def _paths(self, side: str) -> list[Path]:
        if not self.is_kept or ".." in self.file.split("/") or self.file.startswith("."):
            return []
        live = self._output / self.file
        if self.run.kind is Kind.FORECAST:
            foreseen = staged(foreseen_in(self.project), self.file)
            gone = self.file in self.run.report.get("removed", ())
            return [live] if side == "before" else [] if gone else [foreseen, live]
        if side == "after":
            return [live]
        new = self.file in self.run.report.get("new", ())
        return [] if new else [earlier(self._output, self.run.report["kept"], self.file), live]

    @property
    def _output(self) -> Path:
        return output_of(self.project)
