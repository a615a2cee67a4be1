"""`ankomst demo` on a tiny sample: files, page, table, JSON, repetition."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from tests.cli.support import TINY, ankomst, fails

from ankomst.policy.posterior import POSTERIOR

if TYPE_CHECKING:
    from pathlib import Path

TABLES = ("accounts", "differences", "economics", "employment", "grants", "groups", "shares")


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str]:
    out = tmp_path_factory.mktemp("demo") / "result"
    answer = ankomst("demo", *TINY, "--out", str(out))
    assert answer.exit_code == 0, answer.output
    return out, answer.stdout, answer.stderr


def test_the_folder_holds_tables_pages_and_a_manifest(finished: tuple[Path, str, str]) -> None:
    out, _, _ = finished
    assert sorted(path.name for path in out.iterdir()) == [
        "demo.html",
        "demo_da.html",
        "facts.json",
        "manifest.json",
        "tables",
    ]
    assert sorted(path.stem for path in (out / "tables").iterdir()) == list(TABLES)
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert len(manifest["scenarios"]) == 32
    assert manifest["settings"]["replicates"] == 2
    assert manifest["settings"]["newcomers_per_year"] == 40
    assert manifest["settings"]["draws"]["file"] == POSTERIOR.name
    assert len(manifest["settings"]["displacement"]) == 2
    assert manifest["settings"]["overrides"]["horizon.follow_up_months"] == 24
    assert len(manifest["files"]) == len(TABLES) + 3


def test_the_pages_have_figures_and_draws_of_the_posterior_are_named(finished: tuple[Path, str, str]) -> None:
    out, _, _ = finished
    english = (out / "demo.html").read_text(encoding="utf-8")
    assert english.count("<figure ") >= 4
    assert "2 draws of the posterior" in english
    assert "start values" not in english
    assert "40 newcomers a year for 1 year" in english
    danish = (out / "demo_da.html").read_text(encoding="utf-8")
    assert 'lang="da"' in danish
    assert "2 trækninger af posterioren" in danish
    for phrase in (
        "undefined:",
        "too close to call",
        "Fieller interval",
        "never above",
        "in some replicates",
    ):
        body = re.sub(r"<script.*?</script>", "", danish, flags=re.DOTALL)
        assert phrase not in body


def test_the_table_shows_all_combinations_with_intervals(finished: tuple[Path, str, str]) -> None:
    _, stdout, _ = finished
    assert stdout.count("±") > 31 * 4
    assert stdout.count("baseline") >= 4
    assert "One year, flexible, concentrated" in stdout
    assert "too close to call" in stdout
    assert "±" in stdout.splitlines()[0]
    assert "2 draws of the posterior, a pair of runs each" in stdout
    assert "errors of the model's form" in stdout


def test_it_says_where_the_results_are(finished: tuple[Path, str, str]) -> None:
    out, stdout, stderr = finished
    said = " ".join(stdout.split())
    assert "Results are in" in said
    assert out.name in said
    assert "64 of 64 runs" in stderr


@pytest.mark.compiled
def test_json_is_one_document_and_the_same_seed_gives_the_same_numbers(
    finished: tuple[Path, str, str], tmp_path: Path
) -> None:
    out, _, _ = finished
    answer = ankomst(
        "demo", *TINY, "--out", str(tmp_path), "--json", "--quiet", "--lang", "en", "--workers", "1"
    )
    document = json.loads(answer.stdout)
    assert answer.stderr == ""
    assert len(document["differences"]) == 31 * 4
    assert document["pages"] == [str(tmp_path / "demo.html")]
    assert not (tmp_path / "demo_da.html").exists()
    for name in TABLES:
        first, second = ((folder / "tables" / f"{name}.csv").read_bytes() for folder in (out, tmp_path))
        assert first == second, name
    saved = pd.read_csv(tmp_path / "tables" / "differences.csv")
    assert document["differences"][0]["estimate"] == pytest.approx(saved["estimate"][0], rel=1e-12)
    assert {row["estimate"] for row in document["grants"] if row["measure"] == "deadweight"} >= {None}


@pytest.mark.compiled
def test_an_earlier_result_is_replaced(tmp_path: Path) -> None:
    short = ("demo", *TINY, "--quiet", "--out", str(tmp_path))
    assert ankomst(*short).exit_code == 0
    again = ankomst(*short, "--lang", "da", "--seed", "2")
    assert (again.exit_code, again.output) == (0, "")
    assert sorted(path.name for path in tmp_path.glob("*.html")) == ["demo_da.html"]
    assert json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))["settings"]["seed"] == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--lang", "fr"), "there is no language 'fr'; allowed: en, da"),
        (("--lang", ","), "no language is named"),
        (("--set", "result_grants=[]"), "result_grants is what the demo compares"),
    ],
)
def test_what_it_cannot_do(arguments: tuple[str, ...], message: str, tmp_path: Path) -> None:
    assert message in fails("demo", *TINY, *arguments, "--quiet", "--out", str(tmp_path / "out"))
    assert not (tmp_path / "out").exists()
