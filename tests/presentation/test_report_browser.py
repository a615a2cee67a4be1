"""Pages in a real browser: accessible, drawn, within the window at both widths, silent, and on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.presentation import batch_samples, page_samples
from tests.presentation.programs import FLAGS, chromium, settle

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.compiled]
PRINTED = ("run",)
WIDE, NARROW = 1280, 390
# Demo and sensitivity are made of the same parts; test_report_html.py reads every kind of page.
PAGES = ("batch_en", "batch_da", "run", "decision", "calibration", "validation")
OUTSIDE = """() => {
  const width = document.documentElement.clientWidth;
  const frame = (part) => {
    for (let up = part.parentElement; up; up = up.parentElement) {
      const { overflowX } = getComputedStyle(up);
      if (overflowX === "hidden") return up;
      if (["auto", "scroll"].includes(overflowX) && up.scrollWidth > up.clientWidth) return up;
    }
  };
  return [...document.querySelectorAll(".page *:not(svg *)")].filter((part) => {
    const { left, right, width: own } = part.getBoundingClientRect();
    if (!own || (left >= -1 && right <= width + 1)) return false;
    const around = frame(part);
    return !around || (getComputedStyle(around).overflowX !== "hidden" && around.tabIndex < 0);
  }).map((part) => part.outerHTML.slice(0, 200));
}"""
CUT = """() => [...document.querySelectorAll(".js-plotly-plot")].flatMap((plot) => {
  const box = plot.getBoundingClientRect();
  return [...plot.querySelectorAll("svg.main-svg text")]
    .filter((text) => text.textContent.trim() && !text.closest(".hoverlayer, .modebar"))
    .filter((text) => {
      const at = text.getBoundingClientRect();
      const beside = at.left < box.left - 2 || at.right > box.right + 2;
      return at.width && (beside || at.top < box.top - 2 || at.bottom > box.bottom + 2);
    })
    .map((text) => `${plot.id}: ${text.textContent}`);
})"""
UNNAMED = """() => [...document.querySelectorAll("[tabindex='0']")]
  .filter((part) => part.scrollWidth > part.clientWidth + 1)
  .filter((part) => part.getAttribute("role") !== "group" || !part.getAttribute("aria-label"))
  .map((part) => part.outerHTML.slice(0, 200))"""
HINTS = """() => [...document.querySelectorAll("figure")].map((figure) => {
  const plot = figure.querySelector(".plot");
  const hint = figure.querySelector(".swipe");
  return [plot.scrollWidth > plot.clientWidth + 1, hint.getBoundingClientRect().height > 0];
})"""


@pytest.fixture(name="browser", scope="module")
def browser_fixture() -> Iterator[Browser]:
    path = chromium()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield opened
        opened.close()


@pytest.fixture(name="result", scope="module")
def result_fixture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return batch_samples.run(tmp_path_factory.mktemp("batch"), replicates=3, people=40)


def serious(page: Page) -> list[str]:
    from axe_playwright_python.sync_playwright import Axe

    found: list[dict[str, Any]] = Axe().run(page).response["violations"]
    return [
        f"{item['id']}: {item['nodes'][0]['html'][:200]}"
        for item in found
        if item["impact"] in {"serious", "critical"}
        or item["id"] in {"color-contrast", "region", "heading-order"}
    ]


def cut(page: Page) -> list[str]:
    """Return the words outside their figure, once flows have stopped moving to their new places."""
    for _ in range(60):
        if not page.evaluate(CUT):
            break
        settle(page, 200)
    found: list[str] = page.evaluate(CUT)
    return found


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible_whole_and_silent_at_both_widths_and_on_paper(
    name: str, browser: Browser, result: Path, tmp_path: Path
) -> None:
    kind, _, lang = name.partition("_")
    file = page_samples.write_batch(result, lang, tmp_path) if lang else page_samples.write(kind, tmp_path)
    context = browser.new_context(viewport={"width": WIDE, "height": 900})
    page, said, asked = context.new_page(), [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(file.as_uri())
    for width in (WIDE, NARROW):
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
        # Figures are drawn anew in the next frames.
        settle(page, 400)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(OUTSIDE) == []
        assert page.evaluate(UNNAMED) == []
        assert cut(page) == []
        assert {wider for wider, told in page.evaluate(HINTS) if wider != told} == set()
    # Scrolling frames are there at the small width only; colours are the same at both.
    assert serious(page) == []
    figures = page.locator("figure").count()
    assert figures > 0
    assert page.locator("figure:has(svg.main-svg)").count() == figures
    if kind in PRINTED:
        page.set_viewport_size({"width": WIDE, "height": 900})
        page.emulate_media(media="print")
        assert page.pdf(format="A4").count(b"/Type /Page\n") > 1
    assert [url for url in asked if not url.startswith(("data:", "blob:"))] == [file.as_uri()]
    assert said == []
    context.close()
