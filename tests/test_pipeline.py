"""The life of a comment against the real store: what is recorded, what is asked of the outside."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot import pipeline
from bot.core.decide import Policy
from bot.core.evaluate import Limits, Rule, Rulebook
from bot.core.model import (
    ActorKind,
    AlarmKind,
    Basis,
    Delivered,
    EffectKind,
    Further,
    Idle,
    Outcome,
    Passage,
    Pivot,
    RefusalKind,
    Refused,
    Report,
    Resolution,
    Resolved,
    Scores,
    Source,
    State,
    Story,
    Undone,
)
from bot.core.reasons import Reason
from bot.ports import Ports
from tests.conftest import ANNA, BEN, RULEBOOK, TestClock, submission

ALL = tuple(EffectKind)


async def accepted(ports: Ports, text: str, external_id: str = "1", **changes: object) -> str:
    receipt = await pipeline.receive(ports, submission(external_id, text, **changes))
    await pipeline.moderate(ports, receipt.comment_id)
    return receipt.comment_id


async def waiting_kinds(ports: Ports) -> list[tuple[str, str]]:
    return sorted(
        (item.effect.kind.value, str(item.effect.payload.get("type", "")))
        for item in await ports.store.outbox.waiting()
    )


async def case_id_of(ports: Ports, comment_id: str) -> int:
    case = await ports.store.cases.for_comment(comment_id)
    assert case is not None
    return case.id


async def order(ports: Ports, comment_id: str, outcome: Outcome, **changes: object) -> Resolution:
    case = await ports.store.cases.for_comment(comment_id)
    assert case is not None
    made = Resolution(
        case_id=case.id,
        case_version=case.version,
        outcome=outcome,
        actor=ANNA,
        reason=Reason.OFFENSIVE if outcome is Outcome.REJECT else None,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "state", "basis", "told"),
    [
        ("Merci !", State.APPROVED, Basis.DEFAULT, "comment.approved"),
        ("bof", State.IN_REVIEW, Basis.RULE, "comment.in_review"),
        ("affreux", State.REJECTED, Basis.RULE, "comment.rejected"),
        ("muet", State.IN_REVIEW, Basis.UNSCORED, "comment.in_review"),
    ],
)
async def test_a_verdict_is_recorded_with_its_effects(
    ports: Ports, text: str, state: State, basis: Basis, told: str
) -> None:
    comment_id = await accepted(ports, text)
    record = await ports.store.comments.record(comment_id)
    assert record is not None
    assert record.verdict is not None
    assert (record.comment.state, record.verdict.basis) == (state, basis)
    assert ("tell_site", told) in await waiting_kinds(ports)
    assert (record.case is not None) == (state is State.IN_REVIEW)
    assert [entry.action for entry in record.audit] == [
        "received",
        f"judged {record.verdict.outcome.value}",
    ]


async def test_a_verdict_keeps_what_it_rests_on(ports: Ports) -> None:
    """What each rule read, where in the text, and what would have come out without it."""
    record = await ports.store.comments.record(await accepted(ports, "Un bof, pas plus"))
    assert record is not None
    assert record.verdict is not None
    (hit,) = record.verdict.hits
    assert hit.read == {"score.toxicity": 0.6}
    assert hit.passages == (Passage(start=3, end=6, function="has_word", looked_for="bof"),)
    assert record.verdict.pivots == (Pivot(rule="borderline", outcome=Outcome.APPROVE),)


async def test_a_quoted_insult_is_not_the_authors(ports: Ports) -> None:
    """Own words decide; the score of the whole is kept beside them."""
    text = "Le maire a été traité de « affreux bonhomme » hier soir, c'est indigne."
    comment_id = await accepted(ports, text)
    record = await ports.store.comments.record(comment_id)
    assert record is not None
    assert isinstance(record.scores, Scores)
    assert record.comment.state is State.APPROVED
    assert record.scores.values["toxicity"] == 0.02
    assert record.scores.whole is not None
    assert record.scores.whole["toxicity"] == 0.97
    assert record.verdict is not None
    assert record.verdict.facts["score.whole.toxicity"] == 0.97


async def test_an_insult_dressed_as_a_quotation_is_the_authors(ports: Ports) -> None:
    comment_id = await accepted(ports, "« affreux », va !")
    record = await ports.store.comments.record(comment_id)
    assert record is not None
    assert record.comment.state is State.REJECTED
    assert isinstance(record.scores, Scores)
    assert record.scores.whole is None


async def test_rules_see_the_language_that_the_text_is_written_in(ports: Ports) -> None:
    told = replace(ports, language_of=lambda text, told: "en" if "Thanks" in text else told)
    for external_id, text, language in (("1", "Thanks a lot", "en"), ("2", "Merci", "fr")):
        comment_id = await accepted(told, text, external_id)
        record = await ports.store.comments.record(comment_id)
        assert record is not None
        assert record.verdict is not None
        assert record.verdict.facts["text.language"] == language


async def test_a_repeated_delivery_and_a_repeated_text_do_nothing(ports: Ports) -> None:
    first = await pipeline.receive(ports, submission(delivery_id="msg_1"))
    again = await pipeline.receive(ports, submission(delivery_id="msg_1", text="another text"))
    same_text = await pipeline.receive(ports, submission(delivery_id="msg_2"))
    assert (first.repeated, again.repeated, same_text.repeated) == (False, True, True)
    assert first.comment_id == again.comment_id == same_text.comment_id
    assert (await ports.store.totals()).by_state == {State.RECEIVED: 1}


async def test_twenty_deliveries_at_once_make_one_comment(ports: Ports) -> None:
    receipts = await asyncio.gather(
        *(pipeline.receive(ports, submission(delivery_id="msg_1")) for _ in range(20))
    )
    assert sum(not receipt.repeated for receipt in receipts) == 1
    assert len({receipt.comment_id for receipt in receipts}) == 1


async def test_moderating_twice_decides_once(ports: Ports) -> None:
    receipt = await pipeline.receive(ports, submission(text="affreux"))
    verdicts = await asyncio.gather(
        *(pipeline.moderate(ports, receipt.comment_id) for _ in range(5))
    )
    assert sum(verdict is not None for verdict in verdicts) == 1
    record = await ports.store.comments.record(receipt.comment_id)
    assert record is not None
    assert len(record.decisions) == 1


async def test_an_edit_is_a_new_version_and_calls_off_what_was_decided(ports: Ports) -> None:
    comment_id = await accepted(ports, "bof")
    stale = await order(ports, comment_id, Outcome.APPROVE)
    assert isinstance(await pipeline.resolve(ports, stale), Resolved)
    assert ("tell_site", "comment.approved") in await waiting_kinds(ports)

    edited = await pipeline.receive(ports, submission(text="affreux"))
    assert (edited.version, edited.state) == (2, State.RECEIVED)
    assert ("tell_site", "comment.approved") not in await waiting_kinds(ports)
    await pipeline.moderate(ports, comment_id)
    comment = await ports.store.comments.get(comment_id)
    assert comment is not None
    assert comment.state is State.REJECTED


async def test_a_decision_on_an_edited_text_is_refused(ports: Ports) -> None:
    comment_id = await accepted(ports, "bof")
    stale = await order(ports, comment_id, Outcome.APPROVE)
    await accepted(ports, "bof bof")
    assert await pipeline.resolve(ports, stale) == Refused(kind=RefusalKind.CHANGED)


async def test_the_second_moderator_hears_who_was_first(ports: Ports) -> None:
    comment_id = await accepted(ports, "bof")
    approve = await order(ports, comment_id, Outcome.APPROVE)
    reject = await order(ports, comment_id, Outcome.REJECT, actor=BEN)
    results = await asyncio.gather(
        pipeline.resolve(ports, approve), pipeline.resolve(ports, reject)
    )
    (first,) = [result for result in results if isinstance(result, Resolved)]
    (second,) = [result for result in results if isinstance(result, Refused)]
    done = first.decision
    assert second == Refused(kind=RefusalKind.TAKEN, by=done.actor, outcome=done.outcome)


async def test_a_colleagues_claim_keeps_others_out_until_it_ends(
    ports: Ports, clock: TestClock
) -> None:
    comment_id = await accepted(ports, "bof")
    case_id = await case_id_of(ports, comment_id)
    await pipeline.claim(ports, case_id, actor=BEN)
    wanted = await order(ports, comment_id, Outcome.APPROVE)
    assert await pipeline.resolve(ports, wanted) == Refused(kind=RefusalKind.CLAIMED, by=BEN)
    clock.forward(seconds=601)
    assert isinstance(await pipeline.resolve(ports, wanted), Resolved)


async def test_a_rejection_needs_a_reason(ports: Ports) -> None:
    comment_id = await accepted(ports, "bof")
    wanted = await order(ports, comment_id, Outcome.REJECT, reason=None)
    assert await pipeline.resolve(ports, wanted) == Refused(kind=RefusalKind.INVALID)


async def test_undo_in_time_leaves_no_trace_outside(ports: Ports) -> None:
    comment_id = await accepted(ports, "bof")
    before = await waiting_kinds(ports)
    await pipeline.resolve(ports, await order(ports, comment_id, Outcome.REJECT))
    undone = await pipeline.undo(ports, await case_id_of(ports, comment_id), actor=ANNA)
    assert isinstance(undone, Undone)
    assert not undone.site_had_been_told
    assert undone.case.is_open
    assert undone.case.comment.state is State.IN_REVIEW
    assert await waiting_kinds(ports) == before
    second = await pipeline.undo(ports, undone.case.id, actor=ANNA)
    assert second == Refused(kind=RefusalKind.UNKNOWN)


async def test_undo_after_the_site_was_told_tells_it_again(ports: Ports, clock: TestClock) -> None:
    comment_id = await accepted(ports, "bof")
    await deliver_all(ports)
    await pipeline.resolve(ports, await order(ports, comment_id, Outcome.REJECT))
    clock.forward(seconds=21)
    assert await deliver_all(ports) == ["comment.rejected", ""]
    undone = await pipeline.undo(ports, await case_id_of(ports, comment_id), actor=ANNA)
    assert isinstance(undone, Undone)
    assert undone.site_had_been_told
    assert ("tell_site", "comment.in_review") in await waiting_kinds(ports)


async def deliver_all(ports: Ports) -> list[str]:
    """Takes what is due, as the outbox would, and says it arrived."""
    done = []
    while items := await ports.store.outbox.take_due(now=ports.now(), limit=50, kinds=ALL):
        now = ports.now()
        await ports.store.outbox.settle([(i, Delivered(), now) for i in items], now=now)
        done += [str(i.effect.payload.get("type", "")) for i in items]
    return sorted(done, reverse=True)


async def test_a_discord_message_is_deleted_only_after_the_grace_period(
    ports: Ports, clock: TestClock
) -> None:
    discord = {"site": "discord:7", "source": Source.DISCORD, "story": Story(id="99")}
    comment_id = await accepted(ports, "bof", "555", **discord)
    await deliver_all(ports)
    await pipeline.resolve(ports, await order(ports, comment_id, Outcome.REJECT))
    await deliver_all(ports)
    left = await ports.store.outbox.waiting()
    assert [item.effect.kind for item in left] == [
        EffectKind.DELETE_MESSAGE,
        EffectKind.NOTIFY_AUTHOR,
    ]
    assert left[0].effect.payload == {"channel_id": "99", "message_id": "555"}
    clock.forward(seconds=21)
    await deliver_all(ports)
    undone = await pipeline.undo(ports, await case_id_of(ports, comment_id), actor=ANNA)
    assert isinstance(undone, Undone)
    assert undone.site_had_been_told
    left = await ports.store.outbox.waiting()
    assert EffectKind.RESTORE_MESSAGE in {item.effect.kind for item in left}


async def test_a_message_that_still_stands_is_not_restored(ports: Ports, clock: TestClock) -> None:
    """Within the grace period nothing was removed; once restored, it is not posted twice."""
    discord = {"site": "discord:7", "source": Source.DISCORD, "story": Story(id="99")}
    comment_id = await accepted(ports, "bof", "555", **discord)
    await deliver_all(ports)
    for outcome in (Outcome.REJECT, Outcome.APPROVE):
        await pipeline.resolve(ports, await order(ports, comment_id, outcome))
        await pipeline.undo(ports, await case_id_of(ports, comment_id), actor=ANNA)
    kinds = {item.effect.kind for item in await ports.store.outbox.waiting()}
    assert kinds == {EffectKind.SHOW_CASE}

    await pipeline.resolve(ports, await order(ports, comment_id, Outcome.REJECT))
    clock.forward(seconds=21)
    await deliver_all(ports)
    await pipeline.undo(ports, await case_id_of(ports, comment_id), actor=ANNA)
    await deliver_all(ports)
    await pipeline.resolve(ports, await order(ports, comment_id, Outcome.APPROVE))
    kinds = {item.effect.kind for item in await ports.store.outbox.waiting()}
    assert EffectKind.RESTORE_MESSAGE not in kinds


async def test_a_withdrawn_comment_leaves_the_queue_and_calls_off_its_callbacks(
    ports: Ports,
) -> None:
    comment_id = await accepted(ports, "bof")
    gone = await pipeline.withdraw(ports, site="site", external_id="1")
    assert gone is not None
    assert gone.state is State.WITHDRAWN
    assert await ports.store.cases.queue() == []
    assert {kind for kind, _ in await waiting_kinds(ports)} == {"show_case"}
    assert (await ports.store.comments.get(comment_id)) == gone
    assert await pipeline.withdraw(ports, site="site", external_id="never seen") is None


async def test_deleting_a_refused_message_keeps_the_refusal_on_record(ports: Ports) -> None:
    await accepted(ports, "affreux")
    gone = await pipeline.withdraw(ports, site="site", external_id="1")
    assert gone is not None
    assert gone.state is State.REJECTED


async def test_a_repeated_deletion_is_answered_as_the_first_time(ports: Ports) -> None:
    await accepted(ports, "affreux", "1")
    await accepted(ports, "bof", "2")
    for external_id in ("1", "2"):
        first, again = [
            await pipeline.withdraw(
                ports, site="site", external_id=external_id, delivery_id=f"gone-{external_id}"
            )
            for _ in range(2)
        ]
        assert first == again
    back = await pipeline.receive(ports, submission("2", "bof"))
    assert (back.version, back.state) == (2, State.RECEIVED)
    await pipeline.withdraw(ports, site="site", external_id="2", delivery_id="gone-2")
    comment = await ports.store.comments.get(back.comment_id)
    assert comment is not None
    assert comment.state is State.RECEIVED


async def test_a_report_opens_a_case_and_the_comment_stays_up(ports: Ports) -> None:
    comment_id = await accepted(ports, "Merci !")
    reported = await pipeline.report(ports, Report(site="site", external_id="1", why="menace"))
    assert reported is not None
    assert (reported.state, reported.reports) == (State.APPROVED, 1)
    record = await ports.store.comments.record(comment_id)
    assert record is not None
    assert record.case is not None
    assert record.case.basis is Basis.REPORT
    assert record.complaints == ("menace",)
    await pipeline.resolve(ports, await order(ports, comment_id, Outcome.REJECT))
    undone = await pipeline.undo(ports, record.case.id, actor=ANNA)
    assert isinstance(undone, Undone)
    assert undone.case.comment.state is State.APPROVED


async def test_reported_comments_come_first(ports: Ports) -> None:
    await accepted(ports, "bof", "1")
    await accepted(ports, "bof, vraiment", "2")
    await pipeline.report(ports, Report(site="site", external_id="2"))
    queue = await ports.store.cases.queue()
    assert [case.comment.external_id for case in queue] == ["2", "1"]


async def test_a_skipped_case_goes_to_the_end_for_that_moderator_only(ports: Ports) -> None:
    first = await accepted(ports, "bof", "1")
    await accepted(ports, "bof, vraiment", "2")
    await ports.store.cases.skip(await case_id_of(ports, first), actor=ANNA, now=ports.now())
    of_anna = [case.comment.external_id for case in await ports.store.cases.queue(viewer=ANNA)]
    of_ben = [case.comment.external_id for case in await ports.store.cases.queue(viewer=BEN)]
    assert (of_anna, of_ben) == (["2", "1"], ["1", "2"])


async def test_the_cap_on_automatic_rejections_holds_to_the_unit(ports: Ports) -> None:
    capped = replace(ports, policy=Policy(max_rejections_per_hour=3, max_rejections_per_day=10))
    ids = [
        (await pipeline.receive(capped, submission(str(n), f"affreux {n}"))).comment_id
        for n in range(20)
    ]
    await asyncio.gather(*(pipeline.moderate(capped, comment_id) for comment_id in ids))
    assert (await ports.store.totals()).by_state == {State.REJECTED: 3, State.IN_REVIEW: 17}
    case = (await ports.store.cases.queue(limit=1))[0]
    assert case.basis is Basis.CAP


async def test_in_degraded_mode_nothing_is_removed_automatically(ports: Ports, scorer) -> None:
    scorer.degraded = True
    comment_id = await accepted(ports, "affreux")
    case = await ports.store.cases.for_comment(comment_id)
    assert case is not None
    assert case.basis is Basis.DEGRADED


def _book(rule: Rule) -> Rulebook:
    return replace(RULEBOOK, rules=(RULEBOOK.rules[0], rule))


async def test_a_rules_own_limit_holds_to_the_unit_and_raises_an_alarm(ports: Ports) -> None:
    limited = replace(RULEBOOK.rules[1], limits=Limits(per_hour=2))
    bound = replace(ports, rulebook=lambda: _book(limited))
    ids = [
        (await pipeline.receive(bound, submission(str(n), f"affreux {n}"))).comment_id
        for n in range(8)
    ]
    await asyncio.gather(*(pipeline.moderate(bound, comment_id) for comment_id in ids))
    assert (await ports.store.totals()).by_state == {State.REJECTED: 2, State.IN_REVIEW: 6}
    (alarm,) = await ports.store.alarms.open()
    assert (alarm.kind, alarm.rule) == (AlarmKind.RULE_CAP, "sure-toxicity")
    held = (await ports.store.cases.queue(limit=1))[0]
    record = await ports.store.comments.record(held.comment.id)
    assert record is not None
    assert record.verdict is not None
    assert (record.verdict.hits[0].idle, record.verdict.basis) == (Idle.LIMIT, Basis.CAP)


async def test_a_surging_rule_removes_nothing_until_its_alarm_is_closed(ports: Ports) -> None:
    sound = ports.store.alarms.sound
    await sound(AlarmKind.RULE_SURGE, rule="sure-toxicity", detail={}, now=ports.now())
    comment_id = await accepted(ports, "affreux", "1")
    comment = await ports.store.comments.get(comment_id)
    assert comment is not None
    assert comment.state is State.IN_REVIEW
    (alarm,) = await ports.store.alarms.open()
    await ports.store.alarms.close(alarm.id, actor=ANNA, now=ports.now())
    comment = await ports.store.comments.get(await accepted(ports, "affreux", "2"))
    assert comment is not None
    assert comment.state is State.REJECTED


async def test_what_a_rule_asks_for_further_is_recorded_and_told(ports: Ports) -> None:
    asked = Further(tags=("doxxing",), notify_author=True, escalate=True)
    bound = replace(ports, rulebook=lambda: _book(replace(RULEBOOK.rules[1], further=asked)))
    comment_id = await accepted(bound, "affreux")
    record = await ports.store.comments.record(comment_id)
    assert record is not None
    assert record.verdict is not None
    assert record.verdict.further == asked
    (item,) = await ports.store.outbox.waiting()
    data = item.effect.payload["data"]
    assert isinstance(data, dict)
    assert (data["tags"], data["notify_author"]) == (["doxxing"], True)


async def test_deletions_before_a_review_count_against_the_cap(ports: Ports) -> None:
    deleting = replace(RULEBOOK.rules[1], outcome=Outcome.REVIEW, further=Further(delete=True))
    policy = Policy(max_rejections_per_hour=1, max_rejections_per_day=10)
    bound = replace(ports, rulebook=lambda: _book(deleting), policy=policy)
    discord = {"site": "discord:7", "source": Source.DISCORD, "story": Story(id="99")}
    for number in ("1", "2"):
        await accepted(bound, "affreux", number, **discord)
    kinds = [item.effect.kind for item in await ports.store.outbox.waiting()]
    assert kinds.count(EffectKind.DELETE_MESSAGE) == 1
    assert [alarm.kind for alarm in await ports.store.alarms.open()] == [AlarmKind.CAP]


async def test_a_rule_that_escalates_hands_the_case_to_the_leads(ports: Ports) -> None:
    asked = Further(escalate=True)
    book = replace(RULEBOOK, rules=(replace(RULEBOOK.rules[0], further=asked), RULEBOOK.rules[1]))
    bound = replace(ports, rulebook=lambda: book)
    comment_id = await accepted(bound, "bof")
    case = await ports.store.cases.for_comment(comment_id)
    assert case is not None
    assert case.escalation is not None
    assert case.escalation.by.kind is ActorKind.RULEBOOK
    kinds = [item.effect.kind for item in await ports.store.outbox.waiting()]
    assert EffectKind.CALL_PEOPLE in kinds
    wanted = await order(ports, comment_id, Outcome.APPROVE)
    refused = await pipeline.resolve(ports, wanted)
    assert isinstance(refused, Refused)
    assert refused.kind is RefusalKind.ESCALATED
