"""Stand-ins for engines, on loopback: LibreTranslate, DeepL, Apertium, a model, Google, MyMemory.

Not the real ones, which cannot be had here: they answer in the form of the real ones, put other
words in the places of words, and fail in the ways that the real ones do, one for each request.
"""

from __future__ import annotations

import html
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Fault = str
Say = Callable[[str], str]


WORDS = (
    "het gesprek waarin iemand luistert zonder oordeel wordt vaak gevoerd omdat mensen vertrouwen"
    " zoeken wanneer zij zich niet veilig voelen bij anderen"
).split()


def marked(text: str) -> str:
    """Each word with “nl” before it; signs and numbers stay."""
    return re.sub(r"(?<![<\w])[A-Za-z]{3,}", lambda m: f"nl{m[0].lower()}", text)


def fluent(text: str) -> str:
    """A Dutch word for each word, always the same one; signs and numbers stay."""
    return re.sub(r"[A-Za-z]+", lambda m: WORDS[sum(m[0].encode()) % len(WORDS)], text)


@dataclass(slots=True)
class StandIn:
    """A server, what it was asked, and how it fails next.

    Faults: ``stall``, ``reset``, ``429``, ``456``, ``500``, ``503``, ``captcha``, ``empty``,
    ``count``, ``truncated``, ``quota``, ``echo``, ``escaped``, ``script``, ``lost``.
    """

    url: str = ""
    asked: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    always: Fault = ""
    say: Say = marked
    lock: threading.Lock = field(default_factory=threading.Lock)

    def fault(self) -> Fault:
        """The next fault, if any."""
        with self.lock:
            return self.faults.pop(0) if self.faults else self.always

    def answer(self, text: str, fault: Fault) -> str:
        """What becomes of a text."""
        said = {
            "echo": text,
            "empty": "",
            "quota": "MYMEMORY WARNING: YOU USED ALL AVAILABLE FREE TRANSLATIONS FOR TODAY.",
            "script": f"{self.say(text)}<script>alert(x)</script>",
            "escaped": html.escape(self.say(text)),
            "lost": re.sub(r"[⟦({<]\d+[⟧)}>]|<x id=\"\d+\"></x>", "", self.say(text)),
        }
        return said.get(fault, self.say(text))


class _Handler(BaseHTTPRequestHandler):
    stand_in: StandIn
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        size = int(self.headers.get("Content-Length") or 0)
        raw = self.rfile.read(size).decode()
        if self.headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded"):
            self._apertium(parse_qs(raw)["q"][0])
            return
        data = json.loads(raw)
        if "messages" in data:
            self._chat(json.loads(data["messages"][-1]["content"])["texts"])
            return
        if "q" not in data:
            self._deepl(data)
            return
        texts = data["q"]
        fault = self._before(texts)
        if fault is None:
            return
        answers = [self.stand_in.answer(text, fault) for text in texts]
        body = json.dumps({"translatedText": answers[:-1] if fault == "count" else answers})
        self._send(200, body[: len(body) // 2] if fault == "truncated" else body)

    def _apertium(self, text: str) -> None:
        """apertium-apy's API."""
        fault = self._before([text])
        if fault is not None:
            said = {"translatedText": self.stand_in.answer(text, fault)}
            self._send(200, json.dumps({"responseData": {} if fault == "count" else said}))

    def _chat(self, texts: list[str]) -> None:
        """The chat API of OpenAI."""
        fault = self._before(texts)
        if fault is None:
            return
        answers = [self.stand_in.answer(text, fault) for text in texts]
        said = json.dumps({"translations": answers[:-1] if fault == "count" else answers})
        content = said[:-5] if fault == "truncated" else said
        self._send(200, json.dumps({"choices": [{"message": {"content": content}}]}))

    def _deepl(self, data: dict[str, Any]) -> None:
        """DeepL's API, which takes its key in a header and nowhere else."""
        if self.headers.get("Authorization") != "DeepL-Auth-Key a-key" or "a-key" in self.path:
            self._send(403, "no")
            return
        texts = data["text"]
        fault = self._before(texts)
        if fault is not None:
            answers = [
                {
                    "detected_source_language": "EN",
                    "text": self.stand_in.answer(text, fault),
                    "billed_characters": len(text),
                }
                for text in texts
            ]
            said = answers[:-1] if fault == "count" else answers
            self._send(200, json.dumps({"translations": said}))

    def do_GET(self) -> None:
        path = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(path.query).items()}
        if path.path == "/languages":
            self._send(200, json.dumps([{"code": "en"}, {"code": "nl"}]))
            return
        text = query.get("q", "")
        fault = self._before([text])
        if fault is None:
            return
        said = self.stand_in.answer(text, fault)
        if path.path == "/get":
            self._send(200, json.dumps({"responseData": {"translatedText": said}, "matches": []}))
        else:
            self._send(200, f'<div class="result-container">{html.escape(said)}</div>', "text/html")

    def _before(self, texts: list[str]) -> Fault | None:
        """The fault to answer with; None if that is all there is to it."""
        self.stand_in.asked.extend(texts)
        fault = self.stand_in.fault()
        if fault == "stall":
            time.sleep(1.5)
        elif fault == "reset":
            self.connection.close()
            return None
        elif fault == "captcha":
            self._send(200, "<title>Sorry…</title> unusual traffic <form id=captcha>", "text/html")
            return None
        elif fault.isdigit():
            self._send(int(fault), "no", headers={"Retry-After": "0"})
            return None
        return fault

    def _send(
        self,
        status: int,
        body: str,
        kind: str = "application/json",
        headers: dict[str, str] | None = None,
    ) -> None:
        data = body.encode()
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Nothing: some of its faults are ours."""


@contextmanager
def stand_in() -> Iterator[StandIn]:
    """A stand-in that answers for as long as the block lasts."""
    found = StandIn()
    handler = type("Handler", (_Handler,), {"stand_in": found})
    server = _Server(("127.0.0.1", 0), handler)
    found.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
