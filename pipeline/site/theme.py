"""The theme: Jinja2 templates and assets, the built-in ones overridden file by file.

Assets are published under names that carry a hash of their contents, so that browsers may keep them
for ever and a change is seen at once.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, NoReturn

import jinja2
from jinja2.runtime import Context
from jinja2.utils import pass_context
from markupsafe import Markup

from ..articles import NO_LAYOUT
from ..errors import ThemeError
from ..files import is_temporary
from ..project import Project
from .language import DateFormat
from .strings import BUILT_IN_THEME
from .wording import said, with_languages

_OWN = frozenset(("base", "root", "404", "list", "tag", "tags", "search", "moved"))
"""Templates of pages that are no articles."""

_CSS_URL = re.compile(r"""url\(\s*(["']?)([^"')]+)\1\s*\)""")


@dataclass(frozen=True)
class Theme:
    """The templates and assets of a site: those of the built-in theme, and its own over them."""

    folders: tuple[Path, ...]
    bytecode: Path | None = None

    @classmethod
    def of(cls, project: Project) -> Theme:
        """The theme of a site.

        Raises:
            ThemeError: The folder that the settings name does not exist.
        """
        own = project.theme_dir
        if own is not None and not own.is_dir():
            raise ThemeError(
                "the theme's folder does not exist",
                path=own,
                hint="Create it, or remove “theme” from pipeline.toml.",
            )
        folders = (own, BUILT_IN_THEME) if own is not None else (BUILT_IN_THEME,)
        return cls(folders, project.cache_dir / "templates")

    @cached_property
    def assets(self) -> Mapping[str, bytes]:
        """The assets by their published names: ``style.3f2a91c4.css``."""
        return {self.names[name]: data for name, data in self._contents.items()}

    @cached_property
    def names(self) -> Mapping[str, str]:
        """The published name of each asset."""
        return {name: _hashed(name, data) for name, data in self._contents.items()}

    @cached_property
    def layouts(self) -> frozenset[str]:
        """What an article can be set in: the names of templates, and ``none``."""
        names = (name.removesuffix(".html") for name in self._files("templates"))
        return frozenset({NO_LAYOUT, *(n for n in names if n[0] != "_" and n not in _OWN)})

    @cached_property
    def digest(self) -> str:
        """A hash of every template and asset."""
        hashed = hashlib.sha256()
        for name, path in sorted(self._files("templates").items()):
            hashed.update(f"{name}\0".encode() + path.read_bytes())
        for name in sorted(self.assets):
            hashed.update(name.encode())
        return hashed.hexdigest()

    def render(self, template: str, context: Mapping[str, Any]) -> str:
        """A page.

        Raises:
            ThemeError: The template is missing or broken, or asks for something that is not there.
        """
        try:
            html = self._environment.get_template(template).render(context)
        except jinja2.TemplateError as error:
            self._explain(template, error)
        return with_languages(html, context["language"], context["strings"].otherwise)

    @cached_property
    def _contents(self) -> dict[str, bytes]:
        """Each asset's contents; addresses in stylesheets are those of the published names."""
        contents = {
            name: path.read_bytes()
            for name, path in sorted(self._files("assets").items())
            if not name.endswith(".css")
        }
        hashed = {name: _hashed(name, data) for name, data in contents.items()}
        for name, path in sorted(self._files("assets").items()):
            if name.endswith(".css"):
                text = path.read_text(encoding="utf-8")
                contents[name] = _with_addresses(text, hashed).encode()
        return contents

    def _files(self, kind: str) -> dict[str, Path]:
        found: dict[str, Path] = {}
        for folder in reversed(self.folders):
            for path in (folder / kind).rglob("*"):
                if path.is_file() and not is_temporary(path) and not path.name.startswith("."):
                    found[path.relative_to(folder / kind).as_posix()] = path
        return found

    @cached_property
    def _environment(self) -> jinja2.Environment:
        cache = None
        if self.bytecode is not None:
            self.bytecode.mkdir(parents=True, exist_ok=True)
            cache = jinja2.FileSystemBytecodeCache(str(self.bytecode))
        environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader([folder / "templates" for folder in self.folders]),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            extensions=["jinja2.ext.i18n"],
            trim_blocks=True,
            lstrip_blocks=True,
            bytecode_cache=cache,
            auto_reload=False,
        )
        environment.policies["ext.i18n.trimmed"] = True
        environment.install_gettext_callables(  # type: ignore[attr-defined]  # added by the extension
            _gettext, _ngettext, newstyle=True, pgettext=_pgettext, npgettext=_npgettext
        )
        environment.globals["asset"] = self._asset
        environment.globals["format_date"] = _format_date
        environment.globals["format_number"] = _format_number
        environment.globals["format_list"] = _format_list
        return environment

    def _asset(self, name: str) -> str:
        if name not in self.names:
            raise ThemeError(
                f"there is no asset “{name}” in the theme",
                path=self.folders[0] / "assets" / name,
                hint="Add the file, or correct its name in the template.",
            )
        return f"/assets/{self.names[name]}"

    def path_of(self, template: str) -> Path:
        """The file of a template: the site's own, or else the built-in one."""
        paths = [folder / "templates" / template for folder in self.folders]
        return next((path for path in paths if path.exists()), paths[0])

    def _explain(self, template: str, error: jinja2.TemplateError) -> NoReturn:
        name = getattr(error, "name", None) or template
        line = getattr(error, "lineno", None)
        if line is None:
            name, line = _innermost(error, name)
        if isinstance(error, jinja2.TemplateNotFound):
            hint = "Add it to the theme's folder “templates”, or remove what asks for it."
            message = f"there is no template “{error.name}”"
            name = template
        else:
            hint = "Correct the template."
            message = f"the template cannot be used: {error.message}"
        raise ThemeError(message, path=self.path_of(name), line=line, hint=hint) from error


def _innermost(error: BaseException, name: str) -> tuple[str, int | None]:
    """The template and line that an error at run time came from."""
    line = None
    trace = error.__traceback__
    while trace is not None:
        file = Path(trace.tb_frame.f_code.co_filename)
        if file.suffix == ".html":
            parts = file.parts
            if "templates" in parts:
                name = "/".join(parts[len(parts) - parts[::-1].index("templates") :])
            line = trace.tb_lineno
        trace = trace.tb_next
    return name, line


def _hashed(name: str, data: bytes) -> str:
    stem, dot, suffix = name.rpartition(".")
    return f"{stem}.{hashlib.sha256(data).hexdigest()[:8]}{dot}{suffix}"


def _with_addresses(css: str, names: Mapping[str, str]) -> str:
    def address(match: re.Match[str]) -> str:
        name = names.get(match[2].removeprefix("./"))
        return f'url("/assets/{name}")' if name else match[0]

    return _CSS_URL.sub(address, css)


@pass_context
def _gettext(context: Context, text: str) -> Markup:
    words = context["strings"]
    return said(words, words.gettext(text), text)


@pass_context
def _ngettext(context: Context, one: str, many: str, count: int) -> Markup:
    words = context["strings"]
    return said(words, words.ngettext(one, many, count), one)


@pass_context
def _pgettext(context: Context, place: str, text: str) -> Markup:
    words = context["strings"]
    return said(words, words.pgettext(place, text), text, place)


@pass_context
def _npgettext(context: Context, place: str, one: str, many: str, count: int) -> Markup:
    words = context["strings"]
    return said(words, words.npgettext(place, one, many, count), one, place)


@pass_context
def _format_date(context: Context, day: date, form: DateFormat = "long") -> str:
    return str(context["language"].date(day, form))


@pass_context
def _format_number(context: Context, value: float) -> str:
    return str(context["language"].number(value))


@pass_context
def _format_list(context: Context, items: Iterable[str]) -> str:
    return str(context["language"].list(list(items)))
