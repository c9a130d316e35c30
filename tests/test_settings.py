"""Settings: what is read, what is refused and in which words, and that secrets stay secret."""

from __future__ import annotations

from pathlib import Path

import pytest
from dotenv import dotenv_values

from bot.core.errors import SettingsError
from bot.core.model import Outcome
from bot.settings import (
    VARIABLES,
    Settings,
    demo_settings,
    env_text,
    is_for_demo,
    load_settings,
    new_signing_secret,
)
from bot.settings.env_file import written

EXAMPLE = Path(__file__).parent.parent / ".env.example"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
WRONG = {
    "SITE_SECRET": (
        "hunter2",
        (
            "SITE_SECRET: must be whsec_ and then 24 to 64 random bytes as base64; several with commas "
            "between them, got 7 characters (not shown)\n"
            '  make one with: echo "whsec_$(openssl rand -base64 32)"'
        ),
    ),
    "SITE_API_KEY": (
        "short",
        "SITE_API_KEY: must be at least 16 characters without spaces, got 5 characters (not shown)",
    ),
    "SITE_CALLBACK_URL": (
        "https://user:hunter2@journal.example/",
        (
            "SITE_CALLBACK_URL: must be an http:// or https:// address without user, password or #, "
            "got 37 characters (not shown)"
        ),
    ),
    "ALLOW_PRIVATE_CALLBACKS": (
        "maybe",
        "ALLOW_PRIVATE_CALLBACKS: must be true or false, got 'maybe'",
    ),
    "INTAKE_PER_MINUTE": (
        "0",
        "INTAKE_PER_MINUTE: must be a whole number from 1 to 1000000, got '0'",
    ),
    "DISCORD_TOKEN": (
        "Bot abc.def",
        (
            "DISCORD_TOKEN: must be the token from the Discord developer portal, nothing before or "
            "after it, got 11 characters (not shown)"
        ),
    ),
    "REVIEW_CHANNEL_ID": (
        "#moderation",
        "REVIEW_CHANNEL_ID: must be a Discord id: 15 to 20 digits, got '#moderation'",
    ),
    "WATCHED_CHANNEL_IDS": (
        "123456789012345678,general",
        (
            "WATCHED_CHANNEL_IDS: must be Discord ids (15 to 20 digits) with commas between them, got "
            "'123456789012345678,general'"
        ),
    ),
    "MODERATOR_ROLE_ID": (
        "42",
        "MODERATOR_ROLE_ID: must be a Discord id: 15 to 20 digits, got '42'",
    ),
    "ADMIN_ROLE_ID": ("-1", "ADMIN_ROLE_ID: must be a Discord id: 15 to 20 digits, got '-1'"),
    "LEAD_ROLE_ID": ("12", "LEAD_ROLE_ID: must be a Discord id: 15 to 20 digits, got '12'"),
    "DUTY_ROLE_ID": ("x", "DUTY_ROLE_ID: must be a Discord id: 15 to 20 digits, got 'x'"),
    "QUIET_HOURS": (
        "22-25",
        "QUIET_HOURS: must be two hours from 0 to 23 with a hyphen between them, got '22-25'",
    ),
    "TIMEZONE": (
        "Paris",
        "TIMEZONE: must be a name such as Europe/Paris or America/Montreal, got 'Paris'",
    ),
    "MAX_OPEN_CARDS": ("1e9", "MAX_OPEN_CARDS: must be a whole number from 1 to 200, got '1e9'"),
    "RULES_DIR": (
        "/nowhere/rules",
        (
            "RULES_DIR: must be a folder that exists, got '/nowhere/rules'\n"
            "  create it, or leave RULES_DIR out to use ./rules or the shipped rules"
        ),
    ),
    "SCORER": ("gpt", "SCORER: must be auto, embedded or detoxify, got 'gpt'"),
    "MODELS_DIR": (
        "/nowhere/models",
        (
            "MODELS_DIR: must be a folder that exists, got '/nowhere/models'\n"
            "  create it, or leave MODELS_DIR out to use data/models"
        ),
    ),
    "SCORING_DEADLINE_S": (
        "nan",
        "SCORING_DEADLINE_S: must be a number of seconds from 0.1 to 60, got 'nan'",
    ),
    "DEFAULT_OUTCOME": ("reject", "DEFAULT_OUTCOME: must be approve or review, got 'reject'"),
    "MAX_AUTO_REJECTIONS_PER_HOUR": (
        "many",
        "MAX_AUTO_REJECTIONS_PER_HOUR: must be a whole number from 0 to 1000000, got 'many'",
    ),
    "MAX_AUTO_REJECTIONS_PER_DAY": (
        "59",
        (
            "MAX_AUTO_REJECTIONS_PER_DAY: must be at least MAX_AUTO_REJECTIONS_PER_HOUR (60), got 59\n"
            "  raise the one or lower the other"
        ),
    ),
    "TWO_PERSON_REASONS": (
        "SPAM,MURDER",
        (
            "TWO_PERSON_REASONS: must be reasons with commas between them: OFFENSIVE, ABUSIVE, SPAM, "
            "BANNED_WORD, AD, ILLEGAL_CONTENT, HARASSMENT_BULLYING, MISINFORMATION, HATE_SPEECH, "
            "IRRELEVANT_CONTENT, OTHER, got 'SPAM,MURDER'"
        ),
    ),
    "WAITING_TARGETS_MIN": (
        "30,30,0,480",
        (
            "WAITING_TARGETS_MIN: must be four whole numbers from 1 to 10080 with commas between "
            "them, got '30,30,0,480'"
        ),
    ),
    "BREAK_AFTER_SEVERE": (
        "0",
        "BREAK_AFTER_SEVERE: must be a whole number from 1 to 1000, got '0'",
    ),
    "UNDO_GRACE_S": (
        "inf",
        "UNDO_GRACE_S: must be a number of seconds from 0 to 3600, got 'inf'",
    ),
    "BOT_LANGUAGE": ("de", "BOT_LANGUAGE: must be fr or en, got 'de'"),
    "HTTP_HOST": (
        "http://0.0.0.0",
        "HTTP_HOST: must be an IP address or a host name, got 'http://0.0.0.0'",
    ),
    "HTTP_PORT": ("80800", "HTTP_PORT: must be a whole number from 0 to 65535, got '80800'"),
    "PUBLIC_URL": (
        "moderation.example",
        (
            "PUBLIC_URL: must be an http:// or https:// address without a path, got "
            "'moderation.example'"
        ),
    ),
    "DATABASE_URL": (
        "mysql://root:hunter2@db/x",
        (
            "DATABASE_URL: must be sqlite+aiosqlite:///FILE or postgresql+asyncpg://USER:PASSWORD@HOST/"
            "NAME, got 25 characters (not shown)"
        ),
    ),
    "METRICS_TOKEN": (
        "a b c d e f g h i j",
        (
            "METRICS_TOKEN: must be at least 16 characters without spaces, got 19 characters "
            "(not shown)"
        ),
    ),
    "LOG_FORMAT": ("xml", "LOG_FORMAT: must be console or json, got 'xml'"),
    "LOG_LEVEL": ("loud", "LOG_LEVEL: must be debug, info, warning or error, got 'loud'"),
}


def faults(environ: dict[str, str], env_file: Path | None = None) -> list[str]:
    with pytest.raises(SettingsError) as raised:
        load_settings(env_file, environ)
    return [str(fault) for fault in raised.value.faults]


def test_nothing_set_gives_the_defaults() -> None:
    assert load_settings(None, {}) == Settings()


def test_every_variable_has_a_wrong_value_in_the_table() -> None:
    assert set(WRONG) == set(VARIABLES)


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_value_is_named_with_what_is_allowed(name: str) -> None:
    value, message = WRONG[name]
    assert faults({name: value}) == [message]


def test_all_faults_come_at_once_in_the_order_of_the_variables() -> None:
    told = faults({name: value for name, (value, _) in WRONG.items()})
    expected = [message for _, message in WRONG.values()]
    assert [line.split(":")[0] for line in told] == [line.split(":")[0] for line in expected]


@pytest.mark.parametrize("name", ["SITE_SECRET", "SITE_API_KEY", "DISCORD_TOKEN", "METRICS_TOKEN"])
def test_a_secret_is_never_shown(name: str) -> None:
    """Neither the wrong one in a fault nor the right one in any form of printing."""
    assert "hunter2" not in "".join(faults({name: "hunter2 hunter2"}))
    sound = {"SITE_SECRET": SECRET, "DISCORD_TOKEN": "abc.def.ghi"}.get(name, "k" * 16)
    discord = {"REVIEW_CHANNEL_ID": "1" * 18, "MODERATOR_ROLE_ID": "2" * 18}
    settings = load_settings(None, {name: sound, **discord})
    assert sound not in f"{settings!r} {settings} {settings.model_dump_json()}"


def test_the_databases_password_is_never_shown() -> None:
    url = "postgresql+asyncpg://veilleur:hunter2@db.example/veilleur"
    settings = load_settings(None, {"DATABASE_URL": url})
    assert "hunter2" not in f"{settings!r} {settings}"
    assert settings.database == "postgresql+asyncpg://veilleur:…@db.example/veilleur"
    assert settings.database_url == url


def test_values_become_what_they_mean(tmp_path: Path) -> None:
    other = new_signing_secret()
    settings = load_settings(
        None,
        {
            "SITE_SECRET": f" {other} , {SECRET} ",
            "WATCHED_CHANNEL_IDS": "123456789012345678, 223456789012345678,",
            "DEFAULT_OUTCOME": "REVIEW",
            "PUBLIC_URL": "https://moderation.example/",
            "RULES_DIR": str(tmp_path),
            "UNDO_GRACE_S": "1.5",
            "SITE_API_KEY": "",
        },
    )
    assert settings.signing_secrets == (other, SECRET)
    assert settings.watched_channel_ids == (123456789012345678, 223456789012345678)
    assert settings.default_outcome is Outcome.REVIEW
    assert settings.public_url == "https://moderation.example"
    assert settings.rules_folder == tmp_path
    assert settings.undo_grace_s == 1.5
    assert settings.site_api_key is None


def test_rules_that_came_along_are_used_when_there_is_no_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert list(load_settings(None, {}).rules_folder.glob("*.yaml"))
    (tmp_path / "rules").mkdir()
    assert load_settings(None, {}).rules_folder == Path("rules")


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        pytest.param(
            {"SITE_CALLBACK_URL": "https://journal.example/decisions"},
            [
                (
                    "SITE_SECRET: is not set, but SITE_CALLBACK_URL is\n"
                    '  make one with: echo "whsec_$(openssl rand -base64 32)"'
                )
            ],
            id="callback without a secret to sign it",
        ),
        pytest.param(
            {"SITE_CALLBACK_URL": "http://192.168.1.7/decisions", "SITE_SECRET": SECRET},
            [
                (
                    "SITE_CALLBACK_URL: is inside your own network, which is refused unless you "
                    "allow it\n"
                    "  set ALLOW_PRIVATE_CALLBACKS=true, or use the site's public address"
                )
            ],
            id="callback to a private address",
        ),
        pytest.param(
            {"REVIEW_CHANNEL_ID": "1" * 18, "WATCHED_CHANNEL_IDS": f"{'1' * 18},{'2' * 18}"},
            [
                (
                    "WATCHED_CHANNEL_IDS: holds the review channel 111111111111111111\n"
                    "  cards would be moderated as comments: take it out"
                )
            ],
            id="review channel is watched",
        ),
    ],
)
def test_values_that_do_not_fit_together(environ: dict[str, str], expected: list[str]) -> None:
    assert faults(environ) == expected


def test_a_broken_value_is_not_also_called_missing() -> None:
    environ = {"SITE_SECRET": "whsec_x", "SITE_CALLBACK_URL": "https://journal.example/"}
    assert [line.split(":")[0] for line in faults(environ)] == ["SITE_SECRET"]


# --- the file --------------------------------------------------------------------------------


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text('HTTP_PORT=1234\nBOT_LANGUAGE="en" # why not\nCOMPOSE_PROJECT_NAME=x\n')
    settings = load_settings(env_file, {"HTTP_PORT": "4321", "PATH": "/bin"})
    assert (settings.http_port, settings.language) == (4321, "en")


def test_wrong_lines_of_the_file_are_named(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text("DISCORD_TOCKEN=x\nHTTP_PORT=1\nhttp_prt=2\nHTTP_PORT=2\njust words\n")
    assert faults({}, env_file) == [
        f"{env_file}:1: DISCORD_TOCKEN is no variable of Veilleur\n  did you mean DISCORD_TOKEN?",
        f"{env_file}:3: http_prt is no variable of Veilleur\n  did you mean HTTP_PORT?",
        f"{env_file}:4: HTTP_PORT is set twice\n  keep one of the two lines",
        (
            f"{env_file}:5: this line is not NAME=value\n"
            '  write NAME=value, with "…" around a value that has # or spaces'
        ),
    ]


@pytest.mark.parametrize(
    ("content", "why"),
    [(None, "No such file or directory"), (b"BOT_LANGUAGE=\xe9\n", "it is not UTF-8")],
)
def test_a_file_that_cannot_be_read(tmp_path: Path, content: bytes | None, why: str) -> None:
    env_file = tmp_path / "settings.env"
    if content is not None:
        env_file.write_bytes(content)
    expected = f"{env_file}: cannot be read: {why}\n  name a text file that this user may read"
    assert faults({}, env_file) == [expected]


def test_the_example_is_written_from_the_class() -> None:
    """Mend with: python -c "import bot.settings as s; print(s.env_text(), end='')" >.env.example"""
    assert EXAMPLE.read_text("utf-8") == env_text()


def test_the_example_has_every_variable_in_order_with_its_default() -> None:
    in_file = dotenv_values(EXAMPLE, interpolate=False)
    fields = Settings.model_fields
    assert list(in_file.items()) == [(v, written(fields[n].default)) for v, n in VARIABLES.items()]


def test_the_example_itself_is_a_sound_env_file() -> None:
    assert load_settings(EXAMPLE, {}) == Settings()


# --- the demo --------------------------------------------------------------------------------


def test_the_demo_has_fresh_secrets_and_its_own_database(tmp_path: Path) -> None:
    first, second = (
        demo_settings(
            tmp_path,
            callback_url="http://127.0.0.1:9/x",
            environ={"BOT_LANGUAGE": "en", "LANGUAGE": "de_DE:de"},
        )
        for _ in range(2)
    )
    assert first.signing_secrets != second.signing_secrets
    assert first.database_url == f"sqlite+aiosqlite:///{tmp_path}/veilleur.sqlite3"
    assert (first.http_host, first.http_port) == ("127.0.0.1", 8080)
    assert first.language == "en"
    assert first.discord_token is None


def test_a_demo_is_what_starts_when_nothing_of_ours_is_set() -> None:
    assert is_for_demo({"LANGUAGE": "fr_FR:fr", "HTTP_PORT": "9000", "DISCORD_TOKEN": ""})
    assert not is_for_demo({"SITE_SECRET": SECRET})
