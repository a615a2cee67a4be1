"""The command that goes on with a study: every option that was given, quoted."""

from __future__ import annotations

from pathlib import Path

import pytest

from ankomst.studies.schema.going_on import begun_by, going_on

ALL = (
    "ankomst batch 'my file.yaml' --workers 3 --scheduler tcp://host:8786 --run-limit 30 --seed 7 "
    "--replicates 5 --newcomers 100 --set danish.right_months=60 --set 'title=Two words' "
    "--out 'my results/it'\"'\"'s' -q --json"
)
LINES = {
    ALL: f"{ALL} --resume",
    "ankomst decide a --restart --quick --lang da": "ankomst decide a --quick --lang da --resume",
    "ankomst batch a --resume --changed": "ankomst batch a --changed --resume",
    "ankomst batch a --retry-failed": "ankomst batch a --retry-failed --resume",
    "ankomst batch --seed 2 -- -odd.yaml": "ankomst batch --seed 2 --resume -- -odd.yaml",
    "ankomst batch it's": "ankomst batch 'it'\"'\"'s' --resume",  # an earlier version did not quote
}


@pytest.mark.parametrize("typed", LINES)
def test_every_option_is_kept(typed: str) -> None:
    assert going_on(typed) == LINES[typed]


@pytest.mark.parametrize(
    "typed",
    ["ankomst batch a --out b --seed 2", "ankomst batch a --out=b --seed 2", "ankomst batch a --seed 2"],
)
def test_a_folder_that_was_moved_is_named_where_it_is(typed: str) -> None:
    assert going_on(typed, out=Path("the folder")) == "ankomst batch a --seed 2 --out 'the folder' --resume"


def test_failed_runs_are_tried_again_with_the_same_options() -> None:
    said = "ankomst batch a --seed 2 --retry-failed"
    for more in ("", " --resume", " --restart", " --retry-failed"):
        assert going_on(f"ankomst batch a --seed 2{more}", how="--retry-failed") == said


def test_a_manifest_tells_the_command_or_at_least_the_file() -> None:
    assert begun_by({"command": "ankomst decide a --quick"}, "decision") == "ankomst decide a --quick"
    python = {"command": "ankomst -m pytest", "experiment": {"file": "my file.yaml"}}
    assert begun_by(python, "sensitivity") == "ankomst sensitivity 'my file.yaml'"
    assert begun_by({"experiment": {"path": "small.yaml"}}, "batch") == "ankomst batch small.yaml"
    assert begun_by({}, "calibration") == "ankomst calibrate"
