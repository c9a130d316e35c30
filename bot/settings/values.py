"""Every choice an operator has, as one frozen value."""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from bot.core.decide import Policy
from bot.core.effects import Outlets
from bot.core.model import Outcome
from bot.core.reasons import Reason
from bot.core.waiting import Care, Targets

_SECRET_BYTES = (24, 64)
"""What Standard Webhooks asks of a signing secret."""
_MIN_KEY_CHARS = 16
_DISCORD_ID = "a Discord id: 15 to 20 digits"
_DATABASES = ("sqlite+aiosqlite://", "postgresql+asyncpg://")


def _setting(default: Any, about: str, allowed: str, **limits: Any) -> Any:
    """A field with what `.env.example` and the faults say about it."""
    extra = {
        "allowed": allowed,
        "section": limits.pop("section", ""),
        "variable": limits.pop("variable", ""),
        "secret": limits.pop("secret", False),
    }
    return Field(default, description=about, json_schema_extra=extra, **limits)


def _listed(value: object) -> object:
    if isinstance(value, str):
        return tuple(part for part in (p.strip() for p in value.split(",")) if part)
    return value


def _timezone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (OSError, ValueError, ZoneInfoNotFoundError) as error:
        raise ValueError from error
    return value


def _uppered(value: object) -> object:
    return _listed(value.upper() if isinstance(value, str) else value)


def _lowered(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


def _http_address(value: str) -> str:
    parts = _split(value)
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError
    if parts.username or parts.password or parts.fragment:
        raise ValueError
    return value


def _origin(value: str) -> str:
    parts = _split(_http_address(value))
    if parts is None or parts.path not in ("", "/") or parts.query:
        raise ValueError
    return value.rstrip("/")


def _database(value: str) -> str:
    parts = _split(value)
    if not value.startswith(_DATABASES) or parts is None or not parts.path.strip("/"):
        raise ValueError
    return value


def _token(value: SecretStr) -> SecretStr:
    text = value.get_secret_value()
    if any(c.isspace() for c in text) or not text.isascii():
        raise ValueError
    return value


def _long_token(value: SecretStr) -> SecretStr:
    if len(_token(value).get_secret_value()) < _MIN_KEY_CHARS:
        raise ValueError
    return value


def _signing_secret(value: SecretStr) -> SecretStr:
    kind, _, encoded = value.get_secret_value().partition("_")
    try:
        size = len(base64.b64decode(encoded, validate=True))
    except (binascii.Error, ValueError):
        size = -1
    if kind != "whsec" or not _SECRET_BYTES[0] <= size <= _SECRET_BYTES[1]:
        raise ValueError
    return value


def _split(value: str) -> SplitResult | None:
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        return None
    return parts


_Minutes = Annotated[int, Field(ge=1, le=10080)]
_DiscordId = Annotated[int, Field(ge=10**14, lt=10**20)]
_Token = Annotated[SecretStr, AfterValidator(_token)]
_LongToken = Annotated[SecretStr, AfterValidator(_long_token)]
_Address = Annotated[str, AfterValidator(_http_address)]
_SigningSecret = Annotated[SecretStr, AfterValidator(_signing_secret)]
_WHSEC = "whsec_ and then 24 to 64 random bytes as base64; several with commas between them"


class Settings(BaseSettings):
    """Every choice an operator has. `.env.example` is written from this class, field by field."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    # --- the site ---
    site_secret: Annotated[tuple[_SigningSecret, ...], BeforeValidator(_listed)] = _setting(
        (),
        "Signs what the site sends and what it is sent (Standard Webhooks). While you change it: "
        "the new one, a comma, the old one.",
        _WHSEC,
        section="The site whose comments are moderated",
        secret=True,
    )
    site_api_key: _LongToken | None = _setting(
        None,
        "The key with which the site may ask GET /v1/comments/{id}.",
        "at least 16 characters without spaces",
        secret=True,
    )
    site_callback_url: _Address | None = _setting(
        None,
        "Where decisions are sent. Needs SITE_SECRET.",
        "an http:// or https:// address without user, password or #",
        secret=True,
        repr=False,
    )
    allow_private_callbacks: bool = _setting(
        False,
        "Let SITE_CALLBACK_URL be inside your own network (10.…, 192.168.…, localhost).",
        "true or false",
    )
    intake_per_minute: int = _setting(
        600,
        "Comments the site may send, per minute; more are answered 429.",
        "a whole number from 1 to 1000000",
        ge=1,
        le=1_000_000,
    )

    # --- Discord ---
    discord_token: _Token | None = _setting(
        None,
        "The bot's token. Without it Veilleur runs without Discord.",
        "the token from the Discord developer portal, nothing before or after it",
        section="Discord",
        secret=True,
    )
    review_channel_id: _DiscordId | None = _setting(
        None,
        "The channel where moderators get their cards. Empty: chosen in Discord with /setup, as are "
        "the roles.",
        _DISCORD_ID,
    )
    watched_channel_ids: Annotated[tuple[_DiscordId, ...], BeforeValidator(_listed)] = _setting(
        (),
        "Channels whose messages are moderated, with commas between them.",
        "Discord ids (15 to 20 digits) with commas between them",
    )
    moderator_role_id: _DiscordId | None = _setting(
        None, "The role that may decide. Checked on every press.", _DISCORD_ID
    )
    admin_role_id: _DiscordId | None = _setting(
        None, "The role that may also change how the bot works.", _DISCORD_ID
    )
    lead_role_id: _DiscordId | None = _setting(
        None,
        "The role that decides what was escalated, and is called for it. Admins may, too.",
        _DISCORD_ID,
    )
    duty_role_id: _DiscordId | None = _setting(
        None, "The role that is called once when cases are about to wait too long.", _DISCORD_ID
    )
    quiet_hours: Annotated[str, Field(pattern=r"^([01]?\d|2[0-3])-([01]?\d|2[0-3])$")] | None = (
        _setting(
            None,
            "When nobody is called, in TIMEZONE, e.g. 22-7.",
            "two hours from 0 to 23 with a hyphen between them",
        )
    )
    timezone: Annotated[str, AfterValidator(_timezone)] = _setting(
        "Europe/Paris", "For QUIET_HOURS.", "a name such as Europe/Paris or America/Montreal"
    )
    max_open_cards: int = _setting(
        25,
        "Cards shown at once in the review channel; the rest waits in /queue.",
        "a whole number from 1 to 200",
        ge=1,
        le=200,
    )

    # --- judging ---
    rules_dir: Path = _setting(
        Path("rules"),
        "Folder of the rule files. When there is no such folder, the shipped rules are used.",
        "a folder that exists",
        section="Judging",
    )
    scorer: Annotated[Literal["auto", "embedded", "detoxify"], BeforeValidator(_lowered)] = (
        _setting(
            "auto",
            "auto takes Detoxify when it is installed, else the embedded model.",
            "auto, embedded or detoxify",
        )
    )
    models_dir: Path = _setting(
        Path("data/models"),
        "Folder of exported models and fetched checkpoints; `veilleur models` works in it.",
        "a folder that exists",
    )
    scoring_deadline_s: float = _setting(
        10.0,
        "How long scoring one comment may take before people get it unscored, in seconds.",
        "a number of seconds from 0.1 to 60",
        ge=0.1,
        le=60,
    )
    default_outcome: Annotated[
        Literal[Outcome.APPROVE, Outcome.REVIEW], BeforeValidator(_lowered)
    ] = _setting(
        Outcome.APPROVE, "For a comment that no rule asks anything about.", "approve or review"
    )
    max_auto_rejections_per_hour: int = _setting(
        60,
        "Automatic rejections per hour; further ones go to people. 0: people reject, never rules.",
        "a whole number from 0 to 1000000",
        ge=0,
        le=1_000_000,
    )
    max_auto_rejections_per_day: int = _setting(
        400,
        "The same within 24 hours.",
        "a whole number from 0 to 10000000",
        ge=0,
        le=10_000_000,
    )
    two_person_reasons: Annotated[tuple[Reason, ...], BeforeValidator(_uppered)] = _setting(
        (),
        "Reasons for which a person's rejection takes effect only when a second person agrees, "
        "with commas between them.",
        f"reasons with commas between them: {', '.join(Reason)}",
    )
    waiting_targets_min: Annotated[
        tuple[_Minutes, _Minutes, _Minutes, _Minutes], BeforeValidator(_listed)
    ] = _setting(
        (30, 30, 120, 480),
        "Within how many minutes people should decide: reported, severe, strong, other comments.",
        "four whole numbers from 1 to 10080 with commas between them",
    )
    break_after_severe: int = _setting(
        15,
        "Severe comments one person reads within two hours before a break is suggested to them.",
        "a whole number from 1 to 1000",
        ge=1,
        le=1000,
    )
    undo_grace_s: float = _setting(
        20.0,
        "How long a person's decision waits before it is sent, so that it can be undone, "
        "in seconds.",
        "a number of seconds from 0 to 3600",
        ge=0,
        le=3600,
    )
    language: Annotated[Literal["fr", "en"], BeforeValidator(_lowered)] = _setting(
        "fr",
        "What moderators read, unless their Discord or browser asks for another.",
        "fr or en",
        variable="BOT_LANGUAGE",  # LANGUAGE itself is set on many machines, to something else
    )

    # --- where it runs ---
    http_host: str = _setting(
        "127.0.0.1",
        "Address to listen on; 0.0.0.0 for every network card.",
        "an IP address or a host name",
        section="Where it runs",
        pattern=r"^[0-9A-Za-z.:\-]+$",
    )
    http_port: int = _setting(
        8080,
        "Port to listen on; 0 takes a free one.",
        "a whole number from 0 to 65535",
        ge=0,
        le=65535,
    )
    public_url: Annotated[str, AfterValidator(_origin)] | None = _setting(
        None,
        "Address of the console as people reach it, for links; with https:// its cookies are "
        "sent over TLS only.",
        "an http:// or https:// address without a path",
    )
    database_url: Annotated[str, AfterValidator(_database)] = _setting(
        "sqlite+aiosqlite:///data/veilleur.sqlite3",
        "The database: a file (SQLite), or postgresql+asyncpg://user:password@host/name.",
        "sqlite+aiosqlite:///FILE or postgresql+asyncpg://USER:PASSWORD@HOST/NAME",
        secret=True,
        repr=False,
    )
    metrics_token: _LongToken | None = _setting(
        None,
        "Asked for by /metrics (Authorization: Bearer …); without it only this machine may read them.",
        "at least 16 characters without spaces",
        secret=True,
    )
    log_format: Annotated[Literal["console", "json"], BeforeValidator(_lowered)] = _setting(
        "console", "console for people, json for machines.", "console or json"
    )
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"], BeforeValidator(_lowered)
    ] = _setting("info", "The least that is logged.", "debug, info, warning or error")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - given by pydantic-settings
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - given by pydantic-settings
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - given by pydantic-settings
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - given by pydantic-settings
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what `load_settings` read: no part of the program sees the environment again."""
        return (init_settings,)

    @property
    def signing_secrets(self) -> tuple[str, ...]:
        """In the clear, newest first: the first one signs, all of them verify."""
        return tuple(secret.get_secret_value() for secret in self.site_secret)

    @property
    def database(self) -> str:
        """The database for people to read, without its password."""
        parts = urlsplit(self.database_url)
        if parts.password is None:
            return self.database_url
        return self.database_url.replace(f":{parts.password}@", ":…@", 1)

    @property
    def policy(self) -> Policy:
        """The same for the bot and for the commands beside it."""
        reported, severe, strong, other = self.waiting_targets_min
        return Policy(
            default=self.default_outcome,
            max_rejections_per_hour=self.max_auto_rejections_per_hour,
            max_rejections_per_day=self.max_auto_rejections_per_day,
            two_person_reasons=frozenset(self.two_person_reasons),
            targets=Targets(
                reported_min=reported, severe_min=severe, strong_min=strong, other_min=other
            ),
            care=Care(break_after=self.break_after_severe),
        )

    @property
    def silence(self) -> tuple[int, int] | None:
        """QUIET_HOURS as two hours."""
        if self.quiet_hours is None:
            return None
        begins, _, ends = self.quiet_hours.partition("-")
        return int(begins), int(ends)

    @property
    def outlets(self) -> Outlets:
        """Where effects can go; the same for the bot and for the commands beside it."""
        shows_cases = self.discord_token is not None  # /setup chooses a channel while it runs
        return Outlets(
            tell_site=self.site_callback_url is not None,
            show_cases=shows_cases,
            undo_grace_s=self.undo_grace_s,
        )

    @property
    def rules_folder(self) -> Path:
        """`rules_dir`, or the rules that came with the program when there is no such folder."""
        return self.rules_dir if self.rules_dir.is_dir() else shipped_rules()


def shipped_rules() -> Path:
    """The rules that came with the program: in a wheel beside the code, in a checkout at its top."""
    package = Path(__file__).parent.parent
    in_wheel = package / "shipped_rules"
    return in_wheel if in_wheel.is_dir() else package.parent / "rules"


def new_signing_secret() -> str:
    """Fit for SITE_SECRET."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def described(name: str) -> Mapping[str, Any]:
    """What is known of a field beside its type: `allowed`, `section` (when one begins), `secret`,
    `variable` (when it is not the field's name)."""
    extra = Settings.model_fields[name].json_schema_extra
    return extra if isinstance(extra, dict) else {}


VARIABLES: Mapping[str, str] = {
    described(name)["variable"] or name.upper(): name for name in Settings.model_fields
}
"""Names of the variables, in the order of `.env.example`, with the field each one fills."""


def variable_of(field: str) -> str:
    return str(described(field)["variable"]) or field.upper()
