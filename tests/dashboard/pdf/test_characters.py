"""A text never costs the document: what cannot be drawn is a box, counted and told."""

from __future__ import annotations

from dashboard.pdf.characters import BOX, boxed, count_texts, is_rare, lacking, missing_sentence

SAID = (
    'error: PDF/UA-1 error: the text `"中"` could not be displayed with font `"Libertinus Serif"`\n'
    'error: PDF/UA-1 error: the text `"\\u{600}\\"x"` could not be displayed with font `"a"`\n'
    'error: PDF/A-2a error: the PDF contains the codepoint `"\\u{e000}"`\n'
)


def test_every_character_the_compiler_names_is_found() -> None:
    assert lacking(SAID) == {"中", "\u0600", '"', "x", "\ue000"}
    assert lacking("error: unknown variable: d") == set()


def test_boxes_stand_in_texts_wherever_they_are() -> None:
    data = {"a": "x中", "b": ["中", {"c": "中y"}], "n": 3}
    told = boxed(data, lambda one: one == "中")
    assert told == {"a": f"x{BOX}", "b": [BOX, {"c": f"{BOX}y"}], "n": 3}
    assert count_texts(data, lambda one: one == "中") == 3


def test_in_the_end_every_rarer_character_is_a_box() -> None:
    assert boxed("aé中 -", is_rare) == f"a{BOX}{BOX} -"


def test_the_line_says_how_many_and_what_helps() -> None:
    assert missing_sentence(1) == (
        "1 character is drawn as a box (□), because no font on this machine has them; "
        "the package fonts-noto-cjk (Debian) has most."
    )
