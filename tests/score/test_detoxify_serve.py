"""Exports as the bot meets them: whole, damaged, misled; the real process on real files."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from bot.core.model import ATTRIBUTES, MAX_TEXT_CHARS, Unscored
from bot.score.child import Desk
from bot.score.choose import NoLevelsError, choose
from bot.score.detoxify.civil import take_levels
from bot.score.detoxify.manifest import NETWORK, TOKENIZER, Calibration, read_manifest
from bot.score.detoxify.places import MANIFEST, source_of
from bot.score.detoxify.releases import RELEASES, RefusedError
from bot.score.detoxify.serve import ExportedModel
from bot.score.process import open_scorer
from bot.score.reading import Reading
from tests.score.conftest import scored
from tests.score.made_detoxify import CIVIL, HEADS, LEVELS, RUDE, make


def read(model: ExportedModel, text: str) -> Reading:
    found = model.score(model.form(text), limit_s=30)
    assert isinstance(found, Reading), found
    return found


def probability(logit: float) -> float:
    return 1 / (1 + math.exp(-logit))


@pytest.fixture
def empty_caches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "no-torch"))
    monkeypatch.setenv("HF_HOME", str(tmp_path / "no-hub"))


def test_labels_are_served_and_identity_heads_are_not(tmp_path: Path) -> None:
    make(tmp_path)
    model = ExportedModel(tmp_path, "multilingual")
    values = read(model, "Bonjour connard").values
    assert tuple(values) == ATTRIBUTES
    expected = [probability(RUDE["connard"] - at / 10) for at in range(7)]
    assert list(values.values()) == pytest.approx(expected)
    assert read(model, "merci").values["toxicity"] == pytest.approx(probability(CIVIL))


def test_a_calibration_is_applied_and_makes_another_version(tmp_path: Path) -> None:
    make(tmp_path)
    plain = ExportedModel(tmp_path, "multilingual")
    make(tmp_path, calibration={"toxicity": Calibration(scale=0.5, offset=-1.0)})
    calibrated = ExportedModel(tmp_path, "multilingual")
    before, after = (read(model, "connard").values for model in (plain, calibrated))
    assert after["toxicity"] == pytest.approx(probability(0.5 * RUDE["connard"] - 1))
    assert after["insult"] == before["insult"]
    assert plain.version != calibrated.version


@pytest.mark.parametrize("words", [1, 509, 510, 511, 3000])
def test_every_word_is_read(tmp_path: Path, words: int) -> None:
    """The tokenizer file asks for padding to 64 and truncation to 32; neither happens."""
    make(tmp_path)
    model = ExportedModel(tmp_path, "multilingual")
    text = "bonjour " * (words - 1) + "connard"
    found = read(model, text)
    assert found.values["toxicity"] == pytest.approx(probability(RUDE["connard"]))
    assert (found.windows > 1) == (words > 510)
    if found.worst:
        assert found.worst[1] == len(text)
        assert found.worst[0] > 0


def test_what_repeats_is_run_once(tmp_path: Path) -> None:
    """One endless sentence: seven windows, of which all but the last hold the same."""
    make(tmp_path)
    found = read(ExportedModel(tmp_path, "multilingual"), "bonjour " * 3000)
    assert found.windows == 7
    assert found.tokens == 512 + (3000 - 6 * 446 + 2)


def test_windows_end_where_sentences_end(tmp_path: Path) -> None:
    make(tmp_path)
    sentence = "Bonjour à tous et merci pour cet article très clair. "
    text = sentence * 80 + "Connard. " + sentence * 80
    found = read(ExportedModel(tmp_path, "multilingual"), text)
    assert found.worst is not None
    start, end = found.worst
    assert text[start:end].startswith("Bonjour")
    assert text[start:end].endswith(".")
    assert "Connard" in text[start:end]


def test_levels_are_taken_from_civil_texts_and_change_no_version(tmp_path: Path) -> None:
    folder = make(tmp_path, with_levels=False)
    before = ExportedModel(tmp_path, "multilingual")
    assert before.levels is None
    rude = {5: "ferme ta gueule", 7: "connard"}
    rows = [{"text": rude.get(at, "bonjour"), "lang": "fr", "label": 0} for at in range(1000)]
    rows += [{"text": "connard", "lang": "fr", "label": 1}] * 50
    (tmp_path / "civil.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    take_levels(tmp_path, "multilingual", [tmp_path / "civil.jsonl"])
    levels = read_manifest(folder).levels
    assert levels is not None
    assert set(levels.of("fr")) == set(ATTRIBUTES)
    assert levels.of("de") == levels.of("fr")
    found = levels.of("fr")["toxicity"]
    # two of a thousand may reach `sure`, and there are two; the others are all alike
    assert probability(CIVIL) < found["sure"] <= probability(RUDE["gueule"])
    assert probability(CIVIL) < found["doubtful"] <= found["sure"]
    assert ExportedModel(tmp_path, "multilingual").version == before.version
    with pytest.raises(RefusedError, match="no levels can be taken"):
        take_levels(tmp_path, "multilingual", [folder / MANIFEST])


def test_a_mark_that_a_reader_writes_is_text(tmp_path: Path) -> None:
    make(tmp_path)
    model = ExportedModel(tmp_path, "multilingual")
    assert read(model, "<pad> bonjour").tokens == len(["<", "pad", ">", "bonjour"]) + 2


NASTY = [
    "",
    "😡",
    "?!...",
    "\x00",
    "\ud800",
    "salut \udfff\ud83d!",
    "e" + "\u0301\u0320\u0489" * 500,
    "\u200b" * MAX_TEXT_CHARS,
    "\ufdfa" * MAX_TEXT_CHARS,
    "a" * MAX_TEXT_CHARS,
    "con " * (MAX_TEXT_CHARS // 4),
    "Привет, мир! مرحبا Γειά σου שלום नमस्ते สวัสดี",
    "".join(map(chr, range(0x20, 0x20 + 15_000))),
]


@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
def test_nothing_raises(tmp_path: Path, text: str) -> None:
    make(tmp_path)
    answer = Desk(ExportedModel(tmp_path, "multilingual")).serve(text, limit_s=2.0)
    assert ("scores" in answer) != ("unscored" in answer)
    assert "failed with" not in answer.get("unscored", "")


def test_a_text_of_unknown_signs_is_unscored(tmp_path: Path) -> None:
    make(tmp_path)
    model = ExportedModel(tmp_path, "multilingual")
    assert model.score("Привет мир bonjour", limit_s=5) == Unscored(
        reason="mostly in signs the model does not know"
    )
    assert isinstance(model.score("Привет bonjour", limit_s=5), Reading)


def test_invisible_signs_hide_nothing(tmp_path: Path) -> None:
    make(tmp_path)
    model = ExportedModel(tmp_path, "multilingual")
    assert model.form("c\u200bo\u00adn\ufeffnard\u202e\x07") == "connard"
    assert model.form("un\ndeux\x00trois") == "un deux trois"


def test_the_time_for_a_text_is_bounded(tmp_path: Path) -> None:
    make(tmp_path)
    model = ExportedModel(tmp_path, "multilingual")
    text = " ".join(["bonjour merci tous"[at % 7 :] for at in range(3000)])
    found = model.score(model.form(text), limit_s=0.0)
    assert isinstance(found, Unscored)
    assert found.reason.startswith("not read within 0.0 s: 1 of ")


def _set(**changes: Any) -> Any:
    def change(folder: Path) -> None:
        manifest = json.loads((folder / MANIFEST).read_text())
        (folder / MANIFEST).write_text(json.dumps({**manifest, **changes}))

    return change


def _flip(name: str) -> Any:
    def change(folder: Path) -> None:
        content = bytearray((folder / name).read_bytes())
        content[len(content) // 2] ^= 1
        (folder / name).write_bytes(content)

    return change


FAULTS = [
    (_flip(NETWORK), f"{NETWORK} was changed: sha256:"),
    (_flip(TOKENIZER), f"{TOKENIZER} was changed: sha256:"),
    (lambda folder: (folder / NETWORK).unlink(), f"{NETWORK} is missing"),
    (lambda folder: (folder / MANIFEST).write_text("{"), f"{MANIFEST} is damaged: JSONDecodeError"),
    (_set(format=2), "format 2, this version reads 1"),
    (_set(model="original"), "holds original, not multilingual"),
    (_set(files={}), f"it names no {NETWORK}"),
    (_set(files={NETWORK: "x", TOKENIZER: "y", "../trusted.json": "z"}), "was changed"),
    (_set(levels={"default": {"sure": 2}}), "is damaged: LevelsError"),
    (_set(heads=list(HEADS[:7])), "has 16 heads, 7 are named"),
    (_set(heads=[f"head {at}" for at in range(16)]), "it has no label toxicity"),
]


@pytest.mark.parametrize(("harm", "why"), FAULTS, ids=[why for _, why in FAULTS])
def test_what_is_not_as_it_was_written_is_not_served(tmp_path: Path, harm: Any, why: str) -> None:
    harm(make(tmp_path))
    with pytest.raises(RefusedError) as refused:
        ExportedModel(tmp_path, "multilingual")
    assert why in str(refused.value)


@pytest.mark.parametrize("wanted", ["auto", "detoxify"])
@pytest.mark.usefixtures("empty_caches")
def test_the_embedded_model_takes_the_place_of_a_damaged_one(tmp_path: Path, wanted: Any) -> None:
    _flip(NETWORK)(make(tmp_path))
    chosen = choose(wanted, models=tmp_path)
    assert (chosen.model.name, chosen.degraded) == ("embedded", True)
    assert chosen.why.startswith("the exported detoxify cannot be used: ")
    assert f"{NETWORK} was changed" in chosen.why


@pytest.mark.parametrize(
    ("rude", "why"),
    [
        ({"connard": -9.0, "gueule": -9.0, "ferme": -9.0}, "wrong way round"),
        ({"connard": math.inf}, "the model gave no number"),
    ],
    ids=["ranks the wrong way round", "gives no number"],
)
@pytest.mark.usefixtures("empty_caches")
def test_an_export_that_does_not_work_is_degraded(
    tmp_path: Path, rude: dict[str, float], why: str
) -> None:
    make(tmp_path, rude=rude)
    chosen = choose("auto", models=tmp_path)
    assert (chosen.model.name, chosen.degraded) == ("embedded", True)
    assert chosen.why.startswith("the exported detoxify cannot be used: ")
    assert why in chosen.why


@pytest.mark.usefixtures("empty_caches")
def test_without_detoxify_auto_is_no_lesser_and_detoxify_is(tmp_path: Path) -> None:
    auto, wanted = choose("auto", models=tmp_path), choose("detoxify", models=tmp_path)
    assert (auto.model.name, auto.degraded, auto.why) == ("embedded", False, "")
    assert (wanted.model.name, wanted.degraded) == ("embedded", True)
    assert wanted.why.startswith("detoxify cannot be used: ")


@pytest.mark.usefixtures("empty_caches")
def test_a_damaged_list_of_trust_trusts_nothing_and_stops_nothing(tmp_path: Path) -> None:
    source = source_of(tmp_path, "multilingual")
    source.mkdir(parents=True)
    (source / RELEASES["multilingual"].file).write_bytes(b"never opened")
    (tmp_path / "trusted.json").write_text("{")
    assert choose("auto", models=tmp_path).model.name == "embedded"
    assert choose("detoxify", models=tmp_path).degraded


@pytest.mark.parametrize("wanted", ["auto", "detoxify"])
@pytest.mark.usefixtures("empty_caches")
def test_an_export_without_levels_is_for_the_operator_to_mend(tmp_path: Path, wanted: Any) -> None:
    """Rules name them: another model in its place would be a quiet change of policy."""
    make(tmp_path, with_levels=False)
    with pytest.raises(
        NoLevelsError, match="has no levels: take them with `veilleur models levels"
    ):
        choose(wanted, models=tmp_path)


@pytest.mark.usefixtures("empty_caches")
def test_only_the_wanted_model_is_taken(tmp_path: Path) -> None:
    """The English ones must not come to judge French because they happen to be there."""
    make(tmp_path, model="unbiased")
    assert choose("auto", models=tmp_path).model.name == "embedded"
    assert choose("auto", models=tmp_path, detoxify="unbiased").model.name == "detoxify"


@pytest.mark.parametrize("wanted", ["auto", "detoxify"])
async def test_the_scorer_process_serves_an_export(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wanted: Any
) -> None:
    folder = make(tmp_path / "data" / "models")
    monkeypatch.chdir(tmp_path)
    scorer = await open_scorer(wanted)
    try:
        assert (scorer.status.name, scorer.status.degraded) == ("detoxify", False)
        text = "bonjour à tous " * 400 + "connard " + "bonne journée " * 300
        civil = await scored(scorer.score("bonjour", deadline_s=10))
        rude = await scored(scorer.score(text, deadline_s=10))
    finally:
        await scorer.close()
    assert civil.levels == dict.fromkeys(ATTRIBUTES, LEVELS)
    assert civil.values["toxicity"] < 0.1
    assert rude.values["toxicity"] > 0.9
    assert civil.version == read_manifest(folder).version
    assert rude.worst is not None
    assert "connard" in text[rude.worst.start : rude.worst.end]


async def test_an_export_that_is_damaged_is_told_by_the_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make(tmp_path / "data" / "models")
    _flip(NETWORK)(folder)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    scorer = await open_scorer("auto")
    try:
        scores = await scored(scorer.score("bonjour", deadline_s=10))
    finally:
        await scorer.close()
    assert (scores.scorer, scores.degraded) == ("embedded", True)
    assert "model.int8.onnx was changed" in scorer.status.why
