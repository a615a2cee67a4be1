from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from ankomst.errors import AnkomstError
from ankomst.policy.parameters import load_registry
from ankomst.policy.scenario import Scenario, build_scenario, load_scenario, parse_override

if TYPE_CHECKING:
    from ankomst.policy.parameter_values import Parameter

SECTIONS = (
    "danish",
    "introduction_period",
    "placements",
    "benefits",
    "population",
    "assessment",
    "governance",
    "trainee_job",
    "dispersal",
    "result_grants",
    "parameters",
)
ranged = [p for p in load_registry().values() if p.range is not None and not p.integer]

valid_overrides = st.fixed_dictionaries(
    {},
    optional={
        "danish.class_hours": st.floats(0, 37),
        "danish.right_months": st.none() | st.integers(0, 120),
        "introduction_period.extension": st.sampled_from(["never", "needs_test", "until_self_supporting"]),
        "introduction_period.max_months": st.integers(36, 120),
        "introduction_period.basic_grant_months": st.just("in_period") | st.integers(0, 60),
        "placements.capacity": st.floats(0, 5),
        "interactions": st.booleans(),
        "bonus_extra_job": st.none() | st.floats(0, 1e6),
        "benefits.refund": st.sampled_from([None, "flat_50", {"active": 0.5, "passive": 0.3}]),
        "national_demand": st.floats(-20, 20)
        | st.dictionaries(
            st.dates(min_value=Scenario().date).filter(lambda d: d.year < 2030).map(str),
            st.floats(-20, 20),
            min_size=1,
        ),
        "date": st.sampled_from(["2013-07-01", "2017-01-01"]),
        "benefits.rates_of": st.none() | st.sampled_from(["2015-08-31", "2017-01-01"]),
        "dispersal": st.sampled_from(["quota", "demand_weighted"]),
        "population.arrivals": st.none()
        | st.just("denmark")
        | st.integers(2005, 2030).flatmap(
            lambda first: st.lists(st.floats(1, 20_000), min_size=1, max_size=5).map(
                lambda people: {str(first + n): number for n, number in enumerate(people)}
            )
        ),
        "assessment.asylum_information": st.floats(0, 1),
        "governance.peer_exchange": st.floats(0, 0.1),
        "trainee_job.slots": st.floats(0, 0.2),
        "taxes.in_work_credit": st.floats(0, 10_000),
        "population.seed": st.none() | st.integers(0, 2**63 - 1),
        "result_grants": st.lists(
            st.fixed_dictionaries(
                {
                    "outcome": st.sampled_from(["ordinary_job", "education", "self_support"]),
                    "schedule": st.floats(0, 1e6)
                    | st.just({"0-12": 75_000, "12-24": 50_000})
                    | st.just([[0, 75_000], [36, 0]]),
                    "sustained_months": st.integers(0, 60),
                    "window_months": st.just("introduction_period") | st.integers(1, 240),
                }
            ),
            max_size=4,
        ),
    },
)


@settings(max_examples=100, deadline=None, derandomize=True, database=None)
@given(valid_overrides, st.sampled_from(ranged), st.floats(0, 1))
def test_valid_overrides_survive_a_round_trip(
    overrides: dict[str, Any], parameter: Parameter, where: float
) -> None:
    low, high = parameter.range or (0.0, 0.0)
    value = min(high, low + where * (high - low))
    scenario = build_scenario({}, {**overrides, f"parameters.{parameter.name}": value})
    again = build_scenario(scenario.model_dump(mode="json"))
    assert again == scenario
    assert again.policy_hash == scenario.policy_hash
    assert scenario.parameter_values()[parameter.name] == value
    written = yaml.safe_dump(scenario.model_dump(mode="json"))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "again.yaml"
        path.write_text(written, encoding="utf-8")
        assert load_scenario(path).policy_hash == scenario.policy_hash


keys = st.sampled_from(
    [
        *SECTIONS,
        "title",
        "extends",
        "date",
        "rules",
        "class_hours",
        "schedule",
        "outcome",
        "0-36",
        "arrivals",
        "2015",
    ]
) | st.text(max_size=8)
leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.dates()
junk = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(st.dictionaries(keys, junk, max_size=5))
def test_junk_data_raises_our_errors_only(data: dict[str, Any]) -> None:
    with contextlib.suppress(AnkomstError):
        build_scenario(data)


def load_bytes(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "junk.yaml"
        path.write_bytes(content)
        try:
            load_scenario(path)
        except AnkomstError as error:
            assert len(error.problems) == len(str(error).splitlines())  # noqa: PT017 - only errors have one


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(st.dictionaries(keys, junk, max_size=4))
def test_junk_yaml_raises_our_errors_only(data: dict[str, Any]) -> None:
    load_bytes(yaml.safe_dump(data, allow_unicode=True).encode("utf-8", "surrogatepass"))


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(
    st.binary(max_size=60)
    | st.text(alphabet="ab:-[]{}&*!|>%@`\"'#,? \n\t012.~\\uU", max_size=60).map(str.encode)
)
def test_junk_bytes_raise_our_errors_only(content: bytes) -> None:
    load_bytes(content)


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(st.text(max_size=40))
def test_junk_overrides_raise_our_errors_only(text: str) -> None:
    with contextlib.suppress(AnkomstError):
        key, value = parse_override(text)
        build_scenario({}, {key: value})
