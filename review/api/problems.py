"""Problems: every error that the API answers with, as ``application/problem+json`` (RFC 9457)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException

from pipeline.errors import ConflictError, EngineError, ExchangeError, PipelineError

MEDIA_TYPE = "application/problem+json"

_WORDS = {
    400: "The request cannot be understood.",
    404: "There is nothing at this address.",
    405: "This cannot be done with what is at this address.",
    413: "This is larger than is taken.",
    500: "Something went wrong here, and was noted. What was answered before is safe; try again.",
}


class Problem(Exception):
    """What is wrong with a request, for whoever made it.

    Args:
        status: The status of the answer.
        detail: What is wrong and what to do, in sentences.
        headers: More headers of the answer.
        members: More members of the document, such as both texts of a conflict.
    """

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        **members: object,
    ) -> None:
        super().__init__(status, detail)
        self.status = status
        self.detail = detail
        self.headers = dict(headers or {})
        self.members = members

    def response(self) -> Response:
        """The answer that says so."""
        said = {
            "type": "about:blank",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
            **self.members,
        }
        content = json.dumps(said, ensure_ascii=False).encode(errors="replace")
        return Response(content, self.status, self.headers, MEDIA_TYPE)


class ProblemShape(BaseModel):
    """What every error looks like."""

    model_config = ConfigDict(title="Problem", extra="allow")

    type: str = Field(description="What kind of problem; the status says all there is to say.")
    title: str = Field(description="The name of the status.")
    status: int = Field(description="The status.")
    detail: str = Field(description="What is wrong, and what to do about it.")


def problem_of(error: Exception) -> Problem:
    """What an error is to whoever made the request."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, RequestValidationError):
        return _invalid(error)
    if isinstance(error, HTTPException):
        return said_of(error.status_code, error.detail, error.headers)
    if isinstance(error, PipelineError):
        return _failed(error)
    if isinstance(error, SQLAlchemyError | OSError):
        return Problem(
            503, "Files or database cannot be written or read just now; ask again later."
        )
    return Problem(500, _WORDS[500])


def said_of(status: int, detail: object, headers: Mapping[str, str] | None) -> Problem:
    """What the framework refuses: its bare phrases become sentences."""
    said = str(detail or "")
    if said in ("", HTTPStatus(status).phrase) or " " not in said:
        said = _WORDS.get(status, f"{HTTPStatus(status).phrase}.")
    return Problem(status, said, headers=headers)


def refused(status: int, detail: object, headers: Mapping[str, str] | None) -> Response:
    """The same as an answer."""
    return said_of(status, detail, headers).response()


def _invalid(error: RequestValidationError) -> Problem:
    """What does not fit the description, member by member; never what was sent."""
    found: list[dict[str, Any]] = [
        {"in": str(one["loc"][0]), "at": "/".join(map(str, one["loc"][1:])), "detail": one["msg"]}
        for one in error.errors()
    ]
    if any(one["type"] == "json_invalid" for one in error.errors()):
        return Problem(400, "The body is no JSON.", errors=found)
    return Problem(422, "The request does not fit the description of this route.", errors=found)


def _failed(error: PipelineError) -> Problem:
    """An error of the pipeline; where it is this side's fault, 500 or 503."""
    status = 503
    if isinstance(error, ConflictError):
        status = 409
    elif isinstance(error, ExchangeError):
        status = 422
    elif isinstance(error, EngineError):
        status = 502
    where = f"{error.where}: " if error.where and not error.where.startswith("/") else ""
    hint = f" {error.hint}" if error.hint else ""
    return Problem(status, f"{where}{error.message}.{hint}")
