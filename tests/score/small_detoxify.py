"""A small checkpoint in exactly Detoxify's format: its config, its state_dict, its networks.

Trained for seconds on the project's own French comments, so that it ranks, with real spread.
Needs torch: `make test-detoxify`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import transformers
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

from bot.score.detoxify.releases import IDENTITIES, RELEASES

LABELS = (
    "toxicity",
    "severe_toxicity",
    "obscene",
    "identity_attack",
    "insult",
    "threat",
    "sexual_explicit",
)
ORIGINAL_LABELS = ("toxic", "severe_toxic", "obscene", "threat", "insult", "identity_hate")
"""As the config of the first models names them."""
WIDTH = 64
COMMENTS = Path(__file__).parent.parent / "data" / "french_comments"
PAIR = (
    ("Merci pour cet article, très clair et bien documenté.", False),
    ("Ferme ta gueule, espèce de connard.", True),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Small:
    checkpoint: Path
    base: Path
    """The base network's folder as the hub gives it: config and tokenizer."""

    @property
    def digest(self) -> str:
        return "sha256:" + hashlib.sha256(self.checkpoint.read_bytes()).hexdigest()


def comments() -> list[tuple[str, bool]]:
    """Texts of two slices, and whether they are toxic."""
    rows = [
        json.loads(line)
        for name in ("direct", "heated-civil")
        for line in (COMMENTS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    return [(row["text"], bool(row["labels"]["toxicity"])) for row in rows]


def build(
    folder: Path, *, model: str = "multilingual", steps: int = 0, spread: float = 0.02
) -> Small:
    """`steps` of training; without, random weights with `spread`."""
    torch.manual_seed(5)
    torch.set_num_threads(1)
    release = RELEASES[model]
    base, checkpoint = folder / "base", folder / release.file
    base.mkdir(parents=True)
    rows = comments()
    tokenizer = _tokenizer(base, release.base.tokenizer, [text for text, _ in rows])
    labels = ORIGINAL_LABELS if model.startswith("original") else LABELS
    heads = len(labels) if labels is ORIGINAL_LABELS else len(labels) + len(IDENTITIES)
    shape = {
        "vocab_size": len(tokenizer),
        "hidden_size": WIDTH,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "intermediate_size": 2 * WIDTH,
        "initializer_range": spread,
    }
    if "embedding_size" in release.base.config:
        shape["embedding_size"] = 32
    network_class = getattr(transformers, release.base.network)
    config = network_class.config_class(**{**release.base.config, **shape})
    config.save_pretrained(base)
    config.num_labels = heads
    network = network_class(config)
    if steps:
        _train(network, tokenizer, [*rows, *PAIR * 10], steps=steps)
    state = network.eval().state_dict()
    if model == "multilingual":
        # as checkpoints of that time have it; today's class keeps it out
        state["roberta.embeddings.position_ids"] = torch.arange(514).expand(1, -1)
    torch.save({"config": _config(release.name, heads, labels), "state_dict": state}, checkpoint)
    return Small(checkpoint=checkpoint, base=base)


def rewrite(small: Small, to: Path, change: Any) -> Small:
    """The same checkpoint after `change(content)`."""
    content = torch.load(small.checkpoint, weights_only=False)
    change(content)
    torch.save(content, to)
    return Small(checkpoint=to, base=small.base)


def _config(model: str, heads: int, labels: Sequence[str]) -> dict[str, Any]:
    base = RELEASES[model].base
    identities = {} if heads == len(labels) else {"identity_classes": list(IDENTITIES)}
    return {
        "name": "Small",
        "loss": "binary_cross_entropy",
        "arch": {
            "type": "Small",
            "args": {
                "num_classes": heads,
                "model_type": base.name,
                "model_name": base.network,
                "tokenizer_name": base.tokenizer,
            },
        },
        "dataset": {"args": {"classes": list(labels), **identities, "loss_weight": 0.75}},
        "optimizer": {"type": "Adam", "args": {"lr": 3e-05}},
    }


def _tokenizer(base: Path, name: str, texts: Sequence[str]) -> Any:
    """tokenizer.json as the hub has it for each kind of base network."""
    make = {
        "XLMRobertaTokenizer": _unigram,
        "RobertaTokenizer": _bytes,
        "BertTokenizer": _pieces,
        "AlbertTokenizer": _albert,
    }[name]
    make(texts).save(str(base / "tokenizer.json"))
    return getattr(transformers, name).from_pretrained(base)


def _unigram(texts: Sequence[str]) -> Tokenizer:
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()]
    )
    marks = ["<s>", "<pad>", "</s>", "<unk>"]
    trainer = trainers.UnigramTrainer(vocab_size=800, special_tokens=marks, unk_token="<unk>")
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.post_processor = _around("<s>", 0, "</s>", 2)
    return tokenizer


def _albert(texts: Sequence[str]) -> Tokenizer:
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    marks = ["<pad>", "<unk>", "[CLS]", "[SEP]", "[MASK]"]
    trainer = trainers.UnigramTrainer(vocab_size=800, special_tokens=marks, unk_token="<unk>")
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.post_processor = _around("[CLS]", 2, "[SEP]", 3)
    return tokenizer


def _bytes(texts: Sequence[str]) -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    marks = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    trainer = trainers.BpeTrainer(
        vocab_size=800,
        special_tokens=marks,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0))
    return tokenizer


def _pieces(texts: Sequence[str]) -> Tokenizer:
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    marks = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    trainer = trainers.WordPieceTrainer(vocab_size=800, special_tokens=marks)
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.post_processor = _around("[CLS]", 2, "[SEP]", 3)
    return tokenizer


def _around(begin: str, begin_id: int, end: str, end_id: int) -> Any:
    return processors.TemplateProcessing(
        single=f"{begin} $A {end}",
        pair=f"{begin} $A {end} $B {end}",
        special_tokens=[(begin, begin_id), (end, end_id)],
    )


def _train(network: Any, tokenizer: Any, rows: Sequence[tuple[str, bool]], *, steps: int) -> None:
    optimizer = torch.optim.AdamW(network.parameters(), lr=2e-3)
    network.train()
    for _ in range(steps):
        batch = [rows[at] for at in torch.randint(len(rows), (24,)).tolist()]
        inputs = tokenizer(
            [text for text, _ in batch],
            return_tensors="pt",
            padding=True,
            truncation=True,
            max_length=96,
        )
        wanted = torch.tensor([[float(toxic)] for _, toxic in batch])
        logits = network(**inputs).logits
        # all heads learn the same: only toxicity is looked at
        torch.nn.functional.binary_cross_entropy_with_logits(
            logits, wanted.expand_as(logits)
        ).backward()
        optimizer.step()
        optimizer.zero_grad()
