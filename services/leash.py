"""Runs a command for as long as whoever started it lives: ``leash.py SIGNAL USER COMMAND…``

Its standard input is a pipe of which the starter alone holds the other end. When that ends, however
it ends, the system closes the pipe, and what hangs on it is ended: by SIGNAL, and if that is not
heard, with all that it started. Linux could do this itself (``PR_SET_PDEATHSIG``), but only Linux.

It is run as a file, not as a module, so that it starts in a moment and needs no package.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from types import FrameType

GRACE = 12.0
"""Seconds that a process may take to end: more than the soft shutdown of a worker."""


def main(number: int, user: str, command: list[str]) -> int:
    """Run a command, hand on to it the signals that end us, and end as it does."""
    started: list[subprocess.Popen[bytes]] = []
    wanted = threading.Event()

    def end(received: int, frame: FrameType | None) -> None:
        wanted.set()
        for one in started:
            one.send_signal(number)

    for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(name, end)
    who = {"user": int(user), "group": _group(int(user)), "extra_groups": []} if user else {}
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, **who)  # type: ignore[call-overload]
    started.append(process)
    if wanted.is_set():
        process.send_signal(number)
    threading.Thread(target=_watch, args=(process, number), daemon=True).start()
    status: int = process.wait()
    if status < 0:  # by a signal: as if it had been sent to us
        if -status != signal.SIGKILL:  # which has no handler
            signal.signal(-status, signal.SIG_DFL)
        os.kill(os.getpid(), -status)
    return status


def _watch(process: subprocess.Popen[bytes], number: int) -> None:
    """End it, and all that it started, once the starter is gone."""
    with suppress(OSError):
        while os.read(0, 1024):
            pass
    process.send_signal(number)
    with suppress(subprocess.TimeoutExpired):
        process.wait(GRACE)
    os.killpg(os.getpgrp(), signal.SIGKILL)


def _group(user: int) -> int:
    import pwd  # noqa: PLC0415 - no more than servers that want another user need

    return pwd.getpwuid(user).pw_gid


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2], sys.argv[3:]))
