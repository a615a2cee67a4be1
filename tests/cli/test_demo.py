"""`ankomst demo`: the headline experiment as a batch, and its page."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from tests.cli.support import TINY, TINY_DEMO, ankomst, fails

from ankomst.studies.schema.experiment import load_experiment

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str]:
    out = tmp_path_factory.mktemp("demo") / "result"
    answer = ankomst("demo", *TINY_DEMO, "--out", str(out))
    assert answer.exit_code == 0, answer.output
    return out, answer.stdout, answer.stderr


def tables(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (out / "tables").iterdir()}


def test_the_folder_is_that_of_a_batch_with_its_page(finished: tuple[Path, str, str]) -> None:
    out, _, _ = finished
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["kind"] == "batch"
    assert manifest["command"].startswith("ankomst demo ")
    assert len(manifest["scenarios"]) == 32
    english = (out / "report" / "report.html").read_text(encoding="utf-8")
    danish = (out / "report" / "report_da.html").read_text(encoding="utf-8")
    assert english.count("<figure ") == danish.count("<figure ") >= 4
    assert 'lang="da"' in danish
    first = english[english.index("What the numbers say") :]
    assert first.index("One-year introduction period + Result grants of 2013") < first.index(
        "No result grants"
    )
    assert "also after the period" not in first[: first.index("</ul>")]
    assert ankomst("verify", str(out)).exit_code == 0


@pytest.mark.compiled
def test_it_is_the_experiment_byte_for_byte(finished: tuple[Path, str, str], tmp_path: Path) -> None:
    options = [
        *TINY[:-4],
        "--replicates",
        "2",
        "--set",
        "draws.number=3",
        "--set",
        "months=[12, 24]",
        "--workers",
        "2",
    ]
    answer = ankomst("batch", "one_vs_three_years", *options, "--out", str(tmp_path))
    assert answer.exit_code == 0, answer.output
    assert tables(tmp_path) == tables(finished[0])


def test_its_defaults_are_those_of_the_file() -> None:
    found = load_experiment("one_vs_three_years")
    assert (len(found.draws.values), found.replicates, found.newcomers_per_year) == (20, 3, 1400)
    assert len(found.scenarios) == 32
    assert found.baseline == "three_year+grant_2013"


def test_what_it_prints(finished: tuple[Path, str, str]) -> None:
    out, stdout, stderr = finished
    said = " ".join(stdout.split())
    assert "One or three years of introduction" in said
    for name in ("three_year+no_grant", "one_year_flexible_concentrated+grant_above_benchmark"):
        assert name in stdout
    assert "paid for results that also come without grants" in said
    assert f"{out.name}/report/report.html" in "".join(stdout.split())
    assert "192 of 192 runs" in stderr


@pytest.mark.compiled
def test_again_it_runs_nothing_and_json_is_one_document(finished: tuple[Path, str, str]) -> None:
    out, _, _ = finished
    before = tables(out)
    answer = ankomst("demo", *TINY_DEMO, "--out", str(out), "--json", "--quiet", "--lang", "en")
    assert answer.exit_code == 0, answer.output
    document = json.loads(answer.stdout)
    assert answer.stderr == ""
    assert document["runs"] == {"done": 192, "failed": 0, "pending": 0}
    assert document["pages"] == [str(out / "report" / "report.html")]
    assert tables(out) == before


@pytest.mark.compiled
def test_another_comparison_needs_another_folder_or_a_restart(
    finished: tuple[Path, str, str], tmp_path: Path
) -> None:
    out, _, _ = finished
    before = tables(out)
    said = fails("demo", *TINY_DEMO, "--seed", "2", "--out", str(out))
    assert "seed" in said
    assert "--restart" in said
    assert tables(out) == before
    short = ("demo", *TINY_DEMO, "--draws", "point", "--quiet", "--lang", "da", "--out", str(tmp_path))
    for option in ((), ("--seed", "2", "--restart")):
        answer = ankomst(*short, *option)
        assert answer.exit_code == 0, answer.output
    manifest = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["experiment"]["seed"] == 2
    assert (tmp_path / "report" / "report_da.html").is_file()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--lang", "fr"), "there is no language 'fr'; allowed: en, da"),
        (("--lang", ","), "no language is named"),
        (("--draws", "many"), "draws.number"),
        (("--resume", "--restart"), "exclude each other"),
    ],
)
def test_what_it_cannot_do(arguments: tuple[str, ...], message: str, tmp_path: Path) -> None:
    assert message in fails("demo", *TINY_DEMO, *arguments, "--quiet", "--out", str(tmp_path / "out"))
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("report", "OUT"),
        ("verify", "OUT"),
        ("compare", "OUT"),
        ("status", "OUT"),
        ("demo", *TINY_DEMO, "--quiet", "--out", "OUT"),
        ("demo", *TINY_DEMO, "--quiet", "--restart", "--out", "OUT"),
        ("batch", "quick", *TINY[:-4], "--quiet", "--out", "OUT"),
        ("run", "one_year", "--quiet", "--out", "OUT"),
    ],
)
def test_a_folder_of_the_earlier_demo_is_to_be_made_again(arguments: tuple[str, ...], tmp_path: Path) -> None:
    files = {"index.html": "0" * 64}
    content = {"kind": "demo", "ankomst": "0.9.0", "command": "ankomst demo", "files": files}
    (tmp_path / "manifest.json").write_text(json.dumps(content), encoding="utf-8")
    (tmp_path / "index.html").write_text("numbers", encoding="utf-8")
    said = fails(*(str(tmp_path) if each == "OUT" else each for each in arguments))
    assert said.splitlines()[-1] == (
        f"{tmp_path / 'manifest.json'}: the result was made by an earlier version; run again; "
        "allowed: another folder for it (--out DIR)"
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["index.html", "manifest.json"]
