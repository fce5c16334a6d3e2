"""The files of a deployment, and the programs that read them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

from tests.tools import missing

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
PROGRAMS = Path(os.environ["IMAGE"]) / "pipeline/bin" if "IMAGE" in os.environ else BIN
"""Of what the Dockerfile's commands made in the folder ``IMAGE`` (`tests.deployment.image`); else
of the environment that the tests run in."""


def parser(name: str) -> str:
    """One of the programs that `make parsers` installs, or the machine's own."""
    found = shutil.which(name, path=f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}")
    if found is None:
        missing(name, "it by: make parsers")
    return found


@cache
def compose(*options: str) -> dict[str, Any]:
    """``docker-compose.yml`` as Docker Compose understands it."""
    command = [parser("docker-compose"), *options, "config", "--format", "json"]
    environment = {"PATH": os.environ["PATH"]}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    made: dict[str, Any] = json.loads(done.stdout)
    return made
