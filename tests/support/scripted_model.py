"""A loopback server that speaks the Messages API of a model's vendor, with a model that follows a script.

It plays one tool call and then says that it is done; no key and no network is needed. Source: Anthropic API,
"Messages" and "Streaming messages".
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

USAGE = {"input_tokens": 1, "output_tokens": 1}


class Scripted:
    """The one call that its model makes, and all that came back as that call's result."""

    def __init__(self, tool: str, arguments: dict[str, Any]) -> None:
        self.tool, self.arguments = tool, arguments
        self.offered: set[str] = set()
        self.results: list[dict[str, Any]] = []
        self.url = ""

    def answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        """The content block that comes next: the call where its tool is offered and was not called yet."""
        offered = {tool["name"] for tool in asked.get("tools", [])}
        self.offered |= offered
        results = [
            block
            for message in asked["messages"]
            if isinstance(message["content"], list)
            for block in message["content"]
            if block["type"] == "tool_result"
        ]
        if results:
            self.results = results
        if results or self.tool not in offered:
            return {"type": "text", "text": "I am done."}
        return {"type": "tool_use", "id": "toolu_1", "name": self.tool, "input": self.arguments}


def _streamed(block: dict[str, Any], model: str) -> Iterator[dict[str, Any]]:
    is_call = block["type"] == "tool_use"
    begun = {**block, "input": {}} if is_call else {"type": "text", "text": ""}
    delta = (
        {"type": "input_json_delta", "partial_json": json.dumps(block["input"])}
        if is_call
        else {"type": "text_delta", "text": block["text"]}
    )
    yield {"type": "message_start", "message": _message([], model, None)}
    yield {"type": "content_block_start", "index": 0, "content_block": begun}
    yield {"type": "content_block_delta", "index": 0, "delta": delta}
    yield {"type": "content_block_stop", "index": 0}
    ended = {"stop_reason": "tool_use" if is_call else "end_turn", "stop_sequence": None}
    yield {"type": "message_delta", "delta": ended, "usage": USAGE}
    yield {"type": "message_stop"}


def _message(content: list[dict[str, Any]], model: str, stop: str | None) -> dict[str, Any]:
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": content,
        "stop_reason": stop,
        "stop_sequence": None,
        "usage": USAGE,
    }


@contextmanager
def scripted_model(tool: str, arguments: dict[str, Any]) -> Iterator[Scripted]:
    """It listens until the end of the block."""
    script = Scripted(tool, arguments)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if not self.path.startswith("/v1/messages"):
                self.send_error(404)
                return
            if "count_tokens" in self.path:
                self._say(json.dumps({"input_tokens": 1}), "application/json")
                return
            block = script.answer(asked)
            if asked.get("stream"):
                parts = _streamed(block, asked["model"])
                said = "".join(f"event: {part['type']}\ndata: {json.dumps(part)}\n\n" for part in parts)
                self._say(said, "text/event-stream")
            else:
                stop = "tool_use" if block["type"] == "tool_use" else "end_turn"
                self._say(json.dumps(_message([block], asked["model"], stop)), "application/json")

        def _say(self, text: str, kind: str) -> None:
            body = text.encode()
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    script.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield script
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
