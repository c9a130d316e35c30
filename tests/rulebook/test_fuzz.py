"""Whole rules folders spoilt at random, and texts that were made to deceive the normaliser.

A short, always equal selection runs with all tests; `make fuzz` searches for as long as asked.
"""

from __future__ import annotations

import os
import shutil
import string
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import process_time

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.core.errors import RulesError
from bot.core.evaluate import Rulebook, evaluate
from bot.core.evidence import substantiated
from bot.core.facts import text_facts
from bot.core.model import Outcome
from bot.core.normalise import folded, for_model, trace_folded, trace_for_model
from bot.rulebook import load

SHIPPED = Path(__file__).parents[2] / "rules"
HANG_S = 2.0
"""Of CPU: what takes longer counts as hanging."""
NASTY = (
    "&a x",
    "*a",
    "<<: *a",
    "!!python/object/apply:os.system [id]",
    "!x y",
    "%YAML 1.1",
    "---",
    "...",
    "? [a]",
    "\t",
    "\0",
    "\ufeff",
    "\u2028",
    "\x85",
    "\r",
    "|",
    ">-",
    "|9",
    "[" * 300,
    "{a: " * 50,
    "- " * 500,
    "? " * 300,
    "'",
    '"',
    "# ",
    ": ",
    "no",
    "yes",
    "2026-01-01",
    "2026-13-45",
    "0x1f",
    "1e999",
    ".nan",
    "12:30:45",
    "null",
    "~",
    "9" * 400,
    "when: has_any('slurs')",
    "when: matches_re2('(a+)+$')",
    "when: matches_re2('a{1000}{1000}')",
    "when: text.folded.matches('[')",
    "stage: {canary: 0%}",
    "limits: {per_hour: -1}",
    "expires: 2026-02-30",
    "then: [reject]",
    "because: {fr: [a]}",
    "examples: {match: {a: b}}",
    "!exemption",
    "con~~ | | 9",
    "a~ b~ c~ d~ e~ f~ g~ h~",
    "mode: nowhere",
    "zone: Europe/Nowhere",
    "\\U00110000",
    "é" * 2000,
)


@contextmanager
def _soon() -> Iterator[None]:
    started = process_time()
    yield
    assert process_time() - started < HANG_S


def _spoilt(lines: list[str], draw: st.DrawFn) -> bytes:
    """One file with a few lines dropped, doubled, moved, cut, or something nasty put in."""
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, max(0, len(lines) - 1)))
        nasty = draw(st.sampled_from(NASTY))
        what = draw(st.sampled_from(("drop", "double", "move", "cut", "add", "inside", "value")))
        line = lines[at] if lines else ""
        if what == "drop":
            del lines[at : at + 1]
        elif what == "double":
            lines.insert(at, line)
        elif what == "move" and lines:
            lines.insert(draw(st.integers(0, len(lines) - 1)), lines.pop(at))
        elif what == "cut" and lines:
            lines[at] = line[: draw(st.integers(0, len(line)))]
        elif what == "inside" and lines:
            place = draw(st.integers(0, len(line)))
            lines[at] = line[:place] + nasty + line[place:]
        elif what == "value" and lines:
            lines[at] = f"{line.partition(':')[0]}: {nasty}"
        else:
            lines.insert(at, nasty)
    text = "\n".join(lines)
    encoding = draw(st.sampled_from(("utf-8",) * 8 + ("utf-16", "latin-1", "utf-8-sig")))
    return text.encode(encoding, "replace")


@st.composite
def _folders(draw: st.DrawFn) -> dict[str, bytes | str]:
    """Some of the shipped files, one to three of them spoilt; a text is where a link leads."""
    names = [
        str(path.relative_to(SHIPPED))
        for path in sorted((*SHIPPED.glob("*.yaml"), *SHIPPED.glob("lists/*.txt")))
    ]
    chosen = draw(st.lists(st.sampled_from(names), min_size=1, max_size=6, unique=True))
    files: dict[str, bytes | str] = {name: (SHIPPED / name).read_bytes() for name in chosen}
    for name in draw(st.lists(st.sampled_from(chosen), min_size=1, max_size=3, unique=True)):
        how = draw(st.sampled_from(("lines",) * 6 + ("bytes", "link", "big", "empty")))
        if how == "lines":
            files[name] = _spoilt((SHIPPED / name).read_text("utf-8").splitlines(), draw)
        elif how == "bytes":
            files[name] = draw(st.binary(max_size=300))
        elif how == "big":
            files[name] = b"a: b # \xc3\xa9\n" * 1_000_000
        elif how == "empty":
            files[name] = b""
        else:
            files[name] = draw(st.sampled_from(("/etc/passwd", name, "..", "../outside.yaml", "/")))
    return files


def _write(folder: Path, files: dict[str, bytes | str]) -> None:
    (folder.parent / "outside.yaml").write_bytes((SHIPPED / "threat.yaml").read_bytes())
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            path.symlink_to(content)


def _loaded(folder: Path) -> Rulebook | RulesError:
    try:
        return load(folder)
    except RulesError as faults:
        return faults


@given(_folders())
@settings(
    max_examples=int(os.environ.get("FUZZ", "40")),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
def test_a_spoilt_folder_gives_faults_or_the_whole_set(files: dict[str, bytes | str]) -> None:
    """Never a traceback, a hang or a part: every fault is printable and lies in the folder; a set
    without faults holds every rule file, and reading it again gives the same."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made) / "rules"
        folder.mkdir()
        _write(folder, files)
        with _soon():
            outcome = _loaded(folder)
        again = _loaded(folder)
    if isinstance(outcome, Rulebook):
        assert isinstance(again, Rulebook)
        assert outcome.version == again.version
        ruled = {Path(name).stem for name in files if "/" not in name} - {"modes"}
        drafts = ruled - {rule.id for rule in outcome.rules}
        assert all(b"draft" in files[f"{each}.yaml"] for each in drafts), drafts  # type: ignore[operator]
        assert not any(isinstance(content, str) for content in files.values())
        facts = text_facts("Bonjour à tous")
        verdict = evaluate(outcome, facts, default=Outcome.APPROVE)
        assert len(substantiated(outcome, verdict).hits) == len(verdict.hits)
        return
    assert outcome.faults
    assert isinstance(again, RulesError)
    assert again.faults == outcome.faults
    for fault in outcome.faults:
        assert fault.where.startswith(str(folder)), fault.where
        assert fault.what
        assert str(fault).encode("utf-8")
        assert all(c.isprintable() or c == "\n" for c in str(fault)), repr(str(fault))


@pytest.mark.parametrize(
    "content",
    [
        b"- " * 30_000,
        b"? " * 30_000,
        b"a:\n" + b"".join(b" " * depth + b"a:\n" for depth in range(300)),
        b"title: " + b"[" * 60_000,
        b"{" * 60_000,
        b"title: '" + b"''" * 30_000,
        b'title: "' + rb"\x41" * 15_000 + b'"',
        b"title: |\n" + b" a\n" * 20_000,
        b"a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n" * 1_000,
        b"#" * 65_000,
        b"\n" * 65_000,
        b": " * 30_000,
        b"a, " * 20_000,
        b"!" * 60_000,
        b"%" * 60_000,
        b"%TAG ! tag:x,2000:\n" * 3_000,
        b"when: " + b"(" * 3_900,
        b"when: " + b"a." * 1_900 + b"b",
        b"when: '" + b"!" * 3_900 + b"true'",
        b"when: |\n  " + b"1+" * 1_900 + b"1 > 0",
        b"when: |\n  matches_re2('" + b"(a?){50}" * 400 + b"')",
        b"when: |\n  " + b"[1].exists(x, " * 200 + b"true" + b")" * 200,
        b"because: '" + b"{" * 60_000 + b"'",
    ],
)
def test_made_to_take_long(tmp_path: Path, content: bytes) -> None:
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / "r.yaml").write_bytes(content)
    with _soon(), pytest.raises(RulesError) as caught:
        load(folder)
    assert caught.value.faults


def test_a_lists_folder_that_leads_out(tmp_path: Path) -> None:
    """Nothing outside of the rules folder is read, whichever way leads there."""
    outside = tmp_path / "outside"
    shutil.copytree(SHIPPED / "lists", outside)
    folder = tmp_path / "rules"
    folder.mkdir()
    shutil.copy(SHIPPED / "slur.yaml", folder)
    (folder / "lists").symlink_to(outside)
    with pytest.raises(RulesError) as caught:
        load(folder)
    assert "leads out of the rules folder" in str(caught.value)


_DECEPTIVE = st.text(
    st.one_of(
        st.sampled_from(string.ascii_letters + "éèêçàœæÉŒ 'ʼ’`.-_*·0134578@$€!|"),
        st.sampled_from("\u0300\u0301\u0327\u034f\u00ad\u200b\u200d\u202e\u2066\ufe0f\ufeff\0"),
        st.sampled_from("аеорсухкɡıİßﬁﬀ𝐚𝓬Ⅳ①ºªＡ。가각\ud800\udfff😀🏳️"),
        st.characters(),
    ),
    max_size=400,
)


@given(_DECEPTIVE)
@example("\u034f\u0301" * 50)
@example("İ" * 30 + "\u0307" * 30)
@example("a" + "\u0301" * 2_000)
@example("c.o.n " * 3_000)
def test_normalising_any_text(text: str) -> None:
    """Folded once is folded for good; what has a way back is the very same text, and every stretch
    of it lies in the original."""
    with _soon():
        plain, read = folded(text), for_model(text)
        places, model_places = trace_folded(text), trace_for_model(text)
    assert (places.text, model_places.text) == (plain, read)
    assert folded(plain) == plain
    assert plain.encode("utf-8").decode("utf-8") == plain
    assert plain == " ".join(plain.split())
    for traced in (places, model_places):
        before = 0
        for at in range(0, len(traced.text), max(1, len(traced.text) // 50)):
            start, end = traced.span_in_original(at, at + 1)
            assert before <= start < end <= len(text)
            before = start
