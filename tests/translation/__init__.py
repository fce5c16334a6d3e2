"""Tests of pipeline/translation."""
