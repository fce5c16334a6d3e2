"""Celery workers: what `pipeline.ledger` does, on as many machines as there are.

``celery -A workers.app worker -Q render`` works on the site that ``PIPELINE_SITE`` names. Nothing
is decided here: each task calls one function of the pipeline, and may be killed at any moment.
"""

from __future__ import annotations
