"""What the guides say is true: commands, options, variables, links, files and code in them."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path

import pytest
import typer.main

from bot.cli.program import program
from bot.core.reasons import Reason
from bot.settings import VARIABLES

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
GUIDES = (README, ROOT / "bot" / "README.md", ROOT / "rules" / "README.md", ROOT / "CHANGELOG.md")

_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_INCLUDED = re.compile(r"<!-- (examples/\S+) -->\n```(\w+)\n(.*?)```", re.DOTALL)
_INLINE = re.compile(r"`(veilleur [a-z][^`]*)`")
_LINK = re.compile(r"\]\((?!https?://)([^)#]+)\)")
_VARIABLE = re.compile(r"`([A-Z]+(?:_[A-Z]+)+)[`=]")


def commands_in_blocks(text: str) -> list[str]:
    """Lines of shell blocks that run our command, by whatever path."""
    found = []
    for kind, block in _BLOCK.findall(text):
        if kind in ("", "sh"):
            for line in block.splitlines():
                match = re.match(r"(?:\S*/)?(veilleur [a-z-].*)$", line)
                if match:
                    found.append(match.group(1))
    return found


def said(pattern: re.Pattern[str]) -> list[tuple[str, str]]:
    return [
        (str(guide.relative_to(ROOT)), match)
        for guide in GUIDES
        for match in pattern.findall(guide.read_text("utf-8"))
    ]


def resolved(line: str) -> tuple[object, list[str]]:
    """The command a line names, and its words; KeyError when there is no such command."""
    words = shlex.split(line, comments=True)[1:]
    command = typer.main.get_command(program)
    while getattr(command, "commands", None) and words and not words[0].startswith("-"):
        command = command.commands[words.pop(0)]  # type: ignore[attr-defined] # a group, as asked
    return command, words


@pytest.mark.parametrize(
    "line", [line for guide in GUIDES for line in commands_in_blocks(guide.read_text("utf-8"))]
)
def test_a_command_in_a_block_is_understood(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    command, words = resolved(line)
    with command.make_context("veilleur", words):  # type: ignore[attr-defined] # as above
        pass


@pytest.mark.parametrize(("guide", "line"), said(_INLINE))
def test_a_command_in_a_sentence_exists(guide: str, line: str) -> None:
    command, words = resolved(line)
    known = {option for each in command.params for option in each.opts}  # type: ignore[attr-defined] # as above
    assert {word for word in words if word.startswith("--")} <= known


def test_a_misspelt_command_would_be_found() -> None:
    with pytest.raises(KeyError):
        resolved("veilleur queue aprove 1")


@pytest.mark.parametrize(("guide", "link"), said(_LINK))
def test_a_link_leads_somewhere(guide: str, link: str) -> None:
    assert (ROOT / guide).parent.joinpath(link).exists()


@pytest.mark.parametrize(("guide", "name"), said(_VARIABLE))
def test_a_variable_exists(guide: str, name: str) -> None:
    assert name in VARIABLES or name in Reason.__members__


def test_make_has_the_targets_that_are_named() -> None:
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    named = re.findall(r"(?:^|`)make ([a-z-]+)", README.read_text("utf-8"), re.MULTILINE)
    assert named
    assert set(named) <= set(targets)


def test_the_examples_stand_in_the_guide_as_they_are() -> None:
    """Mend with: python -m tests.test_readme"""
    included = {name: code for name, _, code in _INCLUDED.findall(README.read_text("utf-8"))}
    assert included == {
        str(path.relative_to(ROOT)): path.read_text("utf-8")
        for path in (ROOT / "examples").glob("connect_a_site.*")
    }


def test_the_way_to_prove_an_installation_works() -> None:
    (phrase,) = re.findall(r"`(veilleur-phrase[^`]+)`", README.read_text("utf-8"))
    assert phrase in (ROOT / "rules" / "test-phrase.yaml").read_text("utf-8")


def _write_examples() -> None:
    def current(match: re.Match[str]) -> str:
        code = (ROOT / match.group(1)).read_text("utf-8")
        return f"<!-- {match.group(1)} -->\n```{match.group(2)}\n{code}```"

    README.write_text(_INCLUDED.sub(current, README.read_text("utf-8")), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(_write_examples())
