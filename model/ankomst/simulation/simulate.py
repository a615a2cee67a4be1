"""One run from a scenario to its result, and a scenario whose grants cost what those of 2013 cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ankomst.errors import RunError
from ankomst.policy.levers.grants import grants_2013
from ankomst.policy.scenario import reference_policy
from ankomst.simulation.deadweight import budget_scale, scaled, without_grants
from ankomst.simulation.engine import IntroductionModel, Record
from ankomst.simulation.money import extrapolated_rates
from ankomst.simulation.result import Result
from ankomst.simulation.steps.december import bonus_amount

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ankomst.policy.levers.grants import ResultGrant
    from ankomst.policy.scenario import Scenario
    from ankomst.simulation.kernels.arrays import Records
    from ankomst.simulation.newcomers import Population


def simulate(
    scenario: Scenario,
    *,
    newcomers_per_year: int | None = None,
    seed: int = 1,
    replicate: int = 0,
    parameters: Mapping[str, Any] | None = None,
    watched: Sequence[ResultGrant] = (),
    record: Record = "counts",
    population: Population | None = None,
    until: int | None = None,
) -> Result:
    """Run a scenario once.

    Parameters
    ----------
    scenario : Scenario
    newcomers_per_year : int, optional
        Sample size; the scenario's own if left out.
    seed, replicate : int
        The same seed and replicate give the same bits; scenarios share them for paired comparisons.
    parameters : mapping, optional
        A draw: values by dotted name that replace the scenario's, not checked against their ranges.
    watched : sequence of ResultGrant
        Grants whose milestones are noted without payment.
    record : {"counts", "persons"}
        "persons" keeps every person's history (about 36 bytes a newcomer and month, 150 MB at 35,000).
    population : Population, optional
        Fixed traits of an earlier run with the same seed, sample and population parameters.
    until : int, optional
        Stop once everybody has been followed for so many months: outcomes up to then are those of the whole
        run, bit for bit, and later ones (with `job_after_placement` and `job_duration` those of up to month
        60) are not known. Totals by calendar year are those of a run that was cut off.

    Returns
    -------
    Result

    Raises
    ------
    RunError
        `until` is not a month of the follow-up, or the scenario cannot be run.
    """
    if until is not None and not 1 <= until <= scenario.horizon.follow_up_months:
        raise RunError(
            f"until={until} lies outside the follow-up",
            allowed=f"1 to {scenario.horizon.follow_up_months} months since arrival",
        )
    if scenario.accounts.budget_neutral:
        _fixed_rules(scenario, "accounts.budget_neutral")
        scenario = budget_neutral(
            scenario,
            newcomers_per_year=newcomers_per_year,
            seed=seed,
            replicate=replicate,
            parameters=parameters,
        )
    model = IntroductionModel(
        scenario,
        seed=seed,
        replicate=replicate,
        newcomers_per_year=newcomers_per_year,
        parameters=parameters,
        watched=watched,
        record=record,
        population=population,
    )
    model.run(until)
    result = Result(
        scenario=scenario,
        parameters=model.parameters,
        seed=seed,
        replicate=replicate,
        run_seed=model.seed_of_run,
        weight=model.weight,
        discount_rate=float(model.rates.value("discount_rate", scenario.month(0))),
        newcomers=model.newcomers,
        population=model.population,
        records=model.records if until is None else _until(model.records, until),
        milestones=model.milestones,
        table=model.table,
        traits=model.traits,
        plans=model.plans,
        december_jobs=np.array(model.december_jobs).reshape(-1, model.table.size),
        bonus_amount=bonus_amount(model),
        benchmarks=model.benchmarks,
        extrapolated=_extrapolated(model),
    )
    model.release()
    return result


def budget_neutral(
    scenario: Scenario,
    *,
    newcomers_per_year: int | None = None,
    seed: int = 1,
    replicate: int = 0,
    parameters: Mapping[str, Any] | None = None,
) -> Scenario:
    """Scale a scenario's grants so that they cost what the 2013 rule costs under the reference policy.

    One multiplier, found on the counterfactual run of the reference policy `three_year` with the scenario's
    date, population and parameters: the behaviour that the scaled grants cause does not feed back
    (docs/ODD.md 7.13).
    """
    common = {
        name: getattr(scenario, name)
        for name in ("date", "population", "municipalities", "horizon", "parameters", "interactions")
    }
    counterfactual = simulate(
        without_grants(reference_policy().model_copy(update=common)),
        newcomers_per_year=newcomers_per_year,
        seed=seed,
        replicate=replicate,
        parameters=parameters,
        watched=(*scenario.result_grants, *grants_2013()),
    )
    factor = budget_scale(counterfactual, scenario.result_grants)
    grants = tuple(scaled(grant, factor) for grant in scenario.result_grants) if np.isfinite(factor) else ()
    off = scenario.accounts.model_copy(update={"budget_neutral": False})
    return scenario.model_copy(update={"result_grants": grants, "accounts": off})


def _until(records: Records, months: int) -> Records:
    """Keep the months that everybody was followed."""
    return records._replace(
        counts=records.counts[:, :months],
        ledger_group=records.ledger_group[:months],
        ledger_cohort=records.ledger_cohort[:, :months],
    )


def _fixed_rules(scenario: Scenario, what: str) -> None:
    if scenario.rules != "at_date":
        raise RunError(
            f"{what} needs rules that hold for the whole run, not rules: {scenario.rules}",
            allowed="a scenario with a date",
        )


def _extrapolated(model: IntroductionModel) -> frozenset[int]:
    """Return calendar years with a month in which a rate behind the accounts has no value yet."""
    years: set[int] = set()
    bounds = [*(regime.first for regime in model.calendar.regimes), model.months]
    for k, regime in enumerate(model.calendar.regimes):
        if extrapolated_rates(regime.scenario, model.rates):
            years |= {model.scenario.first_year + t // 12 for t in range(bounds[k], bounds[k + 1])}
    return frozenset(years)
