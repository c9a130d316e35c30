"""Word lists: what a line means, and what is said about one that means nothing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rule_texts import GOOD, with_condition

from bot.core.errors import RulesError
from bot.rulebook import check, load, read
from bot.rulebook.files import RuleText
from bot.rulebook.inflections import inflected
from bot.rulebook.lists import WordList, parse_list, read_lists

SHIPPED = Path(__file__).parents[2] / "rules" / "lists"


def _file(text: str, name: str = "words") -> RuleText:
    return RuleText(id=name, shown=f"lists/{name}.txt", text=text)


def _list(text: str, name: str = "words") -> WordList:
    outcome = parse_list(_file(text, name))
    assert isinstance(outcome, WordList), outcome
    return outcome


@pytest.fixture
def lists(rules):
    """Writes a good rules folder, and lists beside it."""

    def write(files: dict[str, str | bytes], condition: str = "text.links > 2") -> Path:
        folder = rules({"r.yaml": with_condition(condition)})
        (folder / "lists").mkdir()
        for name, content in files.items():
            data = content if isinstance(content, bytes) else content.encode()
            (folder / "lists" / name).write_bytes(data)
        return folder

    return write


@pytest.mark.parametrize(
    ("word", "forms"),
    [
        ("connard", "connard connarde connards connardes"),
        ("con", "con cons cone cones conne connes"),
        ("débile", "debile debiles"),
        ("enculé", "encule encules enculee enculees"),
        ("menteur", "menteur menteurs menteuse menteuses mentrice mentrices"),
        ("merdeux", "merdeux merdeuse merdeuses"),
        ("chétif", "chetif chetifs chetive chetives"),
        ("gros", "gros grose groses grosse grosses"),
        ("brutal", "brutal brutals brutaux brutale brutales brutalle brutalles"),
        ("jaloux", "jaloux jalouse jalouses"),
    ],
)
def test_inflections(word: str, forms: str) -> None:
    """A form that nobody uses does no harm; one that is missing does."""
    assert inflected(word) == set(forms.split())


def test_a_line_gives_category_severity_and_exemptions() -> None:
    plain, full = _list(
        "# a note\n\nzut\ncon~ | insult | 2  # why\n  ! Le Con\n  ! le con de mire\n! Dîner de cons\n"
    ).entries
    assert (plain.written, plain.category, plain.severity) == ("zut", None, 1)
    assert (full.written, full.category, full.severity) == ("con~", "insult", 2)
    assert [each.written for each in full.exempt] == ["Le Con", None, "Dîner de cons"]
    assert [each.words for each in plain.exempt] == [("diner", "de", "cons")]


def test_a_phrase_is_cut_as_a_comment_is() -> None:
    (entry,) = _list("Va t'en, p'tit-con~").entries
    assert ("va", "t", "en", "p", "tit", "connes") in entry.forms


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ("", "1:1", "an empty list would never match anything"),
        ("# only a note\n\n", "1:1", "an empty list would never match anything"),
        ("zut\n  con | insult | 4", "2:18", "severity goes from 1 to 3, got 4"),
        ("zut | Insult!", "1:7", "`Insult!` is neither a category (lower-case words) nor a"),
        ("zut | a | b", "1:11", "`b` is neither a category"),
        (" zut  |  a  |  b ", "1:16", "`b` is neither a category"),
        ("zut ||1", "1:6", "`` is neither a category"),
        ("zut | 1 | 1", "1:11", "`1` is neither a category"),
        ("con~\nConne", "2:1", "`Conne` stands here twice: line 1 (`con~`) has it already"),
        ("  ! Le Con\ncon", "1:3", "an indented exemption belongs to the entry above it"),
        ("con\n  !", "2:3", "an exemption is 1 to 8 words"),
        ("con~nard", "1:1", "`~` stands at the end of a word"),
        ("con ~", "1:1", "`~` stands at the end of a word"),
        ("?!…", "1:1", "no letter or digit in it"),
        ("a b c d e f g h i", "1:1", "too long: at most 8 words"),
        ("con~ con~ con~ con~", "1:1", "`~` on so many words makes 1,296 forms: at most 256"),
        ("| insult", "1:1", "no letter or digit in it"),
    ],
)
def test_faults_say_where_and_what(text: str, where: str, what: str) -> None:
    faults = parse_list(_file(text))
    assert isinstance(faults, tuple)
    (fault,) = faults
    assert fault.where == f"lists/words.txt:{where}"
    assert fault.what.startswith(what)


def test_all_faults_of_a_file_in_one_run() -> None:
    faults = parse_list(_file("con\ncon\n?\nzut | 9"))
    assert isinstance(faults, tuple)
    assert [fault.where.split(":", 1)[1] for fault in faults] == ["2:1", "3:1", "4:7"]


def test_domains() -> None:
    (entry,) = _list("*.Casino-Élite.example | gambling | 3", "spam-domains").entries
    assert entry.forms == {("casino-elite.example",)}
    for wrong in ("casino", "https://casino.example", "casino.example/x", "a b.example"):
        faults = parse_list(_file(wrong, "spam-domains"))
        assert isinstance(faults, tuple)
        assert faults[0].what.startswith("not a domain")


@pytest.mark.parametrize(
    ("condition", "column", "what", "fix"),
    [
        ('has_any("isults")', 11, "no list is called `isults`", "did you mean `insults`?"),
        ('has_any("zzz")', 11, "no list is called `zzz`", "lists here: domains, insults"),
        ('has_any("domains")', 11, "`domains` holds domains", 'write text.domain_in("domains")'),
        ('text.domain_in("insults")', 18, "`insults` holds words", 'write has_any("insults")'),
        ('has_any("insults", 4)', 22, "severity goes from 1 to 3, got 4", ""),
        (
            'has_any("insults", "crud")',
            22,
            "list `insults` has no category `crud`",
            "did you mean `crude`?",
        ),
        (
            'has_word("ta gueule")',
            12,
            "`has_word` looks for one word, this is a phrase",
            'write has_phrase("ta gueule")',
        ),
        ('has_word("?")', 12, "no letter or digit in it: nothing could match", ""),
        ("matches_re2('(a')", 15, "not a pattern (RE2): missing ): (a", ""),
        ("matches_re2('(?=a)')", 15, "not a pattern (RE2): invalid perl operator: (?=", ""),
        (
            "matches_re2('élève')",
            15,
            "never true: text.folded has no capitals, accents or curly apostrophes",
            "write 'eleve'",
        ),
        (
            "has_word(text.folded)",
            3,
            "what `has_word` looks for is not written out",
            'write it in quotes: has_word("…"); many words go into a list: has_any("…")',
        ),
        (
            "['a'].exists(w, has_word(w))",
            19,
            "what `has_word` looks for is not written out",
            'write it in quotes: has_word("…"); many words go into a list: has_any("…")',
        ),
        ('has_wrd("a")', 3, "unknown function `has_wrd`", "did you mean `has_word`?"),
        ("has_word(3)", 11, "`has word` cannot be used on int", ""),
    ],
)
def test_faults_in_conditions(lists, condition, column, what, fix) -> None:
    folder = lists({"insults.txt": "con | crude", "domains.txt": "a.example"}, condition)
    (fault,) = check(folder)
    assert (fault.where, fault.what, fault.fix) == (f"rules/r.yaml:4:{column}", what, fix)


def test_a_misspelt_method_of_the_text_is_one_fault(lists) -> None:
    (fault,) = check(lists({"domains.txt": "a.example"}, 'text.domain_inn("domains")'))
    assert (fault.what, fault.fix) == ("unknown function `domain_inn`", "did you mean `domain_in`?")


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("Insultes FR.txt", "con", "the file's name is the list's name"),
        ("a.txt", b"con\nb\xe9te", "not UTF-8 text: byte 0xe9"),
        ("a.txt", b"x" * (1024 * 1024 + 1), "too big: a list has at most 1024 KiB"),
        ("a.txt", "\n".join(f"mot{n}" for n in range(20_001)), "20,001 entries in all lists"),
    ],
)
def test_unsuitable_files(lists, name, content, what) -> None:
    (fault,) = check(lists({name: content}))
    assert fault.what.startswith(what)


def test_links_out_of_the_folder_and_pipes_are_not_opened(lists, tmp_path: Path) -> None:
    folder = lists({})
    (tmp_path / "secret.txt").write_text("con")
    (folder / "lists" / "a.txt").symlink_to(tmp_path / "secret.txt")
    (folder / "lists" / "b.txt").symlink_to("nowhere.txt")
    os.mkfifo(folder / "lists" / "c.txt")
    assert [fault.what for fault in check(folder)] == [
        "a link that leads out of the lists folder",
        "a link that leads nowhere",
        "not a file",
    ]


def test_a_faulty_list_stops_the_whole_load(lists) -> None:
    with pytest.raises(RulesError, match=r"lists/a\.txt:1:1: no letter or digit"):
        load(lists({"a.txt": "…"}))


def test_the_version_follows_the_lists(rules) -> None:
    folder = rules({"r.yaml": GOOD})
    without = read(folder).version
    (folder / "lists").mkdir()
    assert read(folder).version == without
    (folder / "lists" / "a.txt").write_text("con")
    first = read(folder).version
    (folder / "lists" / "a.txt").write_text("con\nzut")
    assert len({without, first, read(folder).version}) == 3


def test_shipped_lists_are_sound() -> None:
    found = read_lists(SHIPPED)
    assert not found.faults
    assert {name: len(each.entries) > 20 for name, each in found.lists.items()} == dict.fromkeys(
        (
            "insults-en",
            "insults-fr",
            "moderation-allusion",
            "slurs",
            "spam-domains",
            "spam-phrases",
        ),
        True,
    )


@given(
    st.text(alphabet=st.characters(codec="utf-8"), max_size=200)
    | st.text("con~|!# \n1é'", max_size=60)
)
def test_whatever_the_file_holds(text: str) -> None:
    """A list or faults with places inside the file, never an exception."""
    for name in ("words", "spam-domains"):
        outcome = parse_list(_file(text, name))
        if isinstance(outcome, WordList):
            assert outcome.entries
            assert all(entry.forms and all(entry.forms) for entry in outcome.entries)
        else:
            lines = text.count("\n") + 1
            assert all(1 <= int(fault.where.split(":")[1]) <= lines for fault in outcome)
