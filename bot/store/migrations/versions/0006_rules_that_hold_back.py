"""What a rule asks for beside its outcome, and why it did nothing.

Revision: 0006, after 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("rule_hits", sa.Column("further", sa.JSON(), nullable=True))
    op.add_column("rule_hits", sa.Column("idle", sa.String(16), nullable=True))
    op.create_index("ix_rule_hits_rule", "rule_hits", ["rule"])
    op.create_index("ix_verdicts_judged_at", "verdicts", ["judged_at"])
    op.create_index("ix_outbox_kind_created_at", "outbox", ["kind", "created_at"])
