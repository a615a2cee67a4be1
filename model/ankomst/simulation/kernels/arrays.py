"""The arrays of a run: records and matrices for the compiled month, and names for their columns."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ankomst.simulation.kernels import fields

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Small = NDArray[np.int16]
Counts = NDArray[np.int32]
Array = np.ndarray[Any, Any]


Person = Any
"""A record of `fields.PERSON`, in Python and in the compiled month a view: what is written to it stays."""


class People(NamedTuple):
    """Newcomers, in the order of `newcomers.Population`.

    A person's numbers lie side by side: a month reads nearly all of them, and fifty separate streams through
    memory are more than a processor follows.
    """

    ident: Ints
    """Person id, arrival month times 65,536 plus ordinal in that month; shape (n,)."""
    person: Any
    """Records of `fields.PERSON`, shape (n,)."""
    reached: Small
    """Month of each milestone and of the start of its spell, NEVER before; shape (2, slots, n)."""


class Areas(NamedTuple):
    """Municipalities as rows of a matrix, and the list of those chosen for a placement."""

    real: Floats
    """Shape (m, fields.M_CAP_PAID + grants)."""
    best: Floats
    """Scores, shape (n + 1,)."""
    chosen: Ints


class Conditions(NamedTuple):
    """What a month is like for everybody; pairs are for men and women."""

    demand: float
    """National labour demand, percentage points of employment."""
    reception: tuple[float, float]
    """Congestion of reception, log hazard."""
    ready: tuple[float, float]
    """Share of clients classed as job-ready."""


class Rules(NamedTuple):
    """Parameters, scenario and rates as numbers; months are months since arrival."""

    months: int
    weight: float
    interactions: bool
    table: Floats
    """Terms by months, shape (fields.TABLES, months + 14)."""
    slots: Ints
    """Milestone slots, shape (slots, 6): see fields.SLOT_*."""
    last_window: int
    """Month from which no job grant has a window any more."""
    watches_hours: bool
    """Whether any slot asks for more than 12 hours a week."""
    watches_self_support: bool
    grants: Floats
    """Result grants, shape (grants, 6): see fields.GRANT_*."""
    grant_amount: Floats
    """DKK by month of the start of the spell, shape (grants, months + 14)."""
    b_peers: float
    b_demand: float
    b_language: float
    b_recognised: float
    b_practice: float
    b_effort: float
    b_deadline: float
    b_danish_education: float
    settling_left: float
    """Share of the settling term that is left for those classed as job-ready."""
    recognition_month: int
    conflict_k: float
    crowding: float
    places: float
    sub_places: float
    """Subsidised jobs a weighted client; below 0 one pool holds all places."""
    subsidised_share: float
    first_offer: int
    deadline: int
    """Month by which the first offer is due; a large number where there is no deadline."""
    ready_from_day_one: bool
    needs_weight: float
    noise_bound: Floats
    """Most that the noise of a placement score can be, by sixty-fourths of its uniform, shape (64,)."""
    worth_internship: float
    worth_subsidised: float
    worth_women: float
    """Factor on the worth of a placement for women."""
    practice_decay: float
    internship_months: int
    subsidy_months: int
    assessment_months: float
    mentor_speed: float
    """Factor on the Danish learnt by those who have a mentor."""
    b_mentor: float
    outreach_k: float
    """Search factor of self-supported women who are reached."""
    outreach_hours: float
    """Their class hours a week."""
    learning_at_work: float
    test_hazard: float
    drop_out: float
    drop_out_after: float
    separation_language: float
    rushed: float
    """Factor on the hazard of losing a job that came out of an early placement."""
    business_start: float
    business_closing: float
    """Probability a month that a business closes."""
    trainee_slots: float
    """New trainee jobs a month as a share of clients."""
    trainee_months: int
    trainee_min_age: float
    trainee_end_age: float
    """First age that is too old."""
    trainee_last_month: int
    """First month since arrival that is too late."""
    trainee_interruption: float
    trainee_hired: float
    emigration: float
    disability: float
    education_entry: float
    gain_months: float
    """`planning_months`: months of benefit and tax that a municipality counts."""
    gain_floor: float
    gain_reference: float
    test_share: float
    ladder: bool
    refund_active: float
    refund_passive: float
    benefit: tuple[float, float, float, float]
    """DKK a month without and with children; the second pair for those who arrived before a lower benefit."""
    benefit_base: tuple[float, float, float, float]
    reference_benefit: tuple[float, float, float, float]
    reference_base: tuple[float, float, float, float]
    reference_active: float
    reference_passive: float
    reference_slots: tuple[int, int]
    """Slots of the reference policy's job and test grant."""
    reference_amounts: tuple[float, float]
    reference_window: int
    reference_belief: float
    entry_wage: float
    am_rate: float
    bottom_tax: float
    health_contribution: float
    personal_allowance: float
    employment_share: float
    employment_max: float
    indirect_share: float
    disregard: float
    subsidy_hour: float
    subsidy_refund: float
    subsidy_by_weeks: bool
    """Whether the date's law refunds wage subsidies by the ladder, whatever a scenario says of benefits."""
    class_price: tuple[float, float, float]
    staff_month: float
    placement_price: float
    staff_refunded: bool
    programme_refund: float
    programme_ceiling: float
    outside_refund: float
    outside_ceiling: float
    outside_classes_refunded: bool
    basic_grant: tuple[float, float, float]
    basic_grant_months: int
    """Fixed number of months, or -1 for the period itself, at most 36."""
    education_grant: float
    pension: float
    pension_refund: float
    trainee_wage: float
    """DKK an hour."""
    trainee_school: float
    """DKK a month."""
    trainee_bonus: tuple[float, float]
    """DKK after six months and at completion."""
    self_employed_share: float
    credit: float
    """In-work credit, DKK a month for each weekly hour."""
    costs: bool
    """Whether any of the costs below is not zero."""
    assessment_cost: float
    """DKK for each person assessed beyond the baseline."""
    mentor_cost: float
    """DKK a month."""
    outreach_cost: float
    """DKK a month."""
    coordination_cost: float
    """DKK a month."""
    business_cost: float
    """DKK for each business started."""


class Records(NamedTuple):
    """Counts, ledgers and histories that a run keeps."""

    counts: Counts
    """Shape (arrival years, months, 2 * groups, states): the upper half is age 25 to 64."""
    area_counts: Counts
    """Shape (calendar months, m, states)."""
    ledger_group: Floats
    """Shape (months, groups, items), DKK of the sample."""
    ledger_cohort: Floats
    """Shape (arrival months, months, items)."""
    ledger_area: Floats
    """Shape (calendar years, m, items)."""
    placements: Ints
    """Shape (groups, 2): placements ended before s = 60, of these in a hire."""
    spells: Ints
    """Shape (groups, 2): spells begun before s = 60, months in their first 24."""
    block: Floats
    """This month of one arrival cohort, shape (groups, items), before it is posted."""
    here: NDArray[np.bool_]
    """Groups with anybody in it, whose rows alone are posted, shape (groups,)."""
    month: Floats
    """This month by municipality, shape (m, items), before it is posted."""
    grant_paid: Floats
    """Shape (n, grants), DKK paid for each person."""
    drawn: Floats
    """Uniforms of one arrival cohort in this month, shape (4, largest cohort)."""
    claims: Ints
    """Result grants claimed by one cohort in this month: how many, then one entry each, see `rewards.py`."""
    keep: bool
    whole: Small
    """Histories when `keep`, shape (8, n, months): see fields.H_*."""
    real: Floats
    """Shape (3, n, months)."""


class Newcomers(SimpleNamespace):
    """Struct of arrays: each field of the records under its name, as a view; `arrays` holds the records."""

    arrays: People

    @classmethod
    def of(cls, people: People) -> Newcomers:
        """Name the fields of the records."""
        return cls(
            arrays=people,
            ident=people.ident,
            slot_month=people.reached[0],
            slot_start=people.reached[1],
            **{name: people.person[name] for name in fields.PERSON.names or ()},
        )
