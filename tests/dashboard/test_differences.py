"""Two wordings of a message, told apart word by word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.differences import MOST_WORDS, Mark, word_differences

words = st.lists(st.sampled_from(["we", "are", "down", "up", "again,", "&amp;"]), max_size=12)


def marked(old: str | None, new: str | None) -> str:
    sign = {Mark.SAME: "{}", Mark.DELETED: "[-{}-]", Mark.INSERTED: "[+{}+]"}
    return " ".join(sign[one.mark].format(one.text) for one in word_differences(old, new))


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("All regions fail.", "Some regions fail.", "[-All-] [+Some+] regions fail."),
        ("It is slow now.", "It is slow.", "It is [-slow now.-] [+slow.+]"),
        ("Down.", "Down. Sorry for that.", "Down. [+Sorry for that.+]"),
        ("<p>Down.</p>\n<p>Sorry.</p>", "Down.  Sorry.", "Down. Sorry."),
        ("1 &lt; 2", "1 < 3", "1 < [-2-] [+3+]"),
        ("Gone.", None, "[-Gone.-]"),
        (None, "New.", "[+New.+]"),
        ("", "", ""),
    ],
)
def test_what_was_taken_out_and_written_in_is_marked(
    old: str | None, new: str | None, shown: str
) -> None:
    assert marked(old, new) == shown


@given(words, words)
def test_both_wordings_can_be_read_off(old: list[str], new: list[str]) -> None:
    found = word_differences(" ".join(old), " ".join(new))
    for whole, other in ((old, Mark.INSERTED), (new, Mark.DELETED)):
        kept = " ".join(one.text for one in found if one.mark is not other)
        assert kept == " ".join(whole).replace("&amp;", "&")
    assert all(one.text for one in found)


def test_very_long_texts_are_replaced_as_a_whole_between_what_they_share() -> None:
    old = ["first", *("x" for _ in range(MOST_WORDS + 1)), "last"]
    new = ["first", *("y" for _ in range(3)), "last"]
    found = word_differences(" ".join(old), " ".join(new))
    assert [one.mark for one in found] == [Mark.SAME, Mark.DELETED, Mark.INSERTED, Mark.SAME]
