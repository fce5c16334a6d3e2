"""Exchange: catalogues handed out to translators' own tools as .po or XLIFF 2.1, and taken back.

What comes back is compared, message by message, with the version that was handed out: only what was
changed in the copy is taken, and what was changed here meanwhile as well is shown, not guessed.
"""

from __future__ import annotations

from .archive import is_archive, pack, unpack
from .copies import Format, hand_out
from .reconcile import Bringer, Conflict, Reconciled, reconcile, settle
from .returns import Returned, take_in

__all__ = [
    "Bringer",
    "Conflict",
    "Format",
    "Reconciled",
    "Returned",
    "hand_out",
    "is_archive",
    "pack",
    "reconcile",
    "settle",
    "take_in",
    "unpack",
]
