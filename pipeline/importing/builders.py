"""Builders of sites: how each is recognised, where its pages have the article, and what is around.

What is true of every builder stands in ``ANY``; a further one is a further line of ``BUILDERS``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

SIDE_BAR = "side bar"


@dataclass(frozen=True, slots=True)
class Builder:
    """A builder of sites.

    Attributes:
        name: What people call it.
        marks: Texts of which one stands in the head of each of its pages, in lower case.
        content: CSS selectors of the article, the surest first.
        leave: CSS selectors of what is no part of it, and what that is.
    """

    name: str
    marks: tuple[str, ...] = ()
    content: tuple[str, ...] = ()
    leave: Mapping[str, str] = field(default_factory=dict)


ANY = Builder(
    "a page",
    content=("[itemprop=articleBody]", "main article", "[role=main]", "main", "article"),
    leave={
        "script, style, template, link, object[type*=flash]": "script",
        "nav, [role=navigation], [role=menu], [role=menubar], .breadcrumb, .breadcrumbs": "menu",
        "div[id*=cookie], div[class*=cookie], section[class*=cookie], aside[class*=cookie],"
        " [class*=consent-banner], [id*=consent-banner], [class*=consent-manager],"
        " div[aria-label*=ookie], #CybotCookiebotDialog, #onetrust-consent-sdk": "cookie bar",
        "body > header, #header, #site-header, [role=banner], .site-header": "header",
        "body > footer, #footer, #site-footer, [role=contentinfo], .site-footer": "footer",
        ".skip-link, .skip-to-content, [class*=skip-link], [id*=skip-to], a.skip": "menu",
        "[role=dialog], [role=alertdialog], dialog, .modal, .popup": "window",
        "[role=complementary], .sidebar, aside[class*=sidebar], .widget-area": SIDE_BAR,
        "[role=search], .search-form": "search",
        "[class*=share-], [class*=sharing], [class*=social-links]": "share buttons",
        "#comments, .comments-area, .comment-respond, #disqus_thread": "comments",
        ".related-posts, [class*=related-post], [class*=recent-posts], .post-navigation":
            "other articles",
        ".newsletter, [class*=subscribe], [class*=newsletter]": "newsletter",
    },
)  # fmt: skip

BUILDERS = (
    Builder(
        "Wix",
        ("wix.com website builder", "static.parastorage.com", "wixstatic.com", "wixui-"),
        ("[data-hook=post-description]", "[data-hook=post] article", "#PAGES_CONTAINER", "main"),
        {
            "#SCROLL_TO_TOP, #SCROLL_TO_BOTTOM, #TOP_ANCHOR": "“top of page”",
            "#SITE_HEADER, #SITE_HEADER_WRAPPER, [data-testid=header]": "header",
            "#SITE_FOOTER, #SITE_FOOTER_WRAPPER": "footer",
            "#SKIP_TO_CONTENT_BTN, [id^=SKIP_]": "menu",
            "#WIX_ADS, [id^=WIX_ADS]": "advertisement",
            "#consent-banner, [data-hook^=consent], [data-hook=ccsu-banner-wrapper]": "cookie bar",
            "[data-hook=time-to-read], [data-hook=time-ago], [data-hook=user-name]": "byline",
            "[data-hook=post-footer], [data-hook=post-actions], [data-hook^=like-]": "buttons",
            "[data-hook=recent-posts], [data-hook=related-posts]": "other articles",
        },
    ),
    Builder(
        "WordPress",
        ('content="wordpress', "wp-content/", "wp-includes/"),
        (".entry-content", ".wp-block-post-content", ".post-content", "main article", "main"),
        {
            "#wpadminbar": "menu",
            ".entry-meta, .posted-on, .byline, .cat-links, .tags-links, .entry-footer": "byline",
            ".wp-block-post-author, .wp-block-post-date, .wp-block-post-terms": "byline",
            ".sharedaddy, .jp-relatedposts, .addtoany_share_save_container": "share buttons",
            ".wp-block-comments, .wp-block-latest-posts, .wp-block-query": "other articles",
            ".yarpp, .yarpp-related, .crp_related, .rp4wp-related-posts": "other articles",
            ".saboxplugin-wrap, .author-box, .abh_box": "byline",
            ".wp-block-search": "search",
            ".wp-block-file__button": "buttons",
            ".wp-block-table-of-contents, .lwptoc": "table of contents",
            "#ez-toc-container, #toc_container": "table of contents",
            ".cmplz-cookiebanner, #cookie-law-info-bar, #cookie-notice": "cookie bar",
        },
    ),
    Builder(
        "Squarespace",
        ("squarespace.com", "this is squarespace", "static1.squarespace"),
        (".blog-item-content", ".sqs-layout .blog-item-wrapper", "#page", "main", ".sqs-layout"),
        {
            ".sqs-announcement-bar, .sqs-announcement-bar-dropzone": "announcement",
            ".sqs-cookie-banner-v2, .sqs-cookie-banner-v2-wrapper": "cookie bar",
            ".blog-item-top-wrapper .blog-item-meta-wrapper, .blog-item-author-profile": "byline",
            ".blog-meta-item, .item-pagination, .blog-more-link": "byline",
            ".sqs-block-newsletter, .newsletter-block": "newsletter",
            ".sqs-block-form, .sqs-block-search": "form",
            ".sqs-block-summary-v2, .sqs-block-archive": "other articles",
            ".header-announcement-bar-wrapper, .header": "header",
            ".sqs-spacer-block, .sqs-block-spacer": "space",
        },
    ),
    Builder(
        "Ghost",
        ('content="ghost', "/ghost/api", "cards.min.css"),
        (".gh-content", ".post-content", ".post-full-content", "article"),
        {
            ".gh-navigation, .gh-head, .gh-header": "header",
            ".gh-footer": "footer",
            ".gh-article-meta, .gh-article-tag, .gh-article-header time": "byline",
            ".gh-comments, .gh-read-next, .gh-readmore": "other articles",
            ".kg-signup-card, .gh-subscribe, .gh-cta, .footer-cta": "newsletter",
            ".kg-bookmark-metadata, .kg-bookmark-thumbnail, .kg-bookmark-description": "preview",
            ".kg-file-card-metadata, .kg-file-card-icon": "preview",
            ".kg-callout-emoji, .kg-toggle-card-icon": "buttons",
            ".kg-audio-player-container, .kg-video-player": "buttons",
            "#ghost-portal-root, .gh-portal": "window",
        },
    ),
)


def builder_of(html: str) -> Builder:
    """The builder that a page says it comes from; ``ANY`` if it does not say."""
    head = html[:200_000].lower()
    found = (one for one in BUILDERS if any(mark in head for mark in one.marks))
    return next(found, ANY)
