"""Nasty files: each gives a clean fault, quickly, and nothing is loaded."""

from __future__ import annotations

import os
from pathlib import Path
from time import process_time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rule_texts import GOOD

from bot.core.errors import RulesError
from bot.core.evaluate import Rulebook
from bot.rulebook import check, load


def test_an_empty_folder_lets_nothing_through(rules) -> None:
    assert [str(fault) for fault in check(rules({"README.md": "x", ".hidden.yaml": "x"}))] == [
        (
            "rules: no rules: an empty rulebook would let everything through\n"
            "  put at least one rule file, e.g. threat.yaml, into the folder"
        )
    ]


def test_no_folder(tmp_path: Path) -> None:
    (missing,) = check(tmp_path / "gone")
    assert missing.what == "no such folder"
    (tmp_path / "file").write_text("x")
    (not_folder,) = check(tmp_path / "file")
    assert not_folder.what == "not a folder"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "1:1: empty"),
        (b"# only a comment\n", "1:1: empty"),
        (b"\n\n---\n...\n", "4:1: a rule file holds `name: value` lines at the top"),
        (b"title: a\0b\n", "1:9: a character that text cannot hold: U+0000"),
        (b"title: a\x07b\n", "1:9: a character that text cannot hold: U+0007"),
        ("title: café\n".encode("latin-1"), "1:11: not UTF-8 text: byte 0xe9"),
        ("title: a\n".encode("utf-16"), "1:1: not UTF-8 text: byte 0xff"),
        (b"title: &a x\nwhen: *a\n", "1:8: anchors (`&name`)"),
        (b"title: &a x\nwhen: *a\n", "2:7: aliases (`*name`)"),
        (b"a: &a [x]\nb: &b [*a, *a]\nc: [*b, *b, *b]\n", "aliases"),
        (b"<<: {title: a}\n", "unknown key `<<`"),
        (b"title: !!python/object/apply:os.system [id]\n", "1:8: a value that begins with `!`"),
        (b"when: !score.unscored\n", "1:7: a value that begins with `!` is a YAML tag"),
        (b"%YAML 1.1\n---\ntitle: yes\n", "directives"),
        (b"%YAML 99999999999999999999.1\n---\ntitle: yes\n", "not readable as YAML"),
        (b"title: a\n---\ntitle: b\n", "2:1: a second document"),
        (b"title: a\nstage: live\ntitle: b\n", "3:1: `title` stands twice, first on line 1"),
        (b"because: {fr: a, fr: b}\n", "1:18: `fr` stands twice, first on line 1"),
        (b"? [a, b]\n: c\n", "1:3: a key must be a plain word"),
        (b"[" * 30_000, "nested too deeply: at most 8 levels"),
        (b"a: " + b"{b: " * 9_000, "nested too deeply: at most 8 levels"),
        (b"- " * 20_000, "nested too deeply: at most 8 levels"),
        (b"title: a\n\tstage: live\n", "2:1: not readable as YAML: a tab where YAML wants spaces"),
        (b'when: "a" == source\n', "goes under `|`"),
        (b"title: 'a\n", "not readable as YAML"),
        (b"text\n", "1:1: a rule file holds `name: value` lines at the top"),
        (b"9" * 60_000, "a rule file holds `name: value` lines"),
        (b"title: " + b"9" * 60_000, "`title` is too long: at most 120 characters"),
        (b"a: b\n" * 20_000, "too big: a rule file has at most 64 KiB"),
        (b"x" * 10_000_000, "too big: a rule file has at most 64 KiB"),
    ],
)
def test_nasty_content(rules, content: bytes, expected: str) -> None:
    started = process_time()
    folder = rules({"good.yaml": GOOD, "r.yaml": content})
    with pytest.raises(RulesError) as caught:
        load(folder)
    assert expected in str(caught.value)
    assert all(fault.where.startswith("rules/r.yaml") for fault in caught.value.faults)
    assert process_time() - started < 2


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _folder(path: Path) -> None:
    path.mkdir()


def _way_out(path: Path) -> None:
    outside = path.parent.parent / "outside.yaml"
    outside.write_text(GOOD)
    path.symlink_to(outside.resolve())


def _loop(path: Path) -> None:
    path.symlink_to(path.name)


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (_pipe, "not a file"),
        (_folder, "not a file"),
        (_way_out, "a link that leads out of the rules folder"),
        (_loop, "a link that leads nowhere"),
    ],
)
def test_what_is_no_file(rules, make, expected: str) -> None:
    """A named pipe must not be waited for, a link must not lead out."""
    folder = rules({"good.yaml": GOOD})
    make(folder / "r.yaml")
    (fault,) = check(folder)
    assert (fault.where, fault.what) == ("rules/r.yaml", expected)


def test_links_inside_the_folder_are_fine(rules) -> None:
    """As container platforms mount configuration: a link to a hidden folder beside it."""
    folder = rules({})
    (folder / "..data").mkdir()
    (folder / "..data" / "r.yaml").write_text(GOOD)
    (folder / "r.yaml").symlink_to("..data/r.yaml")
    assert [rule.id for rule in load(folder).rules] == ["r"]


@pytest.mark.parametrize(
    ("name", "fix"),
    [
        ("Threat_Level 1.yaml", "rename it to threat-level-1.yaml"),
        ("threat.yml", "rename it to threat.yaml"),
        ("-a.yaml", "rename it to a.yaml"),
        ("évènement.yaml", "rename it to v-nement.yaml"),
        ("ÉÈ.yaml", "rename it to my-rule.yaml"),
        ("a\nb\x1b[31m.yaml", "rename it to a-b-31m.yaml"),
    ],
)
def test_a_file_name_that_is_no_id(rules, name: str, fix: str) -> None:
    (fault,) = check(rules({"good.yaml": GOOD, name: GOOD}))
    assert fault.fix == fix
    assert fault.where.isprintable()


def test_a_file_name_that_is_no_text(rules) -> None:
    folder = rules({"good.yaml": GOOD})
    (Path(os.fsdecode(os.fsencode(folder) + b"/\xff.yaml"))).write_text(GOOD)
    (fault,) = check(folder)
    assert fault.where == "rules/\\udcff.yaml"


def test_rules_in_a_subfolder_are_not_silently_left_out(rules) -> None:
    folder = rules({"good.yaml": GOOD})
    (folder / "lists").mkdir()
    (folder / "lists" / "words.txt").write_text("x")
    assert check(folder) == ()
    (folder / "lists" / "r.yaml").write_text(GOOD)
    (fault,) = check(folder)
    assert (fault.where, fault.what) == (
        "rules/lists",
        "holds rule files, but subfolders are not read",
    )


def test_the_version_is_that_of_the_content(rules) -> None:
    version = load(rules({"a.yaml": GOOD})).version
    assert load(rules({"README.md": "x"})).version == version
    assert load(rules({"a.yaml": GOOD + "# x\n"})).version != version
    assert load(rules({"a.yaml": GOOD})).version == version
    assert load(rules({"b.yaml": GOOD})).version != version
    assert len(version) == 12


_LINES = st.lists(
    st.one_of(
        st.sampled_from([*GOOD.splitlines(), "examples:", "  match: [a]", "- a", "&a", "*a", "|"]),
        st.text(max_size=30),
        st.builds("when: {}".format, st.text(max_size=40)),
        st.builds(
            "when: {}".format,
            st.lists(
                st.sampled_from(
                    # one piece a word
                    [
                        "score.threat",
                        ">",
                        "0.5",
                        "&&",
                        "||",
                        "!",
                        "(",
                        ")",
                        "[",
                        "]",
                        "'a'",
                        '"',
                        "text.folded",
                        ".matches(",
                        ".exists(x,",
                        "1",
                        "é",
                        "\\n",
                        "//",
                        "?",
                        ":",
                        "source",
                        "==",
                        "in",
                        "-",
                        ".",
                    ]
                ),
                max_size=12,
            ).map(" ".join),
        ),
    ),
    max_size=12,
).map("\n".join)


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    content=st.one_of(st.binary(max_size=200), _LINES.map(lambda t: t.encode("utf-8", "replace")))
)
def test_any_content_gives_a_rulebook_or_faults(rules, content: bytes) -> None:
    folder = rules({"r.yaml": content})
    faults = check(folder)
    assert all(str(fault).encode() for fault in faults)
    if not faults:
        assert isinstance(load(folder), Rulebook)


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(condition=st.text(max_size=60))
def test_any_condition_gives_a_rulebook_or_faults(rules, condition: str) -> None:
    quoted = "".join(f"\\U{ord(c):08x}" for c in condition if not "\ud800" <= c <= "\udfff")
    lines = [f'when: "{quoted}"' if x.startswith("when:") else x for x in GOOD.splitlines()]
    faults = check(rules({"r.yaml": "\n".join(lines)}))
    assert all(fault.where.startswith("rules/r.yaml:") for fault in faults)
