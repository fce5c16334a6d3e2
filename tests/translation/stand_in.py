"""Stand-ins for engines, on loopback: LibreTranslate, DeepL, Apertium, a model, Google, MyMemory,
Microsoft.

Not the real ones, which cannot be had here: they answer in the form of the real ones, put other
words in the places of words, and fail in the ways that the real ones do, one for each request.
"""

from __future__ import annotations

import html
import json
import math
import re
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Fault = str
Say = Callable[[str], str]

KEY = "a-key-that-nobody-may-see"

FREE = frozenset(("429", "503", "456", "403", "quota", "captcha"))
"""Faults after which nothing is to be paid: the engine says that it did nothing."""

WORDS = (
    "het gesprek waarin iemand luistert zonder oordeel wordt vaak gevoerd omdat mensen vertrouwen"
    " zoeken wanneer zij zich niet veilig voelen bij anderen"
).split()
GERMAN = (
    "das Gespräch bei dem jemand ohne Urteil zuhört wird oft geführt weil Menschen Vertrauen"
    " suchen wenn sie sich nicht sicher fühlen und das ist auch gut so"
).split()


def marked(text: str) -> str:
    """Each word with “nl” before it; signs and numbers stay."""
    return re.sub(r"(?<![<\w])[A-Za-z]{3,}", lambda m: f"nl{m[0].lower()}", text)


def fluent(text: str) -> str:
    """A Dutch word for each word, always the same one; signs and numbers stay."""
    return _worded(text.replace("March", "0maart"), WORDS).replace("0maart", "maart")


def _worded(text: str, words: list[str]) -> str:
    pieces = re.split(r"(<[^>]*>|\{\w+\})", text)
    for n in range(0, len(pieces), 2):
        pieces[n] = re.sub(
            r"(?<![\dA-Za-z])[A-Za-z]+", lambda m: words[sum(m[0].encode()) % len(words)], pieces[n]
        )
    return "".join(pieces)


@dataclass(slots=True)
class Request:
    """What it was asked at once, when that came, and when the answer had been sent out."""

    texts: tuple[str, ...]
    came: float = field(default_factory=time.monotonic)
    sent: float = math.inf


@dataclass(slots=True)
class StandIn:
    """A server, what it was asked, and how it fails next.

    Faults: ``stall`` and ``trickle`` (a byte now and then, without end, of a body or, as
    ``trickle head``, of headers), ``reset``, any status such as ``429``, ``captcha``, ``empty``,
    ``count``, ``truncated``, ``quota``, ``echo``, ``mixed`` (in another order), ``escaped``,
    ``script``, ``lost``, ``crossed`` (markup that does not nest), ``german``, ``number``.

    Attributes:
        asked: The texts, in their order.
        requests: The texts as they came together.
        billed: The characters that the engine counts as done, or may have done.
        answered: How often each text got an answer that is whole.
        leaks: What was sent with the key where it must not be.
        seen: The bodies of requests, where they are JSON.
        after: The Retry-After of an answer that says to come later.
        glossaries: Those of DeepL, by their ids.
        no_glossaries: Whether it has none for the pair.
    """

    url: str = ""
    asked: list[str] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    billed: int = 0
    answered: Counter[str] = field(default_factory=Counter)
    leaks: list[str] = field(default_factory=list)
    seen: list[Any] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    always: Fault = ""
    after: str = "0"
    say: Say = marked
    glossaries: dict[str, dict[str, Any]] = field(default_factory=dict)
    no_glossaries: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)
    over: threading.Event = field(default_factory=threading.Event)

    def fault(self, texts: list[str]) -> Fault:
        """The next fault, if any; and what is to be paid."""
        with self.lock:
            self.asked.extend(texts)
            fault = self.faults.pop(0) if self.faults else self.always
            if fault not in FREE:
                self.billed += sum(map(len, texts))
            return fault

    def answers(self, texts: list[str], fault: Fault) -> list[str]:
        """What becomes of texts."""
        said = [self.answer(text, fault) for text in texts]
        if not fault:
            with self.lock:
                self.answered.update(texts)
        said = said[1:] + said[:1] if fault == "mixed" else said
        return said[:-1] if fault == "count" else said

    def answer(self, text: str, fault: Fault) -> str:
        """What becomes of a text."""
        sign = r'<x id="\d+"></x>|[⟦({<]\d+[⟧)}>]'
        signs = re.findall(sign, text)
        said: dict[str, Callable[[], str]] = {
            "echo": lambda: text,
            "empty": lambda: "",
            "quota": lambda: "MYMEMORY WARNING: YOU USED ALL AVAILABLE FREE TRANSLATIONS FOR TODAY",
            "script": lambda: f"{self.say(text)}<script>alert(x)</script>",
            "escaped": lambda: html.escape(f"{self.say(text)}<script>alert(x)</script>"),
            "lost": lambda: re.sub(sign, "", self.say(text)),
            "crossed": lambda: re.sub(sign, lambda m: signs.pop(), self.say(text)),
            "german": lambda: _worded(text, GERMAN),
            "number": lambda: re.sub(r"\b\d\d+\b", lambda m: str(int(m[0]) + 1), self.say(text)),
        }
        return said.get(fault, lambda: self.say(text))()


class _Handler(BaseHTTPRequestHandler):
    stand_in: StandIn
    asked: Request | None = None
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        path = urlsplit(self.path).path
        if self.headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded"):
            self._keep_secret(raw)
            self._apertium(parse_qs(raw)["q"][0])
            return
        data = json.loads(raw)
        with self.stand_in.lock:
            self.stand_in.seen.append(data)
        if path == "/translate" and isinstance(data, dict) and "q" in data:
            self._keep_secret(json.dumps({**data, "api_key": ""}))  # its API wants it there
            self._libre(data)
            return
        self._keep_secret(raw)
        if path == "/v2/glossaries":
            self._new_glossary(data)
        elif path == "/v2/translate":
            self._deepl(data)
        elif path == "/chat/completions":
            self._chat(list(json.loads(data["messages"][-1]["content"])["texts"].values()))
        else:
            self._microsoft([one["text"] for one in data])

    def do_GET(self) -> None:
        self._keep_secret("")
        path = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(path.query).items()}
        if path.path == "/languages":
            self._json([{"code": "en"}, {"code": "nl"}])
        elif path.path == "/v2/usage":
            if self._has_key("Authorization", "DeepL-Auth-Key "):
                self._json({"character_count": 100, "character_limit": 500000})
        elif path.path == "/v2/glossaries":
            self._json({"glossaries": list(self.stand_in.glossaries.values())})
        elif path.path == "/models":
            if self._has_key("Authorization", "Bearer "):
                self._json({"data": [{"id": "m"}]})
        elif path.path == "/listPairs":
            self._json({"responseData": [{"sourceLanguage": "eng", "targetLanguage": "spa"}]})
        else:
            self._page(path.path, query.get("q", ""))

    def do_DELETE(self) -> None:
        self.stand_in.glossaries.pop(self.path.rpartition("/")[2])
        self._send(204, "")

    def _keep_secret(self, body: str) -> None:
        if KEY in self.path or KEY in body:
            self.stand_in.leaks.append(f"{self.command} {self.path} {body}")

    def _has_key(self, header: str, before: str = "") -> bool:
        if self.headers.get(header) == before + KEY:
            return True
        self._send(403, "no")
        return False

    # The APIs

    def _libre(self, data: dict[str, Any]) -> None:
        fault = self._before(data["q"])
        if fault is not None:
            self._json({"translatedText": self.stand_in.answers(data["q"], fault)}, fault)

    def _apertium(self, text: str) -> None:
        fault = self._before([text])
        if fault is not None:
            said = self.stand_in.answers([text], fault)
            self._json({"responseData": {"translatedText": said[0]} if said else {}}, fault)

    def _chat(self, texts: list[str]) -> None:
        if not self._has_key("Authorization", "Bearer "):
            return
        fault = self._before(texts)
        if fault is None:
            return
        # A model that mixes up the order keeps the numbers: it was asked by number.
        said = self.stand_in.answers(texts, "" if fault == "mixed" else fault)
        numbered = [(str(n), text) for n, text in enumerate(said, 1)]
        content = json.dumps({"translations": dict(numbered[:: -1 if fault == "mixed" else 1])})
        content = content[:-5] if fault == "truncated" else content
        self._json({"choices": [{"message": {"content": content}}]})

    def _deepl(self, data: dict[str, Any]) -> None:
        if not self._has_key("Authorization", "DeepL-Auth-Key "):
            return
        texts = data["text"]
        fault = self._before(texts)
        if fault is not None:
            said = [
                {"detected_source_language": "EN", "text": text, "billed_characters": len(text)}
                for text in self.stand_in.answers(texts, fault)
            ]
            self._json({"translations": said}, fault)

    def _new_glossary(self, data: dict[str, Any]) -> None:
        if self.stand_in.no_glossaries:
            self._send(400, json.dumps({"message": "Unsupported glossary language pair"}))
            return
        number = f"g{len(self.stand_in.seen)}"
        made = {"glossary_id": number, "name": data["name"], "ready": True, "entry_count": 1,
                "source_lang": data["source_lang"], "target_lang": data["target_lang"],
                "creation_time": "2026-11-24T12:00:00.000Z"}  # fmt: skip
        self.stand_in.glossaries[number] = made
        self._send(201, json.dumps(made))

    def _microsoft(self, texts: list[str]) -> None:
        if not self._has_key("Ocp-Apim-Subscription-Key"):
            return
        query = parse_qs(urlsplit(self.path).query)
        if query.get("api-version") != ["3.0"]:
            self._send(400, "no version")
            return
        fault = self._before(texts)
        if fault is not None:
            said = self.stand_in.answers(texts, fault)
            found = [{"translations": [{"text": text, "to": query["to"][0]}]} for text in said]
            self._json(found, fault)

    def _page(self, path: str, text: str) -> None:
        fault = self._before([text])
        if fault is None:
            return
        said = "".join(self.stand_in.answers([text], fault))
        if path == "/get":
            self._json({"responseData": {"translatedText": said}, "matches": []}, fault)
        else:
            self._send(200, f'<div class="result-container">{html.escape(said)}</div>', "text/html")

    # Faults

    def _before(self, texts: list[str]) -> Fault | None:
        """The fault to answer with; None if that is all there is to it."""
        self.asked = Request(tuple(texts))
        self.stand_in.requests.append(self.asked)
        fault = self.stand_in.fault(texts)
        if fault == "stall":
            self.stand_in.over.wait(5)
            return None
        if fault in ("trickle", "trickle head"):
            self._trickle(head=fault == "trickle head")
        elif fault == "reset":
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
        elif fault == "captcha":
            self._send(200, "<title>Sorry…</title> unusual traffic <form id=captcha>", "text/html")
        elif fault.isdigit():
            self._send(int(fault), "no", headers={"Retry-After": self.stand_in.after})
        else:
            return fault
        return None

    def _trickle(self, *, head: bool) -> None:
        """Bytes one by one, fast enough for any time-out between two of them."""
        self.close_connection = True
        with suppress(OSError):
            self.wfile.write(b"HTTP/1.1 200 OK\r\n")
            self.wfile.write(b"X-Long: " if head else b"Content-Length: 100000\r\n\r\n")
            while not self.stand_in.over.wait(0.05):
                self.wfile.write(b" ")

    def _json(self, data: object, fault: Fault = "") -> None:
        body = json.dumps(data)
        self._send(200, body[: len(body) // 2] if fault == "truncated" else body)

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
        if self.asked is not None:
            self.asked.sent = time.monotonic()
            self.asked = None

    def log_message(self, format: str, *arguments: Any) -> None:
        """Nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        """Nothing: some of its faults are ours."""


@contextmanager
def stand_in() -> Iterator[StandIn]:
    """A stand-in that answers for as long as the block lasts; it must not get to see a key."""
    found = StandIn()
    handler = type("Handler", (_Handler,), {"stand_in": found})
    server = _Server(("127.0.0.1", 0), handler)
    found.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield found
        assert found.leaks == [], "a key stood where it must not"
    finally:
        found.over.set()
        server.shutdown()
        thread.join()
        server.server_close()
        time.sleep(0)
