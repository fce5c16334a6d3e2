"""Tests of pipeline/catalogues."""
