"""Traces: a span for each task, in one trace from whoever asked to the last page.

With the extra ``metrics`` and an address in ``OTEL_EXPORTER_OTLP_ENDPOINT``; else nothing.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"


def is_on() -> bool:
    """Whether spans are made and sent anywhere."""
    return bool(os.environ.get(ENDPOINT)) and find_spec("opentelemetry.sdk") is not None


@cache
def _start(process: int) -> None:
    """Send spans from a process; again after a fork, which does not inherit the sender's thread."""
    from opentelemetry import trace  # noqa: PLC0415 - with the extra
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415
        OTLPSpanExporter,
    )
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

    provider = TracerProvider(resource=Resource.create({"service.name": "pipeline"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(), schedule_delay_millis=1000))
    trace.set_tracer_provider(provider)


def headers() -> dict[str, str]:
    """What a message carries so that what it causes is in the same trace."""
    if not is_on():
        return {}
    from opentelemetry.propagate import inject  # noqa: PLC0415

    found: dict[str, str] = {}
    inject(found)
    return found


@contextmanager
def span(name: str, carried: Mapping[str, object], **attributes: str | int) -> Iterator[None]:
    """A span as long as the block, in the trace that a message carried."""
    if not is_on():
        yield
        return
    _start(os.getpid())
    from opentelemetry import trace  # noqa: PLC0415
    from opentelemetry.propagate import extract  # noqa: PLC0415

    around = extract({key: value for key, value in carried.items() if isinstance(value, str)})
    tracer = trace.get_tracer("pipeline")
    with tracer.start_as_current_span(name, context=around, attributes=dict(attributes)):
        yield
