"""The desk as ``pipeline.toml`` says now: the file is read again when it was touched.

Each request has one desk from its beginning to its end; a build that runs keeps the settings that
it began with. A file with a mistake changes nothing, and managers are told.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import replace

from pipeline.errors import PipelineError, SettingsError
from pipeline.fingerprint import stamp
from pipeline.project import Project, open_project

from .desk import Desk, galleys_of

_LASTING = ("state", "queue")
"""Tables whose change needs a restart: what is open already is open."""

_log = logging.getLogger("review.settings")


class Current:
    """A desk that follows its settings.

    Args:
        desk: As it is at first.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._stamp = stamp(desk.project.settings_path)
        self._lock = threading.Lock()

    def desk(self) -> Desk:
        """The desk as it is now."""
        path = self._desk.project.settings_path
        if stamp(path) != self._stamp:
            with self._lock:
                touched = stamp(path)
                if touched != self._stamp:
                    self._desk = self._renewed(self._desk)
                    self._stamp = touched
        return self._desk

    @property
    def url(self) -> str:
        """The address that people open it by."""
        return self.desk().project.settings.review.url

    def _renewed(self, desk: Desk) -> Desk:
        try:
            project = open_project(desk.project.root)
            _keep(desk.project, project)
        except PipelineError as error:
            _log.error("The settings are as they were before: %s", error)
            return replace(desk, mistake=str(error))
        if project == desk.project:
            return replace(desk, mistake="")
        _log.warning("The settings were read again.")
        desk.runs.project = project
        with desk.watch.lock:  # languages may have come and gone, and catalogues be elsewhere
            desk.watch.seen.clear()
            desk.watch.errors.clear()
        return replace(desk, project=project, galleys=galleys_of(project), mistake="")


def _keep(before: Project, after: Project) -> None:
    """See that nothing was changed that is in use.

    Raises:
        SettingsError: Something was.
    """
    changed = [
        f"[{name}]"
        for name in _LASTING
        if getattr(before.settings, name) != getattr(after.settings, name)
    ]
    if before.source_locale != after.source_locale:
        changed.append("source_locale")
    if changed:
        raise SettingsError(
            f"{' and '.join(changed)} cannot change while the desk runs",
            path=after.settings_path,
            hint="Start the desk again.",
        )
