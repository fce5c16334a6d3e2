// Fields for translations: a textarea as the browser has it, over which each token is painted as
// a chip. Keys, clicks and selections take a token as one character; undo, spell-check, input
// methods and screen readers are the browser's own.
"use strict";

const LTR_ISOLATE = "\u2066"; // Around a token among words from right to left.
const ISOLATE_END = "\u2069";

class Field {
  constructor(box) {
    this.box = box;
    this.area = box.querySelector("textarea");
    this.known = JSON.parse(box.dataset.inserts);
    const variables = Object.values(this.known)
      .filter((one) => one.name === one.opening)
      .map((one) => one.name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    this.pattern = [box.dataset.token, ...variables].map((one) => `(?:${one})`).join("|");
    this.isolated = this.area.dir === "rtl";
    this.mirror = document.createElement("div");
    this.mirror.className = "mirror";
    this.mirror.setAttribute("aria-hidden", "true");
    this.mirror.lang = this.area.lang;
    this.mirror.dir = this.area.dir;
    box.append(this.mirror);
    box.classList.add("is-painted");
    this.area.value = this.dressed(this.area.value);
    this.last = null;
    this.pointing = false;
    this.before = this.area.value;
    this.listen();
    this.paint();
  }

  get text() {
    return this.area.value.replace(new RegExp(`${LTR_ISOLATE}(${this.pattern})${ISOLATE_END}`, "g"), "$1");
  }

  dressed(text) {
    if (!this.isolated) return text;
    return text.replace(new RegExp(this.pattern, "g"), `${LTR_ISOLATE}$&${ISOLATE_END}`);
  }

  // What was typed here before and never reached the desk.
  restore(text) {
    if (text === undefined) return;
    this.area.value = this.before = this.dressed(text);
    this.paint();
  }

  // Every token: where it begins and ends, and what it is.
  units(text = this.area.value) {
    const whole = new RegExp(`(${LTR_ISOLATE})?(${this.pattern})${ISOLATE_END}?`, "g");
    return [...text.matchAll(whole)].map((match) => {
      const bare = match[0].replaceAll(LTR_ISOLATE, "").replaceAll(ISOLATE_END, "");
      return { start: match.index, end: match.index + match[0].length, bare };
    });
  }

  // What a token says to somebody who hears it.
  said(bare) {
    for (const one of Object.values(this.known)) {
      if (one.opening === bare) return one.closing ? `${one.name}, ${one.about}, begins` : `${one.name}, ${one.about}`;
      if (one.closing === bare) return `${one.name}, ${one.about}, ends`;
    }
    return `${bare}, not in the source`;
  }

  hear(words) {
    const heard = document.getElementById("heard");
    if (heard) heard.textContent = words;
  }

  listen() {
    const { area } = this;
    area.addEventListener("beforeinput", (event) => this.guard(event));
    area.addEventListener("input", (event) => this.mend(event));
    area.addEventListener("pointerdown", () => (this.pointing = true));
    document.addEventListener("pointerup", () => {
      if (!this.pointing) return;
      this.pointing = false;
      this.last = null;
      requestAnimationFrame(() => this.settle());
    });
    document.addEventListener("selectionchange", () => {
      if (document.activeElement === area && !this.pointing && !this.composing) this.settle();
    });
    area.addEventListener("compositionstart", () => (this.composing = true));
    area.addEventListener("compositionend", () => (this.composing = false));
    area.addEventListener("blur", () => this.paint());
    for (const kind of ["copy", "cut"]) {
      area.addEventListener(kind, (event) => this.take(event));
    }
    area.addEventListener("paste", (event) => this.receive(event));
  }

  // Painting: the same text in the same place, of which only the tokens can be seen.

  paint() {
    const text = this.area.value;
    const nodes = [];
    const counts = new Map();
    let position = 0;
    for (const unit of this.units()) {
      nodes.push(text.slice(position, unit.start), this.chip(unit, text, counts));
      position = unit.end;
    }
    nodes.push(`${text.slice(position)}\u200b`);
    this.mirror.replaceChildren(...nodes);
  }

  chip(unit, text, counts) {
    const { selectionStart, selectionEnd } = this.area;
    const chosen = selectionStart <= unit.start && unit.end <= selectionEnd;
    const chip = document.createElement("span");
    const tag = unit.bare.startsWith("<");
    const shape = !tag ? "variable" : unit.bare[1] === "/" ? "closing" : unit.bare.at(-2) === "/" ? "single" : "opening";
    const times = (counts.get(unit.bare) || 0) + 1;
    counts.set(unit.bare, times);
    const known = Object.values(this.known).some((one) => [one.opening, one.closing].includes(unit.bare));
    const stray = !known || (tag && times > 1);
    chip.className = `token is-${shape}${stray ? " is-stray" : ""}`;
    if (chosen && document.activeElement === this.area) chip.classList.add("is-chosen");
    const written = text.slice(unit.start, unit.end);
    if (!tag) {
      chip.append(written);
      return chip;
    }
    const [, opens, name, closes] = /^(\u2066?<)(.*?)(\/?>\u2069?)$/.exec(written);
    for (const [kind, part] of [["i", opens], ["b", name], ["i", closes]]) {
      const one = document.createElement(kind);
      one.textContent = part;
      chip.append(one);
    }
    return chip;
  }

  // The caret: never inside of a token.

  settle() {
    const { area } = this;
    const { selectionStart: start, selectionEnd: end, selectionDirection: direction } = area;
    const units = this.units();
    const within = (at) => units.find((unit) => unit.start < at && at < unit.end);
    let [from, to] = [start, end];
    if (start === end) {
      from = to = this.crossed(start, within(start), this.last && this.last.head);
    } else {
      const backward = direction === "backward";
      const head = this.last && this.last.head;
      const [opening, closing] = [within(start), within(end)];
      if (opening) from = backward && head !== null ? this.crossed(start, opening, head) : opening.start;
      if (closing) to = !backward && head !== null ? this.crossed(end, closing, head) : closing.end;
    }
    if (from !== start || to !== end) area.setSelectionRange(from, to, direction);
    const now = { head: direction === "backward" ? from : to, from, to };
    if (!this.last || this.last.from !== from || this.last.to !== to) {
      this.announce(units, now);
      this.last = now;
      this.paint();
    }
  }

  // Where the caret comes out of a token that it went into.
  crossed(at, unit, came) {
    if (!unit) return at;
    if (came !== null && came <= unit.start) return unit.end;
    if (came !== null && came >= unit.end) return unit.start;
    return at - unit.start < unit.end - at ? unit.start : unit.end;
  }

  announce(units, now) {
    if (!this.last) return;
    const [low, high] = [Math.min(this.last.head, now.head), Math.max(this.last.head, now.head)];
    const passed = units.filter((unit) => low <= unit.start && unit.end <= high);
    if (passed.length === 1 && passed[0].start === low && passed[0].end === high) this.hear(this.said(passed[0].bare));
  }

  // Deleting: a token goes as a whole.

  guard(event) {
    if (this.composing || event.isComposing || !event.cancelable) return;
    this.settle();
    const { area } = this;
    if (!/^delete(Content|Word|SoftLine|HardLine)/.test(event.inputType)) return;
    if (area.selectionStart !== area.selectionEnd) return;
    const found = this.reach(event.inputType);
    if (!found) return;
    event.preventDefault();
    area.setSelectionRange(...found);
    document.execCommand("delete");
  }

  // What a key would delete, if it would cut a token; null where the browser knows best.
  reach(kind) {
    const { area } = this;
    const caret = area.selectionStart;
    const back = kind.endsWith("Backward");
    const units = this.units();
    if (kind.startsWith("deleteContent") || kind.startsWith("deleteWord")) {
      const next = units.find((unit) => (back ? unit.end : unit.start) === caret);
      if (next) {
        this.hear(`Removed: ${this.said(next.bare)}`);
        return [next.start, next.end];
      }
      if (kind.startsWith("deleteContent")) return null;
    }
    const size = kind.startsWith("deleteWord") ? "word" : "lineboundary";
    getSelection().modify("extend", back ? "backward" : "forward", size);
    const [start, end] = [area.selectionStart, area.selectionEnd];
    area.setSelectionRange(caret, caret);
    const cut = units.filter((unit) => unit.start < end && unit.end > start && (unit.start < start || unit.end > end));
    if (!cut.length) return null;
    return [Math.min(start, ...cut.map((unit) => unit.start)), Math.max(end, ...cut.map((unit) => unit.end))];
  }

  // What a keyboard deleted that does not ask first, as some on telephones do: the rest goes, too.
  mend(event) {
    const { before, area } = this;
    const after = area.value;
    if (!this.composing && (event.inputType || "").startsWith("delete") && before.length > after.length) {
      const start = area.selectionStart;
      const end = start + before.length - after.length;
      const whole = before.slice(0, start) + before.slice(end) === after;
      const cut = this.units(before).filter((unit) => unit.start < end && unit.end > start);
      const [low, high] = [Math.min(start, ...cut.map((u) => u.start)), Math.max(end, ...cut.map((u) => u.end))];
      if (whole && cut.length && (low < start || high > end)) {
        area.setSelectionRange(low, start + high - end);
        this.before = after;
        document.execCommand("delete");
        return;
      }
    }
    this.before = area.value;
    this.paint();
  }

  // Inserting: always by the browser's own command, so that undo knows of it.

  insert(text) {
    this.area.focus();
    if (!text && this.area.selectionStart === this.area.selectionEnd) return;
    const done = text ? document.execCommand("insertText", false, text) : document.execCommand("delete");
    if (done) return;
    const { selectionStart: start, selectionEnd: end } = this.area;
    this.area.setRangeText(text, start, end, "end");
    this.area.dispatchEvent(new Event("input", { bubbles: true }));
  }

  put(text) {
    this.area.focus();
    this.area.setSelectionRange(0, this.area.value.length);
    this.insert(this.dressed(text));
  }

  // A token where the caret is, a pair around what is selected; one that is there moves to here.
  around(opening, closing) {
    this.area.focus();
    this.settle();
    const { area } = this;
    const [start, end] = [area.selectionStart, area.selectionEnd];
    const text = area.value;
    const tag = opening.startsWith("<");
    const old = tag ? this.units().filter((unit) => [opening, closing].includes(unit.bare)) : [];
    const without = (low, high) => {
      let piece = "";
      let position = low;
      for (const unit of old.filter((one) => low <= one.start && one.end <= high)) {
        piece += text.slice(position, unit.start);
        position = unit.end;
      }
      return piece + text.slice(position, high);
    };
    const [opens, closes] = [this.dressed(opening), closing ? this.dressed(closing) : ""];
    const chosen = without(start, end);
    const low = Math.min(start, ...old.map((unit) => unit.start));
    const high = Math.max(end, ...old.map((unit) => unit.end));
    const head = without(low, start) + opens;
    area.setSelectionRange(low, high);
    this.insert(head + chosen + closes + without(end, high));
    const caret = low + head.length + (chosen || !closes ? chosen.length + closes.length : 0);
    area.setSelectionRange(caret, caret);
    this.settle();
    this.hear(`Inserted: ${this.said(opening)}`);
  }

  has(opening) {
    return this.text.includes(opening);
  }

  // Copying and pasting: what is copied is the text as it is kept.

  take(event) {
    const { area } = this;
    const chosen = area.value.slice(area.selectionStart, area.selectionEnd);
    if (!this.isolated || !chosen) return;
    event.preventDefault();
    event.clipboardData.setData("text/plain", chosen.replaceAll(LTR_ISOLATE, "").replaceAll(ISOLATE_END, ""));
    if (event.type === "cut") document.execCommand("delete");
  }

  receive(event) {
    if (!this.isolated) return;
    const text = event.clipboardData.getData("text/plain");
    if (!text || this.dressed(text) === text) return;
    event.preventDefault();
    this.insert(this.dressed(text));
  }
}

// What is copied out of the source or a proposal has its tokens, not the names on the chips.
document.addEventListener("copy", (event) => {
  const selection = getSelection();
  if (!selection.rangeCount || event.target.matches?.("input, textarea")) return;
  const range = selection.getRangeAt(0);
  const inside = range.commonAncestorContainer;
  const text = (inside.nodeType === Node.TEXT_NODE ? inside.parentElement : inside).closest?.(".text");
  if (!text) return;
  const piece = document.createElement("p");
  piece.append(range.cloneContents());
  for (const chip of piece.querySelectorAll("[data-insert]")) chip.replaceWith(chip.dataset.insert);
  event.preventDefault();
  event.clipboardData.setData("text/plain", piece.textContent);
});
