"""Stories: the same from memory and from the folder, plain words, a source under every figure."""

from __future__ import annotations

import copy
import json
import re
import shutil
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from tests.presentation.reading import read
from tests.presentation.stored_samples import KNOWN, Made, digests, made_of_every_kind, stored
from tests.presentation.test_validation_page import FITTED

from ankomst.errors import OutputError
from ankomst.report.document.story_page import write_story
from ankomst.report.document.story_words import commit_of, source_of
from ankomst.report.document.texts import LANGUAGES, load_texts
from ankomst.report.stored_story import KINDS, story_of
from ankomst.studies.engine import store
from ankomst.studies.engine.stored_tables import as_stored, with_values

if TYPE_CHECKING:
    from pathlib import Path

    from ankomst.report.document.story import Story


@pytest.fixture(name="made", scope="module")
def made_fixture() -> Made:
    return made_of_every_kind()


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kind", list(KINDS))
def test_the_page_from_the_folder_is_the_page_from_memory(
    kind: str, lang: str, made: Made, tmp_path: Path
) -> None:
    tables, facts = made[kind]
    before = copy.deepcopy(tables)
    memory = KINDS[kind](tables, facts, lang)
    disk = story_of(stored(kind, made, tmp_path / "result"), lang)
    pages = [write_story(story, tmp_path / f"{name}.html") for name, story in (("m", memory), ("d", disk))]
    assert pages[0].read_bytes() == pages[1].read_bytes()
    for name in ("title", "facts", "summary", "method", "source", "provenance"):
        assert getattr(memory, name) == getattr(disk, name)
    for one, other in zip(memory.sheets, disk.sheets, strict=True):
        pd.testing.assert_frame_equal(one.frame, other.frame)
    for name, table in tables.items():  # what is given is left as it is
        pd.testing.assert_frame_equal(table, before[name])
    _check_words(memory)
    _check_page(memory, pages[0])


def _check_words(story: Story) -> None:
    plain = (story.title, story.facts, *story.summary, *story.method, story.source)
    plain += tuple(part for pair in story.provenance for part in pair)
    plain += tuple(part for sheet in story.sheets for part in (sheet.title, sheet.note))
    for said in plain:
        assert said
        assert not re.search(r"</?\w+[^>]*>|&\w+;|\{\w*\}", said), said
    assert story.summary
    assert story.method
    assert len({sheet.name for sheet in story.sheets}) == len(story.sheets)
    other = load_texts(story.lang).get("story.sheet_note")
    assert [sheet.name for sheet in story.sheets if sheet.note == other] == []
    assert story.source.startswith("ankomst 9.9.9, commit 0123abc456de, mine")
    assert {"Seed", "Commit", "Version of ankomst" if story.lang == "en" else "Version af ankomst"} <= {
        label for label, _ in story.provenance
    }
    names = [section.name for section in story.sections]
    assert len(names) == len(set(names))


def _check_page(story: Story, page: Path) -> None:
    html, reader = read(page)
    assert reader.loaded == []
    body = html.partition("<body>")[2]
    ids = re.findall(r'\bid="([^"]+)"', re.sub(r"<script\b.*?</script>", "", body, flags=re.DOTALL))
    assert len(ids) == len(set(ids))
    links = re.findall(r'href="#([^"]+)"', body)
    assert set(links) <= set(ids)
    label = load_texts(story.lang).get("story.from", source=story.source)
    captions = re.findall(r"<figcaption>(.*?)</figcaption>", body, flags=re.DOTALL)
    assert len(captions) == len(story.figures)
    assert all(label in caption for caption in captions)
    for drawn in story.figures:
        assert drawn.title
        assert re.search(r"\d", drawn.footer), f"{drawn.name} does not say n: {drawn.footer}"


def test_an_annex_stands_between_the_sections_and_the_end(made: Made, tmp_path: Path) -> None:
    tables, facts = made["decision"]
    story = KINDS["decision"](tables, facts, "en")
    html = write_story(story, tmp_path / "page.html", "<h2>Annex</h2>").read_text(encoding="utf-8")
    assert html.index("part-words") < html.index("<h2>Annex</h2>") < html.index("</main>")


def test_the_source_says_what_is_known_and_that_files_were_changed() -> None:
    english, danish = load_texts("en"), load_texts("da")
    told = {**KNOWN, "created": "2026-11-21T10:00:00+00:00", "commit": "0123abc456def with changes"}
    assert source_of(told, english) == "ankomst 9.9.9, commit 0123abc456de with changes, mine, 2026-11-21"
    assert commit_of(told, danish) == "0123abc456de med ændringer"
    assert source_of({"commit": "unknown"}, english) == "ankomst –, commit –"


def test_facts_are_plain_before_they_are_written() -> None:
    facts = {
        "pair": ("a", "b"), "day": FITTED.since, "count": np.int64(3), "row": np.array([1.5, np.nan]),
        "none": float("nan"), "nested": {1: {"yes": np.array([1]) > 0}},
    }  # fmt: skip
    assert json.loads(json.dumps(store.plain(facts))) == store.plain(facts)
    assert store.plain(facts) == {
        "pair": ["a", "b"], "day": "2016-01-01", "count": 3, "row": [1.5, None], "none": None,
        "nested": {"1": {"yes": [True]}},
    }  # fmt: skip
    with pytest.raises(TypeError, match="not JSON serializable"):
        store.plain({"table": pd.DataFrame()})


def test_tables_survive_their_file_to_the_last_bit() -> None:
    values = np.random.default_rng(1).standard_normal(2000) * 10.0 ** np.arange(-20, 20, 0.02)
    table = pd.DataFrame(
        {
            "estimate": values, "n": np.arange(2000), "clear": values > 0, "text": "None",
            "scenario": "2017", "payer": ["", "NA"] * 1000, "gap": np.nan, "edge": np.inf,
        }
    )  # fmt: skip
    found = as_stored(table)
    assert (found["estimate"] == table["estimate"]).all()
    assert found["n"].dtype == np.int64
    assert found["clear"].dtype == bool
    assert (found["text"] == "None").all()
    assert (found["scenario"] == "2017").all()
    assert found["payer"].isna().sum() == 1000
    assert found["gap"].isna().all()
    assert np.isinf(found["edge"]).all()
    pd.testing.assert_frame_equal(as_stored(found), found)
    assert len(as_stored(table.iloc[:0]).columns) == 8
    assert len(as_stored(pd.DataFrame())) == 0


def test_values_of_parameters_are_numbers_and_mappings_again() -> None:
    given = [0.3, {"women": 0.1, "men": 0.2}, "per month", 4]
    found = with_values(as_stored(pd.DataFrame({"value": given})))
    assert list(found["value"]) == given


Break = Any


def _cut(folder: Path) -> None:
    file = folder / "tables" / "robustness.csv"
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def _manifest(folder: Path, **more: object) -> None:
    file = folder / "manifest.json"
    content = json.loads(file.read_text(encoding="utf-8")) | more
    content = {key: value for key, value in content.items() if value is not None}
    file.write_text(json.dumps(content), encoding="utf-8")


def _signed(folder: Path, name: str, content: bytes) -> None:
    """Replace a file and enter it into the manifest, as another program might."""
    (folder / name).write_bytes(content)
    files = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["files"]
    _manifest(folder, files=files | digests(folder, [folder / name]))


def _without(folder: Path, name: str) -> None:
    files = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["files"]
    _manifest(folder, files={key: value for key, value in files.items() if key != name})


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (shutil.rmtree, "there is no such folder"),
        (lambda at: (at / "manifest.json").unlink(), "the manifest is missing"),
        (lambda at: (at / "manifest.json").write_text("{"), "the manifest is damaged"),
        (lambda at: (at / "manifest.json").write_text("[1]"), "the manifest is damaged"),
        (lambda at: _manifest(at, ankomst=None), "the manifest is not one of ankomst"),
        (lambda at: _manifest(at, kind=None), "its manifest does not say its kind; allowed: its"),
        (lambda at: _manifest(at, kind="other"), "of an unknown kind: 'other'; allowed: report"),
        (lambda at: _manifest(at, complete=False), "the result is not finished; allowed: repeat `ankomst"),
        (lambda at: _manifest(at, files=None), "the manifest lists no files"),
        (lambda at: _manifest(at, kind="report"), "holds a report, of which no report can be made"),
        (lambda at: _manifest(at, files={"facts.json": 1}), "is damaged: 'files.facts.json' should be"),
        (lambda at: _manifest(at, files={"../x": "0" * 64}), "is damaged: 'files.../x.[key]' String"),
        (lambda at: _without(at, "facts.json"), "of an older version, without facts.json; allowed: repeat"),
        (lambda at: (at / "facts.json").unlink(), "facts.json: the file is missing"),
        (lambda at: (at / "facts.json").write_text("{}"), "facts.json: the file is damaged"),
        (lambda at: _signed(at, "facts.json", b"{"), "the facts cannot be read"),
        (lambda at: _signed(at, "facts.json", b"[]"), "the facts are damaged: it should be a"),
        (lambda at: _signed(at, "facts.json", b"{}"), "the facts are damaged: 'title' is missing"),
        (_cut, "robustness.csv: the file is damaged: it is not as it was written"),
        (lambda at: (at / "tables" / "designs.csv").unlink(), "designs.csv: the file is missing"),
        (lambda at: _signed(at, "tables/designs.csv", b""), "the table cannot be read"),
        (lambda at: _signed(at, "tables/designs.csv", b"\xff\xfe\x00a,b\n\xff"), "the table cannot be read"),
        (lambda at: _signed(at, "tables/designs.csv", b"a,b\n1,2\n1,2,3\n"), "the table cannot be read"),
        (lambda at: _signed(at, "tables/designs.csv", b"a,b\n1,2\n"), "do not fit together: table 'designs'"),
    ],
)  # fmt: skip
def test_a_damaged_folder_gives_one_sentence(damage: Break, said: str, made: Made, tmp_path: Path) -> None:
    folder = stored("decision", made, tmp_path / "result")
    damage(folder)
    with pytest.raises(OutputError) as caught:
        story_of(folder)
    assert said in str(caught.value)
    assert str(folder) in str(caught.value)
    assert "allowed: " in str(caught.value)


def test_values_that_no_number_can_be_read_from_give_one_sentence(made: Made, tmp_path: Path) -> None:
    tables, facts = made["decision"]
    for name in ("robustness", "thresholds", "information"):
        broken = tables | {name: tables[name].assign(low="x", mean="y", level="z", n="many")}
        folder = stored("decision", {"decision": (broken, facts)}, tmp_path / name)
        with pytest.raises(OutputError, match="do not fit together"):
            story_of(folder)


def test_advice_repeats_what_was_typed_into_the_folder_where_it_lies(made: Made, tmp_path: Path) -> None:
    folder = tmp_path / "a moved folder"
    typed = "ankomst decide mine --out elsewhere --restart --set seed=3"
    stored("decision", made, folder, complete=False, command=typed)
    with pytest.raises(OutputError) as caught:
        story_of(folder)
    assert f"repeat `ankomst decide mine --set seed=3 --out '{folder}' --resume`" in str(caught.value)
    stored("run", made, folder, complete=False, command="ankomst run one_year")
    with pytest.raises(OutputError, match="which makes the result anew"):
        story_of(folder)
    stored("decision", made, folder, complete=False, command="", experiment={"file": "mine.yaml"})
    with pytest.raises(OutputError, match=r"repeat `ankomst decide mine\.yaml --out"):
        story_of(folder)


def test_a_language_that_is_not_there_is_said(made: Made, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="there is no language 'dk'"):
        story_of(stored("run", made, tmp_path / "result"), "dk")


@pytest.mark.parametrize("page", ["", "calibration", "decision", "sensitivity", "validation"])
def test_both_languages_fill_in_the_same_values(page: str) -> None:
    english, danish = (load_texts(lang, page).entries for lang in LANGUAGES)
    assert english.keys() == danish.keys()
    for key in english:
        if ".sheet." in key or key.startswith("story."):
            assert set(re.findall(r"{(\w+)}", english[key])) == set(re.findall(r"{(\w+)}", danish[key])), key
