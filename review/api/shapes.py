"""Shapes: what the API's answers look like, described for those who read them."""

from __future__ import annotations

import datetime
from typing import Annotated, Any

from fastapi import Path
from pydantic import BaseModel, Field

from pipeline.catalogues import State
from pipeline.checks import Finding
from pipeline.errors import PipelineError

Locale = Annotated[str, Path(description="A language of the site.", examples=["nl"], max_length=16)]

Moment = Annotated[
    datetime.datetime, Field(description="In UTC.", examples=["2026-11-24T09:30:00Z"])
]


def moment(at: float) -> datetime.datetime:
    """Seconds of the epoch as a moment."""
    return datetime.datetime.fromtimestamp(at, datetime.UTC)


class FindingShape(BaseModel):
    """What a check found in a translation."""

    check: str = Field(description="The name of the check.", examples=["numbers"])
    severity: str = Field(
        description="`note`, `warning`, `error`, or `blocking`: cannot be published so.",
        examples=["warning"],
    )
    detail: str = Field(description="What is wrong.", examples=["“40” is missing"])
    fix: str | None = Field(description="The whole translation, mended, where that is certain.")

    @classmethod
    def of(cls, finding: Finding) -> FindingShape:
        """A finding of the checks."""
        return cls(
            check=finding.check,
            severity=finding.severity.name.lower(),
            detail=finding.message,
            fix=finding.fix,
        )


class ErrorShape(BaseModel):
    """What went wrong with one file, and stopped nothing else."""

    where: str = Field(description="The file, and its line.", examples=["source/first.md:3"])
    detail: str
    hint: str = Field(description="What to do about it.")

    @classmethod
    def of(cls, error: PipelineError) -> ErrorShape:
        """What an error of the pipeline says."""
        return cls(where=error.where, detail=error.message, hint=error.hint)


class MessageShape(BaseModel):
    """One text of an article, and its translation."""

    id: str = Field(
        description="What the message is named by.",
        examples=["articles:first.4f2c9a30b1d5e6f7a8b9c0d1"],
    )
    article: str = Field(description="The article, or `site`.", examples=["articles/first"])
    context: str | None = Field(description="The msgctxt, if it has one.")
    place: int = Field(description="Its number in the catalogue, from 0.")
    state: State
    source: str = Field(
        description="The text, its markup as tokens.", examples=["See <a1>our rates</a1>."]
    )
    strings: list[str] = Field(
        description="The translation, a text for each plural form.",
        examples=[["Zie <a1>onze tarieven</a1>."]],
    )
    version: str = Field(
        description="What If-Match asks for, without quotation marks.",
        examples=["4f2c9a30b1d5e6f7a8b9c0d1"],
    )


Report = dict[str, Any]
