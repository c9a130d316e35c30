"""Channels that an admin has chosen in Discord.

Revision: 0009, after 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column(
        "watched_channels", sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=True)
    )
