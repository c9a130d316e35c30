"""The rules in words: pure functions from what the rule desk says to what people read.

Texts of comments and examples are made safe, and masked until they are tapped.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import discord
from discord import ui

from bot.chat import rule_texts as t
from bot.chat.cards import MESSAGE_CHARS, words_card
from bot.chat.rule_texts import ANSWER_MARKS, ANSWERS, MARKS, OUTCOMES, STAGES
from bot.chat.safe_text import code, length, one_line
from bot.chat.texts import say
from bot.core.errors import Fault
from bot.core.evaluate import Rule
from bot.core.model import FactValue, Passage, Stage
from bot.core.reasons import label
from bot.learn.backtest import Report, Telling
from bot.learn.tryouts import Tryout
from bot.rulebook.desk import Changed, InForce, Restaging
from bot.rulebook.explaining import Answer, Explained
from bot.rulebook.proof import ExampleResult

CHART_FILE = "backtest.png"
_MOST_TELLING = 10
_EXCERPT_CHARS = 170
_FACTS_SHOWN = 5
_PASSAGES_SHOWN = 4


def rule_list(found: InForce, stage: Stage | None, *, language: str) -> str:
    rules = [each.rule for each in found.folder.rules if stage in (None, each.rule.stage)]
    title = say(t.TITLE, language, count=len(rules), version=found.version)
    lines = [_listed(rule, language=language) for rule in rules]
    return _fitted(title, lines or [say(t.NONE_LISTED, language)], language=language)


def rule_page(found: InForce, rule: Rule, *, language: str) -> str:
    """What it is for, then the file as it is written."""
    lines = [
        f"### {MARKS[rule.stage]} {one_line(rule.id, limit=80)}",
        f"**{one_line(rule.title, limit=200)}**",
        f"{_stage(rule, language=language)} · {say(OUTCOMES[rule.outcome], language)}",
        f"> {one_line(rule.because.in_language(language), limit=300)}",
    ]
    if rule.reason is not None:
        lines.append(say(t.REASON, language, reason=label(rule.reason, language)))
    if rule.owner:
        lines.append(say(t.OWNER, language, owner=one_line(rule.owner, limit=100)))
    if rule.expires:
        lines.append(say(t.EXPIRES, language, day=rule.expires.isoformat()))
    head = "\n".join(lines)
    file = found.files.get(f"{rule.id}.yaml", "")
    return f"{head}\n{code(file, limit=MESSAGE_CHARS - length(head) - 1, language='yaml')}"


def test_page(version: str, results: Sequence[ExampleResult], *, language: str) -> str:
    if not results:
        return say(t.NO_EXAMPLES, language)
    failed = [each for each in results if not each.passed]
    title = say(
        t.TEST_TITLE,
        language,
        passed=len(results) - len(failed),
        count=len(results),
        version=version,
    )
    return _fitted(title, [_failure(each, language=language) for each in failed], language=language)


def explanation(found: Explained, text: str, *, language: str) -> str:
    """The outcome, then every rule: those that fired first, those that did not last."""
    verdict = found.verdict
    title = say(
        t.EXPLAINED,
        language,
        outcome=say(OUTCOMES[verdict.outcome], language).capitalize(),
        because=one_line(verdict.because.in_language(language), limit=300),
    )
    pivots = [
        say(
            t.WITHOUT,
            language,
            rule=one_line(pivot.rule, limit=80),
            outcome=say(OUTCOMES[pivot.outcome], language),
        )
        for pivot in verdict.pivots
    ]
    order = {True: 0, None: 1, False: 2}
    answers = sorted(found.answers, key=lambda each: order[each.fired])
    lines = [_answer(each, text, language=language) for each in answers]
    return _fitted("\n".join([title, *pivots]), lines, language=language)


def staged(changed: Changed, change: Restaging, *, language: str) -> str:
    if not changed.written:
        return f"{say(t.UNCHANGED, language)}\n{_in_force(changed, language=language)}"
    done = say(
        t.STAGED,
        language,
        rule=one_line(change.rule, limit=80),
        stage=_stage_words(change, language=language),
        file=changed.written[0],
    )
    return f"{done}\n{_in_force(changed, language=language)}"


def rolled_back(changed: Changed, *, language: str) -> str:
    if not (changed.written or changed.removed):
        return f"{say(t.UNCHANGED, language)}\n{_in_force(changed, language=language)}"
    done = say(
        t.ROLLED_BACK,
        language,
        version=changed.version,
        written=len(changed.written),
        removed=len(changed.removed),
    )
    return f"{done}\n{_in_force(changed, language=language)}"


def faults_page(head: str, faults: Sequence[Fault]) -> str:
    """Every fault as the command line shows it, as far as there is room."""
    listed = "\n".join(str(fault) for fault in faults)
    return f"{head}\n{code(listed, limit=MESSAGE_CHARS - length(head) - 1)}"


def backtest_view(tried: Tryout, change: Restaging | None, *, language: str) -> ui.LayoutView:
    """Figures, the picture, and the comments to look at."""
    report = tried.report
    if not report.comments:
        return words_card(say(t.NOTHING_JUDGED, language, since=_date(tried)))
    head = _figures(tried, report, change, language=language)
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.TextDisplay(head))
    picture: ui.MediaGallery[ui.LayoutView] = ui.MediaGallery()
    picture.add_item(media=f"attachment://{CHART_FILE}", description=say(t.CHART, language))
    view.add_item(picture)
    if tried.telling:
        lines = [_telling(each, language=language) for each in tried.telling[:_MOST_TELLING]]
        room = MESSAGE_CHARS - length(head)
        content = _fitted(say(t.TELLING, language), lines, language=language, room=room)
        view.add_item(ui.TextDisplay(content))
    return view


# --- the parts ---------------------------------------------------------------------------------


def _listed(rule: Rule, *, language: str) -> str:
    stage = _stage(rule, language=language)
    outcome = say(OUTCOMES[rule.outcome], language)
    name, title = one_line(rule.id, limit=80), one_line(rule.title, limit=90)
    return f"{MARKS[rule.stage]} **{name}** → {outcome} · {title} ({stage})"


def _stage(rule: Rule, *, language: str) -> str:
    percent = 100 * rule.share if rule.stage is Stage.CANARY else None
    return _stage_and_share(rule.stage, percent, language=language)


def _stage_words(change: Restaging, *, language: str) -> str:
    return _stage_and_share(change.stage, change.percent, language=language)


def _stage_and_share(stage: Stage, percent: float | None, *, language: str) -> str:
    words = say(STAGES[stage], language)
    if percent is None:
        return words
    return say(t.STAGE_AND_SHARE, language, stage=words, share=_number(percent, "g", language))


def _failure(result: ExampleResult, *, language: str) -> str:
    why = result.unscored or say(ANSWERS[result.fired], language)
    return say(
        t.EXAMPLE[result.example.kind],
        language,
        rule=one_line(result.rule, limit=80),
        index=result.example.index,
        why=one_line(why, limit=80),
        text=one_line(result.example.text, limit=_EXCERPT_CHARS),
    )


def _answer(answer: Answer, text: str, *, language: str) -> str:
    rule = answer.rule.rule
    said = say(ANSWERS[answer.fired], language)
    if answer.expired:
        said += f", {say(t.EXPIRED, language)}"
    facts = [f"{name} {_shown(fact, language)}" for name, fact in answer.read.items()]
    more = " …" if len(facts) > _FACTS_SHOWN else ""
    line = say(
        t.ANSWER,
        language,
        mark=ANSWER_MARKS[answer.fired],
        rule=one_line(rule.id, limit=80),
        stage=_stage(rule, language=language),
        outcome=say(OUTCOMES[rule.outcome], language),
        said=said,
    )
    if facts:
        line += f"\n-# {say(t.READ, language, facts=', '.join(facts[:_FACTS_SHOWN]))}{more}"
    if answer.passages:
        passages = _passages(answer.passages[:_PASSAGES_SHOWN], text)
        line += f"\n-# {say(t.FOUND, language, passages=passages)}"
    return line


def _passages(found: Iterable[Passage], text: str) -> str:
    return ", ".join(one_line(text[each.start : each.end], limit=60) for each in found)


def _shown(fact: FactValue | None, language: str) -> str:
    if fact is None:
        return say(t.ABSENT, language)
    if isinstance(fact, float):
        return _number(fact, ".3g", language)
    if isinstance(fact, bool | int):
        return str(fact).lower()
    return f"||{one_line(str(fact), limit=40)}||"


def _in_force(changed: Changed, *, language: str) -> str:
    return say(
        t.IN_FORCE,
        language,
        version=changed.version,
        before=changed.before,
        rules=changed.rules,
    )


def _figures(tried: Tryout, report: Report, change: Restaging | None, *, language: str) -> str:
    then, again = (_number(load, ".1f", language) for load in report.reviews_per_day)
    lines = [
        say(
            t.BACKTEST,
            language,
            version=report.rulebook,
            comments=report.comments,
            since=_date(tried),
        )
    ]
    if change is not None:
        stage = _stage_words(change, language=language)
        rule = one_line(change.rule, limit=80)
        lines.append(say(t.TRIED_STAGE, language, rule=rule, stage=stage))
    lines += [
        say(t.CHANGED, language, count=report.changed),
        say(t.LOAD, language, then=then, now=again),
        say(
            t.PEOPLE,
            language,
            decided=report.decided,
            mistakes=report.new_mistakes,
            mended=report.mended,
        ),
    ]
    return "\n".join(lines)


def _telling(each: Telling, *, language: str) -> str:
    human = ""
    if each.human is not None:
        human = say(t.HUMAN, language, human=say(OUTCOMES[each.human], language))
    rules = ", ".join(one_line(rule, limit=40) for rule in each.rules[:3])
    return say(
        t.TELLING_LINE,
        language,
        then=say(OUTCOMES[each.then], language),
        now=say(OUTCOMES[each.now], language),
        human=human,
        rules=rules or say(t.NO_RULE_FIRED, language),
        text=one_line(each.text, limit=_EXCERPT_CHARS),
    )


def _number(number: float, form: str, language: str) -> str:
    shown = format(number, form)
    return shown.replace(".", ",") if language.startswith("fr") else shown


def _date(tried: Tryout) -> str:
    return discord.utils.format_dt(tried.since, "d")


def _fitted(title: str, lines: Sequence[str], *, language: str, room: int = MESSAGE_CHARS) -> str:
    """As many of the first lines as there is room for; what is left out is counted."""
    kept = list(lines)
    while True:
        rest = len(lines) - len(kept)
        foot = [say(t.MORE, language, count=rest)] if rest else []
        content = "\n".join([title, *kept, *foot])
        if length(content) <= room or not kept:
            return content
        kept.pop()
