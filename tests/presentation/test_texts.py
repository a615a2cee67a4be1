"""Texts and numbers in both languages."""

from __future__ import annotations

import string

import pytest

from ankomst.report.document.texts import load_texts


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


PAGES = ("", "explorer")
"""Pages whose texts go through here; the other pages have tests of their own for theirs."""


@pytest.mark.parametrize("page", PAGES)
def test_both_languages_have_the_same_keys(page: str) -> None:
    english, danish = load_texts("en", page), load_texts("da", page)
    assert english.entries.keys() == danish.entries.keys()
    assert english.phrases.keys() == danish.phrases.keys()


@pytest.mark.parametrize("page", PAGES)
def test_both_languages_fill_in_the_same_values(page: str) -> None:
    english, danish = load_texts("en", page), load_texts("da", page)
    differing = [
        key
        for key, text in english.entries.items()
        if placeholders(text) - {"payer"} != placeholders(danish.entries[key]) - {"payer"}
    ]
    assert differing == []


@pytest.mark.parametrize("page", PAGES)
def test_no_text_is_empty(page: str) -> None:
    for lang in ("en", "da"):
        assert all(load_texts(lang, page).entries.values())


@pytest.mark.parametrize(
    ("lang", "value", "decimals", "sign", "expected"),
    [
        ("en", 1234.5, 1, False, "1,234.5"),
        ("da", 1234.5, 1, False, "1.234,5"),
        ("en", -1234567.0, 0, False, "−1,234,567"),
        ("da", -0.25, 2, True, "−0,25"),
        ("en", 0.25, 2, True, "+0.25"),
        ("en", -0.001, 2, True, "0.00"),
        ("da", float("nan"), 2, True, "–"),
    ],
)
def test_numbers_are_written_as_the_language_writes_them(
    lang: str, value: float, decimals: int, sign: bool, expected: str
) -> None:
    assert load_texts(lang).number(value, decimals, sign=sign) == expected


def test_intervals_lists_and_phrases() -> None:
    english, danish = load_texts("en"), load_texts("da")
    assert english.span(-1.0, 2.0, 1, sign=True) == "−1.0 to +2.0"
    assert danish.span(-1.0, 2.0, 1) == "−1,0 til 2,0"
    assert english.span(float("nan"), 2.0) == "–"
    assert english.listing(["a", "b", "c"]) == "a, b and c"
    assert danish.listing(["a"]) == "a"
    assert danish.phrase("pays for itself") == "betaler sig selv"
    assert danish.phrase("something new") == "something new"
    assert english.label("item", "some_new_item") == "some new item"
    assert danish.pick(("one", "en")) == "en"
    assert danish.pick({"en": "one"}) == "one"
    assert english.pick("plain") == "plain"


def test_unknown_key_and_language_are_errors() -> None:
    with pytest.raises(ValueError, match=r"no text 'page\.nothing' in texts_en\.yaml"):
        load_texts("en").get("page.nothing")
    with pytest.raises(ValueError, match="language must be one of en, da"):
        load_texts("de")
