"""The console in a real browser: by keyboard, with colleagues, on a small screen, without script."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.async_api import Browser, Page, expect

from bot.core.model import Case, Outcome, Resolution, State
from bot.core.reasons import Reason
from tests.browser.conftest import Watch, logged_in
from tests.browser.newsroom import NOUR, SAID, Console, edited, handed_in

pytestmark = pytest.mark.browser


async def states(console: Console) -> dict[str, State]:
    """Each comment's state, by its id at the site."""
    found = {}
    for said in SAID:
        comment = await console.engine.store.comments.find(site="site", external_id=said.id)
        assert comment is not None
        found[said.id] = comment.state
    return found


async def case_of(console: Console, external_id: str) -> Case:
    comment = await console.engine.store.comments.find(site="site", external_id=external_id)
    assert comment is not None
    case = await console.engine.store.cases.for_comment(comment.id)
    assert case is not None
    return case


async def decided_by_nour(console: Console, external_id: str, outcome: Outcome) -> None:
    case = await case_of(console, external_id)
    order = Resolution(
        case_id=case.id,
        case_version=case.version,
        outcome=outcome,
        actor=NOUR,
        reason=Reason.OFFENSIVE if outcome is Outcome.REJECT else None,
    )
    assert not hasattr(await console.engine.resolve(order), "kind")


def current(page: Page):
    return page.locator(".row.is-current")


async def test_a_queue_of_five_is_reviewed_by_keyboard_alone(page: Page, console: Console):
    await expect(page.locator(".row")).to_have_count(5)
    await expect(current(page)).to_contain_text("Riverain_du_quai")
    await page.keyboard.press("r")
    await expect(page.locator("#reasons")).to_be_visible()
    await expect(page.locator("#reasons input:checked")).to_have_value("OFFENSIVE")
    await page.keyboard.press("Enter")
    await expect(current(page)).to_contain_text("Odile M.")
    await page.keyboard.press("a")
    await expect(current(page)).to_contain_text("Bastien")
    await page.keyboard.press("s")
    await expect(current(page)).to_contain_text("Kop Sud 1987")
    await page.keyboard.press("r")
    await page.keyboard.press("Digit3")
    await expect(current(page)).to_contain_text("Noam")
    await page.keyboard.press("a")
    await expect(current(page)).to_contain_text("Bastien")
    await page.keyboard.press("a")
    await expect(page.locator('.row[data-state="open"]')).to_have_count(0)
    await expect(page.locator("#summary")).to_have_text("0 commentaire attend")
    assert await states(console) == {
        "c-1": State.REJECTED,
        "c-2": State.APPROVED,
        "c-3": State.APPROVED,
        "c-4": State.REJECTED,
        "c-5": State.APPROVED,
    }
    spam = await console.engine.store.cases.last_decision((await case_of(console, "c-4")).id)
    assert spam is not None
    assert spam.reason is Reason.SPAM


async def test_moving_up_and_down(page: Page, console: Console):
    for key, name in (
        ("j", "Odile M."),
        ("ArrowDown", "Bastien"),
        ("k", "Odile M."),
        ("ArrowUp", "Riverain_du_quai"),
        ("k", "Riverain_du_quai"),
    ):
        await page.keyboard.press(key)
        await expect(current(page)).to_contain_text(name)
        await expect(current(page)).to_be_focused()
    assert set((await states(console)).values()) == {State.IN_REVIEW}


async def test_a_refusal_takes_a_reason_and_words(page: Page, console: Console):
    await page.keyboard.press("r")
    await page.get_by_role("radio", name="Harcèlement").check()
    await page.locator("#reasons textarea").fill("Restez courtois, s'il vous plaît.")
    await page.locator("#reasons").get_by_role("button", name="Refuser").click()
    await expect(page.locator("#case-1 .after-text")).to_have_text(
        "Commentaire refusé\u00a0: harcèlement."
    )
    decision = await console.engine.store.cases.last_decision(1)
    assert decision is not None
    assert decision.reason is Reason.HARASSMENT_BULLYING
    assert decision.note == "Restez courtois, s'il vous plaît."


async def test_escape_leaves_the_case_alone(page: Page, console: Console):
    await page.keyboard.press("r")
    await page.locator("#reasons textarea").fill("1 2 3 a r s")
    await page.keyboard.press("Escape")
    await expect(page.locator("#reasons")).to_be_hidden()
    assert (await states(console))["c-1"] is State.IN_REVIEW
    await expect(current(page)).to_contain_text("Riverain_du_quai")


async def test_undo_by_key_brings_the_case_back(page: Page, console: Console):
    await page.keyboard.press("a")
    await expect(page.locator("#case-1 .after-text")).to_have_text("Commentaire publié.")
    await expect(page.locator("#case-1 .countdown")).to_contain_text("s")
    await page.keyboard.press("u")
    await expect(page.locator("#case-1")).to_have_attribute("data-state", "open")
    await expect(current(page)).to_contain_text("Riverain_du_quai")
    await expect(page.locator("#live")).to_have_text("Décision annulée, le cas est rouvert.")
    assert (await states(console))["c-1"] is State.IN_REVIEW
    await page.keyboard.press("a")
    await expect(page.locator("#case-1 .after-text")).to_have_text("Commentaire publié.")


async def test_undo_by_button(page: Page, console: Console):
    await page.locator("#case-2").get_by_role("button", name="Publier").click()
    await page.locator("#case-2").get_by_role("button", name="Annuler").click()
    await expect(page.locator("#case-2 .words")).to_be_visible()
    assert (await states(console))["c-2"] is State.IN_REVIEW


async def test_a_colleagues_decision_shows_by_itself(page: Page, console: Console):
    await page.keyboard.press("j")
    await decided_by_nour(console, "c-1", Outcome.REJECT)
    await expect(page.locator("#case-1 .after-text")).to_have_text("Nour Belkacem\u00a0: refusé.")
    await expect(current(page)).to_contain_text("Odile M.")
    await expect(current(page)).to_be_focused()


async def test_a_faster_colleague_is_named(page: Page, console: Console, watch: Watch):
    await page.evaluate("document.body.dataset.pollS = 3600")
    await page.wait_for_timeout(700)
    await decided_by_nour(console, "c-1", Outcome.REJECT)
    watch.expected += ("409",)
    await page.keyboard.press("a")
    await expect(page.locator("#case-1 .after-text")).to_have_text(
        "Nour Belkacem a été plus rapide\u00a0: refusé."
    )
    assert (await states(console))["c-1"] is State.REJECTED


async def test_new_cases_arrive_without_moving_the_focus(page: Page, console: Console):
    await page.keyboard.press("j")
    place = await current(page).bounding_box()
    another = f"{SAID[0].text[:20]} sur le marché couvert, et toujours rien sur les halles ?"
    new = replace(handed_in(SAID[0]), external_id="new", text=another)
    await console.engine.submit(new, wait_s=10)
    await expect(page.locator(".row")).to_have_count(6)
    await expect(page.locator("#live")).to_have_text("1 nouveau cas")
    await expect(current(page)).to_contain_text("Odile M.")
    assert await current(page).bounding_box() == place


async def test_an_edited_text_replaces_the_old_one(page: Page, console: Console):
    await console.engine.submit(edited(SAID[1], SAID[3].text), wait_s=10)
    await expect(page.locator("#case-2")).to_contain_text("L'arbitre avait ses lunettes")
    await expect(page.locator("#case-2")).to_contain_text("texte modifié, version 2")


async def test_a_claim_of_a_colleague_shows(page: Page, console: Console):
    await console.engine.claim((await case_of(console, "c-2")).id, actor=NOUR)
    await expect(page.locator("#case-2 [data-claim]")).to_have_text("Nour Belkacem regarde ce cas")


async def test_detail_and_back_by_keyboard(page: Page, console: Console):
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/console/cases/2")
    await expect(page.locator("h1")).to_have_text("Cas n° 2")
    await expect(page.locator(".rules")).to_contain_text("à l'essai, sans effet")
    await page.wait_for_load_state("networkidle")
    await page.keyboard.press("Escape")
    await page.wait_for_url("**/console/")
    await page.goto(f"{console.url}/console/cases/2")
    await page.keyboard.press("r")
    await page.keyboard.press("Digit1")
    await page.wait_for_url("**/console/?said=reject**")
    await expect(page.locator("#flash")).to_contain_text("propos injurieux")
    assert (await states(console))["c-2"] is State.REJECTED
    await page.keyboard.press("u")
    await expect(page.locator("#case-2 .words")).to_be_visible()
    assert (await states(console))["c-2"] is State.IN_REVIEW


async def test_an_azerty_digit_needs_no_shift(page: Page, console: Console):
    await page.keyboard.press("r")
    await page.evaluate(
        """document.querySelector("#reasons input:checked").dispatchEvent(
          new KeyboardEvent("keydown", {key: "é", code: "Digit2", bubbles: true}))"""
    )
    await expect(page.locator("#case-1 .after-text")).to_contain_text("violents ou menaçants")
    assert (await states(console))["c-1"] is State.REJECTED


async def test_shortcuts_can_be_switched_off(page: Page, console: Console):
    await page.keyboard.press("?")
    await page.get_by_label("Raccourcis d'une seule touche actifs").uncheck()
    await page.keyboard.press("Escape")
    await page.keyboard.press("a")
    await page.wait_for_timeout(300)
    assert (await states(console))["c-1"] is State.IN_REVIEW


async def test_a_server_that_is_away_loses_nothing(page: Page, console: Console, watch: Watch):
    watch.expected += ("ERR_INTERNET_DISCONNECTED",)
    await page.context.set_offline(True)
    await page.keyboard.press("a")
    await expect(page.locator("#case-1 .row-notice")).to_contain_text("rien n'a été fait")
    await expect(page.locator("#lost")).to_be_visible()
    await page.context.set_offline(False)
    await expect(page.locator("#lost")).to_be_hidden()
    assert (await states(console))["c-1"] is State.IN_REVIEW
    await page.locator("#case-1").get_by_role("button", name="Publier").click()
    await expect(page.locator("#case-1 .after-text")).to_have_text("Commentaire publié.")


async def test_a_broken_policy_would_be_noticed(page: Page, watch: Watch):
    """The watch over the other tests can see what it is there for."""
    await page.evaluate(
        """async () => {
          const script = document.createElement("script");
          script.textContent = "window.ran = true";
          document.head.append(script);
          await fetch("https://elsewhere.example/").catch(() => {});
        }"""
    )
    await page.wait_for_timeout(200)
    assert any("Content Security Policy" in fault for fault in watch.faults)
    assert await page.evaluate("window.ran") is None
    watch.faults.clear()


# --- other screens and browsers ----------------------------------------------------------------


@pytest.mark.parametrize("width", [380, 768, 1280])
async def test_no_page_scrolls_sideways(
    browser: Browser, console: Console, watch: Watch, width: int
):
    endless = edited(SAID[2], "bof" * 3000)
    await console.engine.submit(endless, wait_s=10)
    page = await logged_in(browser, console, watch, width=width)
    for path in ("/console/", "/console/cases/1", "/console/cases/3", "/console/outbox"):
        await page.goto(console.url + path)
        wide = await page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, path
    await page.goto(console.url + "/console/")
    await page.locator("#case-1 summary").click()
    await expect(page.locator("#reasons")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    await page.context.close()
    assert watch.faults == []


async def test_everything_works_without_script(browser: Browser, console: Console, watch: Watch):
    page = await logged_in(browser, console, watch, java_script_enabled=False)
    await page.locator("#case-1").get_by_role("button", name="Publier").click()
    await page.wait_for_url("**/console/?said=approve**")
    await page.get_by_role("button", name="Annuler").click()
    await page.wait_for_url("**/console/cases/1**")
    await expect(page.locator(".banner")).to_have_text("Décision annulée, le cas est rouvert.")
    await page.locator("summary.reject").click()
    await page.locator("select[name=reason]").select_option("HATE_SPEECH")
    await page.locator(".refuse-form").get_by_role("button", name="Refuser").click()
    await page.wait_for_url("**/console/?said=reject**")
    await page.locator("#case-2").get_by_role("button", name="Passer").click()
    await expect(page.locator(".row").last).to_contain_text("Odile M.")
    await page.get_by_role("button", name="Se déconnecter").click()
    await expect(page.locator("h1")).to_have_text("Vous êtes déconnecté.")
    await page.context.close()
    assert (await states(console))["c-1"] is State.REJECTED
    assert watch.faults == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_words_stand_out_from_their_ground(
    browser: Browser, console: Console, watch: Watch, scheme: str
):
    """WCAG AA: 4.5 to 1 for text."""
    page = await logged_in(browser, console, watch, color_scheme=scheme)
    for path in ("/console/", "/console/cases/1"):
        await page.goto(console.url + path)
        assert await page.evaluate(_CONTRASTS) == []
    await page.context.close()


_CONTRASTS = """() => {
  const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255)
    .map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const found = parts(getComputedStyle(e).backgroundColor);
      if (found.length < 4 || found[3] > 0) return found;
    }
    return [255, 255, 255];
  };
  const weak = [];
  for (const element of document.querySelectorAll("main *, header *")) {
    const own = [...element.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (!own || !element.checkVisibility() || element.closest("svg, .unseen, kbd, option")) continue;
    const [a, b] = [light(parts(getComputedStyle(element).color)), light(ground(element))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) weak.push(`${element.className}: ${element.textContent.trim().slice(0, 30)} ${ratio.toFixed(2)}`);
  }
  return weak;
}"""
