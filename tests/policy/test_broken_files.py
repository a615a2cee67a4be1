"""Every file in `broken` names the exact messages that a user sees."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.expected import expected

from ankomst.errors import ScenarioError
from ankomst.policy.scenario import load_scenario

BROKEN = Path(__file__).parent / "broken"
FILES = sorted(path.name for path in BROKEN.glob("*.yaml"))
LEAKS = ("pydantic", "Traceback", "Input should", "errors.", "validation error", str(BROKEN))


@pytest.mark.parametrize("name", FILES)
def test_message(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(BROKEN)
    message = expected(Path(name))
    with pytest.raises(ScenarioError) as caught:
        load_scenario(name)
    assert str(caught.value) == message
    assert len(caught.value.problems) == message.count("\n") + 1
    assert all(".yaml" in line for line in message.splitlines())
    assert not any(leak in message for leak in LEAKS)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_the_folder_is_large_enough() -> None:
    assert len(FILES) >= 45
