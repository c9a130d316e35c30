"""`init`, `doctor`, `score`, `rules`: from an empty folder to a sound installation."""

from __future__ import annotations

import json
import stat
from pathlib import Path

from bot.settings import load_settings
from tests.cli.conftest import CommandLine


def test_init_writes_a_folder_that_doctor_finds_sound(veilleur: CommandLine) -> None:
    done = veilleur("init", "moderation")
    assert done.returncode == 0, done
    folder = veilleur.folder / "moderation"
    assert stat.S_IMODE((folder / ".env").stat().st_mode) == 0o600
    settings = load_settings(folder / ".env", {})
    assert settings.site_api_key is not None
    assert settings.signing_secrets[0] not in done.stdout
    assert (folder / "rules" / "sure-toxicity.yaml").is_file()
    unit = (folder / "veilleur.service").read_text("utf-8")
    assert f"WorkingDirectory={folder}\n" in unit
    assert "-m bot run" in unit
    assert "$" not in unit

    checked = CommandLine(folder)("doctor")
    assert checked.returncode == 0, checked
    assert "✓ settings  sound, from .env" in checked.stdout
    assert "✗" not in checked.stdout


def test_init_never_overwrites(veilleur: CommandLine) -> None:
    (veilleur.folder / ".env").write_text("HTTP_PORT=1\n")
    done = veilleur("init", ".")
    assert done.returncode == 2
    assert f"{veilleur.folder}/.env: exists already" in done.stderr
    assert [path.name for path in veilleur.folder.iterdir()] == [".env"]


def test_doctor_in_an_empty_folder_changes_nothing(veilleur: CommandLine) -> None:
    done = veilleur("doctor")
    assert done.returncode == 0, done
    for about in ("settings", "database", "model", "rules", "bot", "discord", "callback", "clock"):
        assert f"✓ {about} " in done.stdout
    assert "! settings  neither SITE_SECRET nor DISCORD_TOKEN is set" in done.stdout
    assert list(veilleur.folder.iterdir()) == []


def test_doctor_names_what_is_wrong(veilleur: CommandLine) -> None:
    (veilleur.folder / "rules").mkdir()
    (veilleur.folder / "rules" / "broken.yaml").write_text("title: x\nwhen: score.toxcity > 2\n")
    (veilleur.folder / "data.sqlite3").write_text("no database " * 100)
    env = veilleur.folder / ".env"
    env.write_text(
        "SITE_SECRET=whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n"
        "DATABASE_URL=sqlite+aiosqlite:///data.sqlite3\n"
        "SITE_CALLBACK_URL=http://127.0.0.1:9/\nALLOW_PRIVATE_CALLBACKS=true\n"
    )
    env.chmod(0o644)
    done = veilleur("doctor")
    assert done.returncode == 1, done
    assert "! settings  .env holds secrets, and others on this machine can read it" in done.stdout
    assert "✗ database  DATABASE_URL: cannot open" in done.stdout
    assert "✗ rules     rules/broken.yaml:2:" in done.stdout
    assert "✗ callback  127.0.0.1: " in done.stdout
    assert "✓ model" in done.stdout


def test_doctor_goes_on_after_wrong_settings(veilleur: CommandLine) -> None:
    done = veilleur("doctor", HTTP_PORT="high")
    assert done.returncode == 2
    assert "✗ settings  HTTP_PORT: must be a whole number" in done.stdout
    assert "✓ model" in done.stdout


def test_a_civil_text_and_an_insult_are_scored(veilleur: CommandLine) -> None:
    toxicity = [
        json.loads(veilleur("score", "--json", "-", stdin=text).stdout)["scores"]["toxicity"]
        for text in ("Merci pour cet article.", "Ferme ta gueule, espèce de connard.")
    ]
    assert toxicity[0] < 0.2
    assert toxicity[1] > 0.8


def test_scores_are_drawn_as_bars(veilleur: CommandLine) -> None:
    done = veilleur("score", "Merci pour cet article.")
    assert done.returncode == 0
    assert "toxicity         0.0" in done.stdout
    assert "by embedded, version " in done.stdout


def test_the_shipped_rules_are_sound_and_keep_their_promises(veilleur: CommandLine) -> None:
    checked, proved = veilleur("rules", "check"), veilleur("rules", "test")
    assert (checked.returncode, "all is well" in checked.stdout) == (0, True), checked
    assert (proved.returncode, "examples came out as promised" in proved.stdout) == (0, True)


def test_every_fault_of_the_rules_is_told_with_its_place(veilleur: CommandLine) -> None:
    rules = veilleur.folder / "mine"
    rules.mkdir()
    (rules / "a.yaml").write_text("title: [\n")
    (rules / "b.yaml").write_text("title: B\nstage: alive\n")
    for command in ("check", "test"):
        done = veilleur("rules", command, "mine")
        assert done.returncode == 1
        assert "mine/a.yaml:" in done.stderr
        assert "mine/b.yaml:2:8: " in done.stderr


def test_an_example_that_does_not_hold_is_told(veilleur: CommandLine) -> None:
    rules = veilleur.folder / "mine"
    rules.mkdir()
    (rules / "links.yaml").write_text(
        "title: Links\nstage: live\nwhen: text.links > 0\nthen: review\n"
        "because: {fr: Un lien., en: A link.}\n"
        "examples:\n  match: [Merci]\n  pass: [Voir https://example.org]\n"
    )
    done = veilleur("rules", "test", "mine")
    assert done.returncode == 1
    assert "links: must match, but the rule did not fire: Merci" in done.stderr
    assert "links: must pass, but the rule fired: Voir" in done.stderr
    assert "0 of 2 examples" in done.stdout


def test_settings_of_another_folder_can_be_named(veilleur: CommandLine, tmp_path: Path) -> None:
    veilleur("init", "one")
    (tmp_path / "one" / "rules" / "extra.yaml").write_text("title: x\n")
    done = veilleur("--env-file", "one/.env", "rules", "check", "one/rules")
    assert done.returncode == 1
    assert "one/rules/extra.yaml" in done.stderr
