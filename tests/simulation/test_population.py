"""Newcomers and municipalities: shares, keys, growing samples, and tables of a user's own."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tests.simulation.support import SMALL_TABLE

from ankomst.errors import DataError, RunError
from ankomst.policy.scenario import Scenario, build_scenario
from ankomst.simulation.codes import EDUCATIONS, ORIGINS
from ankomst.simulation.inflow import Inflow, inflow
from ankomst.simulation.municipalities import MunicipalTable, municipal_traits, read_municipalities
from ankomst.simulation.newcomers import Population, needs_share, synthesise

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PARAMETERS = Scenario().parameter_values()
SIGMAS = 5
NATION = read_municipalities()
ALIKE = ("supported", "health", "group", "children")


def arriving(per_year: int, years: int) -> Inflow:
    policy = build_scenario({"population": {"arrival_years": years}})
    return inflow(policy, per_year, PARAMETERS)


def population(per_year: int = 12_000, years: int = 2, seed: int = 4) -> Population:
    return synthesise(arriving(per_year, years), seed, PARAMETERS, NATION.shares())


@pytest.fixture(scope="module")
def people() -> Population:
    return population()


def near(found: np.ndarray[Any, Any] | np.bool_, share: float) -> None:
    """Assert that a share of successes lies within 5 sd of a binomial."""
    outcomes = np.asarray(found)
    n = outcomes.size
    assert n > 100
    assert abs(outcomes.mean() - share) <= SIGMAS * np.sqrt(share * (1 - share) / n) + 1e-12


def test_origin_sex_health_and_support_follow_their_shares(people: Population) -> None:
    for code, origin in enumerate(ORIGINS):
        mine = people.origin == code
        near(mine, PARAMETERS["population.origin_shares"][origin])
        for column, name in (
            (people.female, "female_share"),
            (people.health, "health_impaired"),
            (people.supported, "self_supported"),
        ):
            near(column[mine] == 1, PARAMETERS[f"population.{name}"][origin])
        for level in range(4):
            near(people.education[mine] == level, PARAMETERS["population.education_shares"][origin][level])
    near(people.needs == 1, needs_share(PARAMETERS))


def test_tracks_and_children_follow_education_and_sex(people: Population) -> None:
    for level, name in enumerate(EDUCATIONS):
        for track in range(3):
            share = PARAMETERS["population.track_shares"][name][track]
            near(people.track[people.education == level] == track, share)
    near(people.children[people.female == 1] == 1, PARAMETERS["population.has_children"]["female"])
    near(people.children[people.female == 0] == 1, PARAMETERS["population.has_children"]["male"])


def test_age_ability_and_recognition_have_their_distributions(people: Population) -> None:
    assert people.age.min() >= 18
    assert people.age.max() <= 60
    n = people.size
    sd = 5.5 * np.sqrt(2.4)  # of the gamma, whose tail above 60 is cut: a little less
    assert abs(people.age.mean() - (19 + 2.4 * 5.5)) < SIGMAS * sd / np.sqrt(n) + 0.1
    assert abs(people.z.mean()) < SIGMAS / np.sqrt(n)
    assert abs(people.z.std() - 1) < SIGMAS / np.sqrt(2 * n)
    near(people.v < 0.5, 0.5)


def test_municipalities_follow_their_keys(people: Population) -> None:
    shares = NATION.shares()
    for code, origin in enumerate(ORIGINS):
        where = people.municipality[people.origin == code]
        for m in range(NATION.size):
            near(where == m, shares[origin][m])
    assert NATION.refugee_key[NATION.name.index("Albertslund")] == 0


def test_the_key_counts_syrian_immigration_of_four_years() -> None:
    assert NATION.size == 98
    assert NATION.refugee_key.sum() == pytest.approx(1)
    assert NATION.population_key.sum() == pytest.approx(1)
    assert NATION.refugee_key[NATION.name.index("Esbjerg")] == pytest.approx(748 / 27_663)
    assert NATION.tax[NATION.name.index("København")] == pytest.approx(0.238)
    assert len(set(NATION.region)) == 5
    assert not NATION.filled


def test_arrivals_spread_over_the_year() -> None:
    assert arriving(26, 2).months.tolist() == ([3, 3] + [2] * 10) * 2


def test_earlier_persons_keep_id_and_traits_when_the_sample_grows() -> None:
    few, many = population(24, 2), population(60, 2)
    where = {ident: k for k, ident in enumerate(many.ident.tolist())}
    same = [where[ident] for ident in few.ident.tolist()]
    for name in (
        *("arrival", "origin", "municipality", "female", "age", "education", "track", "health"),
        *("children", "supported", "z", "v", "mentor", "outreach"),
    ):
        np.testing.assert_array_equal(getattr(few, name), getattr(many, name)[same], err_msg=name)


def test_a_share_changes_only_those_it_must() -> None:
    changed = dict(PARAMETERS)
    changed["population.health_impaired"] = {**PARAMETERS["population.health_impaired"], "refugee": 0.4}
    base = population(240, 1)
    more = synthesise(arriving(240, 1), 4, changed, NATION.shares())
    one, two = np.argsort(base.ident), np.argsort(more.ident)
    assert np.all(more.health[two] >= base.health[one])
    assert more.health.sum() > base.health.sum()
    np.testing.assert_array_equal(base.age[one], more.age[two])


def test_people_alike_stand_together_in_their_month_of_arrival() -> None:
    people = population(2_400, 2)
    assert np.all(np.diff(people.arrival) >= 0)
    np.testing.assert_array_equal(people.arrival, people.ident // 65_536)
    for first, last in pairwise(people.starts.tolist()):
        assert sorted(people.ident[first:last] % 65_536) == list(range(last - first))
        kinds = list(zip(*(getattr(people, name)[first:last].tolist() for name in ALIKE), strict=True))
        assert kinds == sorted(kinds)


def test_more_than_65536_in_a_month_is_refused() -> None:
    thirds = np.ones((1, 3)) / 3
    with pytest.raises(RunError, match=r"65,537 newcomers arrive in one month"):
        synthesise(
            Inflow(np.array([65_537]), thirds, thirds, np.ones(1), 1.0), 1, PARAMETERS, NATION.shares()
        )


def test_a_parameter_that_scales_a_municipal_trait_keeps_the_draw_behind_it() -> None:
    base = municipal_traits(NATION, 3, PARAMETERS)
    spread = 2 * PARAMETERS["municipality.effort_sd"]
    double = municipal_traits(NATION, 3, PARAMETERS | {"municipality.effort_sd": spread})
    np.testing.assert_allclose(np.log(double.effort), 2 * np.log(base.effort))
    np.testing.assert_array_equal(base.quality, double.quality)
    responsive = [municipal_traits(NATION, seed, PARAMETERS).responsive for seed in range(20)]
    near(np.concatenate(responsive), PARAMETERS["municipality.responsive_share"])


# -- a user's own table ------------------------------------------------------------------------------


@pytest.fixture
def table(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        path = tmp_path / "own.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return write


SMALL = (
    "code,name,region,population_2013,tax_rate_2013_pct,unemployment_2013_pct,syrian_immigration_2013\n"
    "1,Aby,East,1000,25,5,10\n2,Beby,East,2000,24,6,\n3,Ceby,West,1000,,,30\n"
)


def test_a_small_table_needs_only_the_columns_named(table: Callable[[str], Path]) -> None:
    own = read_municipalities(table(SMALL))
    assert own.region == ("East", "East", "West")
    np.testing.assert_allclose(own.population_key, [0.25, 0.5, 0.25])
    np.testing.assert_allclose(own.refugee_key, [0.25, 0.0, 0.75], err_msg="a blank count is 0")


def test_blank_cells_follow_the_national_mean_and_are_listed(table: Callable[[str], Path]) -> None:
    own = read_municipalities(table(SMALL))
    assert own.tax[2] == pytest.approx(0.2491)
    assert own.unemployment[2] == 5.75
    assert own.filled == ("tax_rate_2013_pct of Ceby", "unemployment_2013_pct of Ceby")


def test_without_any_count_the_key_is_the_population(table: Callable[[str], Path]) -> None:
    text = "code,name,region,population_2013\n1,Aby,East,1000\n2,Beby,West,3000\n"
    own: MunicipalTable = read_municipalities(table(text))
    np.testing.assert_allclose(own.refugee_key, [0.25, 0.75])


BROKEN = {
    "missing column": (
        SMALL.replace("population_2013", "inhabitants"),
        "column 'population_2013' is missing",
    ),
    "duplicate code": (SMALL.replace("\n2,", "\n1,"), "line 3: the code '1' stands twice"),
    "text in a number": (
        SMALL.replace("1,Aby,East,1000", "1,Aby,East,many"),
        "line 2: population_2013 is 'many'",
    ),
    "infinite": (SMALL.replace(",25,", ",inf,"), "line 2: tax_rate_2013_pct is 'inf'"),
    "blank population": (
        SMALL.replace("East,2000", "East,"),
        "line 3: population_2013 is empty",
    ),
    "tax above 60 %": (
        SMALL.replace(",25,", ",250,"),
        "line 2: tax_rate_2013_pct is '250'; allowed: a number from 0 to 60 (per cent)",
    ),
    "count below zero": (SMALL.replace(",10\n", ",-10\n"), "line 2: syrian_immigration_2013 is '-10'"),
    "no rows": (SMALL.split("\n", maxsplit=1)[0] + "\n", "the table has no rows"),
    "empty": ("", "the file is empty"),
    "ragged": (SMALL + "4,De,West,1,2,3,4,5,6\n", "line 5: the row has 9 cells and the header 7"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_table_is_refused_with_a_sentence(case: str, table: Callable[[str], Path]) -> None:
    text, message = BROKEN[case]
    with pytest.raises(DataError) as problem:
        read_municipalities(table(text))
    assert message in str(problem.value)
    assert "own.csv" in str(problem.value)


def test_other_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="does not exist"):
        read_municipalities(tmp_path / "absent.csv")
    (tmp_path / "bytes.csv").write_bytes(b"code,name\n\x81\xfe,1\n")
    with pytest.raises(DataError, match="is no text in UTF-8 or Windows-1252"):
        read_municipalities(tmp_path / "bytes.csv")
    assert read_municipalities(SMALL_TABLE).size == 6
