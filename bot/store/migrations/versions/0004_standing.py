"""Flags on authors, modes in force, alarms.

Revision: 0004, after 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    for name in ("muted_at", "muted_until", "trusted_at"):
        op.add_column("authors", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "mode_orders",
        sa.Column("site", sa.String(64), nullable=False),
        sa.Column("story", sa.String(300), nullable=False),
        sa.Column("mode", sa.String(64), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_kind", sa.String(16), nullable=False),
        sa.Column("actor_id", sa.String(200), nullable=False),
        sa.Column("actor_name", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("site", "story", name="pk_mode_orders"),
    )
    op.create_table(
        "alarms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("rule", sa.String(100), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by_kind", sa.String(16), nullable=True),
        sa.Column("closed_by_id", sa.String(200), nullable=True),
        sa.Column("closed_by_name", sa.String(200), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_alarms"),
    )
    op.create_index("ix_alarms_closed_at_kind", "alarms", ["closed_at", "kind"])
