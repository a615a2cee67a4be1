"""Newcomers: who arrives, with which fixed traits, and the arrays that hold their lives (docs/ODD.md 5.1).

Each trait is one uniform a person from a stream of its own, turned into the trait by the inverse of its
distribution. A parameter that scales a trait never changes the uniform behind it, and a scenario with more
arrivals in a month has more persons: the others keep their id and with it all their random numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import gammaincinv, ndtri

from ankomst.errors import RunError
from ankomst.policy.levers.programme import Assessment
from ankomst.simulation.codes import (
    ASSESSMENT,
    EDUCATIONS,
    EXTRA_ASSESSED,
    GROUPS,
    NEVER,
    ORIGINS,
    SELF_SUPPORTED,
    STREAM_JOB,
    UNREACHED,
    group_code,
)
from ankomst.simulation.kernels import fields
from ankomst.simulation.kernels.arrays import Floats, Ints, Newcomers, People
from ankomst.simulation.kernels.draws import draw_one, trait_uniforms

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from ankomst.policy.scenario import Scenario
    from ankomst.simulation.inflow import Inflow

MOST_A_MONTH = 65_536
_TRACK_SPEED = np.array([0.93, 1.00, 1.08])
_TRACK_CEILING = np.array([0.50, 0.75, 1.00])


class Trait(IntEnum):
    """Trait numbers of the random streams (docs/ODD.md 5.1)."""

    ORIGIN = 0
    MUNICIPALITY = 1
    SEX = 2
    AGE = 3
    EDUCATION = 4
    TRACK = 5
    HEALTH = 6
    CHILDREN = 7
    SUPPORTED = 8
    ABILITY = 9
    RECOGNITION = 10
    MENTOR = 11
    OUTREACH = 12
    READY = 13
    WAIT = 15


@dataclass(frozen=True)
class Population:
    """Fixed traits of everyone who arrives, ordered by arrival month; arrays of shape (n,).

    People who are alike stand together in their month of arrival: what one does in a month is then often what
    the one before did, and a processor guesses it. Who is meant is said by `ident`.
    """

    arrival: Ints
    ident: Ints
    starts: Ints
    """First index of each arrival month, and n at the end; shape (arrival months + 1,)."""
    origin: Ints
    municipality: Ints
    female: Ints
    age: Floats
    education: Ints
    track: Ints
    """Danish track less one, 0 to 2."""
    health: Ints
    children: Ints
    supported: Ints
    z: Floats
    """Unobserved ability without the municipality's client mix, standard normal."""
    v: Floats
    """Uniform that decides whether qualifications are recognised."""
    mentor: Floats
    """Uniform that decides who gets a mentor."""
    outreach: Floats
    """Uniform that decides who is reached by outreach."""
    ready: Floats
    """Uniform that decides from when on somebody is classed as job-ready."""
    wait: Floats
    """Uniform that decides how long somebody waited between permit and arrival; no life depends on it."""

    @property
    def size(self) -> int:
        """Number of newcomers."""
        return int(self.ident.size)

    @property
    def needs(self) -> Ints:
        """1 for the needs group: health-impaired or without education (docs/ODD.md 2.1)."""
        return np.asarray((self.health == 1) | (self.education == 0), dtype=np.int64)

    @property
    def group(self) -> Ints:
        """Recording group, see `codes.group_code`."""
        grouped: Any = group_code(self.origin, self.female, self.health, self.education)  # type: ignore[arg-type]
        return np.asarray(grouped, dtype=np.int64)


def synthesise(
    arrivals: Inflow, seed: int, parameters: Mapping[str, Any], shares: Mapping[str, NDArray[np.float64]]
) -> Population:
    """Draw the fixed traits of a population.

    Parameters
    ----------
    arrivals : Inflow
        Newcomers by arrival month, their origins and the share of women by year.
    seed : int
        Population seed.
    parameters : mapping
        Values by dotted name; the `population` group is read.
    shares : mapping from origin to ndarray, shape (m,)
        Distribution of each origin over municipalities.

    Raises
    ------
    RunError
        More than 65,536 arrivals in a month.
    """
    count = arrivals.months
    if count.size and count.max() > MOST_A_MONTH:
        raise RunError(f"{int(count.max()):,} newcomers arrive in one month; at most {MOST_A_MONTH:,} can.")
    p = {
        name.removeprefix("population."): parameters[name]
        for name in parameters
        if name.startswith("population.")
    }
    month = np.repeat(np.arange(count.size), count)
    starts = np.concatenate([[0], np.cumsum(count)]).astype(np.int64)

    ident = month * MOST_A_MONTH + (np.arange(month.size) - starts[month])

    def uniform(trait: Trait) -> Floats:
        return trait_uniforms(seed, trait, ident)

    origin = _choose(uniform(Trait.ORIGIN), arrivals.origins, month // 12)
    by_origin = {
        name: np.array([p[name][key] for key in ORIGINS]) for name in ("health_impaired", "self_supported")
    }
    female = (uniform(Trait.SEX) < arrivals.women[month // 12, origin]).astype(np.int64)
    education = _choose(
        uniform(Trait.EDUCATION), np.array([p["education_shares"][key] for key in ORIGINS]), origin
    )
    tracks = np.array([p["track_shares"][key] for key in EDUCATIONS], dtype=np.float64)
    ages = p["age"]
    # As scipy.stats.gamma.ppf, whose module takes half a second to import in every worker.
    years = ages["shift"] + ages["gamma_scale"] * gammaincinv(ages["gamma_shape"], uniform(Trait.AGE))
    children = np.array([p["has_children"]["male"], p["has_children"]["female"]])
    people = Population(
        arrival=month,
        ident=ident,
        starts=starts,
        origin=origin,
        municipality=_choose(uniform(Trait.MUNICIPALITY), np.array([shares[key] for key in ORIGINS]), origin),
        female=female,
        age=np.clip(years, ages["min"], ages["max"]),
        education=education,
        track=_choose(uniform(Trait.TRACK), tracks, education),
        health=(uniform(Trait.HEALTH) < by_origin["health_impaired"][origin]).astype(np.int64),
        children=(uniform(Trait.CHILDREN) < children[female]).astype(np.int64),
        supported=(uniform(Trait.SUPPORTED) < by_origin["self_supported"][origin]).astype(np.int64),
        z=ndtri(uniform(Trait.ABILITY)),
        v=uniform(Trait.RECOGNITION),
        mentor=uniform(Trait.MENTOR),
        outreach=uniform(Trait.OUTREACH),
        ready=uniform(Trait.READY),
        wait=uniform(Trait.WAIT),
    )
    kind = ((people.supported * 2 + people.health) * GROUPS + people.group) * 2 + people.children
    order = np.lexsort((kind.astype(np.int16), month.astype(np.int16)))  # short numbers sort much faster
    for name, column in vars(people).items():
        if name != "starts":
            column[:] = column[order]
    return people


def _choose(u: Floats, shares: NDArray[np.float64], row: Ints | None = None) -> Ints:
    """Turn uniforms into categories by the cumulative shares of each person's row."""
    cumulative = np.cumsum(shares / shares.sum(axis=1, keepdims=True), axis=1)
    chosen = np.zeros(u.size, dtype=np.int64)
    for k in range(shares.shape[0]):
        mine = slice(None) if row is None else row == k
        # The last category with any share takes rounding at the top.
        last = int(np.flatnonzero(shares[k]).max())
        chosen[mine] = np.minimum(np.searchsorted(cumulative[k], u[mine], side="right"), last)
    return chosen


def newcomers(
    people: Population,
    scenario: Scenario,
    parameters: Mapping[str, Any],
    client_mix: Floats,
    slots: int,
    key: tuple[int, int],
) -> Newcomers:
    """Lay out the arrays of a run, everybody in the state of arrival (docs/ODD.md 5.2).

    Parameters
    ----------
    people : Population
    scenario : Scenario
        For what is known of health, coordination, guidance, mentors and outreach.
    parameters : mapping
        Values by dotted name.
    client_mix : ndarray of float, shape (m,)
        c_m, added to the ability of everyone in municipality m.
    slots : int
        Milestone slots of the run.
    key : tuple of two int
        Key of the draws.
    """
    p = parameters
    n = people.size
    ability = people.z + client_mix[people.municipality]
    over_30 = np.maximum(people.age - 30.0, 0.0) / 10.0
    base = np.array([np.log(p[f"job_finding.h0_{name}"]) for name in ORIGINS])
    assessment = scenario.assessment
    coordinated = 1.0 - p["levers.coordination_effect"] * scenario.coordination.health
    known = 1.0 - p["levers.known_health"] * assessment.asylum_information
    eta = (
        base[people.origin]
        + p["job_finding.b_female"] * people.female
        + p["job_finding.b_health"] * known * coordinated * people.health
        + p["job_finding.b_age"] * over_30
        + p["job_finding.sigma"] * ability
    )
    pace = (
        p["danish.l_ability"] * ability
        + p["danish.l_health"] * coordinated * people.health
        + p["danish.l_age"] * over_30
        + p["danish.l_childcare"] * people.female * people.children
    )
    educated = people.education >= 2
    recognised = educated & (people.v < assessment.guidance_share)
    beyond = recognised & (people.v >= Assessment().guidance_share)

    state = Newcomers.of(
        People(
            ident=people.ident.astype(np.int64),
            person=np.zeros(n, dtype=fields.PERSON).view(np.recarray),
            reached=np.full((2, slots, n), NEVER, dtype=np.int16),
        )
    )
    for name in (
        "origin",
        "female",
        "education",
        "track",
        "health",
        "children",
        "supported",
        "needs",
        "group",
    ):
        getattr(state, name)[:] = getattr(people, name)
    state.recognisable[:] = np.where(beyond, EXTRA_ASSESSED, recognised)
    state.mentored[:] = people.mentor < scenario.civil_society.mentor_share
    reached = people.outreach < scenario.outreach.self_supported_share
    state.reached_out[:] = reached & (people.female == 1) & (people.supported == 1)
    state.benefit_kind[:] = people.children
    state.municipality[:] = people.municipality
    state.age[:] = people.age
    state.eta[:] = eta
    state.u_ready[:] = people.ready
    state.ability[:] = ability
    state.speed[:] = p["danish.language_speed"] * np.exp(pace) * _TRACK_SPEED[people.track]
    state.module_worth[:] = _TRACK_CEILING[people.track] / 6.0
    state.separation[:] = p["separation.separation"] * np.exp(
        p["separation.separation_health"] * coordinated * people.health
    )
    state.status[:] = np.where(people.supported == 1, SELF_SUPPORTED, ASSESSMENT)
    drawn = np.empty(n)
    draw_one(people.ident, 0, STREAM_JOB, 2, *key, drawn)
    state.until_job[:] = -np.log(1.0 - drawn)
    for name in ("since_25", "since_37"):
        getattr(state, name)[:] = UNREACHED
    for name in ("test_month", "first_job", "first_stable_job"):
        getattr(state, name)[:] = NEVER
    return state


def needs_share(parameters: Mapping[str, Any]) -> float:
    """Return the expected share of arrivals in the needs group (docs/ODD.md 7.2)."""
    none = EDUCATIONS.index("none")
    share = 0.0
    for origin in ORIGINS:
        health = parameters["population.health_impaired"][origin]
        without = parameters["population.education_shares"][origin][none]
        share += parameters["population.origin_shares"][origin] * (1.0 - (1.0 - health) * (1.0 - without))
    return float(share)
