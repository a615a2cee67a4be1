"""The headline study: the grid of periods and grant designs, run, tabulated and described."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ankomst.errors import RunError, nearest_name, show
from ankomst.policy.posterior import posterior_facts
from ankomst.policy.scenario import load_scenario
from ankomst.studies.batch.grid import BASELINE, DESIGNS, PERIODS, load_grid, run_grid
from ankomst.studies.batch.grid_tables import Tables
from ankomst.studies.design.parameter_draws import Draws, point
from ankomst.studies.design.posterior import read_posterior
from ankomst.studies.engine import store
from ankomst.studies.stats import statistics

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pandas as pd

    from ankomst.policy.scenario import Scenario
    from ankomst.studies.engine.runs import Progress

TITLE = (
    "One or three years of introduction, and what result grants do",
    "Et eller tre års introduktion, og hvad resultattilskud gør",
)

REPLICATES, REPLICATES_WITH_DRAWS, SAMPLE_WITH_DRAWS = 6, 20, 1400
"""Replicates at the central draw; draws of the posterior, one replicate each, and newcomers a year then."""
WORDS = ("posterior", "point")

NOTES = (
    (
        (
            "Amounts are in the prices of {year}, discounted from each person's own arrival. For "
            "municipality and state together, refunds and grants cancel."
        ),
        (
            "Beløb er i {year}-priser og tilbagediskonteret fra hver persons egen ankomst. For kommune og "
            "stat tilsammen går refusioner og tilskud ud."
        ),
    ),
    (
        (
            "{share} of the extra jobs are assumed to be taken from other workers; what these workers "
            "then cost is part of net cost."
        ),
        (
            "{share} af de ekstra job antages taget fra andre lønmodtagere; hvad disse så koster, er "
            "del af nettoudgiften."
        ),
    ),
    (
        (
            "Outside the model: crime prevention, housing areas, voting and the parental role, and effects "
            "on wages and prices in the whole economy."
        ),
        (
            "Uden for modellen: kriminalitetsforebyggelse, boligområder, valgdeltagelse og forældrerollen "
            "samt virkninger på løn og priser i hele økonomien."
        ),
    ),
)


@dataclass(frozen=True)
class Demo:
    """Tables of the headline grid, the facts its page states, and its manifest."""

    tables: dict[str, pd.DataFrame]
    facts: dict[str, Any]
    manifest: dict[str, Any]


def run_demo(
    folder: Path,
    *,
    replicates: int | None = None,
    seed: int,
    newcomers_per_year: int | None = None,
    draws: str = "posterior",
    workers: int | None = None,
    overrides: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
) -> Demo:
    """Run the grid and tabulate it.

    Parameters
    ----------
    folder : Path
        The folder of scenario files.
    replicates : int, optional
        Runs of each scenario: with draws one at each draw. 20 draws or 6 replicates if left out.
    seed : int
    newcomers_per_year : int, optional
        Sample size; with draws 1,400 and otherwise the scenarios' own if left out.
    draws : {"posterior", "point"}
        posterior: replicate k of all scenarios has draw k, taken from the packaged posterior by `seed`, and
        luck of its own. point: all replicates have the central draw.
    workers : int, optional
    overrides : mapping, optional
        Dotted scenario keys to values; they hold in all scenarios, the baseline included.
    progress : callable, optional

    Raises
    ------
    RunError
        Fewer than 2 replicates, more draws than the posterior has, an unknown word for `draws`, or overrides
        that make all grant designs the same.
    """
    if draws not in WORDS:
        raise RunError(
            f"draws is {show(draws)}", allowed=", ".join(WORDS), nearest=nearest_name(str(draws), WORDS)
        )
    drawn = draws == "posterior"
    if replicates is None:
        replicates = REPLICATES_WITH_DRAWS if drawn else REPLICATES
    if newcomers_per_year is None and "population.newcomers_per_year" not in (overrides or {}) and drawn:
        newcomers_per_year = SAMPLE_WITH_DRAWS
    if replicates < 2:
        raise RunError(f"replicates is {replicates}: an interval needs pairs", allowed="2 or more")
    if "result_grants" in (overrides or {}):
        raise RunError("result_grants is what the demo compares and cannot be set for all its scenarios")
    started, clock = store.now(), time.perf_counter()
    scenarios = load_grid(folder, overrides)
    taken = _taken(replicates, seed) if drawn else point()
    sets = taken.values if drawn else None  # noqa: PD011 - no table
    cells = run_grid(
        scenarios,
        replicates=replicates,
        seed=seed,
        newcomers_per_year=newcomers_per_year,
        draws=sets,
        workers=workers,
        progress=progress,
    )
    base = scenarios[BASELINE]
    displacement = [
        float(base.parameter_values(draw)["economy.displacement"]) for draw in sets or ({},) * replicates
    ]
    tables = Tables(cells, scenarios, displacement, drawn=drawn).all()
    sample = newcomers_per_year or base.population.newcomers_per_year
    settings = {
        "replicates": replicates,
        "newcomers_per_year": sample,
        "seed": seed,
        "level": statistics.LEVEL,
        "displacement": displacement if drawn else displacement[0],
        "draws": taken.description,
        "overrides": dict(overrides or {}),
    }
    manifest = store.manifest(
        command=store.command_line(),
        scenarios={f"{period}+{design}": scenario for (period, design), scenario in scenarios.items()},
        settings=settings,
        started=started,
    )
    facts = _facts(folder, base, settings, manifest)
    facts["runtime_seconds"] = time.perf_counter() - clock
    return Demo(tables, facts, manifest)


def _taken(replicates: int, seed: int) -> Draws:
    """Return one draw of the packaged posterior for each replicate."""
    most = posterior_facts()["draws"]
    if replicates > most:
        raise RunError(
            f"replicates is {replicates}, and the posterior has {most} draws",
            allowed=f"2 to {most}, or draws point",
        )
    return read_posterior(number=replicates, seed=seed)


def _facts(
    folder: Path, base: Scenario, settings: Mapping[str, Any], manifest: Mapping[str, Any]
) -> dict[str, Any]:
    alone = {name: load_scenario(folder / f"{name}.yaml") for name in (*PERIODS, *DESIGNS)}
    return {
        "command": manifest["command"],
        "title": TITLE,
        "draws": settings["replicates"] if settings["draws"]["from"] == "posterior" else 1,
        "replicates": settings["replicates"],
        "newcomers_per_year": settings["newcomers_per_year"],
        "arrival_years": base.population.arrival_years,
        "follow_up_months": base.horizon.follow_up_months,
        "seed": settings["seed"],
        "baseline": "+".join(BASELINE),
        "level": settings["level"],
        "version": manifest["ankomst"],
        "commit": store.commit(manifest["git"]),
        "created": manifest["end"],
        "scenario_titles": {name: (s.title, s.title_da, s.source) for name, s in alone.items()},
        "period_order": list(PERIODS),
        "design_order": list(DESIGNS),
        "notes": _notes(base, settings),
    }


def _notes(base: Scenario, settings: Mapping[str, Any]) -> list[tuple[str, str]]:
    shares = np.atleast_1d(100.0 * np.array(settings["displacement"]))
    low, high, mean = f"{shares.min():.0f}", f"{shares.max():.0f}", f"{shares.mean():.3g}"
    one = low == high
    english_share = f"{mean} %" if one else f"{low} to {high} % by draw, on average {mean} %,"
    danish_share = (
        f"{mean} %" if one else f"{low} til {high} % efter trækning, i gennemsnit {mean.replace('.', ',')} %,"
    )
    notes = [
        (
            english.format(year=base.date.year, share=english_share),
            danish.format(year=base.date.year, share=danish_share),
        )
        for english, danish in NOTES
    ]
    if settings["overrides"]:
        said = ", ".join(f"{key} = {value}" for key, value in settings["overrides"].items())
        notes.append((f"Set for all scenarios: {said}.", f"Sat for alle scenarier: {said}."))
    return notes
