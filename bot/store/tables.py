"""The tables. Each says how one author's rows are found, so that they can be erased."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.engine import Dialect

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Utc(sa.TypeDecorator[datetime]):
    """Aware UTC in, aware UTC out, whatever the database keeps."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.astimezone(UTC) if value is not None else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=value.tzinfo or UTC) if value is not None else None


def _actor(prefix: str, *, nullable: bool) -> tuple[sa.Column[str], ...]:
    return (
        sa.Column(f"{prefix}_kind", sa.String(16), nullable=nullable),
        sa.Column(f"{prefix}_id", sa.String(200), nullable=nullable),
        sa.Column(f"{prefix}_name", sa.String(200), nullable=nullable),
    )


def _of_comment(*, primary_key: bool = False, unique: bool = False) -> sa.Column[str]:
    return sa.Column(
        "comment_id",
        sa.String(32),
        sa.ForeignKey("comments.id", ondelete="CASCADE"),
        primary_key=primary_key,
        nullable=False,
        unique=unique,
    )


_LONG_AGO = "1970-01-01 00:00:00"
"""For rows from before the column."""

sites = sa.Table(
    "sites",
    metadata,
    # no author
    sa.Column("name", sa.String(64), primary_key=True),
    sa.Column("source", sa.String(16), nullable=False),
    sa.Column("first_seen_at", Utc, nullable=False),
)

stories = sa.Table(
    "stories",
    metadata,
    # no author
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("site", sa.ForeignKey("sites.name"), nullable=False),
    sa.Column("external_id", sa.String(300), nullable=False),
    sa.Column("url", sa.Text),
    sa.Column("title", sa.Text),
    sa.Column("section", sa.Text),
    sa.Column("tags", sa.JSON),
    sa.Column("published_at", Utc),
    sa.Column("first_seen_at", Utc, nullable=False),
    sa.UniqueConstraint("site", "external_id"),
)

authors = sa.Table(
    "authors",
    metadata,
    # an author's row: by (site, external_id)
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("site", sa.ForeignKey("sites.name"), nullable=False),
    sa.Column("external_id", sa.String(300), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("first_seen_at", Utc, nullable=False),
    sa.Column("muted_at", Utc),
    sa.Column("muted_until", Utc),
    sa.Column("trusted_at", Utc),
    sa.UniqueConstraint("site", "external_id"),
)

comments = sa.Table(
    "comments",
    metadata,
    # an author's rows: by author_id; all tables below that hold comment_id go with them
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("site", sa.ForeignKey("sites.name"), nullable=False),
    sa.Column("external_id", sa.String(300), nullable=False),
    sa.Column("source", sa.String(16), nullable=False),
    sa.Column("story_id", sa.ForeignKey("stories.id"), nullable=False),
    sa.Column("author_id", sa.ForeignKey("authors.id"), nullable=False),
    sa.Column("parent_external_id", sa.String(300)),
    sa.Column("parent_author", sa.Text),
    sa.Column("parent_text", sa.Text),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("created_at", Utc),
    sa.Column("received_at", Utc, nullable=False),
    sa.Column("reports", sa.Integer, nullable=False),
    sa.UniqueConstraint("site", "external_id"),
    sa.Index("ix_comments_state_received_at", "state", "received_at"),
    # the next two answer what rules ask of an author and of a story without reading the rows
    sa.Index("ix_comments_author_id_received_at", "author_id", "received_at", "state", "reports"),
    sa.Index("ix_comments_story_id_received_at", "story_id", "received_at", "state", "reports"),
    sa.Index("ix_comments_site_parent_external_id", "site", "parent_external_id"),
)

text_versions = sa.Table(
    "text_versions",
    metadata,
    # an author's rows: by comment_id
    _of_comment(primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("raw_text", sa.Text),
    sa.Column("format", sa.String(16), nullable=False),
    sa.Column("language", sa.String(35)),
    sa.Column("received_at", Utc, nullable=False),
)

fingerprints = sa.Table(
    "fingerprints",
    metadata,
    # an author's rows: by comment_id; of the latest text (bot.core.fingerprint)
    _of_comment(primary_key=True),
    sa.Column("exact", sa.BigInteger, nullable=False),
    sa.Column("signature", sa.LargeBinary, nullable=False),
    *(sa.Column(f"band_{band}", sa.Integer) for band in range(4)),
    sa.Column("received_at", Utc, nullable=False),
    sa.Index("ix_fingerprints_exact_received_at", "exact", "received_at"),
    *(
        sa.Index(f"ix_fingerprints_band_{band}_received_at", f"band_{band}", "received_at")
        for band in range(4)
    ),
)

deliveries = sa.Table(
    "deliveries",
    metadata,
    # an author's rows: by comment_id
    sa.Column("site", sa.ForeignKey("sites.name"), primary_key=True),
    sa.Column("delivery_id", sa.String(300), primary_key=True),
    _of_comment(),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("received_at", Utc, nullable=False),
)

scores = sa.Table(
    "scores",
    metadata,
    # an author's rows: by comment_id
    _of_comment(primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("attributes", sa.JSON),
    sa.Column("whole", sa.JSON),
    sa.Column("scorer", sa.String(64)),
    sa.Column("scorer_version", sa.String(64)),
    sa.Column("worst_start", sa.Integer),
    sa.Column("worst_end", sa.Integer),
    sa.Column("degraded", sa.Boolean, nullable=False),
    sa.Column("unscored", sa.Text),
    sa.Column("scored_at", Utc, nullable=False),
)

verdicts = sa.Table(
    "verdicts",
    metadata,
    # an author's rows: by comment_id
    _of_comment(primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("outcome", sa.String(16), nullable=False),
    sa.Column("basis", sa.String(16), nullable=False),
    sa.Column("reason", sa.String(32)),
    sa.Column("because_fr", sa.Text, nullable=False),
    sa.Column("because_en", sa.Text, nullable=False),
    sa.Column("rulebook", sa.String(64), nullable=False),
    sa.Column("facts", sa.JSON, nullable=False),
    sa.Column("not_applied", sa.JSON, nullable=False),
    sa.Column("pivots", sa.JSON, nullable=False, server_default="[]"),
    sa.Column("judged_at", Utc, nullable=False),
    sa.Index("ix_verdicts_judged_at", "judged_at"),
)

rule_hits = sa.Table(
    "rule_hits",
    metadata,
    # an author's rows: by comment_id
    _of_comment(primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("rule", sa.String(100), primary_key=True),
    sa.Column("stage", sa.String(16), nullable=False),
    sa.Column("outcome", sa.String(16), nullable=False),
    sa.Column("reason", sa.String(32)),
    sa.Column("because_fr", sa.Text, nullable=False),
    sa.Column("because_en", sa.Text, nullable=False),
    sa.Column("read", sa.JSON, nullable=False, server_default="{}"),
    sa.Column("passages", sa.JSON, nullable=False, server_default="[]"),
    sa.Column("further", sa.JSON),  # what it asks for beside its outcome, where it asks at all
    sa.Column("idle", sa.String(16)),
    sa.Index("ix_rule_hits_rule", "rule"),
)

cases = sa.Table(
    "cases",
    metadata,
    # an author's rows: by comment_id; one case a comment, opened again when need be
    sa.Column("id", sa.Integer, primary_key=True),
    _of_comment(unique=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("severity", sa.String(16), nullable=False, server_default="unknown"),
    sa.Column("reach", sa.Float, nullable=False, server_default="1"),
    sa.Column("reported", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("turn_at", Utc, nullable=False, server_default=_LONG_AGO),
    sa.Column("due_at", Utc, nullable=False, server_default=_LONG_AGO),
    sa.Column("basis", sa.String(16), nullable=False),
    sa.Column("because_fr", sa.Text, nullable=False),
    sa.Column("because_en", sa.Text, nullable=False),
    sa.Column("opened_at", Utc, nullable=False),
    sa.Column("closed_at", Utc),
    *_actor("claimed_by", nullable=True),
    sa.Column("claimed_until", Utc),
    sa.Column("revision", sa.Integer, nullable=False, server_default="1"),
    *_actor("escalated_by", nullable=True),
    sa.Column("escalated_at", Utc),
    *_actor("asked_by", nullable=True),
    *_actor("asked_of", nullable=True),  # nobody in particular, when asked_at alone is set
    sa.Column("asked_at", Utc),
    *_actor("proposed_by", nullable=True),
    sa.Column("proposed_reason", sa.String(32)),
    sa.Column("proposed_note", sa.Text),
    sa.Column("proposed_at", Utc),
    sa.Column("fingerprint", sa.BigInteger),  # of the text it was opened on
    sa.Column("alike_of", sa.Integer),  # the case that stands for this one, while that is open
    sa.Index("ix_cases_closed_at_turn_at", "closed_at", "turn_at"),
    sa.Index("ix_cases_alike_of", "alike_of"),
)

seen = sa.Table(
    "seen",
    metadata,
    # a moderator's rows: by actor_id; kept for a day, shown to that moderator only
    sa.Column("case_id", sa.ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("actor_id", sa.String(200), primary_key=True),
    sa.Column("severity", sa.String(16), nullable=False),
    sa.Column("seen_at", Utc, nullable=False),
    sa.Index("ix_seen_actor_id_seen_at", "actor_id", "seen_at"),
)

notes = sa.Table(
    "notes",
    metadata,
    # an author's rows: by comment_id
    sa.Column("id", sa.Integer, primary_key=True),
    _of_comment(),
    *_actor("actor", nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("written_at", Utc, nullable=False),
    sa.Index("ix_notes_comment_id", "comment_id"),
)

skips = sa.Table(
    "skips",
    metadata,
    # a moderator's rows: by actor_id; an author's: by case_id
    sa.Column("case_id", sa.ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("actor_id", sa.String(200), primary_key=True),
    sa.Column("skipped_at", Utc, nullable=False),
)

complaints = sa.Table(
    "complaints",
    metadata,
    # an author's rows: by comment_id
    sa.Column("id", sa.Integer, primary_key=True),
    _of_comment(),
    sa.Column("why", sa.Text),
    sa.Column("received_at", Utc, nullable=False),
    sa.Index("ix_complaints_comment_id", "comment_id"),
)

decisions = sa.Table(
    "decisions",
    metadata,
    # an author's rows: by comment_id
    sa.Column("id", sa.Integer, primary_key=True),
    _of_comment(),
    sa.Column("text_version", sa.Integer, nullable=False),
    sa.Column("outcome", sa.String(16), nullable=False),
    sa.Column("reason", sa.String(32)),
    sa.Column("note", sa.Text),
    *_actor("actor", nullable=False),
    sa.Column("previous_state", sa.String(16), nullable=False),
    sa.Column("decided_at", Utc, nullable=False),
    sa.Column("undone_at", Utc),
    *_actor("undone_by", nullable=True),
    sa.Column("unit", sa.String(32)),  # decisions made, and undone, together
    sa.Index("ix_decisions_comment_id", "comment_id"),
    sa.Index("ix_decisions_unit", "unit"),
    sa.Index("ix_decisions_actor_kind_outcome_decided_at", "actor_kind", "outcome", "decided_at"),
)

outbox = sa.Table(
    "outbox",
    metadata,
    # an author's rows: by comment_id, which is also the subject
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("delivery_id", sa.String(64), nullable=False, unique=True),
    sa.Column("kind", sa.String(32), nullable=False),
    _of_comment(),
    sa.Column("payload", sa.JSON, nullable=False),
    sa.Column("revocable", sa.Boolean, nullable=False),
    sa.Column("decision_id", sa.ForeignKey("decisions.id", ondelete="CASCADE")),
    sa.Column("status", sa.String(16), nullable=False),  # waiting taken delivered dead cancelled
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("created_at", Utc, nullable=False),
    sa.Column("due_at", Utc, nullable=False),
    sa.Column("settled_at", Utc),
    sa.Column("last_error", sa.Text),
    sa.Index("ix_outbox_status_due_at", "status", "due_at"),
    sa.Index("ix_outbox_comment_id_kind", "comment_id", "kind"),
    sa.Index("ix_outbox_kind_created_at", "kind", "created_at"),
)

audit = sa.Table(
    "audit",
    metadata,
    # append-only; an author's rows: by comment_id. Never holds text of comments.
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("at", Utc, nullable=False),
    *_actor("actor", nullable=False),
    sa.Column("action", sa.String(64), nullable=False),
    sa.Column("comment_id", sa.String(32)),
    sa.Column("detail", sa.JSON, nullable=False),
    sa.Index("ix_audit_comment_id", "comment_id"),
)

cards = sa.Table(
    "cards",
    metadata,
    # an author's rows: by case_id
    sa.Column("case_id", sa.ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("channel_id", sa.BigInteger, nullable=False),
    sa.Column("message_id", sa.BigInteger, nullable=False),
    sa.Column("case_version", sa.Integer, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False, server_default="0"),
    sa.Column("shown_open", sa.Boolean, nullable=False),
)

bulletins = sa.Table(
    "bulletins",
    metadata,
    # no author; messages of our own that are neither cards nor calls
    sa.Column("name", sa.String(32), primary_key=True),
    sa.Column("channel_id", sa.BigInteger, nullable=False),
    sa.Column("message_id", sa.BigInteger, nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("posted_at", Utc, nullable=False),
)

watched_channels = sa.Table(
    "watched_channels",
    metadata,
    # no author
    sa.Column("channel_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("guild_id", sa.BigInteger),
    sa.Column("last_message_id", sa.BigInteger),
    sa.Column("watched_since", Utc, nullable=False),
    sa.Column("chosen_at", Utc),  # by an admin in Discord; empty: by the settings
)

choices = sa.Table(
    "choices",
    metadata,
    # no author; channels and roles of Discord that an admin has chosen there
    sa.Column("name", sa.String(64), primary_key=True),
    sa.Column("value", sa.BigInteger, nullable=False),
)

restored_messages = sa.Table(
    "restored_messages",
    metadata,
    # an author's rows: by comment_id
    sa.Column("message_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("channel_id", sa.BigInteger, nullable=False),
    _of_comment(),
    sa.Index("ix_restored_messages_comment_id", "comment_id"),
)

login_links = sa.Table(
    "login_links",
    metadata,
    # a moderator's rows: by actor_id
    sa.Column("token_hash", sa.String(64), primary_key=True),
    *_actor("actor", nullable=False),
    sa.Column("expires_at", Utc, nullable=False),
    sa.Column("used_at", Utc),
)

sessions = sa.Table(
    "sessions",
    metadata,
    # a moderator's rows: by actor_id
    sa.Column("session_hash", sa.String(64), primary_key=True),
    *_actor("actor", nullable=False),
    sa.Column("expires_at", Utc, nullable=False),
)

mode_orders = sa.Table(
    "mode_orders",
    metadata,
    # no author; both empty: everywhere
    sa.Column("site", sa.String(64), primary_key=True),
    sa.Column("story", sa.String(300), primary_key=True),
    sa.Column("mode", sa.String(64), nullable=False),
    sa.Column("until", Utc),
    sa.Column("set_at", Utc, nullable=False),
    *_actor("actor", nullable=False),
)

alarms = sa.Table(
    "alarms",
    metadata,
    # no author
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("rule", sa.String(100), nullable=False),  # empty: all rules together
    sa.Column("raised_at", Utc, nullable=False),
    sa.Column("detail", sa.JSON, nullable=False),
    sa.Column("closed_at", Utc),
    *_actor("closed_by", nullable=True),
    sa.Index("ix_alarms_closed_at_kind", "closed_at", "kind"),
)

rulebook_versions = sa.Table(
    "rulebook_versions",
    metadata,
    # no author; `by` names admins
    sa.Column("version", sa.String(64), primary_key=True),
    sa.Column("rules", sa.Integer, nullable=False),
    sa.Column("files", sa.LargeBinary, nullable=False),  # name -> text, JSON, packed with zlib
    sa.Column("kept_at", Utc, nullable=False),
    sa.Column("kept_by", sa.String(200), nullable=False),
    sa.Column("loaded_at", Utc),  # when it last came into force; never, for one put aside
    sa.Column("loaded_by", sa.String(200)),
    sa.Column("asked_at", Utc),  # a rollback to it is on its way
    sa.Column("asked_by", sa.String(200)),
)

site_heads = sa.Table(
    "site_heads",
    metadata,
    # no author: sums over all decisions; `made_by` names an admin
    sa.Column("version", sa.String(64), primary_key=True),
    sa.Column("base", sa.String(64), nullable=False),
    sa.Column("weights", sa.LargeBinary, nullable=False),  # float32, little-endian
    sa.Column("scale", sa.Float, nullable=False),
    sa.Column("shift", sa.Float, nullable=False),
    sa.Column("figures", sa.JSON, nullable=False),
    sa.Column("made_at", Utc, nullable=False),
    sa.Column("made_by", sa.String(200), nullable=False),
    sa.Column("in_use", sa.Boolean, nullable=False),  # at most one
)
