"""A browser at `ankomst explore`: every lever, links, languages, downloads, bad addresses, two people."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from tests.presentation.programs import FLAGS, chromium, settle
from tests.waiting import PATIENCE

from ankomst.policy.scenario import load_scenario

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = [pytest.mark.browser, pytest.mark.compiled]
LAST_FIGURE = "#graph-accounts .main-svg"
# The answer is said to be there in these words, whatever was there before.
READY = {"en": "The answer is there", "da": "Svaret er der"}
NEWCOMERS = "100"
SMALL_ACTIONS = 50


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    chromium()
    command = [sys.executable, "-m", "ankomst.cli", "explore", "--port", "0", "--newcomers", NEWCOMERS]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(os.environ)
    ) as server:
        assert server.stdout is not None
        line = server.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+/", line)
        assert found, (line, server.stderr.read() if server.stderr and server.poll() is not None else "")
        try:
            yield found[0]
        finally:
            # Not an interrupt: a shell that runs the tests in the background has that ignored.
            server.send_signal(signal.SIGTERM)
            try:
                _, complaints = server.communicate(timeout=PATIENCE)
            except subprocess.TimeoutExpired:
                server.kill()
                raise
    assert "Traceback" not in complaints
    assert "failed" not in complaints, complaints
    assert server.returncode == 0


@pytest.fixture(scope="module")
def browser(address: str) -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    assert address
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        yield opened
        opened.close()


class Visitor:
    """One person with a page of their own, who notes every complaint and every request."""

    def __init__(
        self, browser: Browser, address: str, width: int = 1280, context: BrowserContext | None = None
    ) -> None:
        self.own = None if context else browser.new_context(viewport={"width": width, "height": 900})
        self.page: Page = (context or self.own).new_page()  # type: ignore[union-attr]
        self.page.set_default_timeout(1000 * PATIENCE)
        self.address = address
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))

    def _hear(self, message: Any) -> None:  # noqa: ANN401 - of the driver
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)

    def open(self, query: str = "") -> None:
        self.page.goto(self.address + query)
        self.page.wait_for_selector(LAST_FIGURE)
        self.settled()

    def settled(self, lang: str = "") -> None:
        """Wait until nothing has been moved for a while and the answer is there."""
        lang = lang or self.page.evaluate("document.documentElement.lang")
        settle(self.page, 250)
        self.page.wait_for_function(
            "said => document.getElementById('status').textContent.startsWith(said)", arg=READY[lang]
        )

    def text(self, selector: str) -> str:
        found = self.page.text_content(selector)
        assert found is not None
        return " ".join(found.split())

    def move(self, lever: str, value: float) -> None:
        """Move a range as dragging does."""
        self.page.evaluate(
            """([id, value]) => {
                const input = document.getElementById(id);
                Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(input, value);
                input.dispatchEvent(new Event("input", { bubbles: true }));
            }""",
            [f"lever-{lever}", str(value)],
        )

    def close(self) -> None:
        elsewhere = [url for url in self.requests if not url.startswith((self.address, "data:", "blob:"))]
        self.page.close()
        if self.own is not None:
            self.own.close()
        assert elsewhere == []
        assert self.complaints == []


@pytest.fixture(scope="module")
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser that keeps the scripts of the page, as that of a person does."""
    opened = browser.new_context(viewport={"width": 1280, "height": 900})
    yield opened
    opened.close()


@pytest.fixture
def visitor(browser: Browser, context: BrowserContext, address: str) -> Iterator[Visitor]:
    one = Visitor(browser, address, context=context)
    yield one
    one.close()


def serious(page: Page) -> list[str]:
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [
        f"{item['id']}: {item['nodes'][0]['html'][:200]}"
        for item in found
        if item["impact"] in {"serious", "critical"} or item["id"] == "color-contrast"
    ]


@pytest.mark.parametrize(("width", "lang"), [(1280, "en"), (390, "da")])
def test_the_page_is_whole_wide_and_narrow_in_both_languages(
    browser: Browser, address: str, width: int, lang: str
) -> None:
    one = Visitor(browser, address, width)
    one.open(f"?lang={lang}")
    page = one.page
    assert page.get_attribute("html", "lang") == lang
    assert page.locator("figure").count() == 4
    assert page.locator("figure .main-svg").count() >= 4
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for detail in page.locator("details > summary").all():
        detail.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for box in page.locator("#controls select, #controls input, #controls button:visible").all():
        place = box.bounding_box()
        assert place is not None
        assert place["x"] >= 0
        assert place["x"] + place["width"] <= width
    assert serious(page) == []
    said = one.text("#answer")
    assert ("n = 12 runs" if lang == "en" else "n = 12 kørsler") in said
    assert ("Source: simulation with ankomst" if lang == "en" else "Kilde: simulering med ankomst") in said
    left, right = (page.locator(name).bounding_box() for name in ("#controls", "main"))
    assert left is not None
    assert right is not None
    assert (left["x"] + left["width"] < right["x"]) == (width == 1280)
    one.close()


def test_every_lever_changes_the_address_and_the_answer(visitor: Visitor) -> None:
    visitor.open("?alt=three_year")
    before = visitor.text("#answer .box")
    assert "every pair of runs is equal" in before
    page = visitor.page
    for lever, value, said in (
        ("months", 24, "24 months"),
        ("grant1", 90_000, "DKK 90,000"),
        ("grant2", 60_000, "DKK 60,000"),
        ("grant3", 0, "DKK 0"),
        ("sustained", 12, "12 months"),
        ("evening", 6.5, "6.5 hours a week"),
        ("intensity", 50, "50%"),
        ("benefit", 80, "80%"),
    ):
        visitor.move(lever, value)
        visitor.settled()
        assert f"{lever}={value}" in page.url
        assert visitor.text(f"#readout-{lever}") == said
        assert page.get_attribute(f"#lever-{lever}", "aria-valuetext") == said
        after = visitor.text("#answer")
        assert after != before
        before = after
    page.select_option("#lever-extension", "needs_test")
    visitor.settled()
    assert "extension=needs_test" in page.url
    assert visitor.text("#answer") != before
    assert page.locator(".changed:visible").count() == 9
    page.click("#reset")
    visitor.settled()
    page.wait_for_function("() => document.querySelectorAll('[data-set=\"1\"]').length === 0")
    assert "every pair of runs is equal" in visitor.text("#answer .box")
    assert page.url == f"{visitor.address}?alt=three_year"
    assert visitor.text("#readout-months") == "36 months"


def test_the_keyboard_does_it_all(visitor: Visitor) -> None:
    visitor.open()
    page = visitor.page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.focus("#lever-months")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    visitor.settled()
    assert "months=15" in page.url
    seen = set()
    page.focus("#choice-base")
    for _ in range(25):
        seen.add(page.evaluate("document.activeElement.id"))
        page.keyboard.press("Tab")
    wanted = {"choice-base", "choice-alt", "lever-months", "lever-extension", "lever-grant3", "reset",
              "choice-sample", "choose-file", "copy-link", "take-yaml", "take-report"}  # fmt: skip
    assert wanted <= seen
    page.focus("#reset")
    page.keyboard.press("Enter")
    visitor.settled()
    assert "months" not in page.url


def test_two_scenarios_are_compared_and_a_link_shows_the_same(
    visitor: Visitor, browser: Browser, address: str
) -> None:
    visitor.open()
    page = visitor.page
    page.select_option("#choice-base", "one_year")
    page.select_option("#choice-alt", "task_force_package")
    visitor.settled()
    page.select_option("#choice-alt", "one_year_flexible")
    page.select_option("#choice-alt_grants", "grant_by_speed")
    visitor.settled()
    page.wait_for_function("() => document.getElementById('readout-grant1').textContent === 'DKK 75,000'")
    visitor.move("months", 18)
    visitor.settled()
    assert visitor.text("#answer .box").startswith("What the numbers say")
    link, said = page.url, visitor.text("#answer .box")
    other = Visitor(browser, address)
    other.open(link.removeprefix(address))
    assert other.text("#answer .box") == said
    assert other.page.input_value("#lever-months") == "18"
    assert other.page.input_value("#choice-alt") == "one_year_flexible"
    other.page.click("#language")
    other.page.wait_for_selector(LAST_FIGURE)
    other.settled("da")
    assert other.page.url == f"{link}&lang=da"
    assert other.text("#readout-months") == "18 måneder"
    assert other.text("#readout-grant1") == "75.000 kr."
    assert "Hvad tallene siger" in other.text("#answer .box")
    other.move("grant1", 80_000)
    other.settled()
    assert other.text("#readout-grant1") == "80.000 kr."
    other.close()


def test_what_is_taken_away_is_what_is_shown(visitor: Visitor, tmp_path: Path) -> None:
    visitor.open("?months=20")
    page = visitor.page

    def take(selector: str) -> Path:
        with page.expect_download() as waiting:
            page.click(selector)
        path = tmp_path / waiting.value.suggested_filename
        waiting.value.save_as(path)
        return path

    scenario = load_scenario(take("#take-yaml"))
    assert scenario.introduction_period.base_months == 20
    assert "<!DOCTYPE html>" in take("#take-report").read_text(encoding="utf-8")
    figure = page.locator("#figure-cost")
    for label, start in (("CSV", "scenario,"), ("HTML", "<!DOCTYPE html>"), ("SVG", "<svg")):
        with page.expect_download() as waiting:
            figure.get_by_text(label).click()
        path = tmp_path / waiting.value.suggested_filename
        waiting.value.save_as(path)
        text = path.read_text(encoding="utf-8")
        assert text.startswith(start)
        assert "n = 12 runs" in text or label == "CSV"


def test_a_file_of_ones_own_and_files_that_are_refused(visitor: Visitor, tmp_path: Path) -> None:
    visitor.open()
    page = visitor.page

    def send(name: str, content: bytes) -> None:
        file = tmp_path / name
        file.write_bytes(content)
        with page.expect_file_chooser() as waiting:
            page.click("#choose-file")
        waiting.value.set_files(file)

    def note(words: str) -> None:
        page.wait_for_function(
            "said => document.getElementById('file-note').textContent.includes(said)", arg=words
        )

    send("large.yaml", b"x" * 10_000_000)
    note("larger than 64 kB")
    send("evil.yaml", b"title: !!python/object/apply:os.system [id]")
    note("tag")
    send("other.yaml", b"extends: /etc/passwd")
    note("extends is not accepted")
    assert "own=" not in page.url
    send("mine.yaml", b'title: "My own"\ntitle_da: Min egen\nintroduction_period: {base_months: 30}\n')
    note("My own")
    visitor.settled()
    assert "own=" in page.url
    assert "My own" in visitor.text("#answer .box")
    assert visitor.text("#readout-months") == "30 months"
    assert page.is_disabled("#choice-alt")
    page.reload()
    page.wait_for_selector(LAST_FIGURE)
    assert "My own" in visitor.text("#answer .box")
    page.click("#remove-file")
    page.wait_for_function("() => !location.search.includes('own=')")
    visitor.settled()
    page.wait_for_function("() => !document.getElementById('answer').textContent.includes('My own')")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        (
            "?a=../../etc/passwd&months=1e309&alt=%3Cscript%3Ealert(1)%3C/script%3E",
            "is no part of an address",
        ),
        ("?base=%00%ff&alt=%F0%9F%92%A9&own=zzzz", "is not used"),
        ("?x=" + "y" * 12_000, "longer than 8000"),
    ],
)
def test_a_bad_address_is_told_and_the_page_works(
    browser: Browser, address: str, query: str, said: str
) -> None:
    one = Visitor(browser, address)
    one.page.on("dialog", lambda dialog: one.complaints.append(dialog.message))
    one.page.goto(address + query)
    one.page.wait_for_selector("#problems .warning")
    assert said in one.text("#problems")
    assert "etc/passwd" not in one.text("#answer")
    assert "Traceback" not in one.page.content()
    if "own=" in query:
        one.page.wait_for_selector("#answer .warning")
        assert "damaged" in one.text("#answer")
    else:
        one.page.wait_for_selector(LAST_FIGURE)
        assert one.page.input_value("#lever-months") == "12"
    assert serious(one.page) == []
    one.close()


def test_two_people_at_once_do_not_see_each_other(browser: Browser, address: str) -> None:
    one, two = (Visitor(browser, address) for _ in range(2))
    one.open("?months=11")
    two.open("?months=41&lang=da")
    for k in range(3):
        one.move("benefit", 80 + 5 * k)
        two.move("benefit", 120 - 5 * k)
    one.settled()
    two.settled()
    assert "months=11" in one.page.url
    assert "benefit=90" in one.page.url
    assert "benefit=110" in two.page.url
    assert one.text("#readout-benefit") == "90%"
    assert two.text("#readout-benefit") == "110 %"
    assert "months in work" in one.text("#answer .box").lower()
    assert "Hvad tallene siger" in two.text("#answer .box")
    secrets = {each.page.evaluate("document.getElementById('state') === null") for each in (one, two)}
    assert secrets == {True}
    one.close()
    two.close()


def test_a_larger_sample_shows_how_far_it_is(visitor: Visitor) -> None:
    visitor.open()
    page = visitor.page
    page.select_option("#choice-sample", "full")
    page.wait_for_selector("#progress progress")
    assert re.search(r"\d+ of \d+ runs|Getting started", visitor.text("#progress"))
    assert serious(page) == []
    # Another question ends the work at once.
    page.select_option("#choice-sample", "quick")
    visitor.settled()
    assert page.locator("#progress progress").count() == 0
    assert "sample" not in page.url


def test_fifty_moves_in_a_row(visitor: Visitor) -> None:
    visitor.open()
    for k in range(SMALL_ACTIONS):
        visitor.move("months", 6 + k)
        visitor.move("benefit", 50 + 5 * (k % 20))
        visitor.page.wait_for_timeout(40)
    visitor.settled()
    assert f"months={6 + SMALL_ACTIONS - 1}" in visitor.page.url
    assert visitor.text("#readout-months") == f"{6 + SMALL_ACTIONS - 1} months"
