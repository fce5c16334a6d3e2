"""Metrics for Prometheus, read from the ledger and from Redis whenever they are asked for.

So they hold for all workers, and whichever of them is asked says the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from typing import TYPE_CHECKING

from pipeline.errors import QueueError

from .tasks import broker, place

if TYPE_CHECKING:
    from prometheus_client.metrics_core import Metric

TYPE = "text/plain; version=0.0.4; charset=utf-8"


def is_there() -> bool:
    """Whether the extra is installed."""
    return find_spec("prometheus_client") is not None


def text() -> bytes:
    """All metrics, as Prometheus reads them."""
    from prometheus_client import CollectorRegistry, generate_latest  # noqa: PLC0415
    from prometheus_client.registry import Collector  # noqa: PLC0415

    class _Ledger(Collector):
        def collect(self) -> Iterator[Metric]:
            return collected()

    registry = CollectorRegistry()
    registry.register(_Ledger())
    return bytes(generate_latest(registry))


def collected() -> Iterator[Metric]:
    """Each metric, with its values."""
    from prometheus_client.core import GaugeMetricFamily  # noqa: PLC0415

    figures = place().ledger.figures()
    units = GaugeMetricFamily(
        "pipeline_units", "Units of work in the ledger.", labels=["kind", "state"]
    )
    for (kind, state), count in figures.units.items():
        units.add_metric([kind, state], count)
    yield units
    builds = GaugeMetricFamily("pipeline_builds", "Builds in the ledger.", labels=["state"])
    for state, count in figures.builds.items():
        builds.add_metric([state], count)
    yield builds
    yield GaugeMetricFamily(
        "pipeline_oldest_wait_seconds", "Age of what waits the longest.", value=figures.oldest
    )
    yield GaugeMetricFamily(
        "pipeline_last_build_seconds", "How long the last build took.", value=figures.last
    )
    up = GaugeMetricFamily("pipeline_redis_up", "Whether Redis answers.", value=1)
    waiting = GaugeMetricFamily("pipeline_messages", "Messages in Redis.", labels=["queue"])
    try:
        for queue, count in broker().lengths().items():
            waiting.add_metric([queue], count)
    except QueueError:
        up = GaugeMetricFamily("pipeline_redis_up", "Whether Redis answers.", value=0)
    yield waiting
    yield up
