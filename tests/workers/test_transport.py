"""The transport between workers and Redis, where it differs from kombu's."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest
from kombu import Connection, Queue

from tests.services import redis_server
from tests.sites import SETTINGS, site
from workers.configuration import TRANSPORT, configuration

KOMBU = "kombu.transport.redis:Transport"


def message_of_a_closed_connection(transport: str) -> Any:
    """A message that is being worked on when Redis goes away, as Celery closes its connection."""
    with redis_server() as redis:
        connection = Connection(redis.url, transport=transport)
        queue = Queue("work", channel=connection.default_channel)
        queue.declare()
        connection.Producer().publish({"one": 1}, routing_key="work")
        message = queue.get()
        redis.kill()
        connection.collect(socket_timeout=1)
        connection.close()
        message.channel._disconnect_pools()
        return message


def test_a_late_acknowledgement_is_an_error_of_connections(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Which Celery expects and logs, and the ledger makes good."""
    message = message_of_a_closed_connection(TRANSPORT)
    errors = message.channel.connection.connection_errors
    message.ack_log_error(logging.getLogger("test"), errors)
    assert "the connection is closed" in caplog.text


def test_kombu_still_needs_it() -> None:
    """If this fails, `workers.transport` can go: kombu says itself what is wrong."""
    message = message_of_a_closed_connection(KOMBU)
    with pytest.raises(AttributeError, match="hostname"):
        message.ack()


@pytest.mark.parametrize(("scheme", "tls"), [("redis", False), ("rediss", True)])
def test_what_is_to_be_encrypted_is(scheme: str, tls: bool, tmp_path: Path) -> None:
    """A transport that is named does not know of the s in rediss."""
    url = f"{scheme}://127.0.0.1:6379/0"
    found = configuration(site(tmp_path, settings=f'{SETTINGS}[queue]\nurl = "{url}"\n'))
    assert found["broker_transport"] == (None if tls else TRANSPORT)
    channel = Connection(url, transport=found["broker_transport"]).transport
    made = channel.Channel.__new__(channel.Channel)
    made.connection = channel
    assert (made._connparams()["connection_class"].__name__ == "SSLConnection") is tls
