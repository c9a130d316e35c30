"""Scores of the whole text, beside those of the author's own words.

Revision: 0003, after 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("scores", sa.Column("whole", sa.JSON(), nullable=True))
