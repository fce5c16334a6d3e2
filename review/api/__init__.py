"""The API: what people do at the desk, for programs, below ``/api/v1``; described by OpenAPI."""

from __future__ import annotations

from .app import PREFIX, create_api, resources

__all__ = ["PREFIX", "create_api", "resources"]
