"""`pipeline serve`: site and desk side by side, and the link that makes the first manager."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from pipeline.build import build
from pipeline.extract import extract
from tests.sites import DAY, site

PIPELINE = Path(sys.executable).parent / "pipeline"


def first_lines(process: subprocess.Popen[str], count: int) -> str:
    """What a program says first."""
    assert process.stdout is not None
    return "".join(process.stdout.readline() for _ in range(count))


def test_the_first_start_prints_a_link_that_works(tmp_path: Path) -> None:
    """And the desk ends when it is interrupted."""
    project = site(tmp_path)
    extract(project, today=DAY, jobs=1)
    build(project, today=DAY, jobs=1)
    command = [str(PIPELINE), "serve", "--port", "0", "--site", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            said = first_lines(process, 4)
            link = re.search(r"http://127\.0\.0\.1:\d+/join/\S+", said)
            assert link, said
            with urllib.request.urlopen(link[0], timeout=20) as answer:  # noqa: S310
                assert "You are the first here" in answer.read().decode()
            place = re.search(r"Serving (\S+)", said)
            assert place and place[1] not in link[0]
            with urllib.request.urlopen(place[1], timeout=20) as answer:  # noqa: S310
                assert answer.status == 200
        finally:
            process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 130


def test_a_port_that_is_taken_is_said_to_be(tmp_path: Path) -> None:
    """With what to do about it."""
    from review.serve import listening  # noqa: PLC0415

    with listening(0) as place:
        place.listen()
        with pytest.raises(Exception, match="--desk-port"):
            listening(place.getsockname()[1])


def test_the_library_knows_nothing_of_the_desk() -> None:
    """Nothing in it imports the desk or a web framework."""
    code = (
        "import sys, pkgutil, importlib, pipeline\n"
        "for one in pkgutil.walk_packages(pipeline.__path__, 'pipeline.'):\n"
        "    if '.migrations' not in one.name and not one.name.endswith('__main__'):\n"
        "        importlib.import_module(one.name)\n"
        "print([n for n in sys.modules if n.split('.')[0] in"
        " ('review', 'fastapi', 'starlette', 'uvicorn', 'celery')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
