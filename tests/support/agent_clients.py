"""Ask the server for agents: through a client that others wrote, and by plain lines of JSON."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
from anyio.from_thread import BlockingPortal, start_blocking_portal
from chuk_mcp.protocol.messages.json_rpc_message import create_request
from chuk_mcp.protocol.messages.tools import send_tools_call
from chuk_mcp.transports.stdio import StdioParameters
from chuk_mcp.transports.stdio.stdio_client import stdio_client_with_initialize

from tests.support.paths import ROOT

#: Revisions of the protocol: with a handshake, and with the version in each request.
HANDSHAKE, MODERN = "2025-11-25", "2026-07-28"
ENVELOPE = "io.modelcontextprotocol"
COMMAND = ("-m", "statusledger", "mcp", "--data")
Arguments = dict[str, Any]


@dataclass(frozen=True)
class OthersClient:
    """Ask through chuk-mcp, an implementation of its own, over the pipes of one server."""

    portal: BlockingPortal
    reading: Any
    writing: Any
    version: str

    def call(self, name: str, **arguments: Any) -> Any:
        """Call a tool and return its result."""
        return self.portal.call(send_tools_call, self.reading, self.writing, name, arguments)

    def call_at_once(self, calls: Sequence[tuple[str, Arguments]]) -> list[Any]:
        """Send all calls before any answer is read; return the results in their order."""
        return self.portal.call(self._at_once, calls)

    async def _at_once(self, calls: Sequence[tuple[str, Arguments]]) -> list[Any]:
        for n, (name, arguments) in enumerate(calls):
            params = {"name": name, "arguments": arguments}
            await self.writing.send(create_request("tools/call", params, id=f"call {n}"))
        found = {}
        with anyio.fail_after(60):
            while len(found) < len(calls):
                message = await self.reading.receive()
                found[message.id] = message.result
        return [found[f"call {n}"] for n in range(len(calls))]


@contextmanager
def others_client(data: Path) -> Iterator[OthersClient]:
    """Start a server over a data folder, and connect to it."""
    server = StdioParameters(command=sys.executable, args=[*COMMAND, str(data)])
    with start_blocking_portal() as portal:
        opened = stdio_client_with_initialize(
            server, timeout=60, supported_versions=[HANDSHAKE], preferred_version=HANDSHAKE
        )
        with portal.wrap_async_context_manager(opened) as (reading, writing, told):
            yield OthersClient(portal, reading, writing, told.protocolVersion)


class PlainClient:
    """Write requests of the newer protocol as lines of JSON, without any library for it."""

    def __init__(self, data: Path) -> None:
        """Start a server over a data folder; there is no handshake."""
        words = [sys.executable, *COMMAND, str(data)]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(words, stdin=pipe, stdout=pipe, stderr=pipe, cwd=ROOT)
        self._asked = 0

    def ask(self, method: str, **params: Any) -> dict[str, Any]:
        """Send a request and return its answer."""
        self._asked += 1
        meta = {f"{ENVELOPE}/protocolVersion": MODERN, f"{ENVELOPE}/clientCapabilities": {}}
        request = {"jsonrpc": "2.0", "id": self._asked, "method": method}
        line = json.dumps({**request, "params": {**params, "_meta": meta}})
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        assert answer["id"] == self._asked
        return answer

    def call(self, name: str, **arguments: Any) -> dict[str, Any]:
        """Call a tool and return its result."""
        result: dict[str, Any] = self.ask("tools/call", name=name, arguments=arguments)["result"]
        return result

    def close(self) -> tuple[int, str]:
        """Close standard input; return the exit code and what standard error says."""
        _, said = self.process.communicate(timeout=60)
        return self.process.returncode, said.decode()
