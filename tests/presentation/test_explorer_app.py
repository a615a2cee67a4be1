"""The server of the explorer, asked as a page asks it, and as somebody who means harm would."""

from __future__ import annotations

import base64
import json
import re
import socket
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from tests.waiting import PATIENCE, waited_for

from ankomst.errors import OutputError
from ankomst.explorer import app as explorer_app
from ankomst.explorer.answer import KEPT_ANSWERS, KEPT_RUNS, Answers, Kept
from ankomst.explorer.jobs import Jobs
from ankomst.explorer.markup import components
from ankomst.explorer.security import MAX_REQUEST, is_loopback
from ankomst.explorer.state import State
from ankomst.studies.batch.scenario_runs import run_scenarios

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

pytestmark = pytest.mark.compiled
NEWCOMERS = 100
PAGE = "one page"
SIGNS_OF_A_FAULT = ("Traceback", 'File "', "line ", "werkzeug")


@pytest.fixture(scope="module")
def app() -> Iterator[explorer_app.Explorer]:
    made = explorer_app.make_app(newcomers=NEWCOMERS, workers=1)
    explorer_app.warm_up(made)
    yield made
    made.jobs.close()


@pytest.fixture
def client(app: explorer_app.Explorer) -> FlaskClient:
    return app.server.test_client()


def callback(app: explorer_app.Explorer, start: str) -> tuple[str, dict[str, Any]]:
    """Return the callback whose outputs begin with a text."""
    (found,) = [
        (name, entry) for name, entry in app.callback_map.items() if name.removeprefix("..").startswith(start)
    ]
    return found


def ask(client: FlaskClient, app: explorer_app.Explorer, start: str, **values: Any) -> TestResponse:  # noqa: ANN401
    """Ask a callback as the page does; values are those of its inputs and states, by id."""
    name, entry = callback(app, start)
    parts = name.strip(".").split("...")
    outputs = [dict(zip(("id", "property"), part.rsplit(".", 1), strict=True)) for part in parts]
    body = {
        "output": name,
        "outputs": outputs if name.startswith("..") else outputs[0],
        "inputs": [{**item, "value": values.get(item["id"])} for item in entry["inputs"]],
        "state": [{**item, "value": values.get(item["id"])} for item in entry["state"]],
        "changedPropIds": [f"{item['id']}.{item['property']}" for item in entry["inputs"][:1]],
    }
    return client.post("/_dash-update-component", json=body, headers={"Origin": "http://localhost"})


def said(answer: TestResponse) -> str:
    return answer.get_data(as_text=True)


def test_the_first_page_has_its_language_and_brings_its_own_scripts(client: FlaskClient) -> None:
    for query, lang, title in (("", "en", "Explore integration"), ("?lang=da", "da", "Udforsk integration")):
        page = client.get(f"/{query}")
        assert f'<html lang="{lang}">' in said(page)
        assert title in said(page)
        policy = page.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe-eval" not in policy
        assert "frame-ancestors 'none'" in policy
        assert page.headers["X-Content-Type-Options"] == "nosniff"
        assert page.headers["X-Frame-Options"] == "DENY"
        assert re.findall(r'(?:src|href)="(?!/|data:)[^"]*', said(page)) == []


def test_the_assets_are_part_of_the_package(client: FlaskClient) -> None:
    for name in ("explorer.js", "explorer.css"):
        with client.get(f"/assets/{name}") as answer:
            assert answer.status_code == 200
    for path in (
        "/assets/../app.py",
        "/assets/%2e%2e/app.py",
        "/assets//etc/passwd",
        "/..%2f..%2fetc/passwd",
    ):
        with client.get(path) as answer:
            assert "root:" not in said(answer)
            assert "waitress" not in said(answer)


def test_an_address_gives_a_page_with_its_state(client: FlaskClient, app: explorer_app.Explorer) -> None:
    answer = ask(client, app, "page.children", address="?alt=three_year&months=24&lang=da&a=../../etc/passwd")
    assert answer.status_code == 200
    text = json.dumps(answer.get_json(), ensure_ascii=False)
    assert "24 måneder" in text
    assert "er ingen del af en adresse" in text
    assert "alt=three_year&months=24&lang=da" in text


def test_the_answer_is_that_of_a_run(client: FlaskClient, app: explorer_app.Explorer) -> None:
    state = State(benefit=80.0)
    answer = ask(client, app, "answer.children.", state=state.query(), secret=PAGE)
    text = json.dumps(answer.get_json())
    assert "What the numbers say" in text
    assert "12 paired runs at 12 draws of the parameters, with 100 newcomers a year" in text
    from ankomst.explorer import levers

    pair = {"a": levers.baseline(state), "b": levers.alternative(state)}
    study = run_scenarios(
        pair, baseline="a", draws=12, replicates=1, seed=1, newcomers_per_year=NEWCOMERS, workers=1
    )
    found = app.jobs.answers.known(state)
    assert found is not None
    changes = {change["key"]: change["source"] for change in found.facts["changes"]["alternative"]}
    assert changes["benefits.level"] == "moved in the explorer"
    assert changes["introduction_period.base_months"].startswith("Task Force")
    for column in ("estimate", "low", "high"):
        mine, theirs = found.tables["differences"][column], study.tables["differences"][column]
        assert mine.tolist() == theirs.tolist()
    curves = found.tables["curves"]
    gap = curves[curves["outcome"] == "employment_rate_difference"].set_index("months")["estimate"]
    level = curves[curves["outcome"] == "employment_rate"].pivot(
        index="months", columns="scenario", values="estimate"
    )
    assert (gap - (level["alternative"] - level["baseline"])).abs().max() < 1e-12


def test_equal_scenarios_are_said_to_be_equal(client: FlaskClient, app: explorer_app.Explorer) -> None:
    answer = ask(client, app, "answer.children.", state="alt=three_year&lang=da", secret=PAGE)
    assert "alle par af kørsler er ens" in json.dumps(answer.get_json(), ensure_ascii=False)


def test_scenarios_that_conflict_are_explained_without_a_path(
    client: FlaskClient, app: explorer_app.Explorer
) -> None:
    query = "alt=reform_2016&alt_grants=no_grant"
    text = json.dumps(ask(client, app, "answer.children.", state=query, secret=PAGE).get_json())
    assert "reform_2016 and no_grant set the same lever" in text
    assert "/scenarios" not in text
    assert ask(client, app, "page.children", address=f"?{query}").status_code == 200


FORGED: list[Any] = [
    None, 5, 1e308, True, [], {}, [["x"]] * 100, {"a": {"b": {}}}, "\x00", "a" * 100_000, "months=1e309",
    "own=AAAA", "sample=1000000", "../../etc/passwd", "<script>", "{0.__class__}", "%s%s%n",
]  # fmt: skip


@pytest.mark.parametrize("value", FORGED, ids=[str(k) for k in range(len(FORGED))])
def test_forged_values_do_no_harm(client: FlaskClient, app: explorer_app.Explorer, value: object) -> None:
    for start, names in (
        ("page.children", ("address",)),
        ("answer.children.", ("state", "secret")),
        ("own.data", ("upload", "state")),
        ("levers.children", ("alternative", "state")),
        ("download.data", ("wanted", "state")),
        ("progress.children@", ("turn", "secret", "state")),
    ):
        answer = ask(client, app, start, **dict.fromkeys(names, value))
        assert answer.status_code in {200, 204}, (start, said(answer))
        text = said(answer)
        assert not any(sign in text for sign in ("Traceback", 'File \\"', "root:"))


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"null", b'"x"', b"{}", b'{"output": "page.children"}', b"\xff\xfe",
        b'{"output": "no.such", "inputs": [], "outputs": {"id": "x", "property": "y"}}',
        b'{"output": 5, "inputs": 5, "outputs": 5, "changedPropIds": 5}',
        b'{"output":"page.children","outputs":{"id":"page","property":"children"},"inputs":[]}',
        b'{"output":"page.children","outputs":{"id":"page","property":"children"},"inputs":"x","state":"y"}',
        b"[" * 20_000,
    ],
)  # fmt: skip
def test_forged_requests_get_a_short_refusal(client: FlaskClient, body: bytes) -> None:
    answer = client.post("/_dash-update-component", data=body, content_type="application/json")
    assert 400 <= answer.status_code < 500 or answer.status_code in {200, 204}
    assert len(said(answer)) < 200
    assert not any(sign in said(answer) for sign in SIGNS_OF_A_FAULT)


def test_other_names_pages_and_large_requests_are_refused(client: FlaskClient) -> None:
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 403
    assert client.get("/", headers={"Host": "127.0.0.1.evil.example:8050"}).status_code == 403
    for host in ("localhost:8050", "127.0.0.1:8050", "[::1]:8050"):
        assert client.get("/", headers={"Host": host}).status_code == 200
    elsewhere = {"Origin": "http://evil.example"}
    assert client.post("/_dash-update-component", json={}, headers=elsewhere).status_code == 403
    large = client.post(
        "/_dash-update-component", data=b"x" * (MAX_REQUEST + 1), content_type="application/json"
    )
    assert large.status_code == 413
    assert client.get("/no/such/page").status_code in {200, 404}
    assert client.put("/").status_code == 405


def upload(client: FlaskClient, app: explorer_app.Explorer, content: bytes) -> dict[str, Any]:
    sent = {"content": base64.b64encode(content).decode()}
    answer = ask(client, app, "own.data", upload=sent, state="lang=en")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.get_json()["response"]
    return found


def test_a_file_of_ones_own_becomes_the_alternative(client: FlaskClient, app: explorer_app.Explorer) -> None:
    found = upload(
        client, app, b'title: "Mine <b>"\nintroduction_period: {base_months: 20, max_months: 20}\n'
    )
    assert "Mine <b>" in found["file-note"]["children"]
    token = found["own"]["data"]["token"]
    answer = ask(client, app, "answer.children.", state=f"own={token}", secret=PAGE).get_json()
    assert "Mine <b>" in json.dumps(answer)
    shown = ask(client, app, "levers.children", alternative="x", state=f"own={token}").get_json()
    assert "20 months" in json.dumps(shown)


@pytest.mark.parametrize(
    "content", [b"extends: three_year", b"title: !!python/object:os.x {}", b"\xff", b"x" * 70_000]
)
def test_a_bad_file_is_refused_with_its_reason(
    client: FlaskClient, app: explorer_app.Explorer, content: bytes
) -> None:
    found = upload(client, app, content)
    assert "own" not in found
    assert "The file is not used. your file" in found["file-note"]["children"]


def take(client: FlaskClient, app: explorer_app.Explorer, what: str, state: str, figure: str = "") -> Any:  # noqa: ANN401
    answer = ask(client, app, "download.data", wanted={"take": what, "figure": figure}, state=state)
    assert answer.status_code == 200, said(answer)
    return answer.get_json()["response"]


def test_everything_can_be_taken_away(client: FlaskClient, app: explorer_app.Explorer) -> None:
    file = take(client, app, "yaml", "months=24")["download"]["data"]
    assert file["filename"] == "ankomst_alternative.yaml"
    assert "base_months: 24" in file["content"]
    assert "# Made in the explorer of ankomst. State: months=24" in file["content"]
    report = take(client, app, "report", "lang=da")["download"]["data"]
    assert report["filename"] == "ankomst_rapport.html"
    assert '<html lang="da">' in report["content"]
    for name in ("employment", "work", "cost", "accounts"):
        data = take(client, app, "csv", "", name)["download"]["data"]
        assert data["content"].startswith("scenario,")
        assert "One-year introduction period" in data["content"]
        page = take(client, app, "html", "", name)["download"]["data"]
        assert page["content"].count("<figure ") == 1
        assert "compared with Three-year" in page["content"]


def test_nothing_is_simulated_for_a_download(client: FlaskClient, app: explorer_app.Explorer) -> None:
    found = take(client, app, "report", "months=59")
    assert "download" not in found
    assert "not there yet" in found["taken-note"]["children"]


def test_many_moves_leave_no_memory_behind(client: FlaskClient, app: explorer_app.Explorer) -> None:
    import gc

    import psutil

    process = psutil.Process()

    def moves(values: range) -> int:
        for months in values:
            answer = ask(client, app, "answer.children.", state=f"months={months}&benefit=75", secret=PAGE)
            assert answer.status_code == 200
            assert "What the numbers say" in said(answer)
        gc.collect()
        return int(process.memory_info().rss)

    before = moves(range(6, 14))
    after = moves(range(14, 26))
    assert after - before < 36_000_000  # 3 MB a move; each run is some 20 MB while it lasts


class Slow:
    """Answers that take as long as they are told, in place of the real ones."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.begun: list[State] = []
        self.error: Exception | None = None

    def known(self, _: State) -> None:
        return None

    def find(self, state: State, progress: Any) -> Any:  # noqa: ANN401 - as in the real one
        self.begun.append(state)
        if self.error is not None:
            raise self.error
        while not self.go.wait(0.02):
            progress(1, 2)
        return state


def test_a_new_question_of_a_page_ends_the_work_on_the_one_before() -> None:
    slow = Slow()
    jobs = Jobs(slow)  # type: ignore[arg-type]
    first = jobs.ask(State(months=12.0), "page")
    waited_for(lambda: slow.begun)
    second = jobs.ask(State(months=13.0), "page")
    assert first.finished.wait(PATIENCE)
    assert first.given_up
    other = jobs.ask(State(months=14.0), "another page")
    slow.go.set()
    assert second.finished.wait(PATIENCE)
    assert other.finished.wait(PATIENCE)
    assert not second.given_up
    assert not other.given_up
    jobs.close()


def test_a_job_belongs_to_its_page_and_is_given_up_when_the_page_is_gone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("ankomst.explorer.jobs.FORGOTTEN_AFTER", 0.05)
    jobs = Jobs(Slow())  # type: ignore[arg-type]
    job = jobs.take(State(), "mine")
    assert jobs.get("yours") is None
    assert jobs.get("mine") is job
    assert job.finished.wait(PATIENCE)
    assert job.given_up
    assert jobs.take(State(), "mine") is not job
    jobs.close()


def test_a_failed_answer_is_not_tried_again_until_something_else_is_asked() -> None:
    slow = Slow()
    slow.error = ValueError("no")
    jobs = Jobs(slow)  # type: ignore[arg-type]
    job = jobs.take(State(), "page")
    assert job.finished.wait(PATIENCE)
    assert job.error == "the run failed (ValueError); `ankomst run` shows why"
    assert jobs.take(State(), "page") is job
    assert len(slow.begun) == 1
    assert jobs.take(State(lang="da"), "page") is not job
    jobs.close()


def test_the_page_looks_until_the_answer_is_ready(
    client: FlaskClient, app: explorer_app.Explorer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ankomst.explorer.callbacks.WAIT", 0.01)
    go, find = threading.Event(), Answers.find

    def held(answers: Answers, *given: Any) -> Any:  # noqa: ANN401
        go.wait()
        return find(answers, *given)

    monkeypatch.setattr(Answers, "find", held)
    values = {"state": "months=33", "secret": "looking"}
    first = ask(client, app, "answer.children.", **values).get_json()["response"]
    assert "children" not in first.get("answer", {})
    more = first["more"]["data"]
    seen = []
    while not more["ready"]:
        found = ask(client, app, "progress.children@", turn=more["turn"], **values).get_json()["response"]
        more = found["more"]["data"]
        seen.append(json.dumps(found["progress"]))
        go.set()
        time.sleep(0.05)
    assert any("runs" in text or "Getting started" in text for text in seen)
    last = ask(client, app, "answer.children.", ready=more["turn"], **values).get_json()["response"]
    assert "What the numbers say" in json.dumps(last["answer"])
    assert last["more"]["data"] is None


def test_the_queue_is_bounded_and_long_work_does_not_hold_up_short_work(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("ankomst.explorer.jobs.FORGOTTEN_AFTER", PATIENCE)
    slow = Slow()
    jobs = Jobs(slow)  # type: ignore[arg-type]
    asked = [jobs.ask(State(sample="full", months=float(k)), f"page {k}") for k in range(6, 26)]
    refused = [job for job in asked if job.error]
    assert len(refused) >= 10
    assert "too many answers" in refused[0].error
    # What one page gives up makes room for others.
    for k in range(12):
        busy = jobs.ask(State(evening=float(k)), "busy")
        assert not busy.error
    busy.give_up()
    short = jobs.ask(State(), "short")
    waited_for(lambda: short.state in slow.begun)
    assert [state.sample for state in slow.begun].count("full") == 1
    slow.go.set()
    jobs.close()


def test_what_is_kept_is_bounded() -> None:
    kept: Kept[int, int] = Kept(3)
    for k in range(10):
        kept.put(k, k)
        kept.get(7)
    assert len(kept) == 3
    assert kept.get(7) == 7
    assert kept.get(0) is None
    answers = Answers(NEWCOMERS, workers=1)
    for k in range(KEPT_RUNS + 5):
        answers._runs.put((str(k), 1, answers.samples["quick"]), [])
        answers._answers.put(replace(State(), own=str(k)), None)  # type: ignore[arg-type]
    assert len(answers._runs) == KEPT_RUNS
    assert len(answers._answers) == KEPT_ANSWERS


def test_html_of_the_house_becomes_components_and_nothing_else_does() -> None:
    table, image = components(
        '<p class="x">a &lt; b<br></p><ul><li><svg width="3" height="4"/></svg></li></ul>'
    )
    assert table.className == "x"
    assert table.children[0] == "a < b"
    assert image.children[0].children[0].src.startswith("data:image/svg+xml,%3Csvg%20xmlns")
    for bad in ("<script>x</script>", "<p>", "<p></ul>", '<a href="x">y</a>'):
        with pytest.raises(ValueError, match="tag"):
            components(bad)


def test_loopback_is_told_from_other_addresses() -> None:
    assert all(map(is_loopback, ("localhost", "127.0.0.1", "127.1.2.3", "::1")))
    assert not any(map(is_loopback, ("0.0.0.0", "::", "192.168.1.4", "evil.example", "")))  # noqa: S104


def test_a_port_in_use_is_one_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(OutputError, match=f"cannot be served at 127.0.0.1, port {port}"):
            explorer_app.serve("127.0.0.1", port, NEWCOMERS, lambda *_: None)
    with pytest.raises(OutputError, match="cannot be served at no such host"):
        explorer_app.serve("no such host", 0, NEWCOMERS, lambda *_: None)
