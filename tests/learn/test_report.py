"""The page: whole by itself, and harmless whatever a reader wrote."""

from __future__ import annotations

import base64
import re
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from selectolax.lexbor import LexborHTMLParser

from bot.core.decide import Policy
from bot.core.model import Basis, Outcome, Stage
from bot.learn.backtest import Backtest
from bot.learn.report import html
from tests.conftest import RULEBOOK
from tests.learn.test_backtest import STRICTER, judged

HOSTILE = (
    "bof </style><script>alert(1)</script> <img src=x onerror=alert(2)> \u202eà l'envers «{{ 7 }}»"
)


def page(*texts: str, days: int = 3) -> str:
    test = Backtest(STRICTER, Policy())
    first = datetime(2026, 3, 1, 12, tzinfo=UTC)
    for number, text in enumerate(texts):
        test.add(
            judged(
                text,
                judged_at=first + timedelta(days=number % days),
                outcome=Outcome.REVIEW,
                basis=Basis.RULE,
                rules={"borderline": Stage.LIVE},
                human=(None, Outcome.APPROVE, Outcome.REJECT)[number % 3],
            )
        )
    return html(test.report(), heading="rules, <b>on</b> some comments")


def test_what_a_reader_wrote_stays_text() -> None:
    shown = LexborHTMLParser(page(*([HOSTILE] * 3)))
    assert (
        shown.css("script, img, iframe, link, object, b, [onerror], [style], [src], [href]") == []
    )
    quoted = [each.text() for each in shown.css("blockquote[dir=auto]")]
    assert quoted == [HOSTILE, HOSTILE], "one differs from a person, of one no person decided"


def test_the_page_forbids_everything_but_its_own_style() -> None:
    text = page("bof")
    (style,) = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    digest = base64.b64encode(sha256(style.encode()).digest()).decode()
    policy = LexborHTMLParser(text).css_first("meta[http-equiv=Content-Security-Policy]")
    assert policy.attributes["content"] == (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
    assert "://" not in text
    assert "@import" not in style
    assert "url(" not in style


def test_figures_and_drawings() -> None:
    shown = LexborHTMLParser(page("bof", "bof bof", "bof encore", "rien", "rien non plus"))
    bars = {
        (float(each.attributes["y"]), each.attributes["class"]): float(each.attributes["width"])
        for each in shown.css("rect")
    }
    assert bars[6.0, "review"] == 650.0
    assert (bars[46.0, "reject"], bars[46.0, "approve"]) == (390.0, 260.0)
    then, now = (each.attributes["points"] for each in shown.css("polyline"))
    assert then == "40.0,10.0 375.0,10.0 710.0,90.0"
    assert now == "40.0,170.0 375.0,170.0 710.0,170.0"
    assert len(shown.css("circle.then")) == 2, "the rules of then published and refused nothing"
    assert len(shown.css("circle.now")) == 4
    assert "50.0 % (" in shown.body.text()
    assert "rules, <b>on</b> some comments" in shown.body.text()


def test_one_day_and_no_day() -> None:
    assert "polyline" not in LexborHTMLParser(page("bof", "bof", days=1)).body.html
    assert "Nowhere." in html(Backtest(RULEBOOK, Policy()).report(), heading="nothing")
