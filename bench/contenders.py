"""What is compared, each in a process of its own: `python -m bench.contenders NAME`.

Reads a JSON list of texts a line from stdin, scores them one by one, and answers with what it took.
Its first line says that it is ready, or why it cannot be.
"""

from __future__ import annotations

import importlib
import json
import os
import re
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Score = Callable[[str], float]

_EMBEDDED = Path(__file__).parents[1] / "bot" / "score" / "embedded_model"
_WORDS = (
    "abruti|andouille|bâtard|boloss|bouffon|branleur|con|conne|connard|connasse|crétin|débile|"
    "demeuré|dégage|enculé|enfoiré|escroc|facho|fdp|foutre|gueule|guignol|idiot|imbécile|merde|"
    "minable|ntm|ordure|parasite|pédé|pouffiasse|pourriture|pute|racaille|salaud|salope|tapette|"
    "tarlouze|tocard|trou du cul|vermine"
)


def embedded() -> Score:
    """The model in the package, as the scorer process runs it."""
    from bot.score.embedded import EmbeddedModel
    from bot.score.reading import Reading

    model = EmbeddedModel()

    def score(text: str) -> float:
        reading = model.score(model.form(text), limit_s=30)
        return reading.values["toxicity"] if isinstance(reading, Reading) else 0.0

    return score


def word_list() -> Score:
    """A plain list of French insults in one regular expression."""
    pattern = re.compile(rf"\b(?:{_WORDS})s?\b", re.IGNORECASE)
    return lambda text: float(pattern.search(text) is not None)


def profanity_check() -> Score:
    """alt-profanity-check, an English linear model."""
    predict = importlib.import_module("profanity_check").predict_prob
    return lambda text: float(predict([text])[0])


def detoxify_shape() -> Score:
    """`Detoxify("multilingual").predict`, with random weights in a network of its exact shape.

    Speed and memory do not depend on the values. The tokenizer is the embedded model's, which
    cuts French into nearly the same pieces.
    """
    torch = importlib.import_module("torch")
    transformers = importlib.import_module("transformers")
    torch.set_num_threads(1)
    torch.manual_seed(0)
    config = transformers.XLMRobertaConfig(
        vocab_size=250_002, max_position_embeddings=514, type_vocab_size=1, num_labels=16
    )
    model = transformers.XLMRobertaForSequenceClassification(config)
    model.eval()
    tokenizer = transformers.PreTrainedTokenizerFast(
        tokenizer_file=str(_EMBEDDED / "tokenizer.json"), model_max_length=512
    )

    def score(text: str) -> float:
        with torch.no_grad():
            inputs = tokenizer(text, return_tensors="pt", truncation=True)
            inputs.pop("token_type_ids", None)
            return float(torch.sigmoid(model(**inputs)[0])[0][0])

    return score


CONTENDERS: dict[str, Callable[[], Score]] = {
    "embedded": embedded,
    "word list": word_list,
    "alt-profanity-check": profanity_check,
    "Detoxify's shape, torch": detoxify_shape,
}


def resident_mb(process: int | None = None) -> float:
    """Now, on Linux; elsewhere the most so far, and of this process only."""
    try:
        pages = int(Path(f"/proc/{process or 'self'}/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return most_resident_mb()
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def most_resident_mb() -> float:
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def _measured(score: Score, texts: list[str]) -> dict[str, Any]:
    walls = []
    began = time.process_time()
    for text in texts:
        at = time.perf_counter()
        score(text)
        walls.append(time.perf_counter() - at)
    cpu_s = time.process_time() - began
    return {"wall_s": walls, "cpu_s": cpu_s, "mb": resident_mb(), "most_mb": most_resident_mb()}


def _say(answer: dict[str, Any]) -> None:
    _ANSWERS.write(json.dumps(answer) + "\n")
    _ANSWERS.flush()


def main() -> None:
    began = time.perf_counter()
    try:
        score = CONTENDERS[sys.argv[1]]()
        score("Bonjour, un premier texte.")
    except ImportError as error:
        _say({"absent": str(error)})
        return
    _say({"ready_s": time.perf_counter() - began})
    for line in sys.stdin:
        _say(_measured(score, json.loads(line)))


if __name__ == "__main__":
    _ANSWERS = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever a library prints is no answer
    main()
