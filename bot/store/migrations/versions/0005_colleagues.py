"""Notes, escalation, second opinions and proposals on a case; what of it a card shows.

Revision: 0005, after 0004
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from bot.store.tables import Utc

revision = "0005"
down_revision = "0004"


def _actor(prefix: str, *, nullable: bool = True) -> tuple[sa.Column[str], ...]:
    return (
        sa.Column(f"{prefix}_kind", sa.String(16), nullable=nullable),
        sa.Column(f"{prefix}_id", sa.String(200), nullable=nullable),
        sa.Column(f"{prefix}_name", sa.String(200), nullable=nullable),
    )


def upgrade() -> None:
    columns: tuple[sa.Column[Any], ...] = (
        sa.Column("revision", sa.Integer(), nullable=False, server_default="1"),
        *_actor("escalated_by"),
        sa.Column("escalated_at", Utc()),
        *_actor("asked_by"),
        *_actor("asked_of"),
        sa.Column("asked_at", Utc()),
        *_actor("proposed_by"),
        sa.Column("proposed_reason", sa.String(32)),
        sa.Column("proposed_note", sa.Text()),
        sa.Column("proposed_at", Utc()),
    )
    for column in columns:
        op.add_column("cases", column)
    op.add_column("cards", sa.Column("revision", sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "notes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("comment_id", sa.String(32), nullable=False),
        *_actor("actor", nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"],
            ["comments.id"],
            name=op.f("fk_notes_comment_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notes")),
    )
    op.create_index("ix_notes_comment_id", "notes", ["comment_id"])
