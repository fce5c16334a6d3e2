"""Rights: what each route asks of whoever comes, and what roles may do in which language."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum, StrEnum

EVERYWHERE = "*"
"""The language that stands for every one."""


class Role(StrEnum):
    """What somebody is in a language; each may do what those before it may."""

    TRANSLATOR = "translator"
    REVIEWER = "reviewer"
    MANAGER = "manager"


class Right(IntEnum):
    """What a route asks for.

    OPEN asks for nothing. ENTER asks that somebody is logged in. READ asks for any role in the
    language, TRANSLATE, REVIEW and MANAGE for that role in it or a higher one. RULE asks for a
    manager of every language: people, and what holds for all.
    """

    OPEN = 0
    ENTER = 1
    READ = 2
    TRANSLATE = 3
    REVIEW = 4
    MANAGE = 5
    RULE = 6


_GIVES = {Role.TRANSLATOR: Right.TRANSLATE, Role.REVIEWER: Right.REVIEW, Role.MANAGER: Right.MANAGE}


def grants(roles: Mapping[str, Role], right: Right, locale: str | None) -> bool:
    """Whether roles by language give a right, in a language or (without one) in any."""
    if right <= Right.ENTER:
        return True
    if right is Right.RULE:
        return roles.get(EVERYWHERE) is Role.MANAGER
    meant = [
        role for place, role in roles.items() if locale is None or place in (locale, EVERYWHERE)
    ]
    return any(_GIVES[role] >= right for role in meant)
