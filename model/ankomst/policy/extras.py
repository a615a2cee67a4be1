"""Packages that only some commands need, and the extras of the installation that bring them."""

from __future__ import annotations

from importlib.util import find_spec

from ankomst.errors import AnkomstError

EXTRAS = {
    "cluster": ("distributed",),
    "explorer": ("dash", "waitress"),
    "images": ("kaleido",),
    "slides": ("pptx", "openpyxl"),
    "studies": ("optuna", "sklearn"),
    "workbook": ("openpyxl",),
}
"""Modules that each extra brings, as they are imported."""


class MissingExtraError(AnkomstError):
    """Something was asked for whose packages are not installed."""


def installed(extra: str) -> bool:
    """Whether all that an extra brings is installed."""
    return all(find_spec(module) is not None for module in EXTRAS[extra])


def need(extra: str, what: str) -> None:
    """Refuse something whose packages are not installed; called before anything that takes time.

    Parameters
    ----------
    extra
        The extra that brings the packages.
    what
        What needs them, as it may begin a sentence.

    Raises
    ------
    MissingExtraError
        A package is not installed.
    """
    if not installed(extra):
        raise MissingExtraError(
            f"{what} needs packages that a plain installation leaves out; "
            f'pip install "ankomst[{extra}]" brings them'
        )
