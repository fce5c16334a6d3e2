"""Servers on loopback for whoever works here: Redis and PostgreSQL found or started, and `make up`.

Tests and `make up` look for them in the same way. Nothing of this is part of an installation.
"""
