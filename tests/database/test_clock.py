"""Who somebody is, and whether that one is no more."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import String

from pipeline.database import clock
from pipeline.database.clock import has_died, is_gone, new_owner, this_process
from pipeline.database.tables import lock

NAMED = "from pipeline.database.clock import this_process\nprint(this_process(), flush=True)\n"


@contextmanager
def another(*command: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Another process, which waits, and its name."""
    code = f"{NAMED}import sys\nsys.stdin.read()"
    piped = subprocess.PIPE
    process = subprocess.Popen(
        [*command, sys.executable, "-c", code], stdin=piped, stdout=piped, text=True
    )
    assert process.stdout is not None
    with process:
        yield process, process.stdout.readline().strip()
        process.kill()


def test_who_works_has_not_died() -> None:
    """We, and another process."""
    assert not has_died(new_owner())
    with another() as (_, name):
        assert not is_gone(name)


def test_who_has_ended_is_gone() -> None:
    """Also before whoever started it took notice."""
    with another() as (process, name):
        process.kill()
        until = time.monotonic() + 10
        while not is_gone(name):  # it is a zombie: nobody has waited for it
            assert time.monotonic() < until
            time.sleep(0.01)
    assert is_gone(name)


def test_a_number_that_is_used_again_is_somebody_else() -> None:
    """As in a container that starts anew, where they are all the same."""
    machine, process, began = this_process().split(":")
    assert is_gone(f"{machine}:{process}:{int(began) - 1}")


def test_of_other_machines_nothing_is_known() -> None:
    """Also of one of the same name, on which such a process may well live."""
    with another() as (process, name):
        process.kill()
    assert not has_died(f"elsewhere:{name.partition(':')[2]}:1")


def test_machines_of_one_name_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Containers on a host, and clones: by what the system says of itself since it started."""
    ours = clock._machine()
    monkeypatch.setattr("pathlib.Path.read_text", lambda *given: "another")
    assert clock._machine.__wrapped__() != ours


def test_the_longest_name_of_a_host_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL takes no longer text than a column is wide."""
    monkeypatch.setattr("socket.gethostname", lambda: "h" * 255)
    clock._machine.cache_clear()
    try:
        column = lock.c.token.type
        assert isinstance(column, String)
        assert len(new_owner()) <= (column.length or 0)
    finally:
        clock._machine.cache_clear()


@pytest.mark.skipif(os.geteuid() != 0, reason="to be somebody else needs root")
def test_who_works_as_another_user_has_not_died() -> None:
    """Whom we may not send a signal to."""
    with another() as (_, name):
        code = f"import os, sys\n{NAMED}os.setuid(65534)\n"
        code += "from pipeline.database.clock import is_gone\nsys.exit(is_gone(sys.argv[1]))"
        done = subprocess.run([sys.executable, "-c", code, name], check=False)
        assert done.returncode == 0
