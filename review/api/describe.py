"""The description: OpenAPI for programs, and the same as a page for people."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import markdown_it
import markupsafe
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.responses import HTMLResponse, Response

from pipeline.project import Project

from ..access import RIGHT
from ..pages import template
from .access import CAREFUL, LARGEST, SCOPE
from .problems import MEDIA_TYPE, ProblemShape
from .replies import HEADER
from .samples import sample

_INTRODUCTION = """\
What people do at the review desk, for programs: see how far every article is, read and decide
messages, hand catalogues out and take them back, build the site, ask the memory.

**Tokens.** Send `Authorization: Bearer …`. Managers make tokens on the desk, under “Tokens”. A
token has scopes, languages and a day when it ends, and never may more than the person it is for.

**Errors** are `application/problem+json` (RFC 9457), always, with a `detail` that says what to do.

**Versions.** A message has an `ETag`. Decisions send it in `If-Match`; if somebody was faster,
nothing is written, and the answer (412) has both texts.

**Pages.** Lists have `items` and `next`: send it as `cursor` for the page after. What changes
meanwhile neither repeats nor hides anything.

**Again.** Send an `Idempotency-Key` of your own with a POST or PUT, and it may be sent again after
a broken connection: within 24 hours it is answered as before, and not done twice.

**How often.** A token may ask 600 times a minute; `RateLimit` says what is left, and 429 to wait.
"""

_IF_MATCH = r'^(\*|"[!#-~]*"(, *"[!#-~]*")*)$'

_TAGS = {
    "status": "Every article in every language: how far it is, and whether it is live.",
    "messages": "The texts of a language and their translations.",
    "decisions": "Translations edited, approved and rejected, by their versions.",
    "bulk": "Many decisions at once, and one about all that a filter finds.",
    "comments": "What people say and ask about messages, and whom they call.",
    "activity": "What was done of late, and who waits for whom, for managers.",
    "catalogues": "Copies for translators’ own tools (.po, XLIFF 2.1), and taking them back.",
    "memory": "What was approved before, by likeness or by words; TMX in and out.",
    "builds": "Building the site, watched and cancelled.",
    "drafts": "Drafting by the memory and by machines, with what it costs.",
    "tokens": "Who you are here; tokens made, listed and revoked.",
}

_SCOPES = {
    "read": "See everything that is described here.",
    "translate": "Write translations, bring catalogues back.",
    "review": "Approve and reject.",
    "build": "Start builds and drafting by machines, and see what drafting costs.",
    "manage": "Make and revoke tokens, import into the memory.",
}

_SAID = {
    400: "It cannot be understood.",
    401: "There is no token, or it does not work.",
    403: "The token is not for this, or its person may not do it.",
    404: "There is no such thing.",
    409: "It does not fit what is there now, or the same request is being carried out.",
    412: "The message has changed since: `yours` and `current` are both texts.",
    413: "It is larger than is taken here.",
    415: "It is of a kind that is not taken here.",
    422: "It does not fit the description, or could not be published: `errors`, `findings`.",
    428: "If-Match is missing.",
    429: "The token has asked too often; `Retry-After` says when to go on.",
    500: "Something went wrong on this side.",
    502: "An engine of machine translation did not answer.",
    503: "A file or service on this side cannot be used; `detail` says which.",
}


def described(api: FastAPI, project: Project) -> dict[str, Any]:
    """The description of the API of a site."""
    description = get_openapi(
        title=api.title,
        version=api.version,
        summary="The API of the review desk",
        description=_INTRODUCTION,
        routes=api.routes,
        tags=[{"name": name, "description": said} for name, said in _TAGS.items()],
        servers=[{"url": "/api/v1"}],
    )
    components = description["components"]
    components["schemas"]["Problem"] = ProblemShape.model_json_schema()
    for name in ("HTTPValidationError", "ValidationError"):
        components["schemas"].pop(name, None)
    scopes = "\n".join(f"- `{name}`: {said}" for name, said in _SCOPES.items())
    bearer = {"type": "http", "scheme": "bearer", "description": f"Scopes:\n\n{scopes}"}
    components["securitySchemes"] = {"bearer": bearer}
    for _, method, operation in operations(description):
        _complete(method, operation, project)
    _name_languages(components["schemas"], project)
    return description


def operations(description: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every address with its methods and what is said of them."""
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def _name_languages(schemas: dict[str, Any], project: Project) -> None:
    """Say in the bodies which languages there are."""
    builds, tokens = schemas["BuildWish"]["properties"], schemas["NewToken"]["properties"]
    builds["locales"]["items"] = {"type": "string", "enum": list(project.all_locales)}
    tokens["locales"]["items"] = {"type": "string", "enum": ["*", *project.locales]}


def _complete(method: str, operation: dict[str, Any], project: Project) -> None:
    """Say what holds for every route: its errors, and the key of what is sent again."""
    for status, response in operation["responses"].items():
        if status.isdecimal() and int(status) in _SAID:
            problem = {"$ref": "#/components/schemas/Problem"}
            response["description"] = _SAID[int(status)]
            response["content"] = {MEDIA_TYPE: {"schema": problem}}
    for response in operation["responses"].values():
        if response["description"] == "Successful Response":
            response["description"] = operation["summary"]
    for parameter in operation.get("parameters", []):
        if parameter["name"] == "locale" and parameter["in"] == "path":
            parameter["schema"] = {"type": "string", "enum": list(project.locales)}
        if parameter["name"] == "if-match":
            schema = {"type": "string", "pattern": _IF_MATCH, "maxLength": 200}
            parameter |= {"name": "If-Match", "required": True, "schema": schema}
    if method in ("post", "put"):
        operation.setdefault("parameters", []).append(
            {
                "name": HEADER,
                "in": "header",
                "required": False,
                "description": "A word of your own. The same request with it is not done twice.",
                "schema": {
                    "type": "string",
                    "minLength": 1,
                    "maxLength": 255,
                    "pattern": "^[!-~]([ -~]*[!-~])?$",
                },
            }
        )
    operation["x-required-right"] = operation.pop(RIGHT).lower()
    operation["x-required-scope"] = operation.pop(SCOPE)
    operation.pop(CAREFUL)
    operation["x-largest-body-in-bytes"] = operation.pop(LARGEST)


@dataclass(frozen=True, slots=True)
class Operation:
    """A route as the page shows it."""

    anchor: str
    method: str
    path: str
    summary: str
    said: markupsafe.Markup
    scope: str
    right: str
    parameters: list[dict[str, Any]]
    body: str
    taken: list[str]
    answers: list[tuple[str, str]]
    answer: str


def page(description: dict[str, Any]) -> Response:
    """The description as a page: plain HTML, nothing loaded from elsewhere."""
    groups: dict[str, list[Operation]] = {name: [] for name in _TAGS}
    for path, method, operation in operations(description):
        groups[operation["tags"][0]].append(_shown(description, path, method, operation))
    html = template("api.html").render(
        title=description["info"]["title"],
        introduction=_html(description["info"]["description"]),
        tags=_TAGS,
        scopes=_SCOPES,
        groups=groups,
    )
    return HTMLResponse(html)


def _shown(
    description: dict[str, Any], path: str, method: str, operation: dict[str, Any]
) -> Operation:
    body = operation.get("requestBody", {}).get("content", {})
    answers = operation["responses"]
    good = next(status for status in answers if status.startswith("2"))
    return Operation(
        anchor=operation["operationId"],
        method=method.upper(),
        path=description["servers"][0]["url"] + path,
        summary=operation["summary"],
        said=_html(operation["description"]),
        scope=operation["x-required-scope"],
        right=operation["x-required-right"],
        parameters=[
            {**one, "said": _html(one.get("description", ""))}
            for one in operation.get("parameters", [])
        ],
        body=_sample_of(description, body),
        taken=[kind for kind in body if kind != "application/json"],
        answers=[(status, answers[status]["description"]) for status in answers],
        answer=_sample_of(description, answers[good].get("content", {})),
    )


def _sample_of(description: dict[str, Any], content: dict[str, Any]) -> str:
    schema = content.get("application/json", {}).get("schema")
    return (
        "" if not schema else json.dumps(sample(description, schema), indent=2, ensure_ascii=False)
    )


def _html(text: str) -> markupsafe.Markup:
    """Markdown as HTML; what is HTML in it is shown as text."""
    rendered = markdown_it.MarkdownIt("commonmark", {"html": False}).render(text)
    return markupsafe.Markup(rendered)  # noqa: S704 - made by the renderer, which escapes
