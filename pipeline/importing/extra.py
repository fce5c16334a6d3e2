"""The extra ``import``: libraries that only importing needs, and what is said where one is not."""

from __future__ import annotations

from importlib.util import find_spec

from ..errors import ImportingError

INSTALL = "pip install 'solacium-pipeline[import]'"


def need(*modules: str) -> None:
    """Make sure that these can be imported.

    Raises:
        ImportingError: One is not installed; the hint says what to install.
    """
    for module in modules:
        if find_spec(module) is None:
            raise ImportingError(
                f"importing needs {module}, which is not installed",
                hint=f"Install it with: {INSTALL}",
            )
