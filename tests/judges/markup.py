"""Judges of HTML and CSS: the Nu checker, html-validate, stylelint, and our own checks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from pipeline.checks import Severity
from pipeline.proof import prove

from .built import Built
from .registry import HERE, Note, judge, module, program, run


@judge("published")
def our_own_checks(site: Built) -> Iterator[str | Note]:
    """`pipeline check --published`, warnings included."""
    proved = prove(site.project)
    for fault in proved.faults:
        if fault.severity > Severity.NOTE:
            mend = f" (mend {fault.origin.path}:{fault.origin.line})" if fault.origin else ""
            yield f"{fault.file}:{fault.line}: {fault.check}: {fault.message}{mend}"
    yield Note(f"{proved.pages} pages")


@judge("vnu")
def the_nu_html_checker(site: Built) -> Iterator[str | Note]:
    """HTML and CSS as the living standards have it; its warnings are errors."""
    jar = module("vnu-jar/build/dist/vnu.jar")
    options = ("--Werror", "--skip-non-html", "--also-check-css", "--format", "gnu")
    done = run(program("java"), "-Xss1m", "-jar", jar, *options, site.output)
    yield from _lines(done.stderr + done.stdout, site.output, failed=done.returncode != 0)


@judge("html-validate")
def html_validate(site: Built) -> Iterator[str | Note]:
    """HTML, its accessibility, and what good pages do."""
    script = module("html-validate/bin/html-validate.mjs")
    config = HERE / "htmlvalidate.json"
    options = ("--config", config, "--formatter", "text")
    done = run(program("node"), script, *options, *site.pages())
    yield from _lines(done.stdout + done.stderr, site.output, failed=done.returncode != 0)


@judge("stylelint")
def stylelint(site: Built) -> Iterator[str | Note]:
    """Style sheets, with logical properties, so that they serve both directions."""
    script = module("stylelint/bin/stylelint.mjs")
    sheets = sorted(site.output.rglob("*.css"))
    config = ("--config", HERE / "stylelint.config.js", "--formatter", "json")
    done = run(program("node"), script, *config, "--no-color", *sheets)
    printed = done.stderr.strip() or done.stdout.strip()
    if not printed.startswith("["):
        yield printed
        return
    for sheet in json.loads(printed):
        name = Path(sheet["source"]).relative_to(site.output)
        for one in (*sheet["warnings"], *sheet["invalidOptionWarnings"]):
            yield f"{name}:{one.get('line', 0)}: {one['text']}"
    yield Note(f"{len(sheets)} sheets")


def _lines(printed: str, folder: Path, *, failed: bool) -> Iterator[str]:
    """What a tool printed, with the folder of this run left out."""
    lines = [line for line in printed.splitlines() if line.strip()]
    for line in lines if failed else ():
        yield line.replace(f"file:{folder}/", "").replace(f"{folder}/", "").strip()
    if failed and not lines:
        yield "failed without a word"
