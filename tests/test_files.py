"""Files are old or new and never half, whatever happens while they are written."""

from __future__ import annotations

import errno
import os
import random
import signal
import stat
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest

from pipeline import files
from pipeline.errors import ProjectError
from tests import faults

OLD, NEW = b"old\n" * 5_000, b"new\n" * 7_000


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_write_creates_parents_and_replaces(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "c.po"
    files.write(path, OLD)
    files.write(path, NEW)
    assert path.read_bytes() == NEW
    assert names(path.parent) == ["c.po"]


def test_an_empty_file_can_be_written(tmp_path: Path) -> None:
    files.write(tmp_path / "empty", b"")
    assert (tmp_path / "empty").read_bytes() == b""


def test_a_new_file_follows_the_umask_and_an_old_one_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "x"
    before = os.umask(0o027)
    try:
        files.write(path, OLD)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    path.chmod(0o604)
    files.write(path, NEW)
    assert stat.S_IMODE(path.stat().st_mode) == 0o604


def test_a_symbolic_link_stays_one(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(OLD)
    (tmp_path / "link").symlink_to("real")
    files.write(tmp_path / "link", NEW)
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == NEW


def test_a_name_as_long_as_the_file_system_allows_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / ("n" * 255)
    files.write(path, NEW)
    assert path.read_bytes() == NEW


def test_a_hard_link_of_the_old_file_keeps_the_old_contents(tmp_path: Path) -> None:
    """The file is replaced and not written into: whoever has it open reads on undisturbed."""
    (tmp_path / "x").write_bytes(OLD)
    (tmp_path / "snapshot").hardlink_to(tmp_path / "x")
    files.write(tmp_path / "x", NEW)
    assert (tmp_path / "snapshot").read_bytes() == OLD


@pytest.mark.parametrize("durable", [True, False])
def test_every_fault_leaves_the_file_old_or_new_and_nothing_beside_it(
    tmp_path: Path, durable: bool
) -> None:
    path = tmp_path / "x.po"
    seen = set()
    for fault in faults.everywhere(
        lambda: files.write(path, NEW, durable=durable), before=lambda: path.write_bytes(OLD)
    ):
        contents = path.read_bytes()
        assert contents in {OLD, NEW}, fault
        assert names(tmp_path) == ["x.po"], fault
        seen.add(fault.calls[-1])
    assert seen == ({"write", "fsync", "replace"} if durable else {"write", "replace"})


def test_every_fault_in_a_new_folder_leaves_no_file_or_the_whole_one(tmp_path: Path) -> None:
    folder = tmp_path / "a"
    path = folder / "b" / "x.po"

    def clear() -> None:
        path.unlink(missing_ok=True)
        for empty in (path.parent, folder):
            with suppress(FileNotFoundError):
                empty.rmdir()

    for fault in faults.everywhere(lambda: files.write(path, NEW), before=clear):
        left = [at for at in tmp_path.rglob("*") if at.is_file()]
        assert left in ([], [path]), fault
        assert not left or path.read_bytes() == NEW, fault


def test_the_error_of_a_full_disk_reaches_the_caller(tmp_path: Path) -> None:
    with faults.at(1, errno.ENOSPC), pytest.raises(OSError, match="No space left") as caught:
        files.write(tmp_path / "x", NEW)
    assert caught.value.errno == errno.ENOSPC


def test_a_disk_that_takes_a_few_bytes_at_a_time_gets_them_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = os.write
    monkeypatch.setattr(os, "write", lambda to, data: whole(to, bytes(data)[:999]))
    files.write(tmp_path / "x", NEW)
    assert (tmp_path / "x").read_bytes() == NEW


WRITER = """
import sys
from pathlib import Path
from pipeline import files
path, old, new = Path(sys.argv[1]), b"old\\n" * 5_000, b"new\\n" * 7_000
print("ready", flush=True)
while True:
    files.write(path, new, durable=False)
    files.write(path, old, durable=False)
"""


def test_a_killed_writer_leaves_the_file_old_or_new(tmp_path: Path) -> None:
    path = tmp_path / "x.po"
    path.write_bytes(OLD)
    for seed in range(12):
        writer = subprocess.Popen([sys.executable, "-c", WRITER, path], stdout=subprocess.PIPE)
        assert writer.stdout is not None
        with writer.stdout as output:
            assert output.readline() == b"ready\n"
            time.sleep(random.Random(seed).uniform(0, 0.03))  # noqa: S311
            writer.send_signal(signal.SIGKILL)
            writer.wait()
        assert path.read_bytes() in {OLD, NEW}
    assert all(at == path or files.is_temporary(at) for at in tmp_path.iterdir())
    files.sweep(tmp_path, older_than=-1)
    assert names(tmp_path) == ["x.po"]


def test_readers_never_see_a_half_file(tmp_path: Path) -> None:
    path = tmp_path / "x"
    files.write(path, OLD)
    done = threading.Event()

    def write() -> None:
        for number in range(200):
            files.write(path, NEW if number % 2 else OLD, durable=False)
        done.set()

    thread = threading.Thread(target=write)
    thread.start()
    while not done.is_set():
        assert path.read_bytes() in {OLD, NEW}
    thread.join()


def test_a_sweep_leaves_young_files_and_other_dot_files(tmp_path: Path) -> None:
    """A young one may belong to a writer that is still at it."""
    young, other = tmp_path / ".~0123456789abcdef.tmp", tmp_path / ".htaccess"
    for path in (young, other):
        path.write_bytes(b"")
    files.sweep(tmp_path)
    assert young.exists()
    os.utime(young, (0, 0))
    os.utime(other, (0, 0))
    files.sweep(tmp_path)
    assert names(tmp_path) == [".htaccess"]


def test_a_lock_that_somebody_holds_is_an_error_that_names_it(tmp_path: Path) -> None:
    with (
        files.lock("articles/x", tmp_path),
        pytest.raises(ProjectError, match="articles/x is being changed"),
        files.lock("articles/x", tmp_path, timeout=0.1),
    ):
        pass
    with files.lock("articles/x", tmp_path, timeout=0.1):
        pass


@pytest.mark.parametrize("name", ["a/b", "../a", ".", "..", "x" * 400, "café"])
def test_every_lock_is_a_file_in_its_folder(tmp_path: Path, name: str) -> None:
    with files.lock(name, tmp_path / "locks"):
        assert len(names(tmp_path / "locks")) == 1
    assert names(tmp_path) == ["locks"]


COUNTER = """
import sys
from pathlib import Path
from pipeline import files
path, locks = Path(sys.argv[1]), Path(sys.argv[2])
for _ in range(20):
    with files.lock("counter", locks):
        files.write(path, str(int(path.read_text()) + 1).encode(), durable=False)
"""


def test_no_edit_is_lost_between_processes_that_lock(tmp_path: Path) -> None:
    path = tmp_path / "counter"
    path.write_text("0")
    command = [sys.executable, "-c", COUNTER, str(path), str(tmp_path / "locks")]
    writers = [subprocess.Popen(command) for _ in range(3)]
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    assert path.read_text() == "60"


def test_a_killed_holder_lets_go_of_its_lock(tmp_path: Path) -> None:
    holder_code = (
        "import sys, time; from pathlib import Path; from pipeline import files\n"
        "with files.lock('x', Path(sys.argv[1])): print('held', flush=True); time.sleep(60)"
    )
    holder = subprocess.Popen([sys.executable, "-c", holder_code, tmp_path], stdout=subprocess.PIPE)
    assert holder.stdout is not None
    with holder.stdout as output:
        assert output.readline() == b"held\n"
        with pytest.raises(ProjectError), files.lock("x", tmp_path, timeout=0.05):
            pass
        holder.kill()
        holder.wait()
    with files.lock("x", tmp_path, timeout=2):
        pass
