"""What HTML says about its elements: which are void, which end by themselves, which run in a line.

The sets follow the HTML Living Standard (§4, §12.1.2, §13.2); what counts as translatable follows
its ``translate`` attribute (§3.2.6.1, "translatable attributes") and WAI-ARIA 1.2.
"""

from __future__ import annotations

VOID = frozenset(
    "area base basefont bgsound br col embed frame hr img input keygen link meta param source"
    " track wbr".split()
)
"""Elements without content or end tag."""

RAW_TEXT = frozenset("script style xmp iframe noembed noframes".split())
"""Elements whose content is neither markup nor text for readers."""

ESCAPABLE_RAW_TEXT = frozenset("title textarea".split())
"""Elements whose content is text with character references but without markup."""

FOREIGN = frozenset("svg math".split())
"""Roots of other vocabularies, in which a self-closing tag means what it says."""

INLINE = frozenset(
    "a abbr acronym audio b bdi bdo big button canvas cite code data datalist del dfn em embed font"
    " i iframe img input ins kbd label map mark meter nobr noscript object output picture progress"
    " q rb rp rt rtc ruby s samp script select slot small span strike strong style sub sup svg math"
    " textarea time tt u var video wbr br link meta area param source track".split()
)
"""Elements that run inside a line of text; custom elements (with a hyphen) do so, too."""

ATOMIC = frozenset(
    "audio canvas datalist embed iframe img input map math meter noscript object picture progress"
    " script select slot style svg textarea video wbr br link meta area param source track".split()
)
"""Inline elements that stand in a segment as one token, whatever is in them."""

PROTECTED = frozenset("code kbd samp var".split())
"""Inline elements whose text translators see but that is restored from the source."""

PRESERVED = frozenset("pre listing textarea".split())
"""Elements in which white space counts."""

PLAIN = frozenset("title textarea option svg math".split())
"""Elements in whose text no further element may be put."""

NOT_IN_ITSELF = frozenset("a button label nobr select option form".split())
"""Elements that a parser refuses to nest in one another: nesting them would tear the page."""

BOUND_TO_PARENT = frozenset("rb rp rt rtc".split())
"""Elements that mean nothing outside the parent they were written in."""

_CLOSES_P = frozenset(
    "address article aside blockquote center details dialog dir div dl dd dt fieldset figcaption"
    " figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr li main menu nav ol p pre search"
    " section summary table ul".split()
)

CLOSED_BY = {
    "p": _CLOSES_P,
    "li": frozenset({"li"}),
    "dt": frozenset({"dt", "dd"}),
    "dd": frozenset({"dt", "dd"}),
    "option": frozenset({"option", "optgroup"}),
    "optgroup": frozenset({"optgroup"}),
    "rb": frozenset({"rb", "rp", "rt", "rtc"}),
    "rp": frozenset({"rb", "rp", "rt", "rtc"}),
    "rt": frozenset({"rb", "rp", "rt", "rtc"}),
    "rtc": frozenset({"rb", "rp", "rtc"}),
    "caption": frozenset({"colgroup", "col", "thead", "tbody", "tfoot", "tr"}),
    "colgroup": frozenset({"thead", "tbody", "tfoot", "tr"}),
    "thead": frozenset({"tbody", "tfoot"}),
    "tbody": frozenset({"tbody", "tfoot"}),
    "tfoot": frozenset({"tbody"}),
    "tr": frozenset({"tr", "thead", "tbody", "tfoot"}),
    "td": frozenset({"td", "th", "tr", "thead", "tbody", "tfoot"}),
    "th": frozenset({"td", "th", "tr", "thead", "tbody", "tfoot"}),
    "head": frozenset({"body"}),
    "body": frozenset[str](),
    "html": frozenset[str](),
}
"""Elements whose end tag may be left out, and the start tags that end them (§13.1.2.4)."""

TEXT_ATTRIBUTES = frozenset(
    "alt title placeholder abbr summary aria-label aria-description aria-placeholder"
    " aria-roledescription aria-valuetext aria-braillelabel aria-brailleroledescription".split()
)
"""Attributes that readers read or hear, on any element."""

META_TEXT = frozenset(
    "description keywords og:title og:description og:image:alt og:site_name twitter:title"
    " twitter:description twitter:image:alt apple-mobile-web-app-title application-name".split()
)
"""Names of ``meta`` elements whose content readers read."""

URL_ATTRIBUTES = frozenset("href src poster action data formaction cite srcset imagesrcset".split())
"""Attributes that hold one address, or (``srcset``) several."""

KIND_NOTES = {
    "h1": "heading 1",
    "h2": "heading 2",
    "h3": "heading 3",
    "h4": "heading 4",
    "h5": "heading 5",
    "h6": "heading 6",
    "li": "list item",
    "td": "table cell",
    "th": "table heading",
    "caption": "table caption",
    "figcaption": "caption",
    "blockquote": "quotation",
    "dt": "term",
    "dd": "definition",
    "summary": "summary of a fold-out",
    "legend": "legend of a form",
    "label": "label of a form field",
    "button": "button",
    "option": "choice in a list",
    "title": "page title",
}
"""What a translator is told of the place a text stands in."""


def is_inline(name: str) -> bool:
    """Whether the element runs inside a line of text."""
    return name in INLINE or "-" in name


def is_text_attribute(element: str, attribute: str, attributes: dict[str, str]) -> bool:
    """Whether the value of this attribute is text for readers."""
    if attribute in TEXT_ATTRIBUTES:
        return attribute not in {"abbr", "summary"} or element in {"th", "td", "table"}
    if attribute == "content":
        name = attributes.get("name") or attributes.get("property") or ""
        return element == "meta" and name.lower() in META_TEXT
    if attribute == "value":
        return element == "input" and attributes.get("type", "").lower() in {
            "submit",
            "button",
            "reset",
        }
    return attribute == "label" and element in {"option", "optgroup", "track"}
