"""The judge of links: linkinator follows every one, fragments and style sheets included."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from .built import Built
from .registry import Note, judge, module, program, run


@judge("linkinator")
def linkinator(site: Built) -> Iterator[str | Note]:
    """Addresses on the site's own host are asked for here; other hosts are not asked at all."""
    url = site.project.settings.site.url
    own = re.escape(site.address)
    rewriting = ("--url-rewrite-search", re.escape(url), "--url-rewrite-replace", site.address)
    script = module("linkinator/build/src/cli.js")
    options = ("--recurse", "--check-fragments", "--check-css", "--concurrency", "4")
    skipping = ("--skip", f"^(?!{own}(/|$)|{re.escape(url)}(/|$))")
    starts = [f"{site.address}/"]
    done = run(
        program("node"), script, *starts, *options, *rewriting, *skipping, "--format", "json"
    )
    printed = done.stdout[done.stdout.find("{") :]
    if not printed.startswith("{"):
        yield done.stderr.strip() or done.stdout.strip() or "linkinator failed without a word"
        return
    links = json.loads(printed)["links"]
    followed = [link for link in links if link["state"] != "SKIPPED"]
    for link in followed:
        if link["state"] == "BROKEN":
            yield f"{link.get('parent', '')}: {link['url']} ({link.get('status')})".replace(
                site.address, ""
            )
    yield Note(f"{len(followed)} links")
