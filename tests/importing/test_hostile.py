"""Files from those who mean harm, and files that are damaged or too large: clear errors."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from pipeline.errors import ImportingError, PipelineError
from pipeline.importing import Plan, documents, plan, write
from pipeline.importing import document as sizes
from pipeline.importing import page as pages
from pipeline.importing.formats import format_of, page, word, wordpress
from pipeline.importing.xml import LONGEST
from tests.importing.builds import FIXTURES, empty
from tests.importing.test_formats import planned
from tests.importing.test_formats import word as a_word_file

BOMB = (
    '<?xml version="1.0"?>\n<!DOCTYPE x [\n<!ENTITY a "aaaaaaaaaa">\n'
    '<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">\n]>\n'
)
OUTSIDE = '<?xml version="1.0"?>\n<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>\n'
RSS = '<rss version="2.0"><channel><item><title>a</title><description>{}</description></item>'
WXR = '<rss xmlns:wp="http://wordpress.org/export/1.2/"><channel>{}</channel></rss>'


def error_of(path: Path) -> ImportingError:
    """What reading a file ends with."""
    with pytest.raises(ImportingError) as caught:
        list(format_of(path).read(path))
    assert caught.value.hint
    assert caught.value.path == path
    return caught.value


@pytest.mark.parametrize("head", [BOMB, OUTSIDE])
@pytest.mark.parametrize("body", [RSS.format("&a;") + "</channel></rss>", WXR.format("&a;")])
def test_entities_are_refused(head: str, body: str, tmp_path: Path) -> None:
    """Those that grow, and those that open a file."""
    path = tmp_path / "x.xml"
    path.write_text(head + body, encoding="utf-8")
    error = error_of(path)
    assert "declares entities" in error.message
    assert error.line


def test_broken_xml_names_its_line(tmp_path: Path) -> None:
    """And what to do."""
    path = tmp_path / "x.rss"
    path.write_text('<rss version="2.0"><channel>\n<item><title>a</item>', encoding="utf-8")
    error = error_of(path)
    assert (error.line, error.hint) == (2, "Export it anew.")


def test_an_item_without_end_is_refused(tmp_path: Path) -> None:
    """Before it fills the memory."""
    path = tmp_path / "x.rss"
    path.write_text(RSS.format("a" * (LONGEST + 100)), encoding="utf-8")
    tracemalloc.start()
    assert "an item of more than" in error_of(path).message
    assert tracemalloc.get_traced_memory()[1] < 8 * LONGEST
    tracemalloc.stop()


def test_a_large_export_takes_little_memory(tmp_path: Path) -> None:
    """What is held is the item at hand: the same for 1,000 posts as for 6,000."""
    post = (
        "<item><title>a</title><content:encoded xmlns:content="
        '"http://purl.org/rss/1.0/modules/content/">' + "word " * 200 + "</content:encoded>"
        "<wp:status>publish</wp:status><wp:post_type>post</wp:post_type></item>\n"
    )
    path = tmp_path / "x.xml"
    peaks = []
    for count in (1000, 6000):
        path.write_text(WXR.format(post * count), encoding="utf-8")
        tracemalloc.start()
        assert sum(1 for _ in wordpress.read_export(path)) == count
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.5


def test_a_page_that_is_nested_beyond_measure_is_refused(tmp_path: Path) -> None:
    """And not cut off in silence."""
    path = tmp_path / "x.html"
    for depth in (230, 300, 5000):
        path.write_text(f"<title>a</title><main>{'<span>' * depth}text", encoding="utf-8")
        assert "elements stand in more than" in error_of(path).message


def test_files_that_are_too_large_or_no_text_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the file's name and what to do; controls within a text are left out."""
    path = tmp_path / "x.html"
    path.write_bytes(b"<p>\xff\xfe caf\xe9</p>")
    assert "is not text in UTF-8" in error_of(path).message
    monkeypatch.setattr(pages, "LARGEST", 10)
    assert "larger than" in error_of(path).message
    monkeypatch.undo()
    path.write_bytes(b"<title>a</title><p>one\x0b\x00two</p>")
    (document,) = page.read_page(path)
    assert "onetwo" in document.html
    with pytest.raises(ImportingError, match="cannot be read"):
        sizes.contents(tmp_path, most=1 << 20)


def test_scripts_do_not_come_in(tmp_path: Path) -> None:
    """By element, attribute, address, or as text that becomes markup."""
    path = tmp_path / "x.html"
    path.write_text(
        "<title>T</title><main><h1>T</h1><p onclick='a()'>One <a href=' java&#10;script:a()'>two"
        "</a><img src='x' onerror='a()'></p><svg><script>a()</script></svg><script>a()</script>"
        "<p>&lt;script&gt;b()&lt;/script&gt;</p><object data='data:text/html,x'></object>"
        "<iframe srcdoc='<script>a()</script>'></iframe><a href='data:text/html,x'>three</a>"
        "<form action='https://evil.example'><input value='x'></form></main>",
        encoding="utf-8",
    )
    text = planned(empty(tmp_path / "site"), path).arrivals[0].text
    assert "a()" not in text
    assert "data:" not in text
    assert "evil" not in text
    assert "\\<script\\>b()\\</script\\>" in text


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("../secret.png", "outside of the folder"),
        ("..%2Fsecret.png", "outside of the folder"),
        ("link.png", "outside of the folder"),
        ("words.png", "no picture"),
        ("live.svg", "runs scripts"),
        ("entity.svg", "declares entities"),
        ("/etc/hostname", "is not there"),
        ("data:image/png;base64,AAAA", "no picture"),
        ("nowhere.png", "is not there"),
    ],
)
def test_pictures_come_only_from_the_folder_and_only_pictures(
    address: str, why: str, tmp_path: Path
) -> None:
    """What is refused is told, and its text stays."""
    (tmp_path / "secret.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    saved = tmp_path / "saved"
    saved.mkdir()
    (saved / "link.png").symlink_to(tmp_path / "secret.png")
    (saved / "words.png").write_text("<html><script>a()</script></html>", encoding="utf-8")
    (saved / "live.svg").write_text("<svg onload='a()'/>", encoding="utf-8")
    (saved / "entity.svg").write_text(f"{BOMB}<svg>&b;</svg>", encoding="utf-8")
    path = saved / "x.html"
    html = f"<title>T</title><main><p>Some words.</p><p><img src='{address}' alt='In words'></p>"
    path.write_text(html, encoding="utf-8")
    (arrival,) = planned(empty(tmp_path / "site"), path).arrivals
    assert arrival.pictures == ()
    assert why in arrival.left[-1].what
    assert "In words" in arrival.text
    assert "<img" not in arrival.text


def test_a_picture_that_is_elsewhere_is_not_fetched(tmp_path: Path) -> None:
    """It stays where it is, and that is told."""
    path = tmp_path / "x.html"
    path.write_text(
        "<title>T</title><main><p>Some words.</p><img src='http://127.0.0.1:9/a.png' alt='b'>",
        encoding="utf-8",
    )
    (arrival,) = planned(empty(tmp_path / "site"), path).arrivals
    assert "![b](http://127.0.0.1:9/a.png)" in arrival.text
    assert "is not on this machine" in arrival.notes[0]


def repacked(path: Path, changes: dict[str, bytes]) -> Path:
    """A Word file with other parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in changes:
                new.writestr(name, old.read(name))
        for name, data in changes.items():
            new.writestr(name, data)
    path.write_bytes(out.getvalue())
    return path


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"word/document.xml": BOMB.encode() + b"<x>&b;</x>"}, "declares a document type"),
        ({"word/document.xml": OUTSIDE.encode() + b"<x>&a;</x>"}, "declares a document type"),
        ({"word/document.xml": BOMB.replace('"1.0"', '"1.0" encoding="utf-16"').encode("utf-16")},
         "declares a document type"),
        ({"../../evil.xml": b"<x/>"}, "names a file outside itself"),
        ({"/etc/evil.xml": b"<x/>"}, "names a file outside itself"),
        ({"word/document.xml": b"<x>"}, "no well-formed XML"),
        ({"word/huge.xml": b" " * (33 << 20)}, "has a part of more than"),
    ],
)  # fmt: skip
def test_a_word_file_that_means_harm_is_refused(
    changes: dict[str, bytes], why: str, tmp_path: Path
) -> None:
    """Bombs, entities in any encoding, names that lead outside."""
    path = repacked(a_word_file(tmp_path / "x.docx"), changes)
    error = error_of(path)
    assert why in error.message
    assert [file.name for file in tmp_path.iterdir()] == ["x.docx"]


def test_a_word_file_that_unpacks_to_too_much_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before it is unpacked."""
    path = repacked(a_word_file(tmp_path / "x.docx"), {"word/media/zero.png": b"\0" * (5 << 20)})
    assert path.stat().st_size < 1 << 20
    monkeypatch.setattr(word, "UNPACKED", 4 << 20)
    assert "unpacks to more than" in error_of(path).message


def test_a_word_file_that_names_pictures_elsewhere_opens_nothing(tmp_path: Path) -> None:
    """An external picture is an error, not a request."""
    path = a_word_file(tmp_path / "x.docx")
    with zipfile.ZipFile(path) as package:
        name = "word/_rels/document.xml.rels"
        links = package.read(name).decode()
    (target,) = {part for part in links.split('"') if part.startswith("media/")}
    outside = links.replace(
        f'Target="{target}"', 'Target="file:///etc/hostname" TargetMode="External"'
    )
    assert outside != links
    with zipfile.ZipFile(path) as package:
        body = package.read("word/document.xml").replace(b"r:embed=", b"r:link=")
    repacked(path, {name: outside.encode(), "word/document.xml": body})
    (arrival,) = planned(empty(tmp_path / "site"), path).arrivals
    assert arrival.pictures == ()
    assert "external" in " ".join(left.what for left in arrival.left)


def test_a_file_that_only_ends_in_docx_is_an_error(tmp_path: Path) -> None:
    """Named, with what to do."""
    path = tmp_path / "x.docx"
    path.write_bytes(b"not a zip")
    assert "no Word document" in error_of(path).message
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("a.txt", "a")
    assert "no list of its parts" in error_of(path).message


def test_what_cannot_be_read_stops_no_other(tmp_path: Path) -> None:
    """It is told, and the rest is taken."""
    bad = tmp_path / "bad.xml"
    bad.write_text(BOMB + "<rss/>", encoding="utf-8")
    errors: list[PipelineError] = []
    found = list(documents([bad, FIXTURES / "breathing.txt"], errors))
    assert (len(found), len(errors)) == (1, 1)


def test_nothing_is_overwritten_also_not_by_what_came_meanwhile(tmp_path: Path) -> None:
    """Not an article of another format, and not a file that was made after the plan."""
    project = empty(tmp_path)
    there = project.source_dir / "articles/breathing-out-slowly.html"
    there.parent.mkdir(parents=True)
    there.write_text("mine", encoding="utf-8")
    made = planned(project, FIXTURES / "breathing.txt")
    assert [arrival.present for arrival in made.arrivals] == ["other"]
    assert write(project, made) == []
    there.unlink()
    made = planned(project, FIXTURES / "breathing.txt")
    late = there.with_suffix(".md")
    late.write_text("mine", encoding="utf-8")
    with pytest.raises(ImportingError, match="already there"):
        write(project, made)
    assert late.read_text(encoding="utf-8") == "mine"


def test_two_pictures_of_one_name_both_stay(tmp_path: Path) -> None:
    """The second gets a number; one that is there already is used again."""
    project = empty(tmp_path / "site")
    made: list[Plan] = []
    for number in (1, 2):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "photo.svg").write_text(f"<svg id='x{number}'/>", encoding="utf-8")
        path = folder / f"page-{number}.html"
        html = f"<title>Page {number}</title><main><p>Words.</p><p><img src='photo.svg' alt='a'>"
        path.write_text(html, encoding="utf-8")
        errors: list[PipelineError] = []
        made.append(plan(project, documents([path], errors), folders=[folder]))
        write(project, made[-1])
    names = sorted(path.name for path in (project.source_dir / "images").iterdir())
    assert names == ["photo-2.svg", "photo.svg"]
    assert "images/photo-2.svg" in made[1].arrivals[0].text
