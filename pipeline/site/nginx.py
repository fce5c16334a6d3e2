"""nginx: the configuration that serves a built site as `pipeline serve` does.

The server block is printed once and kept; what changes from build to build (redirects, languages)
is in a file of maps that each build publishes and the block includes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from . import negotiation
from .headers import FRESH, LASTING, security
from .history import Redirect

MAPS = ".nginx/maps.conf"
"""Where the maps are below the output."""


def maps(url: str, langs: Sequence[str], redirects: Iterable[Redirect]) -> str:
    """The maps of a site, for nginx's ``http`` context.

    Args:
        url: The site's address; variables are named after its host.
        langs: The folders of the languages that are live.
        redirects: The addresses that have moved.
    """
    name = _name(url)
    known = negotiation.tags(langs)
    either = "|".join(map(re.escape, langs)) or "(?!)"
    blocks = [
        _map("$uri", f"${name}_moved", '""', _moves(redirects, 301)),
        _map("$uri", f"${name}_gone", '""', _moves(redirects, 302)),
        _map(
            "$http_accept_language",
            f"${name}_tag",
            '""',
            {_quoted(f"~*{p}"): "$tag" for p in negotiation.patterns(langs)},
        ),
        _map(f"${name}_tag", f"${name}_accepted", '""', known),
        _map(
            f"$cookie_{negotiation.COOKIE}",
            f"${name}_greeting",
            f"${name}_accepted",
            {lang: lang for lang in langs},
        ),
        _map("$uri", f"${name}_folder", '""', {_quoted(f"~^/(?<folder>{either})/"): "$folder"}),
        _map(
            "$uri",
            f"${name}_missing",
            "/404.html",
            {_quoted(f"~^/(?<missing>{either})/"): "/$missing/404.html"},
        ),
        # A reader comes from another page of this host: the same folder is no choice, another is.
        _map(
            f"$http_host ${name}_folder $http_referer",
            f"${name}_choice",
            '""',
            {
                _quoted(r"~^(?<h>\S+) (?<f>\S+) https?://(?P=h)/(?P=f)/"): '""',
                _quoted(r"~^(?<h>\S+) (?<chosen>\S+) https?://(?P=h)/"): _quoted(
                    negotiation.cookie("$chosen")
                ),
            },
        ),
        _map("$uri", f"${name}_caching", _quoted(FRESH), {"~^/assets/": _quoted(LASTING)}),
    ]
    return "\n".join(blocks)


def server(url: str, output: Path, *, search: bool = False, brotli: bool = False) -> str:
    """The maps' inclusion and the server block, for a file below ``/etc/nginx/conf.d``.

    Args:
        url: The site's address.
        output: The folder of the published site.
        search: Whether the site has a search.
        brotli: Whether nginx has the module that sends ``.br`` files.
    """
    name = _name(url)
    secure = urlsplit(url).scheme == "https"
    headers = [
        f"add_header {header} {_quoted(value)} always;"
        for header, value in security(search=search, secure=secure).items()
    ]
    everywhere = "\n".join(f"    {line}" for line in headers)
    at_root = "\n".join(f"        {line}" for line in headers)
    sending = "    brotli_static on;\n" if brotli else ""
    return _SERVER.format(
        name=name,
        host=urlsplit(url).hostname,
        output=_quoted(str(output)),
        maps=_quoted(str(output / MAPS)),
        everywhere=everywhere,
        at_root=at_root,
        sending=sending,
    )


_SERVER = """\
# Made by “pipeline nginx”. Include it in nginx's http context, below the lines that include
# mime.types; reload nginx after a build, so that it reads the redirects again.
# Certificates, and the way from http:// and other host names to this one, are the host's own.
include {maps};

server {{
    listen 80;
    server_name {host};
    root {output};

    index index.html;
    charset utf-8;
    charset_types text/css text/plain text/xml application/javascript text/javascript
        application/json application/xml application/atom+xml image/svg+xml;
    server_tokens off;
    absolute_redirect off;
    etag on;
    gzip_static on;
    gzip_vary on;
{sending}
    error_page 404 ${name}_missing;
    if (${name}_moved) {{ return 301 ${name}_moved$is_args$args; }}
    if (${name}_gone) {{ return 302 ${name}_gone$is_args$args; }}
    if ($request_uri ~ "^(/|/[^/\\x5c?][^?]*/)index\\.html(?:\\?|$)") {{
        return 301 $1$is_args$args;
    }}

{everywhere}
    add_header Cache-Control ${name}_caching always;
    add_header Set-Cookie ${name}_choice;

    # The only address that depends on who asks. nginx drops every header from above where a
    # location has one of its own: so they are all said again.
    location = / {{
{at_root}
        add_header Cache-Control "no-cache" always;
        add_header Vary "Accept-Language, Cookie" always;
        if (${name}_greeting) {{ return 302 /${name}_greeting/; }}
        try_files /index.html =404;
    }}

    location / {{
        try_files $uri $uri/ =404;
    }}

    # What the pipeline needs to know of the site, and nobody else.
    location ~ /\\.(?!well-known/) {{
        return 404;
    }}
}}
"""


def _moves(redirects: Iterable[Redirect], status: int) -> Mapping[str, str]:
    """With and without a slash at the end; nginx compares paths as people read them.

    They are regular expressions, since plain keys need ``map_hash_bucket_size``, which may be said
    only once for all the sites of an nginx.
    """
    return {
        _quoted(f"~^{re.escape(one.old.rstrip('/'))}/?$"): _quoted(one.new)
        for one in redirects
        if one.status == status
    }


def _map(source: str, target: str, default: str, entries: Mapping[str, str]) -> str:
    source = _quoted(source) if " " in source else source
    lines = "".join(f"    {key} {value};\n" for key, value in entries.items())
    return f"map {source} {target} {{\n    default {default};\n{lines}}}\n"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _name(url: str) -> str:
    """What variables of a site are called: nginx has one space of names for all its sites."""
    return "site_" + re.sub(r"\W", "_", urlsplit(url).hostname or "").lower()
