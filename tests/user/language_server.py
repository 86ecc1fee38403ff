"""yaml-language-server, the program behind most editors' YAML support, spoken to over its standard streams as an editor does."""

from __future__ import annotations

import json
import os
import queue
import shutil
import subprocess
import threading
from pathlib import Path
from typing import Any

import pytest

from tests.user.programs import needed

PACKAGE = "yaml-language-server"
PATIENCE = 60.0
"""Seconds for an answer; the server needs one or two to start."""


def installed(folder: Path) -> list[str]:
    """The command that starts it. In continuous integration it is installed into `folder` when missing; elsewhere the test is skipped."""
    node = needed("node", "nodejs")
    if found := shutil.which(PACKAGE):
        return [node, str(Path(found).resolve())]
    if os.environ.get("CI") != "true":
        pytest.skip(f"{PACKAGE} is not installed: npm install --global {PACKAGE}")
    npm = needed("npm")
    subprocess.run(
        [npm, "install", "--no-audit", "--no-fund", "--prefix", str(folder), f"{PACKAGE}@1"], check=True, capture_output=True, timeout=300
    )
    return [node, str(folder / "node_modules" / PACKAGE / "bin" / PACKAGE)]


class LanguageServer:
    """One running server; a context manager that ends it."""

    def __init__(self, command: list[str], folder: Path) -> None:
        self._folder = folder
        self._number = 0
        self._messages: queue.Queue[dict[str, Any]] = queue.Queue()
        self._process = subprocess.Popen([*command, "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self._reader = threading.Thread(target=self._read, daemon=True)

    def __enter__(self) -> LanguageServer:
        self._reader.start()
        self._ask("initialize", {"processId": os.getpid(), "rootUri": self._folder.as_uri(), "capabilities": {}})
        self._tell("initialized", {})
        settings = {"yaml": {"validate": True, "completion": True, "hover": True, "schemaStore": {"enable": False}}}
        self._tell("workspace/didChangeConfiguration", {"settings": settings})
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        self._reader.join()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()

    def diagnostics(self, name: str, text: str) -> list[dict[str, Any]]:
        """Open a file of the folder with this text; what the server finds wrong with it."""
        uri = (self._folder / name).as_uri()
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self._tell("textDocument/didOpen", {"textDocument": document})
        while True:
            message = self._next()
            if message.get("method") == "textDocument/publishDiagnostics" and message["params"]["uri"] == uri:
                found: list[dict[str, Any]] = message["params"]["diagnostics"]
                return found

    def completions(self, name: str, line: int, column: int) -> dict[str, str]:
        """What it offers at a place (from 0) of a file that is open: labels, each with what is said about it."""
        place = {"textDocument": {"uri": (self._folder / name).as_uri()}, "position": {"line": line, "character": column}}
        answer = self._ask("textDocument/completion", place)
        items = answer["items"] if isinstance(answer, dict) else answer
        return {item["label"]: _text(item.get("documentation", "")) for item in items}

    def hover(self, name: str, line: int, column: int) -> str:
        """What it says about the word at a place."""
        place = {"textDocument": {"uri": (self._folder / name).as_uri()}, "position": {"line": line, "character": column}}
        answer = self._ask("textDocument/hover", place)
        return _text(answer["contents"]) if answer else ""

    def _ask(self, method: str, params: Any) -> Any:
        self._number += 1
        number = self._number
        self._send({"id": number, "method": method, "params": params})
        while True:
            message = self._next()
            if message.get("id") == number and "method" not in message:
                assert "error" not in message, message
                return message["result"]

    def _tell(self, method: str, params: Any) -> None:
        self._send({"method": method, "params": params})

    def _next(self) -> dict[str, Any]:
        """The next message; what the server asks itself is answered with nothing."""
        message = self._messages.get(timeout=PATIENCE)
        if "id" in message and "method" in message:
            self._send({"id": message["id"], "result": None})
        return message

    def _send(self, message: dict[str, Any]) -> None:
        data = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._process.stdin is not None
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(data), data))
        self._process.stdin.flush()

    def _read(self) -> None:
        stream = self._process.stdout
        assert stream is not None
        while line := stream.readline():
            if line.lower().startswith(b"content-length:"):
                while stream.readline().strip():
                    pass
                self._messages.put(json.loads(stream.read(int(line.split(b":")[1]))))


def _text(contents: Any) -> str:
    return str(contents["value"]) if isinstance(contents, dict) else str(contents)
