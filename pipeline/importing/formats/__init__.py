"""Formats of files to import: one small module each, found by being here.

A format says which files it reads, and reads one into documents. Adding a module with a function
under :func:`importable` is all that a further format needs.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from .registry import FORMATS, Format, endings, format_of, importable

for _module in sorted(found.name for found in iter_modules(__path__)):
    import_module(f".{_module}", __name__)

__all__ = ["FORMATS", "Format", "endings", "format_of", "importable"]
