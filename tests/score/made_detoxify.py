"""An export made by hand: real files for the real onnxruntime and tokenizers, without torch.

Its network has a weight per word and head; the highest in a text counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

from bot.core.model import ATTRIBUTES
from bot.score.detoxify.agreement import Agreement
from bot.score.detoxify.manifest import NETWORK, TOKENIZER, Calibration, Manifest, write_manifest
from bot.score.detoxify.places import folder_of
from bot.score.detoxify.releases import IDENTITIES
from bot.score.detoxify.trust import digest_of_path

HEADS = (*ATTRIBUTES, *IDENTITIES)
CIVIL = -4.0
"""The logit of every word that is not named."""
RUDE: Mapping[str, float] = {"connard": 3.0, "gueule": 2.0}
"""Toxicity's logit; the other heads see less in it."""
LEVELS = {"doubtful": 0.3, "likely": 0.5, "sure": 0.8}
"""Of every attribute and language."""
MARKS = ("<s>", "<pad>", "</s>", "<unk>")
CIVIL_WORDS = (
    *("merci", "pour", "cet", "article", "très", "clair", "et", "bien", "documenté", "ferme", "ta"),
    *("espèce", "de", "bonjour", "à", "tous", "bonne", "journée", ",", ".", "pad", "<", ">"),
)


def make(
    models_folder: Path,
    *,
    model: str = "multilingual",
    rude: Mapping[str, float] = RUDE,
    heads: tuple[str, ...] = HEADS,
    calibration: Mapping[str, Calibration] | None = None,
    with_levels: bool = True,
) -> Path:
    """The folder of the export."""
    served = [head for head in heads if head in ATTRIBUTES]
    levels = {"levels": {"default": dict.fromkeys(served, LEVELS)}}
    folder = folder_of(models_folder, model)
    folder.mkdir(parents=True, exist_ok=True)
    words = [*MARKS, *CIVIL_WORDS, *rude]
    _tokenizer(words).save(str(folder / TOKENIZER))
    onnx.save(_network(words, rude, heads), folder / NETWORK)
    manifest = Manifest(
        model=model,
        source="sha256:" + "0" * 64,
        files={name: digest_of_path(folder / name) for name in (NETWORK, TOKENIZER)},
        heads=heads,
        window_tokens=510,
        agreement=Agreement(
            rows=200,
            toxic_rows=100,
            auc_original=0.95,
            auc_converted=0.949,
            rank_agreement=0.99,
            drift_mean=0.01,
            drift_p99=0.05,
            drift_max=0.1,
        ),
        calibration=calibration,
        exported_on=date(2026, 11, 23),
        made_with={"torch": "2.13.0"},
        card=levels if with_levels else {},
    )
    write_manifest(folder, manifest)
    return folder


def _tokenizer(words: list[str]) -> Tokenizer:
    pieces = {word: at for at, word in enumerate(words)}
    tokenizer = Tokenizer(models.WordLevel(pieces, unk_token="<unk>"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    tokenizer.add_special_tokens(list(MARKS))
    tokenizer.enable_padding(length=64)  # as some files ask for; serving must not
    tokenizer.enable_truncation(32)
    return tokenizer


def _network(
    words: list[str], rude: Mapping[str, float], heads: tuple[str, ...]
) -> onnx.ModelProto:
    table = np.full((len(words), len(heads)), CIVIL, dtype=np.float32)
    table[:4] = 2 * CIVIL
    for word, logit in rude.items():
        table[words.index(word)] = logit - np.arange(len(heads)) / 10
    graph = helper.make_graph(
        [
            helper.make_node("Gather", ["table", "input_ids"], ["weights"]),
            helper.make_node("ReduceMax", ["weights"], ["logits"], axes=[1], keepdims=0),
        ],
        "made-by-hand",
        [helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["rows", "tokens"])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["rows", len(heads)])],
        [numpy_helper.from_array(table, "table")],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
