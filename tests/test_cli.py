"""The command line, as people and scripts meet it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline.cli import app, console
from pipeline.extract import extract
from tests.sites import DAY, SETTINGS, replace, site, translate, write

PIPELINE = Path(sys.executable).parent / "pipeline"
COMMANDS = [
    command.name or command.callback.__name__
    for command in app.registered_commands
    if command.callback
]


def run(*arguments: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """The command with these arguments, as a program of its own without a terminal."""
    command = [str(PIPELINE), *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


def test_a_new_site_is_made_built_and_shown(tmp_path: Path) -> None:
    """`init`, `run`, `status`: what a newcomer does."""
    folder = tmp_path / "new"
    assert run("init", folder).returncode == 0
    done = run("run", "--site", folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Built public: 21 new." in done.stdout
    assert (folder / "public" / "en" / "index.html").exists()
    assert "nothing changed" in run("run", "--site", folder).stdout
    assert run("status", "--site", folder).returncode == 0
    again = run("init", folder)
    assert again.returncode == 1
    assert "already there" in again.stderr


def test_a_translators_whole_round_trip(tmp_path: Path) -> None:
    """Extract, translate in an editor, approve, build, read the page."""
    site(tmp_path)
    assert run("extract", cwd=tmp_path).returncode == 0
    for domain in ("articles/second", "index", "site"):
        path = tmp_path / f"locales/nl/LC_MESSAGES/{domain}.po"
        text = path.read_text(encoding="utf-8")
        untranslated = re.compile(r'^msgid (".+")\nmsgstr ""$', re.M)
        text = untranslated.sub(r"msgid \1\nmsgstr \1", text)
        text = text.replace('msgstr "The second"', 'msgstr "De tweede"')
        path.write_text(text, encoding="utf-8")
    done = run("approve", "nl", "--by", "Anna de Vries", cwd=tmp_path)
    assert (done.returncode, "Approved" in done.stdout) == (0, True), done.stderr
    assert run("build", cwd=tmp_path).returncode == 0
    page = (tmp_path / "public/nl/second/index.html").read_text(encoding="utf-8")
    assert "De tweede" in page


def test_status_is_a_table_for_people_and_json_for_scripts(tmp_path: Path) -> None:
    """The same facts."""
    project = site(tmp_path)
    extract(project, today=DAY)
    translate(project)
    run("build", cwd=tmp_path)
    rows = json.loads(run("status", "--json", cwd=tmp_path).stdout)
    (row,) = [r for r in rows if r["article"] == "articles/second" and r["locale"] == "nl"]
    assert (row["live"], row["states"]) == (True, {"approved": 3})
    table = run("status", cwd=tmp_path).stdout
    assert "articles/second" in table
    assert "approved" in table


def test_json_says_what_was_done_and_what_failed(tmp_path: Path) -> None:
    """And the exit status is not 0 when something failed."""
    project = site(tmp_path)
    report = json.loads(run("build", "--json", cwd=tmp_path).stdout)
    assert "/en/first/" in report["new"]
    replace(project.source_dir / "articles/first.md", "second.md", "third.md")
    done = run("build", "--json", cwd=tmp_path)
    (error,) = json.loads(done.stdout)["errors"]
    assert done.returncode == 1
    assert (error["kind"], error["path"], error["line"]) == (
        "LinkError",
        "source/articles/first.md",
        8,
    )


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("build",), 1, "folder is no site"),
        (("build", "--site", "nowhere"), 1, "no such folder"),
        (("approve", "nl"), 2, "--by"),
        (("biuld",), 2, "biuld"),
        (("serve", "--port", "99999"), 2, "--port"),
    ],
)
def test_a_mistake_is_answered_with_what_to_do(
    arguments: tuple[str, ...], status: int, words: str, tmp_path: Path
) -> None:
    """On standard error, without a trace."""
    done = run(*arguments, cwd=tmp_path)
    assert done.returncode == status
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_mistake_in_the_settings_names_line_and_nearest_name(tmp_path: Path) -> None:
    """Before anything is done."""
    site(tmp_path)
    write(tmp_path / "pipeline.toml", SETTINGS + 'publsih = "approved"\n')
    done = run("build", cwd=tmp_path)
    assert done.returncode == 1
    assert "pipeline.toml:9" in done.stderr
    assert "'publish'" in done.stderr


def test_a_database_that_is_not_there_stops_no_build(tmp_path: Path) -> None:
    """What is approved is published; the status says that something failed."""
    url = "postgresql+psycopg://nobody@127.0.0.1:9/none"
    site(tmp_path, settings=f'{SETTINGS}[state]\nurl = "{url}"\n')
    done = run("run", cwd=tmp_path)
    assert done.returncode == 1
    assert "state database cannot be opened" in done.stderr
    assert (tmp_path / "public/en/index.html").exists()


def test_only_what_is_named_is_extracted(tmp_path: Path) -> None:
    """An unknown name is an error."""
    site(tmp_path)
    assert run("extract", "articles/first", cwd=tmp_path).returncode == 0
    found = {p.stem for p in (tmp_path / "locales/nl").rglob("*.po")}
    assert found == {"first"}
    assert "no article" in run("extract", "articles/third", cwd=tmp_path).stderr


def test_the_configuration_of_nginx_is_printed(tmp_path: Path) -> None:
    """For the site's host and output; with Brotli where nginx has it."""
    site(tmp_path)
    said = run("nginx", cwd=tmp_path).stdout
    assert "server_name www.example.org;" in said
    assert f'root "{tmp_path / "public"}";' in said
    assert "brotli" not in said
    assert "brotli_static on;" in run("nginx", "--brotli", cwd=tmp_path).stdout


def test_help_is_there_at_once() -> None:
    """Without loading what the commands need: measured by what is imported, not by a clock."""
    code = "import sys, pipeline.cli\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert not loaded & {"babel", "jinja2", "rich", "yaml", "markdown_it", "pipeline.build"}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_and_takes_a_site(command: str) -> None:
    """And says what it does in its first line."""
    done = run(command, "--help")
    assert done.returncode == 0
    assert command == "init" or "--site" in done.stdout


def test_nothing_but_plain_lines_where_the_output_is_no_terminal(tmp_path: Path) -> None:
    """No colours, no bars."""
    site(tmp_path)
    done = run("run", cwd=tmp_path)
    assert "\x1b" not in done.stdout + done.stderr


def test_a_server_ends_when_it_is_interrupted(tmp_path: Path) -> None:
    """With a word, and without a trace."""
    site(tmp_path)
    run("build", cwd=tmp_path)
    process = subprocess.Popen(
        [str(PIPELINE), "serve", "--port", "0"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout is not None
    assert "http://127.0.0.1:" in process.stdout.readline()
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 130
    assert errors == ""


def test_a_line_number_is_no_picture(capsys: pytest.CaptureFixture[str]) -> None:
    """The terminal library would show “:100:” as an emoji."""
    console.out.print("locales/nl.po:100: names")
    assert capsys.readouterr().out == "locales/nl.po:100: names\n"
