"""Localisation pipeline: articles in, gettext catalogues out, localised pages published."""

__version__ = "0.1.0"
