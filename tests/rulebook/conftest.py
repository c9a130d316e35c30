"""A folder to write rule files into, and the real embedded model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from bot.core.model import Scores, Unscored
from bot.rulebook import Score
from bot.score.embedded import EmbeddedModel

WriteRules = Callable[[Mapping[str, str | bytes]], Path]


@pytest.fixture
def rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> WriteRules:
    """Writes files into `rules/` under a fresh working directory, so that paths are short."""
    monkeypatch.chdir(tmp_path)

    def write(files: Mapping[str, str | bytes]) -> Path:
        folder = Path("rules")
        folder.mkdir(exist_ok=True)
        for name, content in files.items():
            data = content if isinstance(content, bytes) else content.encode()
            (folder / name).write_bytes(data)
        return folder

    return write


@pytest.fixture(scope="session")
def model() -> EmbeddedModel:
    return EmbeddedModel()


@pytest.fixture(scope="session")
def score(model: EmbeddedModel) -> Score:
    """The embedded model without the process around it."""

    async def score(text: str) -> Scores | Unscored:
        reading = model.score(model.form(text), limit_s=10)
        if isinstance(reading, Unscored):
            return reading
        assert model.levels is not None
        return Scores(
            values=reading.values,
            scorer=model.name,
            version=model.version,
            levels=model.levels.of("fr"),
        )

    return score
