"""The wheel works by itself: built, installed elsewhere and used from another folder."""

from __future__ import annotations

import json
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MOST_BYTES = 40_000_000


def run(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run(  # noqa: S603 - our own commands
        command, cwd=cwd, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = ("wheel", "--quiet", "--no-deps", "--no-index", "--no-build-isolation")
    run(sys.executable, "-m", "pip", *build, "--wheel-dir", folder, ROOT, cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command of a fresh environment that holds the wheel; its libraries are the tests' own."""
    home = tmp_path_factory.mktemp("installed")
    venv.create(home, with_pip=False)
    python = home / "bin" / "python"
    run(
        *(sys.executable, "-m", "pip", "--python", python, "install", "--quiet"),
        *("--no-deps", "--no-index", wheel),
        cwd=home,
    )
    (packages,) = home.glob("lib/python*/site-packages")
    libraries = packages / "libraries.pth"
    libraries.write_text(sysconfig.get_path("purelib") + "\n")
    where = run(python, "-c", "import bot; print(bot.__file__)", cwd=home)
    assert Path(where.strip()).is_relative_to(packages)
    return home / "bin" / "veilleur"


def test_the_wheel_carries_what_it_needs_and_stays_small(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    for name in (
        "bot/score/embedded_model/model.int8.onnx",
        "bot/score/embedded_model/tokenizer.json",
        "bot/score/embedded_model/card.json",
        "bot/shipped_rules/sure-toxicity.yaml",
        "bot/shipped_rules/README.md",
        "bot/cli/templates/veilleur.service",
        "bot/store/migrations/env.py",
        "bot/store/migrations/versions/0001_first_schema.py",
        "bot/sites/pages/docs.html",
    ):
        assert name in names
    for folder in ("bot/console/templates/", "bot/console/static/", "bot/demo/pages/"):
        assert any(name.startswith(folder) for name in names), folder
    assert not [name for name in names if "__pycache__" in name or name.startswith("tests/")]
    assert wheel.stat().st_size < MOST_BYTES


def test_it_makes_a_working_folder_and_finds_everything_sound(
    installed: Path, tmp_path: Path
) -> None:
    assert "Commands:" in run(installed, "--help", cwd=tmp_path)
    run(installed, "init", "moderation", cwd=tmp_path)
    folder = tmp_path / "moderation"
    assert "all is well" in run(installed, "rules", "check", cwd=folder)
    run(installed, "db", "migrate", cwd=folder)
    assert "0 wrong" in run(installed, "doctor", cwd=folder)


def test_the_shipped_rules_and_the_model_are_found_without_a_folder(
    installed: Path, tmp_path: Path
) -> None:
    assert "bot/shipped_rules" in run(installed, "rules", "check", cwd=tmp_path)
    scored = json.loads(run(installed, "score", "--json", "Merci pour tout.", cwd=tmp_path))
    assert scored["scorer"] == "embedded"
