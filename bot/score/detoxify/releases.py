"""The five models that Detoxify publishes, and the networks they were trained from.

Sizes, labels and addresses are Detoxify's own (version 0.5.4, Apache-2.0).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

_DOWNLOADS = "https://github.com/unitaryai/detoxify/releases/download/"
IDENTITIES = (
    "male",
    "female",
    "homosexual_gay_or_lesbian",
    "christian",
    "jewish",
    "muslim",
    "black",
    "white",
    "psychiatric_or_mental_illness",
)
"""What the last nine of sixteen heads tell: who is spoken of, not how."""
RENAMED = {
    "toxic": "toxicity",
    "identity_hate": "identity_attack",
    "severe_toxic": "severe_toxicity",
}
"""As Detoxify's own loader renames the labels of its first models."""


class RefusedError(Exception):
    """Something is missing or not as it must be; the message is for the operator."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """The pretrained network under a model: where its tokenizer is found, and its shape."""

    name: str
    repository: str
    """On the Hugging Face hub."""
    network: str
    """The class in `transformers` that a checkpoint may name; nothing else is built from it."""
    tokenizer: str
    config: Mapping[str, object]
    """Written out as config.json, so that nobody has to ask the hub for it."""

    @property
    def files(self) -> tuple[str, ...]:
        """What is taken from a folder of the base network, where it is there."""
        return (
            "config.json",
            "tokenizer.json",
            "tokenizer_config.json",
            "special_tokens_map.json",
            "sentencepiece.bpe.model",
            "spiece.model",
            "vocab.json",
            "vocab.txt",
            "merges.txt",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    name: str
    path: str
    """Below Detoxify's downloads; the name ends in the first eight signs of its SHA-256."""
    base: Base
    languages: str
    megabytes: int
    sha256: str | None = None
    """None: the project has never held the file. Eight signs are no proof of what is in it, so
    the operator has to vouch for its digest."""

    @property
    def url(self) -> str:
        return _DOWNLOADS + self.path

    @property
    def file(self) -> str:
        return self.path.rpartition("/")[2]

    @property
    def digest_starts(self) -> str:
        return self.file.rpartition("-")[2].partition(".")[0]


_SHAPE: Mapping[str, object] = {
    "hidden_size": 768,
    "num_hidden_layers": 12,
    "num_attention_heads": 12,
    "intermediate_size": 3072,
}
_ROBERTA: Mapping[str, object] = {
    **_SHAPE,
    "hidden_act": "gelu",
    "max_position_embeddings": 514,
    "type_vocab_size": 1,
    "layer_norm_eps": 1e-5,
    "bos_token_id": 0,
    "pad_token_id": 1,
    "eos_token_id": 2,
}
_XLM_R = Base(
    name="xlm-roberta-base",
    repository="FacebookAI/xlm-roberta-base",
    network="XLMRobertaForSequenceClassification",
    tokenizer="XLMRobertaTokenizer",
    config={**_ROBERTA, "model_type": "xlm-roberta", "vocab_size": 250_002},
)
_ROBERTA_BASE = Base(
    name="roberta-base",
    repository="FacebookAI/roberta-base",
    network="RobertaForSequenceClassification",
    tokenizer="RobertaTokenizer",
    config={**_ROBERTA, "model_type": "roberta", "vocab_size": 50_265},
)
_BERT = Base(
    name="bert-base-uncased",
    repository="google-bert/bert-base-uncased",
    network="BertForSequenceClassification",
    tokenizer="BertTokenizer",
    config={
        **_SHAPE,
        "model_type": "bert",
        "hidden_act": "gelu",
        "max_position_embeddings": 512,
        "type_vocab_size": 2,
        "layer_norm_eps": 1e-12,
        "pad_token_id": 0,
        "vocab_size": 30_522,
    },
)
_ALBERT = Base(
    name="albert-base-v2",
    repository="albert/albert-base-v2",
    network="AlbertForSequenceClassification",
    tokenizer="AlbertTokenizer",
    config={
        **_SHAPE,
        "model_type": "albert",
        "embedding_size": 128,
        "hidden_act": "gelu_new",
        "inner_group_num": 1,
        "num_hidden_groups": 1,
        "max_position_embeddings": 512,
        "type_vocab_size": 2,
        "layer_norm_eps": 1e-12,
        "pad_token_id": 0,
        "bos_token_id": 2,
        "eos_token_id": 3,
        "vocab_size": 30_000,
    },
)

RELEASES: Mapping[str, Release] = {
    release.name: release
    for release in (
        Release(
            name="multilingual",
            path="v0.4-alpha/multilingual_debiased-0b549669.ckpt",
            base=_XLM_R,
            languages="en fr es it pt tr ru",
            megabytes=1110,
        ),
        Release(
            name="unbiased",
            path="v0.3-alpha/toxic_debiased-c7548aa0.ckpt",
            base=_ROBERTA_BASE,
            languages="en",
            megabytes=500,
        ),
        Release(
            name="original",
            path="v0.1-alpha/toxic_original-c1212f89.ckpt",
            base=_BERT,
            languages="en",
            megabytes=440,
        ),
        Release(
            name="unbiased-small",
            path="v0.1.2/unbiased-albert-c8519128.ckpt",
            base=_ALBERT,
            languages="en",
            megabytes=47,
        ),
        Release(
            name="original-small",
            path="v0.1.2/original-albert-0e1d6498.ckpt",
            base=_ALBERT,
            languages="en",
            megabytes=47,
        ),
    )
}
