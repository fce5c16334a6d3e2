"""Tests of pipeline/database."""
