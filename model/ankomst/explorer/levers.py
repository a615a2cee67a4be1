"""From a state to two scenarios: the shipped files, and what the levers change in the alternative."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import yaml

from ankomst.errors import AnkomstError, ScenarioError
from ankomst.explorer.choices import GRANTS, RANGES, SCENARIOS
from ankomst.explorer.upload import read_token
from ankomst.policy.places import scenarios_folder
from ankomst.policy.scenario import Scenario, load_scenario

if TYPE_CHECKING:
    from ankomst.explorer.state import State
    from ankomst.policy.levers.grants import ResultGrant

YEARS = ((0, 12), (12, 24), (24, 36))
"""Months of hire of the three amounts."""
LAST_MONTH = 240
LONGER = 24
"""Months by which people are extended where the alternative itself extends nobody (an assumption)."""
_JOB = "ordinary_job"


@lru_cache(maxsize=len(SCENARIOS) * (len(GRANTS) + 1))
def shipped(name: str, grants: str = "") -> Scenario:
    """Load a shipped scenario, or its composition with a design of the grant.

    Raises
    ------
    ScenarioError
        The two set the same key to different values.
    """
    spec = spec_of(name, grants)
    try:
        return load_scenario(spec)
    except ScenarioError:
        if not grants:
            raise
    # The loader's message names files with their folders, which are no business of a page.
    raise ScenarioError(
        f"{name} and {grants} set the same lever to different values",
        allowed="the result grants as in the scenario, or another scenario",
    )


def spec_of(name: str, grants: str = "") -> str:
    """Return the files of a shipped scenario; only names of the fixed lists become one."""
    if name not in SCENARIOS or grants not in {"", *GRANTS}:
        raise ValueError(f"no shipped scenario: {name!r} with {grants!r}")
    folder = scenarios_folder()
    return "+".join(str(folder / f"{part}.yaml") for part in (name, grants) if part)


def title_of(name: str, lang: str) -> str:
    """Return the title of a shipped scenario."""
    scenario = shipped(name) if name in SCENARIOS else _design(name)
    return scenario.title_da if lang == "da" else scenario.title


@lru_cache(maxsize=len(GRANTS))
def _design(name: str) -> Scenario:
    return load_scenario(str(scenarios_folder() / f"{name}.yaml"))


def baseline(state: State) -> Scenario:
    """Return the baseline."""
    return shipped(state.base, state.base_grants)


def unmoved(state: State) -> Scenario:
    """Return the alternative before any lever is moved."""
    return _own(state.own) if state.own else shipped(state.alt, state.alt_grants)


def unmoved_or_default(state: State) -> Scenario:
    """Return the alternative, or the shipped one without its grants where it cannot be built."""
    try:
        return unmoved(state)
    except AnkomstError:  # the answer says what is wrong
        return shipped(state.alt)


@lru_cache(maxsize=16)
def _own(token: str) -> Scenario:
    return read_token(token)


def alternative(state: State) -> Scenario:
    """Return the alternative with the levers as they stand.

    Raises
    ------
    ScenarioError
        The levers do not go together, or as for `shipped` and `read_token`.
    """
    start = unmoved(state)
    changes = overrides(start, state.moved)
    if not changes:
        return start
    titled = {
        "title": f"{start.title}, levers moved"[:1000],
        "title_da": f"{start.title_da}, håndtag flyttet"[:1000],
    }
    return load_scenario(start, {**changes, **titled})


def positions(scenario: Scenario) -> dict[str, Any]:
    """Return where each lever stands in a scenario, exactly."""
    paid = [grant for grant in scenario.result_grants if grant.outcome == _JOB]
    amounts = [sum(grant.amount(start) for grant in paid) for start, _ in YEARS]
    return {
        "months": scenario.introduction_period.base_months,
        "extension": scenario.introduction_period.extension,
        "grant1": amounts[0],
        "grant2": amounts[1],
        "grant3": amounts[2],
        "sustained": paid[0].sustained_months if paid else 6,
        "evening": scenario.danish.evening_hours,
        "intensity": 100 * scenario.ordinary_system.intensity,
        "benefit": 100 * scenario.benefits.level,
    }


def nearest(scenario: Scenario) -> dict[str, Any]:
    """Return where each lever stands on the page: at the step nearest to its exact position."""
    return {
        name: RANGES[name].nearest(float(value)) if name in RANGES else value
        for name, value in positions(scenario).items()
    }


def overrides(scenario: Scenario, moved: dict[str, Any]) -> dict[str, Any]:
    """Return what moved levers set in a scenario, by dotted key."""
    found: dict[str, Any] = {}
    if "months" in moved or "extension" in moved:
        found |= _period(scenario, moved)
    if {"grant1", "grant2", "grant3", "sustained"} & set(moved):
        found["result_grants"] = _grants(scenario, moved)
    if "evening" in moved:
        found["danish.evening_hours"] = moved["evening"]
    if "intensity" in moved:
        found["ordinary_system.intensity"] = moved["intensity"] / 100
    if "benefit" in moved:
        found["benefits.level"] = moved["benefit"] / 100
    return found


def _period(scenario: Scenario, moved: dict[str, Any]) -> dict[str, Any]:
    """Set the period so that its parts go together: nobody's is shorter than everybody's."""
    period = scenario.introduction_period
    base = int(moved.get("months", period.base_months))
    extension = moved.get("extension", period.extension)
    if extension == "never":
        longest = base
    elif period.extension == "never":
        longest = base + LONGER
    else:
        longest = max(period.max_months, base)
    return {
        "introduction_period.base_months": base,
        "introduction_period.max_months": longest,
        "introduction_period.extension": extension,
    }


def _grants(scenario: Scenario, moved: dict[str, Any]) -> list[dict[str, Any]]:
    """Replace the grant for ordinary work; all other grants stay, and so do its window and conditions."""
    stands = positions(scenario)
    paid = [grant for grant in scenario.result_grants if grant.outcome == _JOB]
    others = [_plain(grant) for grant in scenario.result_grants if grant.outcome != _JOB]
    grant: dict[str, Any] = _plain(paid[0]) if paid else {"outcome": _JOB}
    if {"grant1", "grant2", "grant3"} & set(moved):
        amounts = [float(moved.get(f"grant{year}", stands[f"grant{year}"])) for year in (1, 2, 3)]
        schedule = {f"{start}-{end}": amount for (start, end), amount in zip(YEARS, amounts, strict=True)}
        later = _later(paid)
        grant["schedule"] = schedule | later
    elif not paid:
        grant["schedule"] = 0.0
    grant["sustained_months"] = int(moved.get("sustained", stands["sustained"]))
    return [grant, *others]


def _later(paid: list[ResultGrant]) -> dict[str, float]:
    """Return what is paid for work that begins after the third year, as it was."""
    first = YEARS[-1][1]
    found: dict[str, float] = {}
    start = first
    for month in range(first, LAST_MONTH):
        now, following = (sum(grant.amount(m) for grant in paid) for m in (month, month + 1))
        if now != following or month == LAST_MONTH - 1:
            if now:
                found[f"{start}-{month + 1}"] = now
            start = month + 1
    return found


def _plain(grant: ResultGrant) -> dict[str, Any]:
    return grant.model_dump(mode="json", exclude_unset=True)


def scenario_yaml(scenario: Scenario, note: str = "") -> str:
    """Return a scenario as a file that `ankomst check` takes and that gives the same policy."""
    content = scenario.model_dump(mode="json", exclude_unset=True)
    order = ["title", "title_da", "source"]
    content = {
        **{key: content[key] for key in order if key in content},
        **{key: value for key, value in content.items() if key not in order},
    }
    body = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=100)
    # A comment must stay one, whatever a title holds.
    head = "".join(f"# {' '.join(line.split())}\n" for line in note.splitlines())
    return head + body
