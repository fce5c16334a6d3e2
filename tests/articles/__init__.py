"""Tests of pipeline/articles."""
