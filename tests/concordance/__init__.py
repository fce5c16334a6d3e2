"""The concordance."""
