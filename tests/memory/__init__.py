"""Tests of pipeline/memory."""
