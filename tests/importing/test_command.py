"""`pipeline import` as people and scripts meet it."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.cli import importing as cli
from pipeline.errors import ImportingError
from pipeline.importing import extra
from tests.importing.builds import FIXTURES, PIPELINE, command, empty

WIX = FIXTURES / "saved/wix.html"
TEXT = FIXTURES / "breathing.txt"


def test_nothing_is_written_before_somebody_agreed(tmp_path: Path) -> None:
    """Without a terminal nobody is asked; a dry run is no failure."""
    project = empty(tmp_path)
    done = command("import", WIX, cwd=tmp_path)
    assert done.returncode == 1
    assert "+ source/articles/when-sleep-stays-away.md “When sleep stays away”" in done.stdout
    assert "left: “top of page” (6 words)" in done.stdout
    assert "cookie bar (11 words" in done.stdout
    assert "Write it with --yes" in done.stderr
    dry = command("import", WIX, "--dry-run", "--yes", cwd=tmp_path)
    assert (dry.returncode, dry.stderr) == (0, "")
    assert [path.name for path in project.source_dir.rglob("*")] == ["index.md"]


def answered(answer: str, *arguments: str | Path, cwd: Path) -> tuple[int, str]:
    """The command at a terminal, at which somebody types an answer."""
    leader, follower = pty.openpty()
    called = [str(PIPELINE), *map(str, arguments)]
    process = subprocess.Popen(called, cwd=cwd, stdin=follower, stdout=follower, stderr=follower)
    os.close(follower)
    os.write(leader, f"{answer}\n".encode())
    said = b""
    while True:
        try:
            piece = os.read(leader, 4096)
        except OSError:  # how Linux says that the other side is closed
            break
        if not piece:
            break
        said += piece
    os.close(leader)
    return process.wait(timeout=60), said.decode()


def test_at_a_terminal_a_person_is_asked(tmp_path: Path) -> None:
    """No leaves everything as it was, yes writes."""
    project = empty(tmp_path)
    article = project.source_dir / "articles/when-sleep-stays-away.md"
    status, said = answered("n", "import", WIX, cwd=tmp_path)
    assert "Write 1 article and 1 picture?" in said
    assert (status, article.exists()) == (1, False)
    status, said = answered("y", "import", WIX, cwd=tmp_path)
    assert "Wrote 1 article and 1 picture." in said
    assert (status, article.exists()) == (0, True)


def test_importing_twice_changes_nothing(tmp_path: Path) -> None:
    """What is the same is no failure; what somebody changed stays, and is one."""
    project = empty(tmp_path)
    assert command("import", TEXT, "--yes", cwd=tmp_path).returncode == 0
    again = command("import", TEXT, "--yes", cwd=tmp_path)
    assert (again.returncode, again.stderr) == (0, "")
    assert "is there already, the same" in again.stdout
    article = project.source_dir / "articles/breathing-out-slowly.md"
    article.write_text("---\ntitle: Mine\n---\n\nMine.\n", encoding="utf-8")
    third = command("import", TEXT, "--yes", cwd=tmp_path)
    assert third.returncode == 1
    assert "already; it stays" in third.stderr
    assert "Mine." in article.read_text(encoding="utf-8")


def test_json_says_the_same_to_scripts(tmp_path: Path) -> None:
    """What was taken, left and written."""
    empty(tmp_path)
    done = command("import", WIX, "--json", "--yes", "--into", "old/posts", cwd=tmp_path)
    data = json.loads(done.stdout)
    (article,) = data["articles"]
    assert article["article"] == "old/posts/when-sleep-stays-away"
    assert article["pictures"] == ["images/lamp.svg"]
    assert {"what": "“top of page”", "words": 3, "beginning": "top of page"} in article["left"]
    assert data["written"] == [
        "source/images/lamp.svg",
        "source/old/posts/when-sleep-stays-away.md",
    ]


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("nowhere.html",), 1, "nowhere.html: The file cannot be read"),
        (("index.zip",), 1, "The file cannot be read"),
        (("source/index.md",), 1, "no format ends in “.md”"),
        (("empty",), 1, "there is nothing to import in this folder"),
        ((str(TEXT), "--into", "../out"), 1, "no folder below the sources"),
        ((str(TEXT), "--article", "index"), 2, "is for --align"),
        ((), 2, "FILE"),
    ],
)
def test_a_mistake_is_answered_with_what_to_do(
    arguments: tuple[str, ...], status: int, words: str, tmp_path: Path
) -> None:
    """On standard error, without a trace."""
    empty(tmp_path)
    (tmp_path / "empty").mkdir()
    done = command("import", *arguments, "--yes", cwd=tmp_path)
    assert done.returncode == status
    assert words.lower() in done.stderr.lower()
    assert "Traceback" not in done.stderr


def test_a_missing_library_is_told_with_what_to_install(tmp_path: Path) -> None:
    """The rest of the command line works without it."""
    empty(tmp_path)
    code = (
        "import sys\nsys.modules['trafilatura'] = None\nfrom importlib import util\n"
        "find = util.find_spec\n"
        "util.find_spec = lambda name, *a: None if name == 'trafilatura' else find(name, *a)\n"
        "from pipeline.cli import main\nmain()"
    )
    arguments = [sys.executable, "-c", code, "import", str(WIX), "--yes"]
    done = subprocess.run(arguments, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "trafilatura, which is not installed" in done.stderr.lower()
    assert extra.INSTALL in done.stderr
    with pytest.raises(ImportingError, match="no_such_library"):
        extra.need("no_such_library")


@pytest.mark.parametrize(
    "option", ["--into", "--media", "--yes", "--dry-run", "--align", "--article", "--json"]
)
def test_every_option_is_documented(option: str) -> None:
    """In the list of commands, and where importing is told."""
    docs = Path(__file__).parents[2] / "docs"
    assert option in (docs / "commands.md").read_text(encoding="utf-8")
    assert option in (docs / "importing.md").read_text(encoding="utf-8")


def test_the_help_and_the_loading_of_commands_need_no_extra() -> None:
    """Libraries are imported when a file wants them."""
    code = "import sys, pipeline.cli\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"lxml", "mammoth", "trafilatura", "pipeline.importing"} & set(done.stdout.split())
    assert cli.import_.__doc__
