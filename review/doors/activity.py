"""Activity: what was done in the last day, and who is waiting for whom."""

from __future__ import annotations

import time
from dataclasses import asdict

from fastapi.responses import JSONResponse, Response

from ..access import Door, Visiting
from ..activity import DAY, Reason, done_in, waits_in
from ..audit import trail
from ..pages import show
from ..rights import Right
from .board import managed

door = Door.make()


@door.get("/activity", Right.MANAGE)
def activity(visit: Visiting) -> Response:
    """What was done, and what waits, in the languages that one manages."""
    locales, since = managed(visit), time.time() - DAY
    waits = waits_in(visit.desk, locales)
    return show(
        visit,
        "activity.html",
        Reason=Reason,
        waits={
            locale: [one for one in waits if one.locale == locale]
            for locale in locales
            if any(one.locale == locale for one in waits)
        },
        done=done_in(visit.desk, locales, since=since),
        entries=trail(visit.desk.database, locales=locales, since=since, limit=100),
    )


@door.get("/activity.json", Right.MANAGE)
def activity_data(visit: Visiting) -> Response:
    """The same for a script."""
    locales, since = managed(visit), time.time() - DAY
    waits = [{**asdict(one), "each": one.each} for one in waits_in(visit.desk, locales)]
    done = [asdict(one) for one in done_in(visit.desk, locales, since=since)]
    return JSONResponse({"waits": waits, "done": done})
