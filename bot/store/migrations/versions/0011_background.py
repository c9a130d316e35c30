"""What rules ask of a comment's surroundings: fingerprints of texts, a story's key words and day.

Comments from before have no fingerprint: they are like no other text.

Revision: 0011, after 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

_BANDS = 4


def upgrade() -> None:
    op.add_column("stories", sa.Column("tags", sa.JSON(), nullable=True))
    op.add_column("stories", sa.Column("published_at", sa.DateTime(timezone=True), nullable=True))
    op.drop_index("ix_comments_author_id_state", "comments")
    for whose in ("author_id", "story_id"):
        columns = [whose, "received_at", "state", "reports"]
        op.create_index(f"ix_comments_{whose}_received_at", "comments", columns)
    op.create_table(
        "fingerprints",
        sa.Column("comment_id", sa.String(32), nullable=False),
        sa.Column("exact", sa.BigInteger(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        *(sa.Column(f"band_{band}", sa.Integer(), nullable=True) for band in range(_BANDS)),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"],
            ["comments.id"],
            name=op.f("fk_fingerprints_comment_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("comment_id", name=op.f("pk_fingerprints")),
    )
    op.create_index("ix_fingerprints_exact_received_at", "fingerprints", ["exact", "received_at"])
    for band in range(_BANDS):
        name = f"ix_fingerprints_band_{band}_received_at"
        op.create_index(name, "fingerprints", [f"band_{band}", "received_at"])
