"""Pages in one file: as Chromium saves them, as Word does, and as Safari would."""

from __future__ import annotations

import plistlib
from collections.abc import Mapping
from email.message import EmailMessage
from pathlib import Path

import pytest

from pipeline.errors import ImportingError
from pipeline.importing import Document, archive, documents
from pipeline.importing.formats import format_of, mhtml, webarchive
from tests.importing.builds import FIXTURES, built, empty, in_order, page, said
from tests.importing.test_builders import AROUND, PAGES
from tests.importing.test_formats import png
from tests.review.chromium import chromium

SAVED = FIXTURES / "saved"
AT = "https://www.lindenhof.example/post/quiet-rooms"
ROOM = """\
<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Quiet rooms</title></head><body>
<nav><a href="/">Home</a></nav><main><h1>Quiet rooms</h1>
<p>A quiet room is no cell – it is a caf\u00e9 without talk, and there is one in every town.</p>
<picture><source srcset="/wide.png 900w" media="(min-width: 1px)">
<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" alt="A door that is ajar"></picture>
<p>Our list stands in a frame of its own:</p>
<iframe src="/frames/list.html"></iframe>
<iframe src="https://video.example/embed/7" title="A film of the reading room"></iframe>
<iframe src="/frames/counter.html" width="1" height="1"></iframe>
<p>See <a href="/post/other">another page</a>, or <a href="#list">the list</a>.</p>
</main></body></html>
"""
FILES = {
    AT: ("text/html", ROOM.encode()),
    "https://www.lindenhof.example/wide.png": ("image/png", png(3, 3)),
    "https://www.lindenhof.example/frames/list.html": (
        "text/html",
        b'<meta charset="utf-8"><ul id="list"><li>The library, first floor.</li>'
        b'<li>The chapel.<img src="chapel.png" alt="A chapel"></li></ul>',
    ),
    "https://www.lindenhof.example/frames/chapel.png": ("image/png", png(4, 4)),
    "https://www.lindenhof.example/frames/counter.html": ("text/html", b"<p>You are counted.</p>"),
    "https://video.example/embed/7": ("text/html", b"<p>Press play.</p>"),
}
WANTED = (
    "Quiet rooms", "it is a caf\u00e9 without talk", "Our list stands", "The library, first floor.",
    "The chapel.", "A film of the reading room", "See", "another page",
)  # fmt: skip


def snapshot(at: str, files: Mapping[str, tuple[str, bytes]]) -> bytes:
    """What Chromium saves of a page that is served these files, and nothing else."""
    with chromium() as browser:
        tab = browser.new_page()

        def serve(route: object) -> None:
            address = route.request.url  # type: ignore[attr-defined]
            if address in files:
                kind, body = files[address]
                route.fulfill(body=body, content_type=kind)  # type: ignore[attr-defined]
            else:
                route.abort()  # type: ignore[attr-defined]

        tab.route("**/*", serve)
        tab.goto(at, wait_until="networkidle")
        session = tab.context.new_cdp_session(tab)
        made = session.send("Page.captureSnapshot", {"format": "mhtml"})
        return str(made["data"]).encode()


def stand_in(at: str, files: Mapping[str, tuple[str, bytes]]) -> bytes:
    """A web archive in the form of Safari\u2019s: a stand-in, for no Safari made it."""

    def resource(address: str) -> dict[str, object]:
        kind, data = files[address]
        return {
            "WebResourceURL": address,
            "WebResourceMIMEType": kind,
            "WebResourceTextEncodingName": "UTF-8",
            "WebResourceFrameName": "",
            "WebResourceData": data,
        }

    frames = [one for one in files if one != at and files[one][0] == "text/html"]
    said = {
        "WebMainResource": resource(at),
        "WebSubresources": [resource(one) for one in files if one.endswith("wide.png")],
        "WebSubframeArchives": [
            {
                "WebMainResource": resource(one),
                "WebSubresources": [
                    resource(other)
                    for other in files
                    if other.endswith("chapel.png") and one.endswith("list.html")
                ],
            }
            for one in frames
        ],
    }
    return plistlib.dumps(said, fmt=plistlib.FMT_BINARY)


def read(path: Path) -> Document:
    """The document in a file; nothing may be wrong with it."""
    errors: list[object] = []
    (document,) = documents([path], errors)  # type: ignore[arg-type]
    assert errors == []
    return document


def test_a_page_that_chromium_saved_as_one_file_is_built_as_one_that_it_saved_with_a_folder(
    tmp_path: Path,
) -> None:
    """With the same text, pictures and alt texts."""
    at = "https://www.lindenhof.example/post/when-sleep-stays-away"
    lamp = (SAVED / "wix_files/lamp.svg").read_bytes()
    files = {
        at: ("text/html", (SAVED / "wix.html").read_bytes()),
        "https://www.lindenhof.example/post/wix_files/lamp.svg": ("image/svg+xml", lamp),
    }
    path = tmp_path / "sleep.mhtml"
    path.write_bytes(snapshot(at, files))
    slug, texts, pictures = PAGES["wix"]
    project = empty(tmp_path / "site")
    built(project, path)
    main = page(project, slug)
    in_order(said(main), texts)
    assert not [around for around in AROUND if around in said(main)]
    assert [image.get("alt") for image in main.iter("img")] == list(pictures.values())
    assert (project.source_dir / "images/lamp.svg").read_bytes() == lamp


@pytest.mark.parametrize("kind", ["mhtml", "webarchive"])
def test_an_archive_brings_its_pictures_and_the_frames_of_its_own_site(
    kind: str, tmp_path: Path
) -> None:
    """Real MHTML of Chromium, and a stand-in of Safari\u2019s; players become links."""
    path = tmp_path / f"rooms.{kind}"
    path.write_bytes(snapshot(AT, FILES) if kind == "mhtml" else stand_in(AT, FILES))
    document = read(path)
    assert (document.title, document.address, document.slug) == ("Quiet rooms", AT, "quiet-rooms")
    project = empty(tmp_path / "site")
    built(project, path)
    main = page(project, "quiet-rooms")
    in_order(said(main), WANTED)
    for gone in ("You are counted", "Press play", "Home"):
        assert gone not in said(main)
    assert [image.get("alt") for image in main.iter("img")] == ["A door that is ajar", "A chapel"]
    names = {path.name: path.read_bytes() for path in (project.source_dir / "images").iterdir()}
    assert names == {"wide.png": png(3, 3), "chapel.png": png(4, 4)}
    links = [link.get("href") for link in main.iter("a")]
    assert "https://video.example/embed/7" in links
    assert "https://www.lindenhof.example/post/other" in links
    assert links[-1] == "#list"


def as_word_writes(charset: str, text: str, *, start: str = "") -> bytes:
    """A page in one file as Word and Outlook write it: other encodings, files by cid: or path."""
    message = EmailMessage()
    message["Subject"] = "x"
    message.set_content("Read the other part.")
    html = f"<html><head><title>Notes</title></head><body>{text}</body></html>"
    message.clear_content()
    message.set_type("multipart/related")
    if start:
        message.set_param("start", start)
    for kind, data, headers in (
        ("html", b"<p>Another page.</p>", {"Content-ID": "<other>"}),
        (
            "html",
            html.encode(charset),
            {"Content-ID": "<notes>", "Content-Location": "file:///C:/x/notes.htm"},
        ),
        ("png", png(3, 3), {"Content-ID": "<one@x>"}),
        ("png", png(4, 4), {"Content-Location": "file:///C:/x/notes_files/two.png"}),
    ):
        part = EmailMessage()
        main = "text" if kind == "html" else "image"
        part.set_content(data, main, kind, cte="base64")
        if kind == "html":
            part.set_param("charset", charset)
        for name, value in headers.items():
            part[name] = value
        message.attach(part)
    return message.as_bytes()


@pytest.mark.parametrize("charset", ["utf-8", "windows-1252", "iso-8859-1", "utf-16"])
def test_the_part_that_is_named_is_read_in_its_encoding(charset: str, tmp_path: Path) -> None:
    """With pictures that are named by a number, and by where they stood on a disk."""
    text = (
        "<h1>Notes</h1><p>A caf\u00e9 that is open is better than a library that is shut.</p>"
        '<p><img src="cid:one@x" alt="One"> <img src="notes_files/two.png" alt="Two"></p>'
    )
    path = tmp_path / "notes.mht"
    path.write_bytes(as_word_writes(charset, text, start="<notes>"))
    document = read(path)
    assert document.address == ""
    assert "A caf\u00e9 that is open" in document.html
    assert sorted(document.files.values()) == sorted([png(3, 3), png(4, 4)])
    project = empty(tmp_path / "site")
    built(project, path)
    assert [image.get("alt") for image in page(project, "notes").iter("img")] == ["One", "Two"]


def test_a_page_alone_in_a_message_is_one(tmp_path: Path) -> None:
    """Without other parts, in quoted-printable."""
    path = tmp_path / "x.mht"
    head = b"MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n"
    body = b"<title>Tea</title><main><p>A caf=C3=A9 and a long=\r\n line of tea.</p></main>"
    path.write_bytes(head + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + body)
    assert "A caf\u00e9 and a long line of tea." in read(path).html


def nested(depth: int) -> bytes:
    """Parts within parts."""
    pieces = [b"MIME-Version: 1.0\n"]
    for number in range(depth):
        pieces.append(b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (number, number))
    return b"".join(pieces)


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("x.mhtml", b"<p>no message</p>", "none of what ends in .mhtml"),
        ("x.mhtml", b"MIME-Version: 1.0\nContent-Type: image/png\n\nx", "no page in it"),
        ("x.mhtml", nested(5000), "no saved page"),
        ("x.mhtml", b"MIME-Version: 1.0\nContent-Type: text/html\n\n", "empty"),
        ("x.webarchive", b"<html>", "none of what ends in .webarchive"),
        ("x.webarchive", b"bplist00\xff\xff\xff", "no web archive"),
        ("x.webarchive", plistlib.dumps({"WebMainResource": []}), "no page in it"),
        ("x.webarchive", plistlib.dumps([1]), "no page in it"),
        (
            "x.webarchive",
            b'<?xml version="1.0"?><!DOCTYPE plist [<!ENTITY a "b">]><plist><string>&a;</string>'
            b"</plist>",
            "no web archive",
        ),
    ],
)
def test_what_is_damaged_or_means_harm_is_an_error(
    name: str, data: bytes, why: str, tmp_path: Path
) -> None:
    """That says what to do, and stops no other file."""
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(ImportingError, match=why) as caught:
        list(format_of(path).read(path))
    assert caught.value.hint
    assert caught.value.path == path


def test_sizes_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the file, of its page, and in the number of its parts."""
    path = tmp_path / "notes.mht"
    path.write_bytes(as_word_writes("utf-8", "<p>Some text, which is long enough.</p>"))
    safari = tmp_path / "rooms.webarchive"
    safari.write_bytes(stand_in(AT, FILES))
    for module, name, most, why in (
        (mhtml, "LARGEST", 100, "larger than"),
        (webarchive, "LARGEST", 100, "larger than"),
        (mhtml, "MOST", 2, "more than 2 parts"),
        (webarchive, "MOST", 2, "more than 2 files"),
        (archive, "LARGEST", 10, "its page is larger than"),
    ):
        with monkeypatch.context() as patched:
            patched.setattr(module, name, most)
            both = (path,) if module is mhtml else (safari,)
            for one in both:
                with pytest.raises(ImportingError, match=why):
                    list(format_of(one).read(one))
