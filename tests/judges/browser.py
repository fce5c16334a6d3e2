"""Judges in Chromium: axe, in every light and on every screen, and Lighthouse."""

from __future__ import annotations

import json
from collections.abc import Iterator

from .built import Built
from .registry import HERE, Note, judge, module, program, run


@judge("axe")
def axe(site: Built) -> Iterator[str | Note]:
    """Accessibility of each template in each language: light and dark, on a phone and a desk."""
    module("@axe-core/playwright/package.json")
    paths = list(site.kinds().values())
    order = {"address": site.address, "paths": paths, "browser": program("chromium")}
    done = run(program("node"), HERE / "axe.mjs", stdin=json.dumps(order), timeout=560)
    if done.returncode:
        yield done.stderr.strip() or "axe failed without a word"
        return
    answer = json.loads(done.stdout)
    yield from answer["objections"]
    yield Note(f"{answer['looked']} views of {len(paths)} pages")


@judge("lighthouse")
def lighthouse(site: Built) -> Iterator[str | Note]:
    """100 for speed, accessibility, good practice and findability, on articles and pages."""
    module("lighthouse/package.json")
    kinds = site.kinds()
    wanted = [path for (_, kind), path in kinds.items() if kind in ("is-article", "is-page")]
    order = {"address": site.address, "paths": wanted, "browser": program("chromium")}
    done = run(program("node"), HERE / "lighthouse.mjs", stdin=json.dumps(order), timeout=580)
    if done.returncode:
        yield done.stderr.strip() or "Lighthouse failed without a word"
        return
    for page in json.loads(done.stdout):
        scores = "/".join(str(score) for score in page["scores"])
        if min(page["scores"]) < 100:
            yield f"{page['path']}: {scores}: {'; '.join(page['audits'])}"
        else:
            yield Note(f"{page['path']} {scores}")
