"""Proof: published pages looked at as readers and search engines meet them.

Each check is one small function of a page, registered by its name; what it finds names the page
and, where there is one, the message or the source to mend.
"""

from __future__ import annotations

from . import addresses, leftovers, links, safety, wording
from .origins import Origin
from .prove import Fault, Proved, prove
from .registry import CHECKS, Hit, Subject, check

__all__ = [
    "CHECKS",
    "Fault",
    "Hit",
    "Origin",
    "Proved",
    "Subject",
    "addresses",
    "check",
    "leftovers",
    "links",
    "prove",
    "safety",
    "wording",
]
