"""Every parameter of the registry as a table, with the interval of the shipped posterior."""

from __future__ import annotations

import pandas as pd

from ankomst.policy.parameters import load_registry
from ankomst.policy.posterior import LEVEL, marginals


def parameter_table() -> pd.DataFrame:
    """Tabulate every parameter.

    Returns
    -------
    DataFrame
        name, value (in use: the central draw of the posterior), low and high (the range), posterior_low,
        posterior_high, posterior_level and posterior_draws, unit, grade and source. NaN where there is none.
    """
    rows, known, nothing = [], marginals(), float("nan")
    for name, parameter in load_registry().items():
        low, high = parameter.range or (nothing, nothing)
        posterior = known.get(name)
        rows.append(
            {
                "name": name,
                "value": parameter.value,
                "low": low,
                "high": high,
                "posterior_low": posterior.low if posterior else nothing,
                "posterior_high": posterior.high if posterior else nothing,
                "posterior_level": LEVEL if posterior else nothing,
                "posterior_draws": posterior.n if posterior else 0,
                "unit": parameter.unit,
                "grade": parameter.grade,
                "source": parameter.source,
            }
        )
    return pd.DataFrame(rows)
