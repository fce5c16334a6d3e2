"""Tests of the workers, with real servers."""
