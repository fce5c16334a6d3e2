"""Tests of pipeline/checks."""
