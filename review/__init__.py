"""The review desk: where people decide. A web app over `pipeline`, which knows nothing of it."""

from __future__ import annotations

from .app import create_app

__all__ = ["create_app"]
