"""What a site sends: the body of `POST /v1/comments`, checked and turned into core values.

Fields that are not named here are ignored and dropped, personal data (e-mail, IP address) first.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    TypeAdapter,
    WithJsonSchema,
)

from bot.core.model import (
    MAX_TEXT_CHARS,
    Author,
    Parent,
    Report,
    Source,
    Story,
    Submission,
    TextFormat,
)
from bot.sites.problems import FieldFault, ProblemError, Trouble
from bot.sites.text import is_blank, mended, one_line, to_plain

SITE = Source.SITE.value
"""The door's name in `Submission.site`."""
MAX_BODY_BYTES = 256 * 1024
MAX_WHY_CHARS = 2_000


def _if_text(change: Callable[[str], str]) -> BeforeValidator:
    return BeforeValidator(lambda value: change(value) if isinstance(value, str) else value)


def _identifier(value: object) -> object:
    """Many systems number their comments: 42 is taken as "42"."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if abs(value) < 10**30 else value
    return one_line(value) if isinstance(value, str) else value


def _iso_only(value: object) -> object:
    if isinstance(value, str) and not value.replace(".", "").lstrip("-").isdigit():
        return value
    raise ValueError("not an ISO 8601 date and time")


def _in_utc(value: datetime) -> datetime:
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise ValueError("out of range") from None


Identifier = Annotated[
    str,
    BeforeValidator(_identifier),
    StringConstraints(min_length=1, max_length=200),
    WithJsonSchema(
        {"anyOf": [{"type": "string", "minLength": 1, "maxLength": 200}, {"type": "integer"}]}
    ),
]
Line = Annotated[str, _if_text(one_line), StringConstraints(max_length=500)]
Text = Annotated[str, _if_text(mended), StringConstraints(max_length=MAX_TEXT_CHARS)]
WebAddress = Annotated[
    str,
    _if_text(one_line),
    StringConstraints(max_length=2_000, pattern=r"^[Hh][Tt][Tt][Pp][Ss]?://[^\s/?#]+"),
]
LanguageTag = Annotated[
    str,
    _if_text(lambda tag: tag.strip().replace("_", "-")),
    StringConstraints(max_length=35, pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$"),
]
Moment = Annotated[AwareDatetime, BeforeValidator(_iso_only), AfterValidator(_in_utc)]


class _Sent(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class SentAuthor(_Sent):
    """Who wrote it. Anything else you send about them (e-mail, address) is dropped unread."""

    id: Identifier = Field(description="Your own id for this reader, stable over time")
    name: Line | None = Field(default=None, description="The name other readers see")


class SentStory(_Sent):
    """The article the comment stands under."""

    id: Identifier
    url: WebAddress | None = Field(default=None, description="http or https")
    title: Line | None = None
    section: Line | None = None
    tags: list[Line] = Field(
        default_factory=list, max_length=50, description="Key words, for your rules"
    )
    published_at: Moment | None = Field(default=None, description="With a time zone")


class SentParent(_Sent):
    """The comment that is answered, when it is an answer."""

    id: Identifier
    author: Line | None = Field(default=None, description="The name other readers see")
    text: Text | None = Field(default=None, description="In the same format as the comment")


class SentComment(_Sent):
    """One version of a comment's text."""

    id: Identifier = Field(description="Your own id for this comment, stable over edits")
    text: Text = Field(min_length=1, description="As the reader wrote it; not blank")
    format: TextFormat = TextFormat.PLAIN
    author: SentAuthor
    story: SentStory
    parent: SentParent | None = None
    created_at: Moment | None = Field(default=None, description="With a time zone")
    language: LanguageTag | None = Field(default=None, description="BCP 47, for example fr")


class SentDeletion(_Sent):
    """Which comment is gone."""

    id: Identifier


class SentReport(_Sent):
    """Which comment a reader complains about, and why."""

    id: Identifier
    why: Annotated[str, _if_text(mended), StringConstraints(max_length=MAX_WHY_CHARS)] | None = (
        Field(default=None, description="The complaint in the reader's words")
    )


_TIMESTAMP = Field(default=None, description="When it happened, with a time zone")


class CommentCreated(_Sent):
    """A reader posted a comment."""

    type: Literal["comment.created"]
    timestamp: Moment | None = _TIMESTAMP
    data: SentComment


class CommentEdited(_Sent):
    """A reader changed a comment: a new version, judged anew."""

    type: Literal["comment.edited"]
    timestamp: Moment | None = _TIMESTAMP
    data: SentComment


class CommentDeleted(_Sent):
    """A comment is gone at your side: its open case is withdrawn."""

    type: Literal["comment.deleted"]
    timestamp: Moment | None = _TIMESTAMP
    data: SentDeletion


class CommentReported(_Sent):
    """A reader complains about a comment: people look at it."""

    type: Literal["comment.reported"]
    timestamp: Moment | None = _TIMESTAMP
    data: SentReport


SentEvent = CommentCreated | CommentEdited | CommentDeleted | CommentReported
EVENT: TypeAdapter[SentEvent] = TypeAdapter(
    Annotated[SentEvent, Field(discriminator="type")],
    config=ConfigDict(hide_input_in_errors=True),
)


def submission(data: SentComment, *, delivery_id: str) -> Submission:
    """The core value of a created or edited comment; raises a problem for a blank text."""
    text = to_plain(data.text, data.format)
    _refuse_unless_readable(text)
    parent = data.parent
    return Submission(
        site=SITE,
        source=Source.SITE,
        external_id=data.id,
        text=text,
        raw_text=None if data.format is TextFormat.PLAIN else data.text,
        format=data.format,
        author=Author(id=data.author.id, name=data.author.name or data.author.id),
        story=Story(
            id=data.story.id,
            url=data.story.url,
            title=data.story.title or None,
            section=data.story.section or None,
            tags=tuple(dict.fromkeys(tag for tag in data.story.tags if tag)),
            published_at=data.story.published_at,
        ),
        parent=Parent(
            id=parent.id,
            author=parent.author or None,
            text=to_plain(parent.text, data.format)[:MAX_TEXT_CHARS] if parent.text else None,
        )
        if parent
        else None,
        created_at=data.created_at,
        language=data.language,
        delivery_id=delivery_id,
    )


def complaint(data: SentReport, *, delivery_id: str) -> Report:
    return Report(site=SITE, external_id=data.id, why=data.why or None, delivery_id=delivery_id)


def _refuse_unless_readable(text: str) -> None:
    expected, found = f"at most {MAX_TEXT_CHARS:,} characters as plain text", f"{len(text):,}"
    if is_blank(text):
        expected, found = "a text that can be read", "a blank one"
    elif len(text) <= MAX_TEXT_CHARS:
        return
    fault = FieldFault(path="data.text", expected=expected, found=found)
    raise ProblemError(Trouble.WRONG_SHAPE, faults=[fault])


# --- what was expected, said kindly ----------------------------------------------------------

_KINDS: tuple[tuple[type, str], ...] = (
    (bool, "true or false"),
    (str, "a string"),
    (int, "a number"),
    (float, "a number"),
    (list, "a list"),
    (dict, "an object"),
)


def field_fault(location: tuple[int | str, ...], error: dict[str, Any]) -> FieldFault:
    """One pydantic error in our words. Values are described, never repeated."""
    path = ".".join(str(part) for part in location if not _is_tag(part)) or "$"
    kind = str(error["type"])
    context = error.get("ctx") or {}
    if kind.startswith("union_tag"):
        expected = "comment.created, comment.edited, comment.deleted or comment.reported"
        missing = kind == "union_tag_not_found"
        return FieldFault(path="type", expected=expected, found="nothing" if missing else "other")
    if kind == "missing":
        return FieldFault(path=path, expected="a value", found="nothing")
    return FieldFault(path=path, expected=_expected(path, kind, context), found=_found(error))


def _is_tag(part: int | str) -> bool:
    return isinstance(part, str) and part.startswith("comment.")


def _expected(path: str, kind: str, context: dict[str, Any]) -> str:
    leaf = path.rsplit(".", 1)[-1]
    by_field = {
        "timestamp": "an ISO 8601 date and time with time zone",
        "published_at": "an ISO 8601 date and time with time zone",
        "created_at": "an ISO 8601 date and time with time zone",
        "language": "a language tag such as fr or fr-CA",
        "format": "plain, html or markdown",
        "url": "an http or https address of at most 2,000 characters",
    }
    if leaf in by_field:
        return by_field[leaf]
    if kind in {"string_too_long", "too_long"}:
        return f"at most {context['max_length']:,} characters"
    if kind in {"string_too_short", "too_short"}:
        return "at least one character"
    return "a string" if kind.startswith("string") else "an object"


def _found(error: dict[str, Any]) -> str:
    value = error.get("input")
    if value is None:
        return "null"
    if isinstance(value, str):
        return f"a string of {len(value):,} characters"
    return next((words for kind, words in _KINDS if isinstance(value, kind)), "something else")
