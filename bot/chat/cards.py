"""A case as moderators see it: a pure function of what the database holds.

Every field has a budget, so that the whole stays below what Discord takes in one message.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import discord
from discord import ui

from bot.chat import texts
from bot.chat.alike import AlikeButton
from bot.chat.bars import bar
from bot.chat.buttons import (
    ApproveButton,
    EscalateButton,
    HandBackButton,
    RejectButton,
    SkipButton,
    UndoButton,
)
from bot.chat.context import MoreButton, notes_lines
from bot.chat.full_text import FullTextButton
from bot.chat.safe_text import length, neutral, one_line, pages, web_address
from bot.chat.severity import colour, mark
from bot.chat.texts import say
from bot.core.evidence import SCORES
from bot.core.model import (
    Actor,
    ActorKind,
    Case,
    CommentRecord,
    Decision,
    RuleHit,
    Scores,
    Severity,
    Source,
    State,
    Unscored,
)
from bot.core.reasons import label
from bot.core.waiting import severity

MESSAGE_CHARS = 3_900
"""Discord takes 4,000 over all text of one message; the rest is a margin."""
_COMMENT_CHARS_AT_LEAST = 800
_MOST_RULES = 4
_MOST_SCORES = 4
_MOST_COMPLAINTS = 2
"""The newest of what reporting readers wrote."""
_MOST_NOTES = 2
_NOTE_CHARS = 150
_MATTERS = 0.2
"""A score below this is left out, unless it is the highest."""


def open_card(
    case: Case,
    record: CommentRecord,
    *,
    language: str,
    rows: Sequence[ui.ActionRow[ui.LayoutView]] | None = None,
    notice: str | None = None,
) -> ui.LayoutView:
    """The whole case, with `rows` to decide it; without them, with the review channel's buttons.

    `notice` is safe text of at most 300 characters that stands above the case.
    """
    level = severity(record.scores)
    head = _head(case, record, level, language=language)
    left = MESSAGE_CHARS - length(head) - length(notice or "")
    evidence = _evidence(case, record, room=left - _COMMENT_CHARS_AT_LEAST, language=language)
    room = left - length(evidence)
    comment = _comment(case, record, level, room=room, language=language)
    box: ui.Container[ui.LayoutView] = ui.Container(accent_colour=colour(level))
    box.add_item(ui.TextDisplay(head)).add_item(ui.Separator())
    box.add_item(ui.TextDisplay(comment)).add_item(ui.Separator())
    box.add_item(ui.TextDisplay(evidence))
    given = [_deciding(case, language=language)] if rows is None else list(rows)
    reading: ui.ActionRow[ui.LayoutView] = ui.ActionRow()
    if is_folded(case.comment.text, comment):
        reading.add_item(FullTextButton(case.id, case.version, language=language))
    if case.alike:
        reading.add_item(AlikeButton(case.id, case.version, language=language))
    if reading.children:
        given.append(reading)
    for row in given:
        box.add_item(row)
    view = ui.LayoutView(timeout=None)
    if notice:
        view.add_item(ui.TextDisplay(notice))
    return view.add_item(box)


def is_folded(text: str, shown: str) -> bool:
    """Whether the words shown leave out some of the text."""
    whole = pages(text, limit=MESSAGE_CHARS)
    return len(whole) > 1 or bool(whole and whole[0] not in shown.replace("**", ""))


def _deciding(case: Case, *, language: str) -> ui.ActionRow[ui.LayoutView]:
    row: ui.ActionRow[ui.LayoutView] = ui.ActionRow()
    hand = HandBackButton if case.escalation is not None else EscalateButton
    for kind in (ApproveButton, RejectButton, hand, SkipButton, MoreButton):
        row.add_item(kind(case.id, case.version, language=language))
    return row


def closed_card(
    case: Case, record: CommentRecord, *, language: str, undo_grace_s: float
) -> ui.LayoutView:
    """One short line: who, what, why, when; a person's decision can be undone."""
    decision = _last(record)
    box: ui.Container[ui.LayoutView] = ui.Container(accent_colour=_closed_colour(case))
    box.add_item(
        ui.TextDisplay(_closed_line(case, decision, language=language, grace_s=undo_grace_s))
    )
    if decision is not None and _by_person(decision) and case.comment.state is not State.WITHDRAWN:
        buttons: ui.ActionRow[ui.LayoutView] = ui.ActionRow()
        buttons.add_item(UndoButton(case.id, case.version, language=language))
        box.add_item(buttons)
    return _view(box)


def case_card(
    case: Case, record: CommentRecord, *, language: str, undo_grace_s: float
) -> ui.LayoutView:
    """The card of a case as it stands now."""
    if case.is_open:
        return open_card(case, record, language=language)
    return closed_card(case, record, language=language, undo_grace_s=undo_grace_s)


def words_card(content: str) -> ui.LayoutView:
    """Plain words as a V2 message: what a card is edited to must be V2 as well."""
    return _view(ui.TextDisplay(content))


def ago(moment: datetime) -> str:
    """A time that Discord shows in the reader's own zone and language, as «2 hours ago»."""
    return discord.utils.format_dt(moment, "R")


# --- the parts ---------------------------------------------------------------------------------


def _view(item: ui.Item[ui.LayoutView]) -> ui.LayoutView:
    view = ui.LayoutView(timeout=None)
    view.add_item(item)
    return view


def _head(case: Case, record: CommentRecord, level: Severity, *, language: str) -> str:
    number = say(texts.CASE, language, case=case.id)
    lines = [
        f"### {mark(level)} {say(texts.TO_REVIEW, language)} · {number}",
        _story(case, language=language),
        _author(case, record, language=language),
    ]
    parent = case.comment.parent
    if parent is not None:
        who = one_line(parent.author, limit=80) if parent.author else say(texts.SOMEBODY, language)
        quoted = f" : {one_line(parent.text, limit=160)}" if parent.text else ""
        lines.append(f"> {say(texts.IN_REPLY, language)} {who}{quoted}")
    return "\n".join(lines)


def _story(case: Case, *, language: str) -> str:
    story = case.comment.story
    parts = [
        f"**{one_line(story.title, limit=240)}**" if story.title else say(texts.NO_TITLE, language)
    ]
    if story.section:
        parts.append(one_line(story.section, limit=80))
    address = web_address(story.url, limit=300)
    if address:
        chat = case.comment.source is Source.DISCORD
        words = say(texts.SEE_MESSAGE if chat else texts.READ_STORY, language)
        parts.append(f"[{words}](<{address}>)")
    return " · ".join(parts)


def _author(case: Case, record: CommentRecord, *, language: str) -> str:
    history = record.history
    parts = [f"✍️ **{one_line(case.comment.author.name, limit=120)}**"]
    if history.approved or history.rejected or history.in_review:
        parts.append(
            say(texts.HISTORY, language, approved=history.approved, rejected=history.rejected)
        )
    else:
        parts.append(say(texts.NEWCOMER, language))
    if history.first_seen_at:
        parts.append(say(texts.KNOWN_SINCE, language, since=ago(history.first_seen_at)))
    return " · ".join(parts)


def _comment(
    case: Case, record: CommentRecord, level: Severity, *, room: int, language: str
) -> str:
    masked = level is Severity.SEVERE
    hint = f"-# {say(texts.HIDDEN, language)}\n" if masked else ""
    marks = decisive(record)
    text = neutral(case.comment.text, limit=room - length(hint) - 4, marks=marks)
    if not text:
        return say(texts.EMPTY, language)
    return f"{hint}||{text}||" if masked else text


def decisive(record: CommentRecord) -> list[tuple[int, int]]:
    """What in the text made rules fire; without such, the stretch that scored worst. In order and
    apart from each other."""
    hits = record.verdict.hits if record.verdict else ()
    found = [
        (passage.start, passage.end)
        for hit in hits
        for passage in hit.passages
        if passage.function != SCORES
    ]
    if not found and isinstance(record.scores, Scores) and record.scores.worst is not None:
        found = [(record.scores.worst.start, record.scores.worst.end)]
    apart: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if apart and start <= apart[-1][1]:
            apart[-1] = (apart[-1][0], max(end, apart[-1][1]))
        else:
            apart.append((start, end))
    return apart


def _evidence(case: Case, record: CommentRecord, *, room: int, language: str) -> str:
    """As much as there is room for; the last line, about the wait, always stays."""
    lines = [*_colleagues(case, record, language=language)]
    lines += [*_scores(record.scores, language=language), *_rules(case, record, language=language)]
    lines += [f"⚑ {one_line(why, limit=100)}" for why in record.complaints[-_MOST_COMPLAINTS:]]
    foot = [say(texts.WAITING_SINCE, language, since=ago(case.opened_at)), _order(case, language)]
    if case.comment.reports:
        foot.append(say(texts.REPORTS, language, count=case.comment.reports))
    if case.comment.version > 1:
        foot.append(say(texts.VERSION, language, version=case.comment.version))
    last = f"-# {' · '.join(foot)}"
    while lines and length("\n".join([*lines, last])) > room:
        lines.pop()
    return "\n".join([*lines, last])


def _colleagues(case: Case, record: CommentRecord, *, language: str) -> list[str]:
    """What was said of the case so far, and how many stand behind it."""
    lines = []
    if case.alike:
        lines.append(say(texts.ALIKE, language, count=case.alike))
    if case.escalation is not None:
        who, when = _name(case.escalation.by), ago(case.escalation.at)
        lines.append(say(texts.IS_ESCALATED, language, who=who, when=when))
    if case.question is not None:
        whom = _name(case.question.of) if case.question.of else say(texts.ANYBODY, language)
        who, when = _name(case.question.by), ago(case.question.at)
        lines.append(say(texts.IS_ASKED, language, who=who, whom=whom, when=when))
    if case.proposal is not None:
        who, when = _name(case.proposal.by), ago(case.proposal.at)
        reason = label(case.proposal.reason, language)
        lines.append(say(texts.IS_PROPOSED, language, who=who, reason=reason, when=when))
    newest = record.notes[-_MOST_NOTES:]
    return lines + notes_lines(newest, language=language, limit=_NOTE_CHARS)


def _order(case: Case, language: str) -> str:
    """Why the case stands where it stands in the queue."""
    turn = case.turn
    why = [texts.SEVERITIES[turn.severity].in_language(language)]
    if turn.reported:
        why.insert(0, say(texts.REPORTED_FIRST, language))
    if turn.reach > 1:
        times = f"{turn.reach:.1f}"
        times = times if language.startswith("en") else times.replace(".", ",")
        why.append(say(texts.WIDELY_READ, language, times=times))
    return say(texts.ORDER, language, why=", ".join(why), due=ago(turn.due_at))


def _name(actor: Actor) -> str:
    return f"**{one_line(actor.name, limit=80)}**"


def _scores(scores: Scores | Unscored | None, *, language: str) -> list[str]:
    if scores is None:
        return [say(texts.NOT_SCORED_YET, language)]
    if isinstance(scores, Unscored):
        return [say(texts.UNSCORED, language, why=one_line(scores.reason, limit=120))]
    ranked = sorted(scores.values.items(), key=lambda pair: pair[1], reverse=True)
    matter = [pair for pair in ranked if pair[1] >= _MATTERS][:_MOST_SCORES] or ranked[:1]
    lines = [bar(name, value, language=language) for name, value in matter]
    return [*lines, say(texts.DEGRADED, language)] if scores.degraded else lines


def _rules(case: Case, record: CommentRecord, *, language: str) -> list[str]:
    because = neutral(case.because.in_language(language), limit=300, max_lines=2)
    lines = [f"**{texts.BASES[case.basis].in_language(language).capitalize()}** — {because}"]
    hits = record.verdict.hits if record.verdict else ()
    live_first = sorted(hits, key=lambda hit: not hit.acts)
    lines += [_rule(hit, language=language) for hit in live_first[:_MOST_RULES]]
    if len(hits) > _MOST_RULES:
        lines.append(say(texts.MORE_RULES, language, count=len(hits) - _MOST_RULES))
    return lines


def _rule(hit: RuleHit, *, language: str) -> str:
    trial = ""
    if not hit.acts:
        why = texts.IDLE[hit.idle] if hit.idle else texts.SHADOW
        trial = f" ({say(why, language)})"
    because = one_line(hit.because.in_language(language), limit=150)
    return f"• **{one_line(hit.rule, limit=80)}**{trial} — {because}"


def _last(record: CommentRecord) -> Decision | None:
    standing = [decision for decision in record.decisions if decision.undone_at is None]
    return standing[-1] if standing else None


def _by_person(decision: Decision) -> bool:
    return decision.actor.kind in {ActorKind.MODERATOR, ActorKind.ADMIN}


def _closed_colour(case: Case) -> discord.Colour:
    return {
        State.APPROVED: discord.Colour(0x248046),
        State.REJECTED: discord.Colour(0x4E5058),
    }.get(case.comment.state, discord.Colour(0x80848E))


def _closed_line(case: Case, decision: Decision | None, *, language: str, grace_s: float) -> str:
    author = one_line(case.comment.author.name, limit=80)
    number = say(texts.CASE, language, case=case.id)
    withdrawn = case.comment.state is State.WITHDRAWN
    if decision is None or withdrawn:
        state = texts.STATES[case.comment.state].in_language(language)
        when = f" · {ago(case.closed_at)}" if case.closed_at else ""
        return f"{say(texts.CLOSED, language)} : {state} · {number} · {author}{when}"
    person = _by_person(decision)
    who = (
        say(texts.BY, language, who=f"**{one_line(decision.actor.name, limit=80)}**")
        if person
        else say(texts.AUTOMATIC, language)
    )
    mark = "✅" if case.comment.state is State.APPROVED else "🗑️"
    parts = [f"{mark} **{texts.DECIDED[decision.outcome].in_language(language)}** {who}"]
    if decision.reason is not None:
        parts.append(label(decision.reason, language))
    parts += [ago(decision.decided_at), number, author]
    if decision.unit is not None and case.alike:
        parts.append(say(texts.TOGETHER, language, count=case.alike + 1))
    lines = [" · ".join(parts)]
    if decision.note:
        lines.append(f"> {one_line(decision.note, limit=1_200)}")
    if person:
        until = discord.utils.format_dt(decision.decided_at + timedelta(seconds=grace_s), "T")
        undo = say(texts.UNDO, language)
        lines.append(f"-# {undo} : {say(texts.UNDO_UNTIL, language, until=until)}")
    return "\n".join(lines)
