"""When each case's turn comes and when it is due; who saw severe ones; the panel's message.

Revision: 0012, after 0011
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from bot.store.tables import Utc

revision = "0012"
down_revision = "0011"

_LONG_AGO = "1970-01-01 00:00:00"


def upgrade() -> None:
    columns: tuple[sa.Column[Any], ...] = (
        sa.Column("severity", sa.String(16), nullable=False, server_default="unknown"),
        sa.Column("reach", sa.Float(), nullable=False, server_default="1"),
        sa.Column("reported", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("turn_at", Utc(), nullable=False, server_default=_LONG_AGO),
        sa.Column("due_at", Utc(), nullable=False, server_default=_LONG_AGO),
    )
    for column in columns:
        op.add_column("cases", column)
    op.execute("UPDATE cases SET turn_at = opened_at, due_at = opened_at")
    op.drop_index("ix_cases_closed_at_priority", "cases")
    op.drop_column("cases", "priority")
    op.create_index("ix_cases_closed_at_turn_at", "cases", ["closed_at", "turn_at"])
    op.create_index(
        "ix_comments_site_parent_external_id", "comments", ["site", "parent_external_id"]
    )
    op.create_table(
        "seen",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("actor_id", sa.String(200), nullable=False),
        sa.Column("severity", sa.String(16), nullable=False),
        sa.Column("seen_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_seen_case_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("case_id", "actor_id", name=op.f("pk_seen")),
    )
    op.create_index("ix_seen_actor_id_seen_at", "seen", ["actor_id", "seen_at"])
    op.create_table(
        "bulletins",
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("posted_at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_bulletins")),
    )
