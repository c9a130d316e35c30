"""What the demo site knows of its comments. In memory: a restart forgets them, which is enough for
trying things out and for nothing else."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime

_MAX_COMMENTS = 500


@dataclass(slots=True, kw_only=True)
class PostedComment:
    """One comment as the site keeps it; changes when decisions come in."""

    id: str
    owner: str
    """The visitor's cookie."""
    author: str
    text: str
    posted_at: datetime
    state: str = "sending"
    """sending | received | in_review | approved | rejected | failed"""
    reason: dict[str, str] = field(default_factory=dict)
    """Label of the reason and the rule's sentence, by language."""
    because: dict[str, str] = field(default_factory=dict)
    note: str = ""
    decided_by: str = ""


class Comments:
    """All comments under the one article, oldest first."""

    def __init__(self) -> None:
        self._by_id: OrderedDict[str, PostedComment] = OrderedDict()

    def add(self, *, owner: str, author: str, text: str, posted_at: datetime) -> PostedComment:
        comment = PostedComment(
            id=f"demo-{secrets.token_hex(6)}",
            owner=owner,
            author=author,
            text=text,
            posted_at=posted_at,
        )
        self._by_id[comment.id] = comment
        if len(self._by_id) > _MAX_COMMENTS:
            self._by_id.popitem(last=False)
        return comment

    def get(self, comment_id: str) -> PostedComment | None:
        return self._by_id.get(comment_id)

    def seen_by(self, visitor: str) -> list[PostedComment]:
        """Published ones, and the visitor's own in any state."""
        return [
            comment
            for comment in self._by_id.values()
            if comment.state == "approved" or comment.owner == visitor
        ]

    def count_of(self, visitor: str) -> int:
        return sum(comment.owner == visitor for comment in self._by_id.values())

    def decide(self, comment_id: str, data: dict[str, object]) -> bool:
        """Takes a decision over; False for a comment that is not ours."""
        comment = self._by_id.get(comment_id)
        if comment is None:
            return False
        comment.state = str(data.get("state"))
        comment.reason = _words(data.get("reason_label"))
        comment.because = _words(data.get("because"))
        comment.note = str(data.get("note") or "")
        comment.decided_by = str(data.get("decided_by") or "")
        return True


def _words(value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        return {}
    return {language: str(value.get(language, "")) for language in ("fr", "en")}
