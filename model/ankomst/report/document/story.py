"""What a result says, before it is a page, slides or a workbook: words, figures, tables of one language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from ankomst.report.document.page import Drawn


PARAMETERS = "all_parameters"
"""Name of the sheet that every report has: all parameters with grade and source."""


@dataclass(frozen=True)
class Sheet:
    """A tidy table with its words.

    Parameters
    ----------
    name : str
        Short identifier, such as ``differences``.
    title, note : str
        Heading; what the rows are and what the intervals mean.
    frame : DataFrame
        Tidy, with the columns of the stored table.
    """

    name: str
    title: str
    note: str
    frame: pd.DataFrame


@dataclass(frozen=True)
class Section:
    """A part of a story.

    Parameters
    ----------
    name, heading : str
    figures : tuple of Drawn
    above, below : str
        HTML before and after the figures, for the page only.
    """

    name: str
    heading: str
    figures: tuple[Drawn, ...] = ()
    above: str = ""
    below: str = ""


@dataclass(frozen=True)
class Story:
    """All that is shown of a result, in one language.

    Parameters
    ----------
    kind : str
        batch, run, calibration, validation, sensitivity or decision.
    lang : str
    title : str
    facts : str
        In one or two sentences: replicates, draws, newcomers, baseline.
    summary : tuple of str
        What was found, in plain sentences, never more than the intervals allow.
    method : tuple of str
        How it was made and what the intervals mean, in plain sentences.
    sections : tuple of Section
    sheets : tuple of Sheet
        For the workbook.
    source : str
        Model, version, commit, result, date: the line under each figure.
    provenance : tuple of (str, str)
        What a repetition needs, as labels and values.
    made : str
        When the result was made, in ISO format; empty where it is not known.
    banners : tuple of str
        Warnings at the top of the page, in plain text.
    head, box, how, end : str
        HTML of the page before, around and after the sections.
    nav : str
        HTML of the contents; made from the figures if left out.
    styles : tuple of str
        Style sheets of the page.
    """

    kind: str
    lang: str
    title: str
    facts: str
    summary: tuple[str, ...]
    method: tuple[str, ...]
    sections: tuple[Section, ...]
    sheets: tuple[Sheet, ...]
    source: str
    provenance: tuple[tuple[str, str], ...]
    made: str = ""
    banners: tuple[str, ...] = ()
    head: str = ""
    box: str = ""
    how: str = ""
    end: str = ""
    nav: str = ""
    styles: tuple[str, ...] = ("page.css", "run.css")

    @property
    def figures(self) -> tuple[Drawn, ...]:
        """Every figure, in the order of the page."""
        return tuple(drawn for section in self.sections for drawn in section.figures)
