"""Who is next: the order of the queue, without any process."""

from __future__ import annotations

from bot.score.requests import Request, Waiting


def taken(waiting: Waiting, *, texts: int = 10, chars: int = 1_000) -> list[str]:
    return [request.text for request in waiting.take(texts=texts, chars=chars)]


async def fell_with(waiting: Waiting, text: str, *, deadline: float) -> Request:
    """A text that was there when the process went down, back in the queue."""
    request = waiting.add(text, deadline=deadline)
    waiting.drop(request)
    waiting.put_back([request])
    return request


async def test_who_must_answer_soonest_goes_first_then_who_came_first(waiting: Waiting) -> None:
    for text, deadline in [("bulk", 9.0), ("later bulk", 9.0), ("hurried", 0.2), ("soon", 5.0)]:
        waiting.add(text, deadline=deadline)
    assert taken(waiting, texts=3) == ["hurried", "soon", "bulk"]
    assert len(waiting) == 1


async def test_a_chunk_is_bounded_in_characters_but_never_empty(waiting: Waiting) -> None:
    for n in range(3):
        waiting.add("x" * 600, deadline=float(n))
    assert [len(text) for text in taken(waiting)] == [600]
    assert [len(text) for text in taken(waiting, chars=10)] == [600]
    assert len(waiting) == 1


async def test_a_suspect_goes_alone_wherever_it_stands(waiting: Waiting) -> None:
    await fell_with(waiting, "first suspect", deadline=1.0)
    waiting.add("innocent", deadline=2.0)
    await fell_with(waiting, "second suspect", deadline=3.0)
    waiting.add("late innocent", deadline=4.0)
    assert taken(waiting) == ["first suspect"]
    assert taken(waiting) == ["innocent"]
    assert taken(waiting) == ["second suspect"]
    assert taken(waiting) == ["late innocent"]


async def test_a_suspect_nobody_waits_for_is_not_tried_again(waiting: Waiting) -> None:
    request = waiting.add("abandoned", deadline=1.0)
    waiting.drop(request)
    request.answer.cancel()
    waiting.put_back([request])
    assert taken(waiting) == []
