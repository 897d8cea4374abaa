"""Make a ledger of the captures that bear on figures of peers: all, and two pages more."""

from __future__ import annotations

from pathlib import Path

from benchmarks.captures import ANTHROPIC, CAPTURES, FEEDS, GITHUB, Found, build

#: GitHub's whole page. The shipped registry reads only Copilot's part of it.
WHOLE_PAGE = """\
[github]
name = "GitHub"
category = "tooling"

[github.pages.statuspage]
base_url = "https://www.githubstatus.com"
page_id = "kctbh9vrtdwd"
feed = "complete"
confidence = "high"
"""
MORE = (
    Found("anthropic", "statuspage", ANTHROPIC / "series-uptime-data-20260526-20260710.tar.xz"),
    Found("github", "statuspage", GITHUB / "series-history-atom-20220611-20251231.tar.xz"),
    Found("github", "statuspage", GITHUB / "incidents-20260731.json", "2026-07-31T06:49:58Z"),
    Found(
        "deepseek",
        "flashduty",
        FEEDS / "flashduty" / "deepseek" / "wrapped-202606.json",
        "2026-06-09T12:00:00Z",
    ),
)


def build_all(data: Path) -> Path:
    """Import all captures and those of the two pages; give the snapshot's path."""
    data.mkdir(parents=True, exist_ok=True)
    (data / "providers.toml").write_text(WHOLE_PAGE, encoding="utf-8")
    return build(data, CAPTURES + MORE)
