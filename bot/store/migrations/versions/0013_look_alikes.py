"""Cases that say nearly the same stand behind one; decisions that were made together.

Revision: 0013, after 0012
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.add_column("cases", sa.Column("fingerprint", sa.BigInteger()))
    op.add_column("cases", sa.Column("alike_of", sa.Integer()))
    op.create_index("ix_cases_alike_of", "cases", ["alike_of"])
    op.add_column("decisions", sa.Column("unit", sa.String(32)))
    op.create_index("ix_decisions_unit", "decisions", ["unit"])
