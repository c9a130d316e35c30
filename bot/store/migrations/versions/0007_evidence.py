"""What a verdict rests on: per rule the facts it read and the passages, and the counterfactual.

Revision: 0007, after 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("verdicts", sa.Column("pivots", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("rule_hits", sa.Column("read", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column(
        "rule_hits", sa.Column("passages", sa.JSON(), nullable=False, server_default="[]")
    )
