"""Everything a rule may look at, gathered of one comment before anything is judged."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from bot.core.background import (
    AuthorPast,
    Background,
    Duplicates,
    Spans,
    StoryPast,
    Stretch,
    Thread,
)
from bot.core.facts.declared import level_name
from bot.core.facts.texts import name_facts, similarity, text_facts
from bot.core.model import Comment, FactValue, ModeOrder, Scores, StoryRef, Unscored
from bot.core.modes import NO_CALENDAR, WEEKDAYS, Modes, Why, is_weekend
from bot.core.own_words import OwnWords

Facts = dict[str, FactValue]
_Perhaps = dict[str, FactValue | None]
"""None: not known."""


def gather(
    *,
    comment: Comment,
    scores: Scores | Unscored,
    background: Background,
    own: OwnWords,
    now: datetime,
    modes: Modes = NO_CALENDAR,
    reads: Collection[str] | None = None,
) -> Facts:
    """Every fact known of one comment; what is not known is left out, not made up.

    `own` are its author's own words; `reads` names the facts that rules read, None for all.
    """
    facts: _Perhaps = {
        **text_facts(comment.text, reads),
        **name_facts(comment.author.name),
        **_scored(scores),
        **_told(comment, own),
        **_clock(modes, now),
        "source": comment.source.value,
        "reports.count": comment.reports,
    }
    if background.author is not None:
        facts |= _of_author(background.author, now)
    if background.story is not None:
        facts |= _of_story(comment, background.story, now)
    if background.thread is not None:
        facts |= _of_thread(background.thread)
    if background.duplicates is not None:
        facts |= _of_duplicates(background.duplicates)
    if background.modes is not None:
        facts |= _of_mode(comment, background.modes, modes, now)
    return {name: value for name, value in facts.items() if value is not None}


def level_facts(levels: Mapping[str, Mapping[str, float]]) -> Facts:
    """Levels by attribute as facts."""
    return {
        level_name(attribute, level): score
        for attribute, named in levels.items()
        for level, score in named.items()
    }


def _scored(scores: Scores | Unscored) -> Facts:
    if isinstance(scores, Unscored):
        return {"score.unscored": True}
    whole = scores.values if scores.whole is None else scores.whole
    return {
        "score.unscored": False,
        "score.scorer": scores.scorer,
        "score.version": scores.version,
        **{f"score.{name}": value for name, value in scores.values.items()},
        **{f"score.whole.{name}": value for name, value in whole.items()},
        **level_facts(scores.levels),
    }


def _told(comment: Comment, own: OwnWords) -> _Perhaps:
    """What the door said of the comment, and how its text stands to that."""
    story, parent = comment.story, comment.parent
    quoted = sum(each.end - each.start for each in own.quotations)
    return {
        "text.language": comment.language,
        "text.quotation_share": min(1.0, quoted / max(1, len(comment.text))),
        "text.story_similarity": similarity(comment.text, story.title) if story.title else None,
        "story.section": story.section,
        "story.title": story.title,
        "story.tags": story.tags,
        "thread.parent_author": parent.author if parent else None,
    }


def _clock(modes: Modes, now: datetime) -> Facts:
    local = now.astimezone(modes.zone)
    day = local.date()
    return {
        "now.hour": local.hour,
        "now.weekday": WEEKDAYS[day.weekday()],
        "now.weekend": is_weekend(day),
        "now.holiday": modes.is_holiday(day),
    }


def _of_author(past: AuthorPast, now: datetime) -> _Perhaps:
    decided = past.approved.ever + past.rejected.ever
    return {
        **_spans("author.approved", past.approved),
        **_spans("author.rejected", past.rejected),
        **_spans("author.in_review", past.in_review),
        "author.rejection_rate": past.rejected.ever / decided if decided else None,
        "author.known_for_days": _since(past.first_seen_at, now, 86_400),
        "author.trusted": past.standing.trusted,
        "author.muted": past.standing.is_muted(now),
        "rate.author_1m": past.rate.last_1m,
        "rate.author_10m": past.rate.last_10m,
        "rate.author_1h": past.rate.last_1h,
        "reports.author_30d": past.reports_30d,
    }


def _spans(name: str, spans: Spans) -> Facts:
    return {
        name: spans.ever,
        f"{name}_1h": spans.last_1h,
        f"{name}_24h": spans.last_24h,
        f"{name}_30d": spans.last_30d,
    }


def _of_story(comment: Comment, past: StoryPast, now: datetime) -> _Perhaps:
    began = comment.story.published_at or past.first_seen_at
    return {
        "story.age_hours": _since(began, now, 3_600),
        **_stretch("10m", past.last_10m),
        **_stretch("1h", past.last_1h),
        **_stretch("24h", past.last_24h),
        "story.newcomers_10m": past.newcomers_10m,
        "rate.story_1m": past.comments_1m,
        "rate.story_10m": past.last_10m.comments,
        "rate.story_1h": past.last_1h.comments,
        "reports.story_24h": past.reports_24h,
    }


def _stretch(span: str, of: Stretch) -> _Perhaps:
    return {
        f"story.comments_{span}": of.comments,
        f"story.rejection_rate_{span}": of.rejected / of.decided if of.decided else None,
    }


def _of_thread(thread: Thread) -> _Perhaps:
    return {
        "thread.depth": thread.depth,
        "thread.parent_toxicity": thread.parent_toxicity,
        "thread.parent_rejected": thread.parent_rejected,
    }


def _of_duplicates(found: Duplicates) -> Facts:
    return {
        "duplicates.same_by_author": found.same_by_author,
        "duplicates.same_by_others": found.same_by_others,
        "duplicates.near_by_author": found.near_by_author,
        "duplicates.near_by_others": found.near_by_others,
        "duplicates.rejected": found.rejected,
        "duplicates.rejected_by_author": found.rejected_by_author,
    }


def _of_mode(
    comment: Comment, orders: tuple[ModeOrder, ...], modes: Modes, now: datetime
) -> _Perhaps:
    found = modes.now(now, orders, story=StoryRef(site=comment.site, story=comment.story.id))
    return {"mode": found.mode, "story.mode": found.mode if found.why is Why.STORY else None}


def _since(first: datetime | None, now: datetime, unit_s: int) -> float:
    return max(0.0, (now - first).total_seconds() / unit_s) if first else 0.0
