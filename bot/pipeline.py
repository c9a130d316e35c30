"""Read first: the life of a comment, one function a use case.

A comment comes in (`receive`), is scored, evaluated and decided (`moderate`), a person resolves
what was left for review (`resolve`) or takes a decision back (`undo`). Each writes one transaction;
the effects it asks for are delivered later, by the outbox.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial

from bot.core import effects as effect
from bot.core import own_words
from bot.core.alarms import alarms_of
from bot.core.decide import NONE_RECENT, decide, held_back, removes
from bot.core.effects import Announcement, Call, Occasion
from bot.core.evaluate import author_key, evaluate
from bot.core.evidence import substantiated
from bot.core.facts import gather, groups_of
from bot.core.model import (
    RULEBOOK,
    Actor,
    AlarmKind,
    Basis,
    Case,
    Comment,
    Effect,
    Outcome,
    Proposed,
    Receipt,
    RefusalKind,
    Refused,
    Report,
    Resolution,
    Resolved,
    Scores,
    Submission,
    Undone,
    Unscored,
    Verdict,
    Window,
    Words,
)
from bot.core.waiting import turn
from bot.ports import CaseEffects, Pending, Ports, Taken, Taking, TurnOf

_REPORTED = Words(fr="Signalé par un lecteur.", en="Reported by a reader.")
_UP = Call(what=Occasion.ESCALATION, by=RULEBOOK)
_TAKEN_BACK = Words(
    fr="Une décision a été annulée, le commentaire est de nouveau à l'étude.",
    en="A decision was taken back, the comment is under review again.",
)

Score = Callable[[str], Awaitable[Scores | Unscored]]


async def receive(ports: Ports, submission: Submission) -> Receipt:
    """Stores what a door hands in. When this returns, the comment survives a power cut."""
    return await ports.store.comments.receive(
        submission, on_case_change=_show(ports), now=ports.now()
    )


async def moderate(ports: Ports, comment_id: str) -> Verdict | None:
    """Scores and judges a received comment; None when it no longer waits for that."""
    rulebook, now = ports.rulebook(), ports.now()
    pending = await ports.store.comments.pending(comment_id, groups_of(rulebook.reads), now=now)
    if pending is None:
        return None
    comment = pending.comment
    comment = replace(comment, language=ports.language_of(comment.text, comment.language))
    parent = comment.parent.text if comment.parent else None
    own = own_words.read(comment.text, title=comment.story.title, parent=parent)
    score = partial(ports.scorer.score, deadline_s=ports.deadline_s, language=comment.language)
    scores = await own_words_scored(score, comment.text, own)
    facts = gather(
        comment=comment,
        scores=scores,
        background=pending.background,
        own=own,
        now=now,
        modes=rulebook.modes,
        reads=rulebook.reads,
    )
    asked = evaluate(
        rulebook,
        facts,
        default=ports.policy.default,
        author=author_key(comment.site, comment.author.id),
        today=rulebook.modes.today(now),
    )
    worst = scores.worst if isinstance(scores, Scores) else None
    asked = substantiated(rulebook, asked, worst=worst)
    if not removes(asked):
        verdict = decide(asked, scores=scores, recent=NONE_RECENT, policy=ports.policy)
        return await _recorded(ports, pending, scores, verdict)
    async with ports.turn_to_reject:
        return await _recorded(ports, pending, scores, await _within_caps(ports, asked, scores))


async def set_aside(ports: Ports, comment_id: str, why: str) -> Verdict | None:
    """Puts a comment whose moderation keeps failing in front of people, with the cause."""
    pending = await ports.store.comments.pending(comment_id, now=ports.now())
    if pending is None:
        return None
    verdict = Verdict(
        outcome=Outcome.REVIEW,
        basis=Basis.FAILURE,
        rulebook=ports.rulebook().version,
        because=Words(
            fr="La modération automatique a échoué : à vous de juger.",
            en="Automatic moderation failed: yours to judge.",
        ),
    )
    return await _recorded(ports, pending, Unscored(reason=why), verdict)


async def own_words_scored(score: Score, text: str, own: own_words.OwnWords) -> Scores | Unscored:
    """Of the author's own words, and of the whole where they quote somebody."""
    if not own.quotations:
        return await score(text)
    whole, scores = await asyncio.gather(score(text), score(own.text.text))
    if isinstance(whole, Unscored) or isinstance(scores, Unscored):
        return whole if isinstance(whole, Unscored) else scores
    worst = scores.worst
    if worst is not None:
        start, end = own.text.span_in_original(worst.start, worst.end)
        worst = Window(start=start, end=end)
    return replace(scores, whole=whole.values, worst=worst)


async def _within_caps(ports: Ports, asked: Verdict, scores: Scores | Unscored) -> Verdict:
    """A removal, unless a cap, a rule's own limits or an alarm about it stand in the way."""
    rulebook, fired = ports.rulebook(), {hit.rule for hit in asked.hits}
    limited = [rule.id for rule in rulebook.rules if rule.limits and rule.id in fired]
    recent = await ports.store.comments.recent_rejections(limited, now=ports.now())
    surging = {
        alarm.rule
        for alarm in await ports.store.alarms.open()
        if alarm.kind is AlarmKind.RULE_SURGE and alarm.rule
    }
    held = held_back(rulebook, recent, surging)
    return decide(asked, scores=scores, recent=recent, policy=ports.policy, held=held)


async def _recorded(
    ports: Ports, pending: Pending, scores: Scores | Unscored, verdict: Verdict
) -> Verdict | None:
    """The verdict once it is written; None when somebody was faster or the text has changed."""
    now, comment = ports.now(), pending.comment
    announcement = Announcement(
        outcome=verdict.outcome,
        actor=RULEBOOK,
        because=verdict.because,
        reason=verdict.reason if verdict.outcome is Outcome.REJECT else None,
        rules=tuple(hit.rule for hit in verdict.hits),
        rulebook=verdict.rulebook,
        further=verdict.further,
    )
    to_show = verdict.outcome is Outcome.REVIEW or pending.has_case
    up = verdict.outcome is Outcome.REVIEW and verdict.further.escalate
    written = await ports.store.comments.judge(
        comment,
        scores=scores,
        verdict=verdict,
        turn_of=_turn_of(ports, reported=comment.reports > 0, urgent=up),
        effects=(
            *effect.after_verdict(comment, announcement, now=now, outlets=ports.outlets),
            *(effect.show_case(comment.id, now=now, outlets=ports.outlets) if to_show else ()),
            *(effect.call_people(comment.id, _UP, now=now, outlets=ports.outlets) if up else ()),
        ),
        alarms=alarms_of(verdict),
        now=now,
    )
    return verdict if written else None


async def resolve(ports: Ports, order: Resolution) -> Resolved | Proposed | Refused:
    """Carries out a moderator's order, unless somebody was faster or the text has changed.

    A rejection for a reason that takes two people is put on record first, and carried out when a
    second person orders it.
    """
    if order.outcome is Outcome.REVIEW or (order.outcome is Outcome.REJECT and not order.reason):
        return Refused(kind=RefusalKind.INVALID)
    now = ports.now()

    def effects(case: Case) -> tuple[Effect, ...]:
        announcement = Announcement(
            outcome=order.outcome,
            actor=order.actor,
            because=case.because,
            reason=order.reason if order.outcome is Outcome.REJECT else None,
            note=order.note,
        )
        return (
            *effect.after_resolution(case.comment, announcement, now=now, outlets=ports.outlets),
            *_shown(ports, case),
        )

    def called(case: Case) -> tuple[Effect, ...]:
        return _call(ports, case, Call(what=Occasion.PROPOSAL, by=order.actor, words=order.note))

    needs_second = (
        order.outcome is Outcome.REJECT and order.reason in ports.policy.two_person_reasons
    )
    done = await ports.store.cases.resolve(
        order, effects=effects, if_first_of_two=called if needs_second else None, now=now
    )
    if isinstance(done, Refused | Proposed):
        return done
    resolved_case, decision = done
    undo_until = now + timedelta(seconds=ports.outlets.undo_grace_s)
    return Resolved(case=resolved_case, decision=decision, undo_until=undo_until)


async def undo(ports: Ports, case_id: int, *, actor: Actor) -> Undone | Refused:
    """Takes the last decision on a case back; a site that was told hears the correction."""
    case = await ports.store.cases.get(case_id)
    decision = await ports.store.cases.last_decision(case_id) if case else None
    if case is None or decision is None:
        return Refused(kind=RefusalKind.UNKNOWN)
    now = ports.now()

    def corrections(case: Case) -> tuple[Effect, ...]:
        before = Outcome.APPROVE if case.basis is Basis.REPORT else Outcome.REVIEW
        announcement = Announcement(outcome=before, actor=actor, because=_TAKEN_BACK)
        return effect.correction(case.comment, announcement, now=now, outlets=ports.outlets)

    done = await ports.store.cases.undo(
        decision.id,
        actor=actor,
        corrections=corrections,
        effects=partial(_shown, ports),
        now=now,
    )
    if isinstance(done, Refused):
        return done
    reopened, undone, told = done
    return Undone(case=reopened, decision=undone, site_had_been_told=told)


async def withdraw(
    ports: Ports, *, site: str, external_id: str, delivery_id: str | None = None
) -> Comment | None:
    """Ends a comment that was deleted at its source; None when it was never seen here."""
    return await ports.store.comments.withdraw(
        site=site,
        external_id=external_id,
        delivery_id=delivery_id,
        on_case_change=_show(ports),
        now=ports.now(),
    )


async def report(ports: Ports, complaint: Report) -> Comment | None:
    """Counts a reader's complaint and asks people to look; None when the comment is unknown."""
    return await ports.store.comments.report(
        complaint,
        turn_of=_turn_of(ports, reported=True),
        because=_REPORTED,
        on_case_change=_show(ports),
        now=ports.now(),
    )


async def claim(ports: Ports, case_id: int, *, actor: Actor) -> Case | Refused:
    """Tells colleagues that somebody is on the case, for `claim_s` seconds."""
    now = ports.now()
    until = now + timedelta(seconds=ports.claim_s)
    return await ports.store.cases.claim(case_id, actor=actor, until=until, now=now)


async def next_case(ports: Ports, actor: Actor, *, left_out: int | None = None) -> Taken | None:
    """Claims what this person should look at next; None when there is nothing for them."""
    now = ports.now()
    until = now + timedelta(seconds=ports.claim_s)
    taking = Taking(actor=actor, left_out=left_out, care=ports.policy.care)
    return await ports.store.cases.take_next(taking, until=until, now=now)


async def note(ports: Ports, case_id: int, *, actor: Actor, text: str) -> Case | Refused:
    """Keeps a moderator's words with the case, for colleagues only."""
    case = await ports.store.cases.get(case_id)
    if case is None:
        return Refused(kind=RefusalKind.UNKNOWN)
    return await ports.store.counsel.note(
        case_id,
        actor=actor,
        text=text,
        effects=_show(ports)(case.comment.id),
        now=ports.now(),
    )


async def escalate(
    ports: Ports, case_id: int, *, version: int, actor: Actor, words: str | None
) -> Case | Refused:
    """Hands the case up: only leads decide it, and they are called into its thread."""
    case = await ports.store.cases.get(case_id)
    if case is None:
        return Refused(kind=RefusalKind.UNKNOWN)
    call = Call(what=Occasion.ESCALATION, by=actor, words=words)
    return await ports.store.counsel.escalate(
        case_id,
        version=version,
        actor=actor,
        words=words,
        effects=_call(ports, case, call),
        now=ports.now(),
    )


async def hand_back(ports: Ports, case_id: int, *, version: int, actor: Actor) -> Case | Refused:
    """Takes an escalation back: the case is everybody's again."""
    case = await ports.store.cases.get(case_id)
    if case is None:
        return Refused(kind=RefusalKind.UNKNOWN)
    return await ports.store.counsel.hand_back(
        case_id,
        version=version,
        actor=actor,
        effects=_show(ports)(case.comment.id),
        now=ports.now(),
    )


async def ask(
    ports: Ports, case_id: int, *, actor: Actor, of: Actor | None, words: str | None
) -> Case | Refused:
    """Asks a colleague (or whoever is there) for a second opinion; they get the case first."""
    case = await ports.store.cases.get(case_id)
    if case is None:
        return Refused(kind=RefusalKind.UNKNOWN)
    call = Call(what=Occasion.QUESTION, by=actor, of=of, words=words)
    return await ports.store.counsel.ask(
        case_id,
        actor=actor,
        of=of,
        words=words,
        effects=_call(ports, case, call),
        now=ports.now(),
    )


async def set_apart(ports: Ports, case_ids: Sequence[int], *, actor: Actor) -> list[Case]:
    """Takes cases out of the lot of look-alikes they stand in."""
    show = _show(ports)
    return await ports.store.cases.set_apart(
        case_ids, actor=actor, effects=lambda case: show(case.comment.id), now=ports.now()
    )


def _call(ports: Ports, case: Case, call: Call) -> tuple[Effect, ...]:
    now, outlets = ports.now(), ports.outlets
    return (
        *effect.show_case(case.comment.id, now=now, outlets=outlets),
        *effect.call_people(case.comment.id, call, now=now, outlets=outlets),
    )


def _turn_of(ports: Ports, *, reported: bool, urgent: bool = False) -> TurnOf:
    now = ports.now()
    return lambda scores, reach: turn(
        scores,
        reported=reported,
        urgent=urgent,
        reach=reach,
        opened_at=now,
        targets=ports.policy.targets,
    )


def _shown(ports: Ports, case: Case) -> tuple[Effect, ...]:
    """One that stands behind another has no card."""
    if case.alike_of is not None:
        return ()
    return effect.show_case(case.comment.id, now=ports.now(), outlets=ports.outlets)


def _show(ports: Ports) -> CaseEffects:
    now = ports.now()
    return lambda comment_id: effect.show_case(comment_id, now=now, outlets=ports.outlets)
