"""Every key of a TOML document is found on its line."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.positions import KeyPath, key_lines

DOCUMENT = '''\
# a comment with [brackets] and key = 1
top = 1
[site]   # the site
name = "x"   # name = 2
"quoted key" = 1
'literal.key' = 2
dotted . "in.ner" . key = 3

[locales.nl]
name = "other table"
[locales."pt_BR"]
name = [
  "one", # two ]
  [2,
   3], { a = 1, b.c = 2 },
]
after = """
[not a table]
no_key = 1 \\""" still """""
last = \'\'\'
fake = 1\'\'\'
inline = { name = "}", "deep" = { er = [
  1] } }
[[array]]
name = 1
[[array]]
name = 2
[array.sub]
name = 3
time = 1979-05-27 07:32:00
end = "\\"\\u0041"
'''

LINES: dict[KeyPath, int] = {
    ("top",): 2,
    ("site",): 3,
    ("site", "name"): 4,
    ("site", "quoted key"): 5,
    ("site", "literal.key"): 6,
    ("site", "dotted"): 7,
    ("site", "dotted", "in.ner"): 7,
    ("site", "dotted", "in.ner", "key"): 7,
    ("locales",): 9,
    ("locales", "nl"): 9,
    ("locales", "nl", "name"): 10,
    ("locales", "pt_BR"): 11,
    ("locales", "pt_BR", "name"): 12,
    ("locales", "pt_BR", "name", 0): 13,
    ("locales", "pt_BR", "name", 1): 14,
    ("locales", "pt_BR", "name", 1, 0): 14,
    ("locales", "pt_BR", "name", 1, 1): 15,
    ("locales", "pt_BR", "name", 2): 15,
    ("locales", "pt_BR", "name", 2, "a"): 15,
    ("locales", "pt_BR", "name", 2, "b"): 15,
    ("locales", "pt_BR", "name", 2, "b", "c"): 15,
    ("locales", "pt_BR", "after"): 17,
    ("locales", "pt_BR", "last"): 20,
    ("locales", "pt_BR", "inline"): 22,
    ("locales", "pt_BR", "inline", "name"): 22,
    ("locales", "pt_BR", "inline", "deep"): 22,
    ("locales", "pt_BR", "inline", "deep", "er"): 22,
    ("locales", "pt_BR", "inline", "deep", "er", 0): 23,
    ("array",): 24,
    ("array", 0): 24,
    ("array", 0, "name"): 25,
    ("array", 1): 26,
    ("array", 1, "name"): 27,
    ("array", 1, "sub"): 28,
    ("array", 1, "sub", "name"): 29,
    ("array", 1, "sub", "time"): 30,
    ("array", 1, "sub", "end"): 31,
}


def paths(value: object, keys: KeyPath = ()) -> set[KeyPath]:
    """Every way into a parsed document."""
    members: list[tuple[str | int, object]] = []
    if isinstance(value, dict):
        members = list(value.items())
    elif isinstance(value, list):
        members = list(enumerate(value))
    inner = (paths(member, (*keys, key)) for key, member in members)
    return {(*keys, key) for key, _ in members}.union(*inner)


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_every_key_of_a_document_is_on_its_line(ends: str) -> None:
    assert key_lines(DOCUMENT.replace("\n", ends)) == LINES


def test_the_document_of_this_test_says_what_its_table_says() -> None:
    assert paths(tomllib.loads(DOCUMENT)) == set(LINES)


def test_an_empty_document_has_no_keys() -> None:
    assert key_lines("") == key_lines("# only a comment") == {}


KEYS = st.sampled_from(["a", "b-1", "1", '"q.k"', '"q\\"]k"', "'l#='", "''"])
STRINGS = st.sampled_from(
    ['"x"', '"# \\" ]"', "'}'", '"""a\nb = 1\n"""', "'''\n[x]\n'''", '""" "" """""', "''''x'''''"]
)
SCALARS = STRINGS | st.sampled_from(["1", "-1.5e3", "true", "inf", "1979-05-27 07:32:00Z"])
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda all_: "[\n" + ", # ]\n".join(all_) + "\n]")
        | st.dictionaries(KEYS, inner, max_size=3).map(
            lambda all_: "{ " + ", ".join(f"{k} = {v}" for k, v in all_.items()) + " }"
        )
    ),
    max_leaves=6,
)
TABLES = st.dictionaries(KEYS, st.dictionaries(KEYS, VALUES, max_size=4), max_size=4)


@given(TABLES)
def test_the_keys_found_are_those_of_the_parser_and_stand_where_they_were_written(
    tables: dict[str, dict[str, str]],
) -> None:
    lines: list[str] = []
    expected: dict[KeyPath, int] = {}
    for table, pairs in tables.items():
        lines += [f"[{table}]"]
        (name,) = tomllib.loads(f"{table} = 0")
        expected[(name,)] = len(lines)
        for key, value in pairs.items():
            (inner,) = tomllib.loads(f"{key} = 0")
            expected[(name, inner)] = len(lines) + 1
            lines += [*f"{key} = {value}".split("\n")]
    document = "\n".join(lines)
    found = key_lines(document)
    assert set(found) == paths(tomllib.loads(document))
    assert {keys: line for keys, line in found.items() if len(keys) < 3} == expected
