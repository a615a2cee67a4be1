"""Step 9, the ledger: what a month of one person costs and pays, item by item (docs/ODD.md 7.12).

Items, payers and payees are listed in `accounts.py`. Compiled into the pass of `month.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ankomst.simulation import codes as c
from ankomst.simulation.kernels import fields as f
from ankomst.simulation.kernels.compiled import inlined, kernel
from ankomst.simulation.kernels.rules import MONTHLY, TWELFTH, intensity_class, is_client

if TYPE_CHECKING:
    from ankomst.simulation.kernels.arrays import Areas, Floats, Person, Records, Rules


@inlined
def book(item: int, amount: float, m: int, group: int, o: Records) -> None:
    """Add an amount to the month's ledgers of the cohort's groups and of the municipalities."""
    o.block[group, item] += amount
    o.month[m, item] += amount


@inlined
def post(cohort: int, s: int, o: Records) -> None:
    """Add the month of one cohort to the ledgers of the run, and empty it."""
    for group in range(o.block.shape[0]):
        if not o.here[group]:
            continue
        o.here[group] = False
        for item in range(o.block.shape[1]):
            # Zeros are added too: a condition would become masked stores, slow on memory not yet written to.
            o.ledger_group[s, group, item] += o.block[group, item]
            o.ledger_cohort[cohort, s, item] += o.block[group, item]
            o.block[group, item] = 0.0


@kernel
def monthly_taxes(
    wage: float, transfer: float, credit: float, tax: float, r: Rules
) -> tuple[float, float, float, float]:
    """Return contribution, municipal, state and indirect tax of a month, DKK (docs/ODD.md 7.12).

    The state tax is less the in-work credit, and may be below zero.
    """
    contribution = r.am_rate * wage
    year = 12.0 * (wage + transfer - contribution) - r.personal_allowance
    reduced = max(0.0, year - min(r.employment_share * 12.0 * wage, r.employment_max))
    municipal = tax * reduced * TWELFTH
    state = (r.bottom_tax * max(0.0, year) + r.health_contribution * reduced) * TWELFTH - credit
    return (
        contribution,
        municipal,
        state,
        r.indirect_share * (wage + transfer - contribution - municipal - state),
    )


@kernel
def transfer_taxes(amounts: Floats, tax: Floats, r: Rules, into: Floats) -> None:
    """Write the municipal, state and indirect tax of months on transfers alone, DKK.

    Parameters
    ----------
    amounts : ndarray, shape (transfers,)
    tax : ndarray, shape (municipalities,)
        Municipal tax rates.
    r : Rules
    into : ndarray, shape (municipalities, 3 * transfers)
    """
    for m in range(tax.size):
        for k in range(amounts.size):
            _, into[m, 3 * k], into[m, 3 * k + 1], into[m, 3 * k + 2] = monthly_taxes(
                0.0, amounts[k], 0.0, tax[m], r
            )


@inlined
def hourly_wage(who: Person, s: int, r: Rules) -> float:
    """Return the hourly wage of this month: language, recognised education, experience (docs/ODD.md 7.7)."""
    level = who.module_worth * who.language
    bonus = 0.08 if who.education == 3 and who.recognisable and s >= r.recognition_month else 0.0
    return r.entry_wage * (1.0 + 0.10 * level + bonus + 0.03 * min(who.work_months * TWELFTH, 10.0))


@inlined
def lever_costs(who: Person, s: int, m: int, g: int, r: Rules, o: Records) -> None:
    """Return costs of proposals that depend on the person (docs/ODD.md 7.18)."""
    status = who.status
    cost = 0.0
    if who.recognisable == c.EXTRA_ASSESSED and s == r.recognition_month:
        cost += r.assessment_cost
    if s < c.MENTOR_MONTHS and who.mentored and status < c.DISABILITY_PENSION:
        cost += r.mentor_cost
    if status == c.SELF_SUPPORTED and who.reached_out:
        cost += r.outreach_cost
    if who.health and is_client(status):
        cost += r.coordination_cost
    if who.event == c.EVENT_BUSINESS:
        cost += r.business_cost
    if cost > 0.0:
        book(c.LEVER_COST, cost, m, g, o)


@inlined
def account(who: Person, s: int, a: Areas, r: Rules, o: Records) -> bool:
    """Step 9: book the month of one person (docs/ODD.md 7.12); return whether a top-up was paid."""
    status = who.status
    m = who.municipality
    g = who.group
    kind = who.benefit_kind
    wage = 0.0  # or income of a business
    transfer = 0.0  # benefit or top-up
    credit = 0.0
    cost = 0.0  # of the programme: staff where it is refunded, and classes
    if is_client(status):
        if status == c.SUBSIDISED_JOB:
            wage = 37.0 * MONTHLY * hourly_wage(who, s, r)
        else:
            transfer = r.benefit[kind]
            book(c.BENEFIT, transfer, m, g, o)
            book(c.MUNICIPAL_TAX, a.real[m, f.M_BENEFIT_TAX + 3 * kind + 0], m, g, o)
            book(c.STATE_TAX, a.real[m, f.M_BENEFIT_TAX + 3 * kind + 1], m, g, o)
            book(c.INDIRECT_TAX, a.real[m, f.M_BENEFIT_TAX + 3 * kind + 2], m, g, o)
        staff = r.staff_month * a.real[m, f.M_EFFORT] * a.real[m, f.M_INTENSITY + intensity_class(who, s)]
        book(c.STAFF, staff, m, g, o)
        if r.staff_refunded:
            cost = staff
    elif status == c.EMPLOYED:
        hours = who.hours * MONTHLY
        wage = hours * hourly_wage(who, s, r)
        credit = r.credit * who.hours
        if who.hours < 37 and not who.supported:
            transfer = max(0.0, r.benefit[kind] - (wage - r.disregard * hours))
            if transfer > 0.0:
                book(c.TOP_UP, transfer, m, g, o)
    elif status == c.TRAINEE_JOB:
        wage = 37.0 * MONTHLY * r.trainee_wage
        credit = r.credit * 37.0
        book(c.TRAINEE_SCHOOL, r.trainee_school, m, g, o)
        if who.tenure == 6:
            book(c.TRAINEE_BONUS, r.trainee_bonus[0], m, g, o)
    elif status == c.SELF_EMPLOYED:
        wage = r.self_employed_share * 37.0 * MONTHLY * hourly_wage(who, s, r)
        credit = r.credit * 37.0
    elif status == c.EDUCATION or status == c.DISABILITY_PENSION:
        pension = status == c.DISABILITY_PENSION
        amount = r.pension if pension else r.education_grant
        taxes = f.M_PENSION_TAX if pension else f.M_EDUCATION_TAX
        book(c.PENSION if pension else c.EDUCATION_GRANT, amount, m, g, o)
        book(c.MUNICIPAL_TAX, a.real[m, taxes + 0], m, g, o)
        book(c.STATE_TAX, a.real[m, taxes + 1], m, g, o)
        book(c.INDIRECT_TAX, a.real[m, taxes + 2], m, g, o)
        if pension:
            book(c.PENSION_REFUND, r.pension_refund * amount, m, g, o)
    if transfer > 0.0:
        who.benefit_months += 1
        who.months_without_benefit = 0
        passive = status == c.ASSESSMENT or status == c.JOB_CENTRE or status == c.EMPLOYED
        share = r.refund_passive if passive else r.refund_active
        if r.ladder:
            share = r.table[f.LADDER_T, who.benefit_months]
        book(c.BENEFIT_REFUND, share * transfer, m, g, o)
    else:
        who.months_without_benefit += 1
        if who.months_without_benefit >= 12:
            who.benefit_months = 0
    if wage > 0.0:
        am, municipal, state, indirect = monthly_taxes(wage, transfer, credit, a.real[m, f.M_TAX], r)
        book(c.SELF_EMPLOYED_INCOME if status == c.SELF_EMPLOYED else c.WAGE, wage, m, g, o)
        book(c.AM_CONTRIBUTION, am, m, g, o)
        book(c.MUNICIPAL_TAX, municipal, m, g, o)
        book(c.STATE_TAX, state, m, g, o)
        book(c.INDIRECT_TAX, indirect, m, g, o)
        if status == c.SUBSIDISED_JOB:
            subsidy = r.subsidy_hour * 37.0 * MONTHLY
            share = (
                r.table[f.LADDER_T, max(1, who.benefit_months)] if r.subsidy_by_weeks else r.subsidy_refund
            )
            book(c.WAGE_SUBSIDY, subsidy, m, g, o)
            book(c.WAGE_SUBSIDY_REFUND, share * subsidy, m, g, o)
    if who.class_hours > 0.0:
        classes = who.class_hours * MONTHLY * r.class_price[who.track] * a.real[m, f.M_LANGUAGE_EFFORT]
        book(c.DANISH_CLASSES, classes, m, g, o)
        cost += classes
        if r.outside_classes_refunded and s >= who.introduction_end:
            book(c.PROGRAMME_REFUND, r.outside_refund * classes, m, g, o)
    offers = 0.0
    if who.placed == c.PLACED_INTERNSHIP or who.placed == c.PLACED_SUBSIDISED:
        book(c.PLACEMENT, r.placement_price, m, g, o)
        offers = r.placement_price
    if s >= who.introduction_end:
        who.programme_cost = offers
        a.real[m, f.M_OUTSIDE_COST] += offers
        if transfer > 0.0:
            a.real[m, f.M_RECIPIENTS] += 1.0
    else:
        who.programme_cost = cost + offers
        a.real[m, f.M_COST] += cost + offers
        if who.class_hours > 0.0 or status == c.INTERNSHIP or status == c.SUBSIDISED_JOB:
            a.real[m, f.M_ACTIVE] += 1.0
    paid_until = min(who.introduction_end, 36) if r.basic_grant_months < 0 else r.basic_grant_months
    if s < paid_until and not who.supported and status != c.DISABILITY_PENSION:
        book(c.BASIC_GRANT, r.basic_grant[who.origin], m, g, o)
    if who.event == c.EVENT_TRAINED:
        book(c.TRAINEE_BONUS, r.trainee_bonus[1], m, g, o)
    if r.costs:
        lever_costs(who, s, m, g, r, o)
    return status == c.EMPLOYED and transfer > 0.0
