"""The settings of Celery, and why each is there.

Whether work is lost does not depend on them: the ledger finds out by itself. They make it quick,
and keep one worker's trouble its own.
"""

from __future__ import annotations

from typing import Any

from kombu import Queue

from pipeline.errors import QueueError
from pipeline.project import Project
from pipeline.settings import address_of

from .naming import MT, PRIORITIES, RENDER, prefix_of

TRANSPORT = "workers.transport:Transport"

TIME_LIMIT = 600
"""Seconds for a task; at its end the process is killed, and the ledger gives its work to others."""

PUBLISH_LIMIT = 1800
"""Seconds for planning and publishing, which are one task each."""


def configuration(project: Project) -> dict[str, Any]:
    """The settings for a site.

    Raises:
        QueueError: No queue is configured.
        SettingsError: The variable with the address of Redis is not set.
    """
    url = address_of(project.settings.queue)
    if not url:
        raise QueueError(
            "no queue is configured",
            path=project.settings_path,
            hint='Name a Redis in [queue], such as url = "redis://127.0.0.1:6379/0".',
        )
    return {
        "broker_url": url,
        # kombu's own lets a worker end when Redis goes away while it works. Named, it would forget
        # that rediss:// means TLS, so there that of kombu stays.
        "broker_transport": TRANSPORT if url.startswith("redis://") else None,
        # A worker that is started before Redis waits for it, as one that loses it does.
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        # Who sends gives up at once: the work is in the ledger, and is sent when Redis is back.
        "broker_connection_timeout": 1,
        "task_publish_retry": False,
        "broker_transport_options": {
            # Queue names are plain keys of Redis, which sites and other programs may share.
            "global_keyprefix": prefix_of(project),
            # A message that is not acknowledged for so long is delivered again. Shorter than the
            # longest task, and a task would run twice at once; nothing here waits for it, since
            # the ledger sends again what a dead worker held. No task has a countdown.
            "visibility_timeout": PUBLISH_LIMIT + 300,
            # Look for such messages every 5 seconds, each time, not every 100.
            "unacked_restore_interval": 5,
            "unacked_restore_throttle": 1,
            # A click overtakes a nightly build: lists of higher priority are emptied first.
            "queue_order_strategy": "priority",
            "priority_steps": list(PRIORITIES),
            "sep": ":",
            # A Redis that vanished without a word (failover, firewall) is noticed.
            "socket_connect_timeout": 1,
            "socket_timeout": 30,
            "socket_keepalive": True,
            "health_check_interval": 10,
        },
        # Nobody asks for results: what came of a task is in the ledger.
        "result_backend": None,
        "task_ignore_result": True,
        # Messages are data, never code; they carry ids and hashes.
        "task_serializer": "json",
        "accept_content": ["json"],
        # A message is given back when its worker dies: after the task, not before it, and also
        # when only the pool's process died. That this ends is seen to by the ledger, which
        # isolates what killed its worker several times.
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        # A task that fails has been written down; to run it again is for the ledger to decide.
        "task_acks_on_failure_or_timeout": True,
        # One message for each process, so that none waits behind a slow one.
        "worker_prefetch_multiplier": 1,
        # Without it tasks go on when Redis restarts, and end; with it, prefork workers crashed
        # in three of six trials.
        "worker_cancel_long_running_tasks_on_connection_loss": False,
        # On SIGTERM, what is under way may end: less than a container is given to stop.
        "worker_soft_shutdown_timeout": 8.0,
        "worker_enable_soft_shutdown_on_idle": False,
        # A task that hangs is ended: first by an exception, then by a signal.
        "task_time_limit": TIME_LIMIT,
        "task_soft_time_limit": TIME_LIMIT - 30,
        # A process that has grown beyond 400 MB, by whatever leak, is replaced after its task.
        "worker_max_memory_per_child": 400_000,
        # Two kinds of work: with the processor (prefork), and waiting for engines (threads).
        "task_default_queue": RENDER,
        "task_queues": [Queue(RENDER), Queue(MT)],
        "task_create_missing_queues": False,
        "task_default_priority": 3,
        # Tasks say that they began and ended, for Flower.
        "worker_send_task_events": True,
        "task_send_sent_event": True,
        # Who is alive is asked, not gossiped about: less to do for Redis with many workers.
        "worker_hijack_root_logger": False,
        "worker_proc_alive_timeout": 20,
        "timezone": "UTC",
        # Beat writes its times beside the state of the site.
        "beat_schedule_filename": str(project.work_dir / "beat"),
        # Looks at the schedule at least this often, so that a reconcile is never far.
        "beat_max_loop_interval": 5,
    }
