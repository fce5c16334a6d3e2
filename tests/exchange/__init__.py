"""Catalogues handed out and taken back."""
