// The copy that this browser has of what is typed, until the desk says that it has it.
"use strict";

class Copy {
  constructor(form) {
    this.form = form;
    this.owner = `desk:${form.dataset.who}:`;
    this.place = this.placeOf(new URL(form.getAttribute("action"), location));
    this.confirm();
  }

  placeOf(address) {
    return `${this.owner}${address.pathname}?in=${address.searchParams.get("in")}`;
  }

  get version() {
    return this.form.elements.version.value;
  }

  // What is here; `sent` is whether a decision about it went out and nobody said yet what became of it.
  read(place = this.place) {
    try {
      return JSON.parse(localStorage.getItem(place) || "null");
    } catch {
      return null;
    }
  }

  write(texts, sent = false) {
    try {
      localStorage.setItem(this.place, JSON.stringify({ version: this.version, texts, sent }));
    } catch {
      // Private windows have no storage; the desk keeps it all the same.
    }
  }

  remove(place = this.place) {
    try {
      localStorage.removeItem(place);
    } catch {
      // There is none, then.
    }
  }

  // The editor of another text comes after a decision only if that was made.
  confirm() {
    if (!document.referrer) return;
    const before = this.placeOf(new URL(document.referrer));
    const said = before !== this.place && this.read(before);
    if (said && said.sent) this.remove(before);
  }

  // Give it to the desk: true if it has it now, and false if there was no need.
  async give(body) {
    const before = JSON.stringify(this.read());
    try {
      const answer = await fetch(this.form.dataset.keep, { method: "POST", body, keepalive: true });
      this.say(answer.ok ? "" : answer.status === 401 ? "out" : "away");
      if (answer.ok && JSON.stringify(this.read()) === before) this.remove();
      return answer.status === 204;
    } catch {
      this.say("away");
      return false;
    }
  }

  // What was typed for another version than this one: the desk shows both.
  async bring(said) {
    const body = new FormData();
    body.set("version", said.version);
    for (const text of said.texts) body.append("strings", text);
    if (await this.give(body)) location.reload();
  }

  say(name) {
    for (const one of document.querySelectorAll("[data-unkept]")) one.hidden = one.dataset.unkept !== name;
  }
}
