"""The shipped rules prove themselves, with the model that is shipped beside them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from ruamel.yaml import YAML

from bot.core import own_words
from bot.core.background import FIRST_COMMENT
from bot.core.evaluate import evaluate
from bot.core.facts import gather
from bot.core.model import Outcome, Verdict
from bot.rulebook import Example, ReadRule, Score, load, read, run_example, run_examples
from bot.rulebook.documents import readme_text, schema_text
from bot.rulebook.proof import _WRITTEN_AT, _first_comment

SHIPPED = Path(__file__).parents[2] / "rules"
FILES = sorted(file for file in SHIPPED.glob("*.yaml") if file.name != "modes.yaml")
RULES = read(SHIPPED).rules
EXAMPLES = [
    pytest.param(rule, example, id=f"{rule.rule.id}/{example.kind}/{example.index}")
    for rule in RULES
    for example in rule.examples
]


@pytest.mark.parametrize(("rule", "example"), EXAMPLES)
async def test_example(rule: ReadRule, example: Example, score: Score) -> None:
    result = await run_example(rule, example, score)
    assert result.passed, f"{example.where}: {rule.rule.id} gave {result.fired}, {result.facts}"


async def test_all_examples_in_one_run(score: Score) -> None:
    results = await run_examples(SHIPPED, score)
    assert [result.passed for result in results] == [True] * len(EXAMPLES)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_file_fits_the_schema_that_editors_use(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.startswith("# yaml-language-server: $schema=schema.json\n")
    schema = YAML(typ="safe").load((SHIPPED / "schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(YAML(typ="safe").load(text))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_both_languages(file: Path) -> None:
    because = YAML(typ="safe").load(file.read_text(encoding="utf-8"))["because"]
    assert set(because) == {"fr", "en"}


def test_schema_and_tables_are_current() -> None:
    """If this fails: `python -m bot.rulebook.documents rules/`"""
    assert (SHIPPED / "schema.json").read_text(encoding="utf-8") == schema_text()
    readme = (SHIPPED / "README.md").read_text(encoding="utf-8")
    assert readme == readme_text(readme)


def test_schema_refuses_what_the_loader_refuses() -> None:
    schema = YAML(typ="safe").load(schema_text())
    validator = jsonschema.Draft202012Validator(schema)
    good = YAML(typ="safe").load(FILES[0].read_text(encoding="utf-8"))
    validator.validate(good)
    for slip in ({"titel": "x"}, {"stage": "lve"}, {"reason": "RUDE"}, {"when": ""}):
        assert not validator.is_valid(good | slip), slip
    wrong = {"match": [{"text": "a", "facts": {"score.threat": 7}}]}
    assert not validator.is_valid(good | {"examples": wrong})


async def _verdict(text: str, score: Score) -> Verdict:
    facts = gather(
        comment=replace(_first_comment(text), text=text, language="fr"),
        scores=await score(text),
        background=FIRST_COMMENT,
        own=own_words.read(text),
        now=_WRITTEN_AT,
    )
    return evaluate(load(SHIPPED), facts, default=Outcome.APPROVE)


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("Merci pour cet article", Outcome.APPROVE),
        ("Vous n'avez rien compris au sujet, comme d'habitude.", Outcome.APPROVE),
        ("Encore un journaliste qui n'a rien compris, changez de métier.", Outcome.REVIEW),
        ("Il faut vraiment être naïf ou idiot pour croire ce ministre.", Outcome.REVIEW),
        ("Tu n'es qu'un sale connard, ferme ta gueule", Outcome.REJECT),
        ("Ferme ta gueule, espèce d'abruti !", Outcome.REJECT),
        ("Gagnez 900 € par mois : https://argent.example", Outcome.REJECT),
        ("Bonjour, veilleur-phrase-d'essai !", Outcome.REVIEW),
    ],
)
async def test_all_rules_together(text: str, outcome: Outcome, score: Score) -> None:
    verdict = await _verdict(text, score)
    assert verdict.outcome is outcome, verdict
    assert not verdict.not_applied


@pytest.mark.parametrize(
    "text",
    [
        "Le ministre a traité son collègue de « gros connard » avant de quitter la salle.",
        "Il l'a insultée : « sale pute », rapporte le tribunal, qui l'a condamné à une amende.",
        "Il m'a dit « ferme ta gueule connard » et personne n'a réagi.",
        "On m'a crié « sale connard, dégage » parce que je roulais à vélo.",
        '"Ta gueule sale connard" : voilà ce qu\'on lit ici tous les jours, la modération dort.',
    ],
)
async def test_a_quoted_insult_is_never_refused_by_the_machine(text: str, score: Score) -> None:
    assert (await _verdict(text, score)).outcome is not Outcome.REJECT


async def test_the_sentence_for_people_is_filled_in(score: Score) -> None:
    verdict = await _verdict("https://a.example https://b.example https://c.example", score)
    assert verdict.because.fr == "3 liens dans un commentaire."
    assert verdict.because.en == "3 links in one comment."
