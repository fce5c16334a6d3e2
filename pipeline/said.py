"""What errors say, as it is kept and carried: in the ledger, and beside what a build remembers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from . import errors
from .errors import PipelineError


@dataclass(frozen=True, slots=True)
class Said:
    """An error as a plain value."""

    kind: str
    message: str
    path: str | None = None
    line: int | None = None
    hint: str = ""

    @classmethod
    def of(cls, error: PipelineError) -> Said:
        """What an error says."""
        path = str(error.path) if error.path else None
        return cls(type(error).__name__, error.message, path, error.line, error.hint)

    def error(self) -> PipelineError:
        """The error that said it."""
        kind = getattr(errors, self.kind, PipelineError)
        path = Path(self.path) if self.path else None
        error: PipelineError = kind(self.message, path=path, line=self.line, hint=self.hint)
        return error
