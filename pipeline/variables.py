"""Variables that hold secrets: ``NAME``, or the file that ``NAME_FILE`` names.

A file is what containers are given secrets as; a variable is seen by every process of a service.
"""

from __future__ import annotations

import os
from pathlib import Path

from .errors import SettingsError


def variable(name: str) -> str:
    """What a variable holds, or the file that the one with ``_FILE`` at its end names; else "".

    Raises:
        SettingsError: The file cannot be read.
    """
    if found := os.environ.get(name, "").strip():
        return found
    file = os.environ.get(f"{name}_FILE", "").strip()
    if not file:
        return ""
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is no text"
        raise SettingsError(
            f"the file that {name}_FILE names cannot be read: {why}",
            path=Path(file),
            hint="Check where it is and who may read it.",
        ) from None
