"""Tests of pipeline/markup."""
