"""Trains the network: one process on a GPU or a CPU, or several that share weights on a CPU.

With several workers (Hogwild) each has its own share of the rows and its own optimiser, and all
write into the same weights without waiting for each other. Two of them made 55 to 60 texts a second
on two busy cores, where one process with two threads made 40. One worker with a budget in steps is
exactly repeatable, and so is one that was stopped and resumed.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import torch.multiprocessing
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional

from bot.core.model import ATTRIBUTES
from bot.score.training import network as networks
from bot.score.training.batches import Batch, Feed, Position
from bot.score.training.mixture import Material, Stage
from bot.score.training.network import Network
from bot.score.training.rows import DataError

_IMPORTANCE = {
    "toxicity": 2.0,
    "severe_toxicity": 0.5,
    "obscene": 0.7,
    "identity_attack": 1.0,
    "insult": 0.8,
    "threat": 0.8,
    "sexual_explicit": 0.7,
}
_HEAD_FASTER = 4
_WARM_UP_STEPS = 60
_LEAST_RATE = 0.03
"""Share of the learning rate that is left at the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to train, and for how long: `steps` (of all workers together) or `minutes`."""

    stage: Stage
    out: Path
    seed: int = 0
    steps: int | None = None
    minutes: float | None = None
    stop_after: int | None = None
    """Stops at this step with its state kept, to be resumed."""
    learning_rate: float | None = None
    """Instead of the stage's."""
    batch_rows: int = 48
    max_tokens: int = 96
    workers: int = 1
    device: str = "cpu"
    bf16: bool = True
    checkpoint_minutes: float = 5.0
    teacher_share: float = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Where worker 0 stands; rows are those of all workers, by its own pace."""

    share: float
    """Of the budget, in [0, 1]."""
    step: int
    epoch: int
    rows: int
    rows_per_s: float
    loss: float
    """Of toxicity alone, smoothed."""


Report = Callable[[Progress], None]


def train(
    plan: Plan,
    *,
    network: Network,
    material: Material,
    tokenizer: Path,
    teacher: Network | None,
    resume: bool,
    report: Report,
) -> bool:
    """Writes `plan.out` when the budget is spent; False when it stopped before (`stop_after`)."""
    if (plan.steps is None) == (plan.minutes is None):
        raise DataError("give a budget: either steps or minutes")
    if plan.out.exists():
        raise DataError(f"{plan.out} exists already; take another name")
    if resume and _weights_file(plan).exists():
        saved = networks.read(_weights_file(plan))["state"]
        network.load_state_dict(saved, strict=False)
    network.to(plan.device)
    if teacher is not None:
        teacher.to(plan.device).eval()
    parts = (plan, network, material, tokenizer, teacher, resume)
    if plan.workers == 1:
        _work(0, *parts, report)
    else:
        network.share_memory()
        torch.multiprocessing.spawn(_work, args=(*parts, report), nprocs=plan.workers)
    if plan.stop_after is not None:
        return False
    networks.save(plan.out, network, about=_about(plan))
    for left in (_weights_file(plan), *(_worker_file(plan, each) for each in range(plan.workers))):
        left.unlink(missing_ok=True)
    return True


def _work(  # noqa: PLR0917 - torch spawns with positional arguments
    worker: int,
    plan: Plan,
    network: Network,
    material: Material,
    tokenizer: Path,
    teacher: Network | None,
    resume: bool,
    report: Report,
) -> None:
    if plan.workers > 1:
        torch.set_num_threads(1)
    torch.manual_seed(plan.seed * 1000 + worker)
    feed = Feed(
        material=material,
        stage=plan.stage,
        tokenizer=Tokenizer.from_file(str(tokenizer)),
        seed=plan.seed,
        batch_rows=plan.batch_rows,
        max_tokens=plan.max_tokens,
        worker=worker,
        workers=plan.workers,
    )
    Worker(number=worker, plan=plan, network=network, teacher=teacher).run(
        feed, resume=resume, report=report
    )


class Worker:
    """One optimiser's run over its share of the rows."""

    def __init__(
        self, *, number: int, plan: Plan, network: Network, teacher: Network | None
    ) -> None:
        self._number = number
        self._plan = plan
        self._network = network
        self._teacher = teacher
        self._rate = plan.learning_rate or plan.stage.learning_rate
        encoder, head = network.encoder_and_head()
        self._parameters = [*encoder, *head]
        self._optimiser = torch.optim.AdamW(
            [{"params": encoder, "faster": 1}, {"params": head, "faster": _HEAD_FASTER}],
            lr=self._rate, betas=(0.9, 0.98), weight_decay=0.01, fused=True,
        )  # fmt: skip
        self._importance = torch.tensor(
            [_IMPORTANCE[label] for label in ATTRIBUTES], device=plan.device
        )
        self._step = 0
        self._rows = 0
        self._spent_s = 0.0
        self._loss: float | None = None

    def run(self, feed: Feed, *, resume: bool, report: Report) -> None:
        position = self._restore() if resume else Position()
        self._network.train()
        began = time.monotonic()
        before_s, before_rows = self._spent_s, self._rows
        saved_at = began
        for batch in feed.batches(position):
            self._spent_s = before_s + time.monotonic() - began
            share = self._share()
            stopping = self._plan.stop_after is not None and self._all(self._step) >= (
                self._plan.stop_after
            )
            due = time.monotonic() - saved_at >= self._plan.checkpoint_minutes * 60
            if (due and share < 1) or stopping:
                self._save(Position(epoch=batch.epoch, number=batch.number))
                saved_at = time.monotonic()
            if share >= 1 or stopping:
                return
            self._learn(batch, share)
            if self._number == 0:
                rows = self._rows - before_rows
                report(self._progress(batch, share, rows / (time.monotonic() - began)))

    def _learn(self, batch: Batch, share: float) -> None:
        warm = min(1.0, (self._step + 1) / _WARM_UP_STEPS)
        for group in self._optimiser.param_groups:
            group["lr"] = self._rate * group["faster"] * warm * max(_LEAST_RATE, 1 - share)
        device = self._plan.device
        ids, mask = (torch.from_numpy(each).to(device) for each in (batch.ids, batch.mask))
        wanted = torch.from_numpy(batch.targets).to(device)
        with self._precision():
            logits = self._network(ids, mask)
        losses = _losses(logits.float(), wanted) * self._importance
        loss = losses.sum() / len(batch)
        if self._teacher is not None:
            taught = self._taught(logits.float(), ids, mask)
            portion = self._plan.teacher_share
            loss = (1 - portion) * loss + portion * taught
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self._parameters, 1.0)
        self._optimiser.step()
        self._optimiser.zero_grad(set_to_none=True)
        self._step += 1
        self._rows += len(batch)
        self._smooth(losses.detach(), wanted)

    def _taught(self, logits: Tensor, ids: Tensor, mask: Tensor) -> Tensor:
        """How far from the teacher's opinion, which covers every attribute of every row."""
        if self._teacher is None:
            raise AssertionError("nobody teaches")
        with torch.no_grad(), self._precision():
            opinion = torch.sigmoid(self._teacher(ids, mask).float())
        losses: Tensor = _losses(logits, opinion) * self._importance
        return losses.sum() / len(logits)

    def _precision(self) -> AbstractContextManager[Any]:
        kind = self._plan.device.partition(":")[0]
        context: AbstractContextManager[Any] = torch.autocast(
            kind, torch.bfloat16, enabled=self._plan.bf16
        )
        return context

    def _smooth(self, losses: Tensor, wanted: Tensor) -> None:
        if self._step % 10 and self._loss is not None:
            return  # reading a number back makes a GPU wait
        at = ATTRIBUTES.index("toxicity")
        known = (~torch.isnan(wanted[:, at])).sum().clamp(min=1)
        now = float(losses[:, at].sum() / known / _IMPORTANCE["toxicity"])
        self._loss = now if self._loss is None else 0.9 * self._loss + 0.1 * now

    def _share(self) -> float:
        if self._plan.steps is not None:
            return min(1.0, self._all(self._step) / self._plan.steps)
        return min(1.0, self._spent_s / (60 * (self._plan.minutes or 1)))

    def _all(self, mine: int) -> int:
        return mine * self._plan.workers

    def _progress(self, batch: Batch, share: float, rows_per_s: float) -> Progress:
        return Progress(
            share=share,
            step=self._all(self._step),
            epoch=batch.epoch,
            rows=self._all(self._rows),
            rows_per_s=rows_per_s * self._plan.workers,
            loss=self._loss or 0.0,
        )

    def _save(self, position: Position) -> None:
        """Worker 0 saves the weights for all; each saves where it stands itself."""
        if self._number == 0:
            networks.save(_weights_file(self._plan), self._network, about=_about(self._plan))
        networks.write(
            _worker_file(self._plan, self._number),
            {
                "optimiser": self._optimiser.state_dict(),
                "chance": torch.get_rng_state(),
                "epoch": position.epoch,
                "number": position.number,
                "step": self._step,
                "rows": self._rows,
                "spent_s": self._spent_s,
                "loss": self._loss,
            },
        )

    def _restore(self) -> Position:
        path = _worker_file(self._plan, self._number)
        if not path.exists():
            return Position()
        saved = networks.read(path)
        self._optimiser.load_state_dict(saved["optimiser"])
        torch.set_rng_state(saved["chance"])
        self._step, self._rows = saved["step"], saved["rows"]
        self._spent_s, self._loss = saved["spent_s"], saved["loss"]
        return Position(epoch=saved["epoch"], number=saved["number"])


def _losses(logits: Tensor, wanted: Tensor) -> Tensor:
    """Per row and attribute; nothing where nothing is known."""
    losses: Tensor = functional.binary_cross_entropy_with_logits(
        logits, torch.nan_to_num(wanted), reduction="none"
    )
    return losses * ~torch.isnan(wanted)


def _about(plan: Plan) -> dict[str, Any]:
    return {
        "stage": plan.stage.name,
        "seed": plan.seed,
        "steps": plan.steps,
        "minutes": plan.minutes,
        "learning_rate": plan.learning_rate or plan.stage.learning_rate,
        "batch_rows": plan.batch_rows,
        "max_tokens": plan.max_tokens,
        "workers": plan.workers,
        "device": plan.device,
    }


def _weights_file(plan: Plan) -> Path:
    return plan.out.with_name(plan.out.name + ".unfinished")


def _worker_file(plan: Plan, worker: int) -> Path:
    return plan.out.with_name(f"{plan.out.name}.worker{worker}")
