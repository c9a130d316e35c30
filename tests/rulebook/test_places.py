"""The n-th character of a value is found in the file again, however YAML wrote it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML
from rule_texts import with_line

from bot.rulebook import check
from bot.rulebook.files import RuleText
from bot.rulebook.source import Source, parse

BAD = "score.insul"


@pytest.mark.parametrize(
    ("value", "place"),
    [
        (f"{BAD} > 0.5", "3:7"),
        (f"true && {BAD} > 0.5", "3:15"),
        (f"true &&\n\n    true\n  && {BAD} > 0.5", "6:6"),
        (f"'source == ''site'' && {BAD} > 0.5'", "3:30"),
        (f"'true &&\n\n    {BAD} > 0.5'", "5:5"),
        (f'"source == \\"site\\" && {BAD} > 0.5"', "3:30"),
        (f"\"source == '\\u00e9\\t\\x20' \\n|| {BAD} > 0.5\"", "3:38"),
        (f'"true && \\\n     {BAD} > 0.5"', "4:6"),
        (f"|\n  true &&\n    {BAD} > 0.5", "5:5"),
        (f"|2-\n    true\n  && {BAD} > 0.5\n", "5:6"),
        (f"> # a comment\n  true &&\n\n  true\n     && {BAD} > 0.5", "7:9"),
        (f"| # 'é' 🎉\n  source != 'é🎉' && {BAD} > 0.5", "4:21"),
    ],
)
def test_a_fault_inside_any_way_to_write_a_text(rules, value: str, place: str) -> None:
    """Plain, quoted and block, over one line and several, with escapes and wide characters."""
    faults = check(rules({"r.yaml": with_line("when", f"when: {value}")}))
    assert [(fault.where, fault.what) for fault in faults] == [
        (f"rules/r.yaml:{place}", f"unknown fact `{BAD}`")
    ]


def test_line_ends_of_windows_and_a_byte_order_mark(rules) -> None:
    text = with_line("when", f"when: |\n  true &&\n  {BAD} > 0.5").replace("\n", "\r\n")
    (fault,) = check(rules({"r.yaml": b"\xef\xbb\xbf" + text.encode()}))
    assert fault.where == "rules/r.yaml:5:3"


def test_the_condition_ends_too_early_in_a_block(rules) -> None:
    (fault,) = check(rules({"r.yaml": with_line("when", "when: |\n  true &&\n")}))
    assert (fault.where, fault.what) == ("rules/r.yaml:4:10", "the condition ends too early")


@given(
    words=st.lists(
        st.text(st.sampled_from("abé🎉'\"\\:#-"), min_size=1, max_size=6), min_size=1, max_size=30
    ),
    style=st.sampled_from(["'", '"', "|", ">"]),
)
def test_every_character_is_found_again(words: list[str], style: str) -> None:
    """Written by the YAML library in each style, with its own folding and escapes."""
    value = " ".join(words)
    text = _written(value, style)
    source = parse(RuleText(id="r", shown="r.yaml", text=text))
    assert isinstance(source, Source)
    assert source.plain["when"] == value
    for offset, sign in enumerate(value):
        if sign == " ":
            continue
        at = source.inside(("when",), offset)
        shown = text[at : at + 10]
        assert shown.startswith((sign, "\\", "''")), (text, offset)


def _written(value: str, style: str) -> str:
    if style == "'":
        return "when: '" + value.replace("'", "''").replace(" ", "\n  ") + "'\n"
    if style == '"':
        escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("é", "\\u00e9")
        return f'when: "{escaped}"\n'
    if style == "|":
        return f"when: |-\n  {value}\n"
    return "when: >-\n  " + value.replace(" ", "\n  ") + "\n"


def test_plain_reading_agrees_with_the_library() -> None:
    """Our own reading of scalars, against the library's constructor."""
    text = "a: [1, 1.5, true, null, x, 'true', 0o7, -3, 1e3, .5]\nb: {c: ~, d: False}\n"
    source = parse(RuleText(id="r", shown="r.yaml", text=text))
    assert isinstance(source, Source)
    theirs = YAML(typ="safe", pure=True).load(text)
    theirs["a"][6] = "0o7"  # octal stays a text here: nothing in a rule is octal
    assert source.plain == theirs
