"""Documents: the files of a site that are no pages. Sitemaps, feeds, and what servers are told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from . import nginx, redirects
from .feed import feed
from .language import language
from .page import Page, Setting
from .plan import Plan
from .sitemap import index, sitemap

ROBOTS = "robots.txt"


def documents(
    plan: Plan, pages: Sequence[Page], settings: Mapping[str, Setting], locales: Iterable[str]
) -> Iterator[tuple[str, str]]:
    """The name and the text of every document.

    Args:
        plan: The plan that the pages are of.
        pages: All pages of the site.
        settings: What pages have in common, by locale.
        locales: The locales that are built; the documents of others stay as they are.
    """
    if plan.preview:
        yield ROBOTS, "User-agent: *\nDisallow: /\n"
        return
    url, live = plan.site.url, plan.addresses.locales
    sitemaps: list[tuple[str, date | None]] = []
    for locale in live:
        folder = language(locale).lang
        own = [page for page in pages if page.locale == locale and page.kind != "root"]
        days = [page.modified for page in own if page.modified and not page.is_hidden]
        sitemaps.append((f"{url}/{folder}/sitemap.xml", max(days, default=None)))
        if locale in locales:
            yield f"{folder}/sitemap.xml", sitemap(own)
            text = _feed(plan, own, settings[locale])
            if text:
                yield f"{folder}/feed.atom", text
    if live:
        yield "sitemap.xml", index(sitemaps)
    yield ROBOTS, f"User-agent: *\nAllow: /\n\nSitemap: {url}/sitemap.xml\n"
    moved = plan.redirects
    if moved:
        yield redirects.NAME, redirects.dump(moved)
    yield nginx.MAPS, nginx.maps(url, [language(locale).lang for locale in live], moved)


def _feed(plan: Plan, pages: Iterable[Page], setting: Setting) -> str:
    listed = [page for page in pages if page.article and page.layout == "article"]
    if not listed:
        return ""
    home = plan.addresses.home(listed[0].locale) or "/"
    return feed(
        listed, title=setting.title, subtitle=setting.description, home=plan.site.url + home
    )
