"""Tidy tables of a batch: levels, and differences by group, payer, time, municipality and account item."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ankomst.simulation.accounts import LEDGER
from ankomst.simulation.outcomes import OUTCOMES, named
from ankomst.simulation.payer_layers import LAYERS
from ankomst.studies.batch.note import adjusted, with_chance
from ankomst.studies.metrics.pairs import DEFAULT_OUTCOMES, NET_COST, Pairs, cells_of_groups, month_of
from ankomst.studies.metrics.record import AREA_MEASURES, AREA_UNITS
from ankomst.studies.metrics.rows import account, as_rows, by_municipality, by_year, layers
from ankomst.studies.metrics.summary import DKK, PAYERS
from ankomst.studies.stats.intervals import levels, paired
from ankomst.studies.stats.statistics import LEVEL

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ankomst.studies.metrics.record import RunValues

Array = np.ndarray[Any, Any]
DISPLACEMENT, TAX_DISTORTION = "displacement", "tax_distortion"
COUNTED, NOT_COUNTED = "counted", "not counted"


def compare_runs(
    runs: RunValues,
    *,
    outcomes: Sequence[str] = DEFAULT_OUTCOMES,
    groups: Sequence[Sequence[str]] = (),
    months: int | None = None,
    level: float = LEVEL,
    discounted: bool = True,
    margin: Mapping[str, float] | None = None,
    discrepancy_sd: Mapping[str, float] | None = None,
) -> dict[str, pd.DataFrame]:
    """Return every table of a batch by name; see `BatchTables`."""
    asked = BatchTables(
        runs, outcomes=outcomes, groups=groups, months=months, level=level, discounted=discounted,
        margin=margin, discrepancy_sd=discrepancy_sd,
    )  # fmt: skip
    return asked.all()


class BatchTables:
    """Tables of the runs of a batch, each read one scenario and one family at a time.

    Every difference is scenario minus baseline on the same draw and replicate. Net cost holds displaced
    workers in differences, as everywhere, and never in levels.

    Parameters
    ----------
    runs : RunValues
    outcomes : tuple of str
        Names of OUTCOMES.
    months : int, optional
        Months since arrival of every outcome; if left out 36 for shares, the follow-up for sums.
    groups : tuple of tuples of str
        Dimensions to split by, such as (("origin",), ("origin", "sex")); the whole sample is always there.
    level : float
        Coverage of the intervals.
    discounted : bool
        Whether net cost and the account are discounted.
    displacement, tax_distortion : bool
        Whether the table of differences counts displaced workers in net cost, and has rows for the Finance
        Ministry's factor on the difference in net public cost.
    margin, discrepancy_sd : mapping of str to float, optional
        Outcome to the difference that counts as none, and to the standard deviation of its structural
        discrepancy, in its unit: for differences of the whole country since arrival, not for those of a year
        or of a municipality.

    Raises
    ------
    RunError
        An outcome is unknown, or a month or group is not kept in the batch.
    """

    def __init__(
        self,
        runs: RunValues,
        *,
        outcomes: Sequence[str] = DEFAULT_OUTCOMES,
        months: int | None = None,
        groups: Sequence[Sequence[str]] = (),
        level: float = LEVEL,
        discounted: bool = True,
        displacement: bool = True,
        tax_distortion: bool = False,
        margin: Mapping[str, float] | None = None,
        discrepancy_sd: Mapping[str, float] | None = None,
    ) -> None:
        for name in outcomes:
            named(name)
        self.pairs = Pairs(runs)
        self.level = level
        self.discounted = discounted
        self._displacement, self._tax_distortion = displacement, tax_distortion
        self._margin, self._discrepancy = dict(margin or {}), dict(discrepancy_sd or {})
        self._at = {name: month_of(runs.layout, name, months) for name in outcomes}
        self._cells = cells_of_groups(runs.layout, groups)
        self._places = [place for _, _, place in self._cells]

    def all(self) -> dict[str, pd.DataFrame]:
        """Return every table by name; only levels where the baseline is alone."""
        tables = {"levels": self.levels()}
        if self.pairs.others:
            tables["differences"] = self.differences()
            tables["years"] = self.years()
            tables["curves"] = self.curves()
            tables["municipalities"] = self.municipalities()
            tables["accounts"] = self.accounts()
            tables["payers"] = self.payers()
        return tables

    def levels(self) -> pd.DataFrame:
        """Outcomes of every scenario and group; net cost by payer, without displaced workers."""
        labels = self._labels(NET_COST)
        tables = []
        for scenario in self.pairs.runs.scenarios:
            found = levels(np.concatenate([part for part, _ in self._own(scenario)]), self.level)
            tables.append(self._table(scenario, labels, found))
        return pd.concat(tables, ignore_index=True)

    def differences(self) -> pd.DataFrame:
        """Differences of outcomes by group; net cost by payer, and the part of displaced workers."""
        labels, base = self.whole(self.pairs.runs.baseline)
        return self._differences(
            (scenario, labels, base, self.whole(scenario)[1]) for scenario in self.pairs.others
        )

    def years(self) -> pd.DataFrame:
        """Differences by year: net cost by payer since arrival and by calendar year, months in work.

        Displaced workers are counted by year since arrival; by calendar year they are not known.
        """
        layout = self.pairs.layout
        since, calendar = layout.families["item_year"].labels[2], layout.families["item_calendar"].labels[1]
        rows: list[dict[str, Any]] = [
            {**_net(payer), "time": "year_since_arrival", "year": year, "discounted": flag == "yes"}
            for payer in PAYERS
            for flag in ("no", "yes")
            for year in since
        ]
        rows += [
            {**_net(payer), "time": "calendar_year", "year": year} for payer in PAYERS for year in calendar
        ]
        work = {"outcome": "months_employed", "payer": "", "unit": "months"}
        rows += [{**work, "time": "year_since_arrival", "year": year} for year in since]
        labels = pd.DataFrame(rows)
        labels["discounted"] = labels["discounted"].eq(True)  # noqa: FBT003 - pandas compares with a value
        money = labels["outcome"] == NET_COST
        counted = (labels["time"] == "year_since_arrival") & money
        labels[DISPLACEMENT] = np.where(counted, COUNTED, np.where(money, NOT_COUNTED, ""))
        base = by_year(self.pairs, self.pairs.runs.baseline)
        return self._differences(
            (scenario, labels, base, by_year(self.pairs, scenario)) for scenario in self.pairs.others
        )

    def curves(self, names: Sequence[str] = ("employment_rate",)) -> pd.DataFrame:
        """Differences in outcomes by month since arrival.

        Parameters
        ----------
        names : sequence of str
            Of summary.CURVES.
        """
        months = self.pairs.layout.families["curve"].labels[1]
        labels = pd.DataFrame(
            [
                {"outcome": name, "months": month, "unit": OUTCOMES[name].unit}
                for name in names
                for month in months
            ]
        )
        places = [self.pairs.label("curve", 0, name) for name in names]
        base = as_rows(self.pairs.base("curve")[..., places, :])
        return self._differences(
            (scenario, labels, base, as_rows(self.pairs.read(scenario, "curve")[..., places, :]))
            for scenario in self.pairs.others
        )

    def municipalities(self) -> pd.DataFrame:
        """Differences by municipality: outcomes, and undiscounted net cost without displaced workers."""
        layout = self.pairs.layout
        names = layout.families["area_cost"].labels[1]
        measures = [name for name in AREA_MEASURES if name != "arrived"]
        month = layout.area_month
        rows: list[dict[str, Any]] = [
            {
                "outcome": measure,
                "payer": "",
                "municipality": name,
                "months": month,
                "unit": AREA_UNITS[measure],
                DISPLACEMENT: "",
            }
            for measure in measures
            for name in names
        ]
        rows += [
            {**_net(payer), "municipality": name, "months": layout.follow_up, DISPLACEMENT: NOT_COUNTED}
            for payer in PAYERS
            for name in names
        ]
        labels = pd.DataFrame(rows)
        arrived = self.pairs.base("area_outcome")[..., self.pairs.label("area_outcome", 0, "arrived"), :]
        with np.errstate(invalid="ignore"):
            people = np.nansum(arrived, axis=(0, 1)) / np.isfinite(arrived).any(axis=-1).sum()
        labels["arrived"] = np.tile(people, len(measures) + len(PAYERS))
        base = by_municipality(self.pairs, self.pairs.runs.baseline, measures)
        return self._differences(
            (scenario, labels, base, by_municipality(self.pairs, scenario, measures))
            for scenario in self.pairs.others
        )

    def accounts(self) -> pd.DataFrame:
        """Differences of the account over the follow-up: what each payer pays each payee, and resource cost.

        `net_cost` of a payer is what it pays less what it receives, displaced workers counted. Items that no
        run pays are left out.
        """
        rows = [{"item": item.name, "payer": item.payer, "payee": item.payee} for item in LEDGER]
        rows += [{"item": DISPLACEMENT, "payer": payer, "payee": "displaced workers"} for payer in PAYERS[:2]]
        rows += [{"item": NET_COST, "payer": payer, "payee": ""} for payer in PAYERS]
        rows += [{"item": "resource_cost", "payer": "both", "payee": "provider"}]
        labels = pd.DataFrame(rows).assign(unit=DKK, discounted=self.discounted)
        base = account(self.pairs, self.pairs.runs.baseline, discounted=self.discounted)

        def parts() -> Iterator[tuple[str, pd.DataFrame, Array, Array]]:
            for scenario in self.pairs.others:
                alt = account(self.pairs, scenario, discounted=self.discounted)
                used = np.nan_to_num(np.concatenate([base, alt], axis=2)).any(axis=(1, 2))
                shown = np.flatnonzero(used | labels["item"].isin(("net_cost", "resource_cost")))
                yield scenario, labels.iloc[shown].reset_index(drop=True), base[shown], alt[shown]

        return self._differences(parts())

    def payers(self) -> pd.DataFrame:
        """Differences in net cost by payer and layer: who finally pays (docs/ODD.md 7.21).

        The sum of municipality and state is that of `differences` in every layer.
        """
        rows = [
            {"layer": layer, "payer": payer, "outcome": NET_COST} for payer in PAYERS[:2] for layer in LAYERS
        ]
        labels = pd.DataFrame(rows).assign(unit=DKK, discounted=self.discounted)
        base = layers(self.pairs, self.pairs.runs.baseline, discounted=self.discounted)
        return self._differences(
            (scenario, labels, base, layers(self.pairs, scenario, discounted=self.discounted))
            for scenario in self.pairs.others
        )

    def _labels(self, *costs: str) -> pd.DataFrame:
        rows = []
        for outcome, month in self._at.items():
            shown = {"outcome": outcome, "payer": "", "months": month, "unit": OUTCOMES[outcome].unit}
            entries = [shown]
            if outcome == NET_COST:
                entries = [
                    {**shown, "outcome": name, "payer": payer, "unit": DKK}
                    for name in costs
                    for payer in (("both",) if name == TAX_DISTORTION else PAYERS)
                ]
            rows += [
                {**entry, "dimension": dimension, "group": group}
                for entry in entries
                for dimension, group, _ in self._cells
            ]
        return pd.DataFrame(rows)

    def _own(self, scenario: str) -> Iterator[tuple[Array, int | None]]:
        """Yield each outcome's rows, shape (rows, draws, replicates), and the month if it is net cost."""
        for outcome, month in self._at.items():
            if outcome == NET_COST:
                cost = self.pairs.cost(scenario, month, self._places, discounted=self.discounted)
                yield as_rows(cost), month
                continue
            family = self.pairs.read(scenario, "outcome")
            k, at = self.pairs.label("outcome", 0, outcome), self.pairs.label("outcome", 1, month)
            yield as_rows(family[..., k, at, :][..., self._places]), None

    def whole(self, scenario: str) -> tuple[pd.DataFrame, Array]:
        """Return labels and values of what is compared, net cost with what displaced workers add to it.

        Returns
        -------
        labels : DataFrame
            outcome, payer, months, unit, dimension, group.
        values : ndarray, shape (rows, draws, replicates)
        """
        extra = {DISPLACEMENT: self._displacement, TAX_DISTORTION: self._tax_distortion}
        labels = self._labels(NET_COST, *(name for name, wanted in extra.items() if wanted))
        parts, base = [], self.pairs.runs.baseline
        for own, month in self._own(scenario):
            if month is None:
                parts.append(own)
                continue
            taken = self.pairs.displaced(scenario, month, self._places, discounted=self.discounted)[
                ..., :3, :
            ]
            lost = as_rows(taken)
            cost = own + lost if self._displacement else own
            parts += [cost, lost] if self._displacement else [cost]
            if self._tax_distortion:
                before = as_rows(self.pairs.cost(base, month, self._places, discounted=self.discounted))
                both = slice(PAYERS.index("both") * len(self._places), None)
                parts.append(self.pairs.scalar(base, TAX_DISTORTION) * (cost - before)[both])
        return labels, np.concatenate(parts)

    def _differences(self, parts: Iterator[tuple[str, pd.DataFrame, Array, Array]]) -> pd.DataFrame:
        tables = [
            self._table(scenario, labels, self._judged(labels, base, alt))
            for scenario, labels, base, alt in parts
        ]
        if not tables:
            return pd.DataFrame()
        return adjusted(with_chance(pd.concat(tables, ignore_index=True)), self.level)

    def _judged(self, labels: pd.DataFrame, base: Array, alt: Array) -> pd.DataFrame:
        """Estimate differences, with the margin and the discrepancy of the outcome of each row."""
        if not (self._margin or self._discrepancy) or {"year", "municipality"} & set(labels):
            return paired(base, alt, self.level)
        names = labels["outcome"] if "outcome" in labels else labels["item"]
        margin, spread = (names.map(each).fillna(0.0) for each in (self._margin, self._discrepancy))
        tables = []
        for sd in sorted(set(spread)):
            rows = np.flatnonzero(spread == sd)
            found = paired(
                base[rows], alt[rows], self.level, discrepancy_sd=sd, margin=margin[rows].to_numpy()
            )
            if sd and alt.shape[1] > 1:
                found["interval"] += f"; with a structural discrepancy of sd {sd:g}"
            tables.append(found.set_axis(rows))
        return pd.concat(tables).sort_index()

    def _table(self, scenario: str, labels: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
        table = pd.concat([labels, found], axis=1)
        table.insert(0, "baseline", self.pairs.runs.baseline)
        table.insert(0, "scenario", scenario)
        return table


def _net(payer: str) -> dict[str, str]:
    return {"outcome": NET_COST, "payer": payer, "unit": DKK}
