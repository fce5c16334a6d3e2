"""Judges of what machines read: sitemaps, feeds, and JSON-LD in the vocabulary of schema.org."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lxml import etree

from pipeline.proof.published import Published

from .built import Built
from .registry import HERE, Note, judge, module, program, run

_SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
_ATOM = "{http://www.w3.org/2005/Atom}"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_DATA = re.compile(r'<script type="application/ld\+json"[^>]*>(.*?)</script>', re.DOTALL)


@judge("sitemap")
def sitemaps(site: Built) -> Iterator[str | Note]:
    """By the schema of sitemaps.org, with languages; every address is that of a page."""
    protocol = module("sitemap/schema/sitemap.xsd")
    text = (HERE / "schemas/sitemap.xsd").read_text(encoding="utf-8")
    whole = text.replace('"PROTOCOL"', f'"{protocol}"')
    parser, base = etree.XMLParser(no_network=True), str(HERE / "schemas/sitemap.xsd")
    known = {
        "urlset": etree.XMLSchema(etree.fromstring(whole.encode(), parser, base_url=base)),
        "sitemapindex": etree.XMLSchema(file=str(HERE / "schemas/siteindex.xsd")),
    }
    published, listed, files = Published.of(site.project), 0, 0
    for name, root in _documents(site, _SITEMAP):
        files += 1
        yield from _invalid(name, root, known.get(etree.QName(root).localname))
        for place in root.iter(f"{_SITEMAP}loc"):
            listed += 1
            address = (place.text or "").strip()
            if published.at(address) is None and not _is_file(site, published, address):
                yield f"{name}:{place.sourceline}: there is nothing at {address}"
    if files:
        yield Note(f"{files} files, {listed} addresses")
    else:
        yield Note("the site has none")


@judge("atom")
def feeds(site: Built) -> Iterator[str | Note]:
    """By RFC 4287 and what readers need: language, author, own address, ids that are one each."""
    schema = etree.RelaxNG(file=str(HERE / "schemas/atom.rng"))
    published, count, ids = Published.of(site.project), 0, set[str]()
    for name, root in _documents(site, _ATOM):
        count += 1
        yield from _invalid(name, root, schema)
        lang = root.get(_LANG, "")
        for one in root.iter(f"{_ATOM}id"):
            if one.text in ids:
                yield f"{name}:{one.sourceline}: the id {one.text} stands twice"
            ids.add(one.text)
        links = [(one.get("rel"), one.get("href", ""), one) for one in root.iter(f"{_ATOM}link")]
        own = [address for rel, address, _ in links if rel == "self"]
        if [published.path(address) for address in own] != [f"/{name}"]:
            yield f"{name}: it says that its own address is {', '.join(own) or 'nothing'}"
        for rel, address, link in links:
            page = published.at(address)
            if rel == "alternate" and (page is None or page.lang != lang):
                yield f"{name}:{link.sourceline}: no page in “{lang}”: {address}"
        newest = max(
            (one.text for one in root.iterfind(f"{_ATOM}entry/{_ATOM}updated")), default=""
        )
        if root.findtext(f"{_ATOM}updated", "") < newest:
            yield f"{name}: it says that it is older than its newest entry"
    yield Note(f"{count} feeds" if count else "the site has none")


@judge("schema.org")
def json_ld(site: Built) -> Iterator[str | Note]:
    """JSON-LD as schema-dts types it, by the TypeScript compiler."""
    types, compiler = module("schema-dts/package.json"), module("typescript/bin/tsc")
    folder = site.spare / "json-ld"
    folder.mkdir(exist_ok=True)
    names: dict[str, str] = {}
    for page in site.pages():
        for text in _DATA.findall(page.read_text(encoding="utf-8")):
            name = f"page{len(names)}.ts"
            names[name] = site.path_of(page)
            (folder / name).write_text(_typed(json.loads(text)), encoding="utf-8")
    if not names:
        yield Note("the site has none")
        return
    settings = {
        "compilerOptions": {
            "strict": True,
            "noEmit": True,
            "skipLibCheck": True,
            "target": "es2022",
            "module": "esnext",
            "moduleResolution": "bundler",
            "types": [],
            "paths": {"schema-dts": [str(types.parent)]},
        },
        "include": ["*.ts"],
    }
    (folder / "tsconfig.json").write_text(json.dumps(settings), encoding="utf-8")
    done = run(program("node"), compiler, "--project", folder, "--pretty", "false", cwd=folder)
    lines = (done.stdout + done.stderr).strip().splitlines()
    for line in lines if done.returncode else ():
        yield re.sub(r"^(page\d+\.ts)", lambda match: names.get(match[1], match[1]), line)
    if done.returncode and not lines:
        yield "the compiler failed without a word"
    yield Note(f"{len(names)} pages")


def _typed(data: Any) -> str:
    """A TypeScript module that is right only if the data is."""
    kind = "Graph" if "@graph" in data else f"WithContext<{data['@type']}>"
    names = {"Graph", "WithContext"} & set(re.findall(r"\w+", kind)) | set(
        re.findall(r"<(\w+)>", kind)
    )
    imported = f'import type {{ {", ".join(sorted(names))} }} from "schema-dts";\n'
    return f"{imported}export const data: {kind} = {json.dumps(data, ensure_ascii=False)};\n"


def _documents(site: Built, namespace: str) -> Iterator[tuple[str, Any]]:
    """The XML files of the site whose roots are in a namespace."""
    parser = etree.XMLParser(no_network=True, resolve_entities=False)
    for path in sorted(site.output.rglob("*")):
        if path.suffix in (".xml", ".atom") and not any(
            part.startswith(".") for part in path.relative_to(site.output).parts
        ):
            root = etree.parse(str(path), parser).getroot()
            if str(root.tag).startswith(namespace):
                yield path.relative_to(site.output).as_posix(), root


def _invalid(name: str, root: Any, schema: Any) -> Iterator[str]:
    if schema is None:
        yield f"{name}: its root is <{etree.QName(root).localname}>"
    elif not schema.validate(root.getroottree()):
        for error in schema.error_log:
            yield f"{name}:{error.line}: {error.message}"


def _is_file(site: Built, published: Published, address: str) -> bool:
    path = published.path(address)
    return path is not None and Path(f"{site.output}{path}").is_file()
