"""``match``: a file names hosts and packages, and the registry says whose they are."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

import pytest

from ingest.registry import RegistryError, load
from statusledger.dependencies.dependency_file import dependencies
from statusledger.dependencies.matches import matched
from tests.support.command_line import cli
from tests.support.paths import ROOT

CYCLONEDX = {
    "bomFormat": "CycloneDX",
    "metadata": {"tools": [{"externalReferences": [{"url": "https://github.com/x"}]}]},
    "components": [
        {"name": "openai", "purl": "pkg:pypi/openai@2.1.0"},
        {
            "name": "outer",
            "externalReferences": [{"type": "distribution", "url": "https://registry.npmjs.org/x"}],
            "components": [{"purl": "pkg:npm/%40anthropic-ai/sdk@0.60.0?arch=any"}],
        },
    ],
    "services": [{"name": "speech", "endpoints": ["https://api.deepgram.com/v1/listen"]}],
}
SPDX = {
    "spdxVersion": "SPDX-2.3",
    "packages": [
        {
            "name": "groq-sdk",
            "downloadLocation": "https://registry.npmjs.org/groq-sdk/-/groq-sdk-0.9.0.tgz",
            "externalRefs": [
                {"referenceType": "purl", "referenceLocator": "pkg:npm/groq-sdk@0.9.0"},
                {"referenceType": "cpe23Type", "referenceLocator": "cpe:2.3:a:stripe:stripe"},
            ],
        }
    ],
}
PACKAGE_LOCK = {
    "lockfileVersion": 3,
    "packages": {
        "": {"name": "mine", "dependencies": {"openai": "^5"}},
        "node_modules/openai": {"resolved": "https://registry.npmjs.org/openai/-/openai-5.0.0.tgz"},
        "node_modules/a/node_modules/@anthropic-ai/sdk": {"version": "0.60.0"},
        "node_modules/alias": {"name": "cohere-ai"},
    },
}
OLD_PACKAGE_LOCK = {
    "lockfileVersion": 1,
    "dependencies": {"a": {"dependencies": {"@mistralai/mistralai": {}}}, "openai": {}},
}
UV = """version = 1
[[package]]
name = "anthropic"
source = { registry = "https://pypi.org/simple" }
[[package]]
name = "httpx"
"""
YARN = """# yarn lockfile v1


"@anthropic-ai/sdk@^0.60.0", "@anthropic-ai/sdk@^0.61.0":
  resolved "https://registry.yarnpkg.com/@anthropic-ai/sdk/-/sdk-0.61.0.tgz"
  dependencies:
    openai "^5"

groq-sdk@^0.9.0:
  version "0.9.0"
"""
BERRY = """__metadata:
  version: 8

"@anthropic-ai/sdk@npm:^0.60.0":
  resolution: "@anthropic-ai/sdk@npm:0.60.0"
"""
PNPM = """lockfileVersion: '9.0'

importers:

  .:
    dependencies:
      openai:
        specifier: ^5

packages:

  '@anthropic-ai/sdk@0.60.0':
    resolution: {integrity: sha512-x}

  groq-sdk@0.9.0:
    resolution: {integrity: sha512-x}

snapshots:

  stripe@1.0.0: {}
"""
OLD_PNPM = "lockfileVersion: 5.4\n\npackages:\n\n  /@anthropic-ai/sdk/0.60.0:\n    dev: false\n"
PIPENV = {
    "_meta": {"sources": [{"url": "https://pypi.org/simple"}]},
    "default": {"openai": {"version": "==2.1.0"}},
    "develop": {"groq": {}},
}
CARGO = """version = 4
[[package]]
name = "async-openai"
source = "registry+https://github.com/rust-lang/crates.io-index"
"""
CYCLONEDX_XML = """<?xml version="1.0"?>
<bom xmlns="http://cyclonedx.org/schema/bom/1.6">
  <components><component type="library"><purl>pkg:pypi/openai@2.1.0</purl>
    <externalReferences><reference type="distribution"><url>https://pypi.org/x</url></reference>
    </externalReferences></component></components>
  <services><service><endpoints><endpoint>https://api.deepgram.com/v1</endpoint></endpoints></service>
  </services>
</bom>
"""
SPDX_TAGS = """SPDXVersion: SPDX-2.3
PackageName: sdk
PackageDownloadLocation: https://registry.npmjs.org/@anthropic-ai/sdk/-/sdk-0.60.0.tgz
ExternalRef: PACKAGE-MANAGER purl pkg:npm/%40anthropic-ai/sdk@0.60.0
"""
REQUIREMENTS = """# ours
-r other.txt
--index-url https://pypi.org/simple
Open_AI[datalib]==2.1.0 ; python_version > '3.8' \\
    --hash=sha256:00
together @ https://example.test/together.whl
anthropic
"""


def named(folder: Path, name: str, text: str | dict[str, Any]) -> set[str]:
    """Write a file and read what it depends on."""
    path = folder / name
    path.write_text(text if isinstance(text, str) else json.dumps(text), encoding="utf-8")
    return set(dependencies(path))


@pytest.mark.parametrize(
    ("name", "text", "wanted"),
    [
        (
            "app.cdx.json",
            CYCLONEDX,
            {"pkg:pypi/openai", "pkg:npm/@anthropic-ai/sdk", "api.deepgram.com"},
        ),
        ("app.spdx.json", SPDX, {"pkg:npm/groq-sdk"}),
        (
            "three.json",
            {"@graph": [{"software_packageUrl": "pkg:pypi/cohere@5"}, {"type": "x"}]},
            {"pkg:pypi/cohere"},
        ),
        (
            "package-lock.json",
            PACKAGE_LOCK,
            {"pkg:npm/openai", "pkg:npm/@anthropic-ai/sdk", "pkg:npm/cohere-ai"},
        ),
        (
            "package-lock.json",
            OLD_PACKAGE_LOCK,
            {"pkg:npm/a", "pkg:npm/@mistralai/mistralai", "pkg:npm/openai"},
        ),
        ("uv.lock", UV, {"pkg:pypi/anthropic", "pkg:pypi/httpx"}),
        ("poetry.lock", UV.replace("version = 1\n", ""), {"pkg:pypi/anthropic", "pkg:pypi/httpx"}),
        ("yarn.lock", YARN, {"pkg:npm/@anthropic-ai/sdk", "pkg:npm/groq-sdk"}),
        ("yarn.lock", BERRY, {"pkg:npm/@anthropic-ai/sdk"}),
        ("pnpm-lock.yaml", PNPM, {"pkg:npm/@anthropic-ai/sdk", "pkg:npm/groq-sdk"}),
        ("pnpm-lock.yaml", OLD_PNPM, {"pkg:npm/@anthropic-ai/sdk"}),
        (
            "requirements.txt",
            REQUIREMENTS,
            {"pkg:pypi/open-ai", "pkg:pypi/together", "pkg:pypi/anthropic"},
        ),
        ("deps.in", "openai>=2\n", {"pkg:pypi/openai"}),
        ("Pipfile.lock", PIPENV, {"pkg:pypi/openai", "pkg:pypi/groq"}),
        ("Cargo.lock", CARGO, {"pkg:cargo/async-openai"}),
        ("app.cdx.xml", CYCLONEDX_XML, {"pkg:pypi/openai", "api.deepgram.com"}),
        ("app.spdx", SPDX_TAGS, {"pkg:npm/@anthropic-ai/sdk"}),
    ],
)
def test_packages_are_read_by_name_and_hosts_of_registries_are_not(
    tmp_path: Path, name: str, text: str | dict[str, Any], wanted: set[str]
) -> None:
    assert named(tmp_path, name, text) == wanted


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("api.openai.com", {"api.openai.com"}),
        ("API.OpenAI.com.:443", {"api.openai.com"}),
        ("CONNECT api.x.ai:443 HTTP/1.1", {"api.x.ai"}),
        (
            "1784.3 10.0.0.7 TCP_TUNNEL/200 39 CONNECT claude.ai:443 - HIER_DIRECT/160.79.104.10 -",
            {"10.0.0.7", "claude.ai"},
        ),
        ('{"url":"https://me:pw@claude.ai:8443/a?to=https://api.x.ai/","n":1}', {"claude.ai"}),
        ("dst=api.groq.com; port=443", {"api.groq.com"}),
        ("*.openai.azure.com:443 .claude.ai", {"openai.azure.com", "claude.ai"}),
        ("  # api.groq.com", set()),
        ("160.79.104.10 api.anthropic.com # ours", {"160.79.104.10", "api.anthropic.com"}),
        ("[2606:4700::1]:443 2606:4700::2", {"2606:4700::1", "2606:4700::2"}),
        ("from bob@mistral.ai by HTTP/1.1 at 12:00:01, 1.2.3 of -x.com and a..b.com", set()),
        ("", set()),
    ],
)
def test_hosts_are_read_out_of_lines(tmp_path: Path, line: str, wanted: set[str]) -> None:
    assert named(tmp_path, "egress.log", f"{line}\n") == wanted


@pytest.mark.parametrize(
    ("name", "owner"),
    [
        ("api.openai.com", "openai"),
        ("mine.openai.azure.com", "azure-openai"),
        ("management.azure.com", "azure"),
        ("bedrock-runtime.eu-west-1.amazonaws.com", "aws-bedrock"),
        ("s3.eu-west-1.amazonaws.com", "aws"),
        ("us-central1-aiplatform.googleapis.com", "google-vertex"),
        ("generativelanguage.googleapis.com", "google-gemini-api"),
        ("api.githubcopilot.com", "github-copilot"),
        ("trace.agent.datadoghq.com", "datadog"),
        ("pkg:npm/@aws-sdk/client-bedrock-runtime", "aws-bedrock"),
        ("pkg:npm/@aws-sdk/client-s3", "aws"),
        ("pkg:pypi/google-cloud-aiplatform", "google-vertex"),
        ("pkg:pypi/google-cloud-storage", "google-cloud"),
        ("pkg:nuget/azure.ai.openai", "azure-openai"),
        ("pkg:golang/github.com/openai/openai-go/v3", "openai"),
    ],
)
def test_the_most_telling_entry_of_the_registry_wins(name: str, owner: str) -> None:
    [found] = matched({name: 2}, load().providers).found
    assert (found.provider, found.times) == (owner, 2)


@pytest.mark.parametrize(
    "name", ["notopenai.com", "openai.com.evil.test", "com", "github.com", "pkg:pypi/httpx"]
)
def test_what_only_looks_alike_is_nobodys(name: str) -> None:
    assert matched({name: 1}, load().providers).strangers == (name,)


@pytest.mark.parametrize("name", ["api.datadoghq.eu", "trace.agent.us5.datadoghq.com"])
def test_a_region_with_a_page_of_its_own_is_not_that_of_the_page_we_read(name: str) -> None:
    assert matched({name: 1}, load().providers).strangers == (name,)


def test_no_two_providers_claim_the_same_entry_and_every_collected_starter_has_a_host() -> None:
    providers = load().providers
    claimed = [one for each in providers for one in (*each.hosts, *each.packages)]
    assert len(claimed) == len(set(claimed))
    asked = [one for one in providers if one.starter or one.category == "inference"]
    assert [one.slug for one in asked if not one.hosts] == []


def test_the_answer_names_pages_and_what_is_not_known_and_sends_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "create_connection", None)
    monkeypatch.setattr(socket.socket, "connect", None)
    file = tmp_path / "hosts.txt"
    file.write_text("api.anthropic.com\napi.anthropic.com\nintra.example.test\n10.0.0.1\n")
    result = cli(tmp_path / "data", "match", file, "--format", "json")
    assert result.exit_code == 0
    [row] = json.loads(result.stdout)
    assert row == {
        "provider": "anthropic",
        "name": "Anthropic (Claude)",
        "by": "host",
        "found": "api.anthropic.com",
        "times": 2,
        "pages": ["https://status.claude.com"],
        "status": ["live"],
        "collected": False,
    }
    assert result.stderr.splitlines() == [
        "statusledger: 1 host of no provider in the registry: intra.example.test",
        "statusledger: IP addresses without a name, not known whose: 1",
    ]
    assert not (tmp_path / "data").exists()


def test_a_file_that_names_nobody_is_a_no(tmp_path: Path) -> None:
    file = tmp_path / "requirements.txt"
    file.write_text("httpx==1.0\n")
    result = cli(tmp_path, "match", file)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "names no host and no package of a provider" in result.stderr


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("uv.lock", "[[package]]\nname = ", 2),
        ("package-lock.json", '{"lockfileVersion": 3, "packages": []}', 2),
        ("app.cdx.json", '{"bomFormat": "CycloneDX", "components": [7]}', 2),
        (None, "", 5),
    ],
)
def test_a_file_that_cannot_be_read_is_one_line(
    tmp_path: Path, name: str | None, text: str, code: int
) -> None:
    file = tmp_path / (name or "nothing")
    if name:
        file.write_text(text)
    result = cli(tmp_path, "match", file)
    assert (result.exit_code, result.stdout) == (code, "")
    assert result.stderr.count("\n") == 1
    assert str(file) in result.stderr


def test_our_own_lock_names_no_provider() -> None:
    counted = dependencies(ROOT / "requirements.lock")
    assert "pkg:pypi/duckdb" in counted
    assert matched(counted, load().providers).found == ()


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("hosts", '["https://api.acme.test"]', "api.example.com"),
        ("hosts", '"api.acme.test"', "must be a list"),
        ("packages", '["acme"]', "pkg:pypi/acme"),
    ],
)
def test_hosts_and_packages_of_ones_own_are_checked(
    tmp_path: Path, key: str, value: str, told: str
) -> None:
    own = tmp_path / "providers.toml"
    own.write_text(f"[openai]\n{key} = {value}\n", encoding="utf-8")
    with pytest.raises(RegistryError, match=f"{key}.*{told}"):
        load(extra=own)
