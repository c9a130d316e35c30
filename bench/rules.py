"""Judges one comment against 100 rules with lists of 5,000 entries: `python bench/rules.py`.

Prints median times, facts from the text included, beside a naive loop of Python `re` over the same
lists. Words are made up; comments are the project's own French ones.
"""

from __future__ import annotations

import json
import random
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bot.core.evaluate import Rulebook, evaluate
from bot.core.facts import text_facts
from bot.core.model import FactValue, Outcome
from bot.rulebook import load
from bot.rulebook.lists import FOLDER, Entry, read_lists
from bot.rulebook.reading import forget

ROOT = Path(__file__).parents[1]
RULES = 100
MANY_RULES = 500
LISTS = 5
ENTRIES = 5_000
"""In all lists together."""
COMMENTS = 200
STATED: dict[str, FactValue] = {
    "author.approved": 3,
    "author.rejected": 0,
    "author.known_for_days": 12.0,
    "source": "site",
    "reports.count": 0,
    "score.unscored": False,
    "score.toxicity": 0.2,
    "score.insult": 0.1,
    "score.threat": 0.01,
}
CONDITIONS = (
    'has_any("list-{list}", {severity}) && author.approved < {number}',
    'score.toxicity > 0.{number} && has_any("list-{list}")',
    "matches_re2('gagnez [0-9 ]+ ?euros|offre numero {number}')",
    'has_word("mot{number}~") || has_phrase("phrase numero {number}")',
    "text.links > {number} || text.caps_ratio > 0.9",
)


def main() -> None:
    chance = random.Random(2)  # noqa: S311 - made-up words
    with tempfile.TemporaryDirectory() as folder:
        directory = Path(folder)
        _write(directory, chance, rules=RULES)
        rulebook = load(directory)
        entries = [
            e for each in read_lists(directory / FOLDER).lists.values() for e in each.entries
        ]
    _measure_reload(chance)
    comments = _comments(chance)
    patterns = [_pattern(entry) for entry in entries]
    ours = _medians(comments, lambda text: _judge(rulebook, text))
    facts = _medians(comments, text_facts)
    naive = _medians(comments[:20], lambda text: [p.search(text) for p in patterns])
    out = sys.stdout.write
    out(f"{RULES} rules, {len(entries):,} entries, {COMMENTS} comments ")
    out(f"(median {statistics.median(map(len, comments)):.0f} characters)\n")
    out(f"facts of the text alone       {facts:8.0f} µs median\n")
    out(f"facts, lists and all rules    {ours:8.0f} µs median\n")
    out(f"Python re, one entry a time   {naive:8.0f} µs median, lists only\n")
    out(f"ratio                         {naive / ours:8.1f}\n")


def _measure_reload(chance: random.Random) -> None:
    """The same lists with 500 rules: read for the first time, and after one file was changed."""
    with tempfile.TemporaryDirectory() as folder:
        directory = Path(folder)
        _write(directory, chance, rules=MANY_RULES)
        before_mb = _resident_mb()
        kept = [load(directory)]
        first_s, first_mb = _cpu_s(directory, kept, changed=False), _resident_mb() - before_mb
        again_s = _cpu_s(directory, kept, changed=True)
    out = sys.stdout.write
    out(f"{MANY_RULES} rules, first reading        {first_s:8.2f} s of CPU\n")
    out(f"one of them changed           {again_s:8.2f} s of CPU\n")
    out(f"memory for them and the lists {first_mb:8.0f} MB\n")


def _cpu_s(directory: Path, kept: list[Rulebook], *, changed: bool) -> float:
    if changed:
        path = directory / "rule-0.yaml"
        path.write_text(path.read_text("utf-8").replace("title: t", "title: u"), "utf-8")
    else:
        forget()
    started = time.process_time()
    kept[:] = [load(directory)]
    return time.process_time() - started


def _resident_mb() -> float:
    status = Path("/proc/self/status")
    if not status.exists():
        return float("nan")
    line = next(each for each in status.read_text().splitlines() if each.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def _judge(rulebook: Rulebook, text: str) -> None:
    evaluate(rulebook, text_facts(text) | STATED, default=Outcome.APPROVE)


def _medians(comments: list[str], work: Callable[[str], object]) -> float:
    """Median over the comments of each one's best of three, in µs."""
    best = []
    for text in comments:
        times = []
        for _ in range(3):
            started = time.perf_counter()
            work(text)
            times.append(time.perf_counter() - started)
        best.append(min(times))
    return statistics.median(best) * 1e6


def _pattern(entry: Entry) -> re.Pattern[str]:
    forms = "|".join(r"\W+".join(map(re.escape, form)) for form in sorted(entry.forms))
    return re.compile(rf"(?<!\w)(?:{forms})(?!\w)", re.IGNORECASE)


def _comments(chance: random.Random) -> list[str]:
    folder = ROOT / "tests" / "data" / "french_comments"
    texts = [
        json.loads(line)["text"]
        for path in sorted(folder.glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    return chance.sample(texts, COMMENTS)


def _write(directory: Path, chance: random.Random, *, rules: int) -> None:
    (directory / FOLDER).mkdir()
    made = {"".join(chance.choices("aeioulrnstcdmpvbg", k=8)) for _ in range(ENTRIES * 2)}
    words = sorted(made)
    for number in range(LISTS):
        lines = []
        for _ in range(ENTRIES // LISTS):
            phrase = chance.random() < 0.2  # noqa: PLR2004 - a fifth are phrases
            written = f"{words.pop()} {words.pop()}" if phrase else f"{words.pop()}~"
            lines.append(f"{written} | made-up | {chance.randint(1, 3)}")
        path = directory / FOLDER / f"list-{number}.txt"
        path.write_text("\n".join(lines), encoding="utf-8")
    for number in range(rules):
        condition = CONDITIONS[number % len(CONDITIONS)].format(
            number=number + 1, list=number // len(CONDITIONS) % LISTS, severity=number % 3 + 1
        )
        text = f"title: t\nstage: live\nwhen: |-\n  {condition}\nthen: review\nbecause: b\n"
        text += "examples: {match: [a], pass: [b]}\n"
        (directory / f"rule-{number}.yaml").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
