"""The network in torch: the bottom layers of the base, and a head for the seven attributes.

Word and position embeddings are frozen: the languages stay aligned (most labels are English), and
the rows can be shipped as the base's own 4-bit blocks without loss.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from bot.core.model import ATTRIBUTES
from bot.score.training.base_weights import BaseWeights, Shape, dequantised
from bot.score.training.rows import DataError
from bot.score.training.vocabulary import Ids

_FAR = 1e4
"""Added or subtracted to take padding out of a softmax or a maximum."""
_FROZEN = ("words.", "places.")


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkShape:
    layers: int
    hidden: int
    heads: int
    inner: int
    places: int
    eps: float

    @staticmethod
    def bottom(base: Shape, layers: int) -> NetworkShape:
        return NetworkShape(
            layers=layers,
            hidden=base.hidden,
            heads=base.heads,
            inner=base.inner,
            places=base.places,
            eps=base.eps,
        )


class Layer(nn.Module):
    def __init__(self, shape: NetworkShape) -> None:
        super().__init__()
        self.heads = shape.heads
        self.scale = (shape.hidden // shape.heads) ** -0.5
        self.attention_in = nn.Linear(shape.hidden, 3 * shape.hidden)
        self.attention_out = nn.Linear(shape.hidden, shape.hidden)
        self.attention_norm = nn.LayerNorm(shape.hidden, eps=shape.eps)
        self.widen = nn.Linear(shape.hidden, shape.inner)
        self.narrow = nn.Linear(shape.inner, shape.hidden)
        self.norm = nn.LayerNorm(shape.hidden, eps=shape.eps)

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        """Attention is written out: torch's fused one is slower backwards in bf16 on a CPU."""
        rows, length, hidden = x.shape
        parts = self.attention_in(x).view(rows, length, 3, self.heads, hidden // self.heads)
        query, key, value = parts.permute(2, 0, 3, 1, 4)
        weights = (query * self.scale) @ key.transpose(-1, -2) + bias.to(query.dtype)
        mixed = weights.softmax(-1).to(value.dtype) @ value
        x = self.attention_norm(
            x + self.attention_out(mixed.transpose(1, 2).reshape(rows, length, hidden))
        )
        out: Tensor = self.norm(x + self.narrow(functional.gelu(self.widen(x))))
        return out


class Network(nn.Module):
    """Token ids and mask to one logit per attribute."""

    def __init__(self, shape: NetworkShape, *, pieces: int, dropout: float = 0.1) -> None:
        super().__init__()
        self.shape = shape
        self.dropout = dropout
        self.words = nn.Embedding(pieces, shape.hidden)
        self.places = nn.Embedding(shape.places, shape.hidden)
        self.first_norm = nn.LayerNorm(shape.hidden, eps=shape.eps)
        self.layers = nn.ModuleList(Layer(shape) for _ in range(shape.layers))
        self.hidden = nn.Linear(2 * shape.hidden, shape.hidden)
        self.out = nn.Linear(shape.hidden, len(ATTRIBUTES))
        for frozen in (self.words, self.places):
            frozen.weight.requires_grad_(requires_grad=False)

    def encode(self, ids: Tensor, mask: Tensor) -> Tensor:
        x: Tensor = self.first_norm(self.words(ids) + self.places.weight[: ids.shape[1]])
        bias = ((1 - mask.float()) * -_FAR)[:, None, None, :]
        for layer in self.layers:
            x = layer(x, bias)
        return x

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        return self.head(self.features(ids, mask))

    def features(self, ids: Tensor, mask: Tensor) -> Tensor:
        """What the head sees of each text: mean and maximum over its tokens, [rows, 2 x hidden]."""
        x = self.encode(ids, mask)
        present = mask.unsqueeze(-1).to(x.dtype)
        mean = (x * present).sum(1) / present.sum(1)
        highest = (x + (present - 1) * _FAR).amax(1)
        return torch.cat([mean, highest], -1)

    def head(self, features: Tensor) -> Tensor:
        dropped = functional.dropout(features, self.dropout, self.training)
        hidden = torch.tanh(self.hidden(dropped))
        logits: Tensor = self.out(functional.dropout(hidden, self.dropout, self.training))
        return logits

    def encoder_and_head(self) -> tuple[list[nn.Parameter], list[nn.Parameter]]:
        """What is trained, in two groups: the head learns faster."""
        encoder: list[nn.Parameter] = []
        head: list[nn.Parameter] = []
        for name, parameter in self.named_parameters():
            if parameter.requires_grad:
                (head if name.startswith(("hidden.", "out.")) else encoder).append(parameter)
        return encoder, head


def from_base(base: BaseWeights, kept: Ids, *, layers: int, seed: int) -> Network:
    """The base's bottom `layers`, and a new head drawn from `seed`."""
    if not 0 < layers <= base.shape.layers:
        raise DataError(f"the base has {base.shape.layers} layers, not {layers}")
    torch.manual_seed(seed)
    network = Network(NetworkShape.bottom(base.shape, layers), pieces=len(kept))
    state = _embeddings(base, kept) | _tensors(base, layers)
    network.load_state_dict(state, strict=False)
    for linear in (network.hidden, network.out):
        nn.init.normal_(linear.weight, std=0.02)
        nn.init.zeros_(linear.bias)
    return network


def save(path: Path, network: Network, *, about: Mapping[str, Any]) -> None:
    """Without the frozen embeddings, which are the base's; whole or not at all."""
    state = {
        name: tensor.detach().cpu().clone()
        for name, tensor in network.state_dict().items()
        if not name.startswith(_FROZEN)
    }
    write(path, {"shape": asdict(network.shape), "state": state, "about": dict(about)})


def write(path: Path, content: Mapping[str, Any]) -> None:
    beside = path.with_name(path.name + ".new")
    torch.save(dict(content), beside)
    beside.replace(path)


def read(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = torch.load(path, weights_only=True, map_location="cpu")
    return content


def load(path: Path, base: BaseWeights, kept: Ids, *, layers: int | None = None) -> Network:
    """A saved network; with `layers` only its bottom ones, to begin a smaller one with."""
    saved = read(path)
    shape = NetworkShape(**saved["shape"])
    if layers is not None and layers > shape.layers:
        raise DataError(f"{path} has {shape.layers} layers, not {layers}")
    wanted = NetworkShape(**{**saved["shape"], "layers": layers or shape.layers})
    network = Network(wanted, pieces=len(kept))
    names = set(network.state_dict())
    network.load_state_dict(
        {name: tensor for name, tensor in saved["state"].items() if name in names}
        | _embeddings(base, kept)
    )
    return network


def _embeddings(base: BaseWeights, kept: Ids) -> dict[str, Tensor]:
    return {
        "words.weight": torch.from_numpy(dequantised(base.nibbles[kept], base.scales[kept])),
        "places.weight": torch.from_numpy(base.places),
    }


def _tensors(base: BaseWeights, layers: int) -> dict[str, Tensor]:
    hidden, inner = base.shape.hidden, base.shape.inner
    of = base.tensors
    state = {"first_norm.weight": of["emb.ln.w"], "first_norm.bias": of["emb.ln.b"]}
    for at in range(layers):
        here = {
            "attention_in.weight": np.concatenate([of[f"l{at}.{part}.w"] for part in "qkv"]),
            "attention_in.bias": np.concatenate([of[f"l{at}.{part}.b"] for part in "qkv"]),
            "attention_out.weight": of[f"l{at}.ao.w"].reshape(hidden, hidden),
            "attention_out.bias": of[f"l{at}.ao.b"],
            "attention_norm.weight": of[f"l{at}.aln.w"],
            "attention_norm.bias": of[f"l{at}.aln.b"],
            "widen.weight": of[f"l{at}.fi.w"].reshape(inner, hidden),
            "widen.bias": of[f"l{at}.fi.b"],
            "narrow.weight": of[f"l{at}.fo.w"].reshape(hidden, inner),
            "narrow.bias": of[f"l{at}.fo.b"],
            "norm.weight": of[f"l{at}.oln.w"],
            "norm.bias": of[f"l{at}.oln.b"],
        }
        state |= {f"layers.{at}.{name}": array for name, array in here.items()}
    return {name: torch.from_numpy(np.ascontiguousarray(array)) for name, array in state.items()}
