"""An image's builder without Docker: ``python -m tests.deployment.image FOLDER``.

Runs the commands of the Dockerfile's first stage, as they stand there, with folders below FOLDER
in the places of ``/opt`` and ``/build``. What comes of it is what the image has in ``/opt``.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]


def instructions(text: str) -> Iterator[tuple[str, str]]:
    """The instructions of a Dockerfile with their arguments, lines joined."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    for line in re.sub(r"\\\n\s*", " ", "\n".join(lines)).splitlines():
        if line.strip():
            name, _, rest = line.strip().partition(" ")
            yield name.upper(), rest.strip()


def context() -> list[Path]:
    """The files that ``.dockerignore`` lets in, as far as version control may know them."""
    kept = [
        line[1:]
        for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
        if line.startswith("!")
    ]
    done = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *kept],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [Path(name) for name in done.stdout.split("\0") if name]


def make(folder: Path) -> int:
    """Run the builder's commands; how many there were."""
    build, opt = folder / "context", folder
    shutil.rmtree(folder, ignore_errors=True)
    build.mkdir(parents=True)
    stages, commands = 0, 0
    for name, rest in instructions((ROOT / "Dockerfile").read_text(encoding="utf-8")):
        stages += name == "FROM"
        if stages == 1 and name == "COPY":
            _copy(rest.split()[:-1], build)
        elif stages == 1 and name == "RUN":
            placed = rest.replace("/opt/", f"{opt}/").replace("/build/dist", f"{build}/dist")
            command = re.sub(r"\bpython -m venv", f"{sys.executable} -m venv", placed)
            subprocess.run(["bash", "-euo", "pipefail", "-c", command], cwd=build, check=True)
            commands += 1
    return commands


def _copy(names: list[str], build: Path) -> None:
    for path in context():
        if "." in names or str(path) in names:
            (build / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / path, build / path)


if __name__ == "__main__":
    begun = time.monotonic()
    made = make(Path(sys.argv[1]).absolute())
    print(f"{made} commands of the Dockerfile in {time.monotonic() - begun:.0f} s")
