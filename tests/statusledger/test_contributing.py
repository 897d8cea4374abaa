"""What CONTRIBUTING says of the project is so: its words, its folders, its recipes."""

from __future__ import annotations

import ast
import re

from tests.support.paths import ROOT

PACKAGES = ("ingest", "analytics", "dashboard", "statusledger")
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## (.+)\n((?:(?!## ).*\n)*)", TEXT, re.MULTILINE))


def modules() -> list[str]:
    """Paths of all modules, without those that only stand for their folder."""
    found = (path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
    return sorted(str(path.relative_to(ROOT)) for path in found if not path.name.startswith("__"))


def vocabulary() -> set[str]:
    """Return the words of the glossary and the plain technical ones, and the names of platforms."""
    section = SECTIONS["Words"]
    words = re.findall(r"^\| ([a-z ,]+) \|", section, re.MULTILINE)[1:]
    technical = re.findall(r"^[a-z]+(?: [a-z]+)+$", section, re.MULTILINE)
    platforms = (ROOT / "ingest" / "platforms").iterdir()
    return set(re.findall(r"[a-z]+", " ".join((*words, *technical)))) | {
        word for path in platforms for word in path.stem.split("_")
    }


def known(word: str, words: set[str]) -> bool:
    """Whether a word, or what it is the plural or a form of, is listed."""
    stems = {word, f"{word}s", word.removesuffix("s"), word.removesuffix("es")}
    stems.add(word.removesuffix("ing"))
    return bool(stems & words)


def test_a_module_is_named_with_the_words_of_the_glossary() -> None:
    words = vocabulary()
    strange = {
        path: word
        for path in modules()
        for word in re.split(r"[/_]", path.removesuffix(".py"))[1:]
        if not known(word, words)
    }
    assert strange == {}


def test_every_technical_word_names_something() -> None:
    used = {word for path in modules() for word in re.split(r"[/_]", path.removesuffix(".py"))}
    technical = " ".join(re.findall(r"^[a-z]+(?: [a-z]+)+$", SECTIONS["Words"], re.MULTILINE))
    assert [word for word in technical.split() if word not in used] == []


def test_imports_go_one_way_only() -> None:
    allowed = {"ingest.models", "ingest.intervals"}
    against = []
    for path in modules():
        here = PACKAGES.index(path.split("/")[0])
        for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
            if not isinstance(node, ast.ImportFrom) or node.module is None:
                continue
            package = node.module.split(".")[0]
            if package not in PACKAGES:
                continue
            inward = package != "ingest" or here in (0, 3) or node.module in allowed
            if PACKAGES.index(package) > here or not inward:
                against.append(f"{path}: {node.module}")
    assert against == []


def test_a_thing_of_this_project_keeps_its_name_where_it_is_imported() -> None:
    renamed = [
        f"{path}: {name.name} as {name.asname}"
        for path in modules()
        if path.startswith(("analytics/", "dashboard/"))
        for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in PACKAGES
        for name in node.names
        if name.asname
    ]
    assert renamed == []


def test_the_recipes_name_what_there_is() -> None:
    recipes = SECTIONS["Recipes"] + SECTIONS["Words"] + SECTIONS["The flow"]
    named = re.findall(r"`([a-z_]+/[a-z_./]*)`", recipes)
    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_every_link_leads_to_a_file_that_is_kept() -> None:
    for name in ("CONTRIBUTING.md", "findings/README.md"):
        folder = (ROOT / name).parent
        text = (ROOT / name).read_text(encoding="utf-8")
        links = re.findall(r"\]\(([^)#\s]+)", text)
        assert [link for link in links if not (folder / link).exists()] == []
