from __future__ import annotations

import pickle

from ankomst.errors import AnkomstError, ScenarioError, nearest_name, show


def test_errors_keep_their_fields_between_processes() -> None:
    error = ScenarioError("is wrong", where="a.yaml, line 1", allowed="x, y", nearest="x")
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own object
    assert type(again) is ScenarioError
    assert str(again) == str(error) == "a.yaml, line 1: is wrong; allowed: x, y; did you mean 'x'?"
    assert (again.what, again.where, again.allowed, again.nearest) == (
        "is wrong",
        "a.yaml, line 1",
        "x, y",
        "x",
    )
    assert str(AnkomstError("plain\nand simple")) == "plain and simple"


def test_helpers_of_messages() -> None:
    assert nearest_name("Three_yaer", ["three_year", "one_year"]) == "three_year"
    assert nearest_name("zzz", ["three_year"]) == ""
    assert show("x" * 100) == "'" + "x" * 36 + "..."
    assert show("a\x1bb") == "'a\\x1bb'"
