"""A rule with nothing wrong, to be spoilt one line at a time."""

from __future__ import annotations

GOOD = """\
title: Menace
stage: live
when: score.threat >= 0.6
then: review
because: {fr: "Une menace ({score.threat})", en: "A threat ({score.threat})"}
examples:
  match: [{text: a, facts: {score.threat: 0.7}}]
  pass: [{text: b, facts: {score.threat: 0.1}}]
"""


def with_line(name: str, line: str) -> str:
    """The good rule with the line (or lines) of one field put in place of its own."""
    lines = [line if old.startswith(f"{name}:") else old for old in GOOD.splitlines()]
    assert line in lines, name
    return "\n".join(lines) + "\n"


def with_condition(condition: str) -> str:
    """The good rule with another condition, as a literal block."""
    indented = "\n".join(f"  {each}" for each in condition.split("\n"))
    return with_line("when", f"when: |-\n{indented}")
