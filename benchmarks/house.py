"""Count what a newcomer trips over: flat folders, import circles, riddles, long functions.

``python -m benchmarks.house [CHECKOUT ...]`` prints one column for each checkout, so that the
counts of two commits stand side by side. ``tests/acceptance/test_house.py`` holds what must
stay at nought.
"""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from benchmarks import circumstances

#: From the feeds to the front door: a package imports those before it, and never one behind it.
PACKAGES = ("ingest", "analytics", "dashboard", "statusledger")
#: What those who read a snapshot may know of how it was made.
SHARED = ("ingest.models", "ingest.intervals")
READERS = ("analytics", "dashboard")
FILES_A_FOLDER = 16
LINES_A_FUNCTION = 40
LINES_A_FILE = 400
#: A first word that asks a question instead of saying what is done.
RIDDLES = frozenset(
    "what whatever which whichever who whoever whom whose when whenever where wherever "
    "whether why how however".split()
)
RULES = ("D", "D401", "N818")
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)

Arrow = tuple[str, str]


@dataclass(frozen=True)
class Place:
    """A docstring or a function: the file it is in, its line, and its first words."""

    path: Path
    line: int
    text: str

    def __str__(self) -> str:
        """Print it as editors can open it."""
        return f"{self.path}:{self.line} {self.text}"


@dataclass(frozen=True)
class House:
    """The modules of a checkout, read and not imported."""

    root: Path

    @cached_property
    def trees(self) -> Mapping[Path, ast.Module]:
        """Syntax trees of the product, by path below the checkout."""
        found = [
            *(self.root / f"{name}.py" for name in PACKAGES),
            *(path for name in PACKAGES for path in (self.root / name).rglob("*.py")),
        ]
        return {
            path.relative_to(self.root): ast.parse(path.read_text(encoding="utf-8"))
            for path in sorted(found)
            if path.exists()
        }

    @cached_property
    def modules(self) -> Mapping[str, Path]:
        """Paths by dotted name; a package's name is that of its ``__init__``."""
        return {_dotted(path): path for path in self.trees}

    @cached_property
    def arrows(self) -> frozenset[Arrow]:
        """Imports of one module by another, those inside functions too."""
        return frozenset(
            (importer, found)
            for importer, path in self.modules.items()
            for found in self._imported(importer, path)
            if found != importer
        )

    def _imported(self, importer: str, path: Path) -> Iterator[str]:
        package = importer if path.name == "__init__.py" else importer.rpartition(".")[0]
        for node in ast.walk(self.trees[path]):
            if isinstance(node, ast.Import):
                yield from (name.name for name in node.names if name.name in self.modules)
            elif isinstance(node, ast.ImportFrom):
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                parts = [*(above if node.level else ()), *filter(None, [node.module])]
                origin = ".".join(parts)
                for name in node.names:
                    inner = f"{origin}.{name.name}"
                    if inner in self.modules:
                        yield inner
                    elif origin in self.modules:
                        yield origin

    @cached_property
    def room_arrows(self) -> Mapping[Arrow, Sequence[Arrow]]:
        """The imports that lead from one room to another.

        A folder is a room. Where a folder holds others, each file beside them is one too: a
        program's entry may import the folders below it, and they the file they all share.
        """
        found: dict[Arrow, list[Arrow]] = {}
        for arrow in sorted(self.arrows):
            start, end = map(self.room, arrow)
            if start != end:
                found.setdefault((start, end), []).append(arrow)
        return found

    @cached_property
    def packages(self) -> frozenset[str]:
        """Dotted names of the folders."""
        return frozenset(n for n, path in self.modules.items() if path.name == "__init__.py")

    @cached_property
    def _halls(self) -> frozenset[str]:
        """Folders that hold other folders."""
        return frozenset(name.rpartition(".")[0] for name in self.packages)

    def room(self, module: str) -> str:
        """Name the room a module is in."""
        folder = module if module in self.packages else module.rpartition(".")[0]
        return module if folder in self._halls else folder

    def module_circles(self) -> list[tuple[str, ...]]:
        """Return modules that import each other in a circle."""
        return circles(self.arrows)

    def room_circles(self) -> list[tuple[str, ...]]:
        """Return rooms that import each other in a circle of any length."""
        return circles(self.room_arrows)

    def both_ways(self) -> list[Arrow]:
        """Return pairs of rooms that import each other."""
        return sorted((a, b) for a, b in self.room_arrows if a < b and (b, a) in self.room_arrows)

    def against(self) -> list[Arrow]:
        """Return imports of a later package by an earlier one, or of what is not shared."""
        rank = {name: n for n, name in enumerate(PACKAGES)}

        def wrong(importer: str, imported: str) -> bool:
            first, second = importer.partition(".")[0], imported.partition(".")[0]
            closed = second == "ingest" and first in READERS and imported not in SHARED
            return rank[first] < rank[second] or closed

        return sorted(arrow for arrow in self.arrows if wrong(*arrow))

    def files(self) -> Counter[Path]:
        """Count the Python files of each folder of the product and its tests."""
        tests = (path.relative_to(self.root) for path in (self.root / "tests").rglob("*.py"))
        return Counter(path.parent for path in (*self.trees, *tests))

    def riddles(self) -> list[Place]:
        """Return docstrings whose first word asks a question."""
        return [one for one in self.docstrings() if _first_word(one.text) in RIDDLES]

    def docstrings(self) -> Iterator[Place]:
        """Find the first line of every docstring of the product."""
        kinds = (ast.Module, ast.ClassDef, *FUNCTIONS)
        for path, tree in self.trees.items():
            for node in ast.walk(tree):
                if isinstance(node, kinds) and (text := ast.get_docstring(node)):
                    line = getattr(node, "lineno", 1)
                    yield Place(path, line, text.partition("\n")[0])

    def long_functions(self) -> list[Place]:
        """Return functions longer than a screen, with their lines, the docstring aside."""
        return [
            Place(path, node.lineno, f"{node.name} {lines}")
            for path, tree in self.trees.items()
            for node in ast.walk(tree)
            if isinstance(node, FUNCTIONS) and (lines := _lines(node)) > LINES_A_FUNCTION
        ]

    def lengths(self) -> dict[Path, int]:
        """Count the lines of each file of the product."""
        read = ((path, (self.root / path).read_text(encoding="utf-8")) for path in self.trees)
        return {path: len(text.splitlines()) for path, text in read}

    def silent_folders(self) -> list[Path]:
        """Return folders whose ``__init__`` does not say what they are for."""
        doors = {self.modules[name] for name in self.packages}
        closed = {path.parent / "__init__.py" for path in self.trees if len(path.parts) > 1} - doors
        return sorted({p for p in doors if not ast.get_docstring(self.trees[p])} | closed)

    def findings(self) -> Counter[str]:
        """Count ruff's findings by rule; a test's name is its sentence, so D1 is off there."""
        ruff = Path(sys.executable).with_name("ruff")
        config = 'lint.pydocstyle.convention="google"'
        words = ["check", "--isolated", "--exit-zero", "--no-cache", "--output-format", "json"]
        words += ["--select", ",".join(RULES), "--config", config]
        words += ["--per-file-ignores", "tests/**:D1"]
        names = ("tests", "benchmarks", *PACKAGES, "statusledger.py")
        there = [name for name in names if (self.root / name).exists()]
        done = subprocess.run(
            [ruff, *words, *there], cwd=self.root, check=True, capture_output=True
        )
        return Counter(found["code"] for found in json.loads(done.stdout))


def circles(arrows: Iterable[Arrow]) -> list[tuple[str, ...]]:
    """Return the strongly connected parts of more than one node, each in order of name."""
    ahead: dict[str, set[str]] = {}
    back: dict[str, set[str]] = {}
    for start, end in arrows:
        ahead.setdefault(start, set()).add(end)
        back.setdefault(end, set()).add(start)
    found, done = [], set[str]()
    for node in sorted(ahead):
        if node not in done:
            part = _reached(node, ahead) & _reached(node, back)
            done |= part
            if len(part) > 1:
                found.append(tuple(sorted(part)))
    return found


def _reached(node: str, ahead: Mapping[str, set[str]]) -> set[str]:
    """Return a node and all that can be reached from it."""
    seen, left = {node}, [node]
    while left:
        new = ahead.get(left.pop(), set()) - seen
        seen |= new
        left += new
    return seen


def _lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count the lines of a function without those of its docstring."""
    whole = (node.end_lineno or node.lineno) - node.lineno + 1
    if ast.get_docstring(node) is None:
        return whole
    said = node.body[0]
    return whole - ((said.end_lineno or said.lineno) - said.lineno + 1)


def _dotted(path: Path) -> str:
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def _first_word(text: str) -> str:
    return text.split(maxsplit=1)[0].strip("\"'`*.,:;").lower()


COUNTS: Mapping[str, Callable[[House], object]] = {
    "modules": lambda house: len(house.modules),
    "functions over 40 lines": lambda house: len(house.long_functions()),
    "files over 400 lines": lambda house: sum(n > LINES_A_FILE for n in house.lengths().values()),
    "most files in one folder": lambda house: max(house.files().values()),
    "folders of more than 16 files": lambda house: sum(
        n > FILES_A_FOLDER for n in house.files().values()
    ),
    "imports against the arrows": lambda house: len(house.against()),
    "circles of modules": lambda house: len(house.module_circles()),
    "circles of folders": lambda house: len(house.room_circles()),
    "folders that import each other": lambda house: len(house.both_ways()),
    "docstrings": lambda house: sum(1 for _ in house.docstrings()),
    "  that begin with a question": lambda house: len(house.riddles()),
    "folders that do not say what for": lambda house: len(house.silent_folders()),
    "findings of D": lambda house: sum(
        n for rule, n in house.findings().items() if rule != "D401" and rule.startswith("D")
    ),
    "findings of D401": lambda house: house.findings()["D401"],
    "findings of N818": lambda house: house.findings()["N818"],
}


def main(roots: Sequence[Path]) -> None:
    """Print the counts of each checkout side by side, then the largest folders of each."""
    print(circumstances())
    houses = [House(root.resolve()) for root in roots]
    print(" " * 34, *(f"{house.root.name[:14]:>14}" for house in houses))
    for label, count in COUNTS.items():
        print(f"{label:34}", *(f"{count(house)!s:>14}" for house in houses))
    for house in houses:
        largest = house.files().most_common(8)
        print(f"\n{house.root.name}:", ", ".join(f"{folder} {n}" for folder, n in largest))


if __name__ == "__main__":
    main([Path(root) for root in sys.argv[1:]] or [Path(__file__).parents[1]])
