// The desk's own script: keys, inserting, the proof beside the text, and keeping what is typed.
// Every decision works without it.
"use strict";

document.documentElement.classList.add("scripts");

const editor = document.getElementById("editor");
const proof = document.getElementById("proof");
const fields = editor ? [...editor.querySelectorAll("textarea")] : [];
let last = fields[0];

// Keys: whatever has data-key is pressed, followed or gone to by it.

function combination(event) {
  const held = [];
  if (event.ctrlKey || event.metaKey) held.push("Control");
  if (event.altKey) held.push("Alt");
  if (event.shiftKey) held.push("Shift");
  return [...held, event.code].join("+");
}

function use(element) {
  if (element.matches("input, select, textarea")) {
    element.focus();
    return;
  }
  if (element.matches("summary")) {
    element.parentElement.open = true;
    const inside = element.parentElement.querySelector("input:not([type=hidden]), textarea, button");
    (inside || element).focus();
    return;
  }
  element.click();
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  const typing = event.target.matches("input, textarea, select");
  if (event.key === "Escape" && typing) {
    event.target.blur();
    return;
  }
  if (event.key === "?" && !typing) {
    event.preventDefault();
    openDialog("keys");
    return;
  }
  const pressed = combination(event);
  const form = event.target.form;
  if (pressed === "Control+Enter" && form && form !== editor) {
    event.preventDefault();
    form.requestSubmit();
    return;
  }
  const wanted = [...document.querySelectorAll("[data-key]")].find((one) => one.dataset.key === pressed);
  if (wanted) {
    event.preventDefault();
    use(wanted);
  }
});

function openDialog(id) {
  const dialog = document.getElementById(id);
  if (dialog && !dialog.open) dialog.showModal();
}

// Inserting

function put(field, text) {
  field.focus();
  field.setSelectionRange(0, field.value.length);
  insert(field, text);
}

function insert(field, text) {
  // execCommand keeps the browser's own undo; where it is gone, the range is replaced.
  if (!document.execCommand("insertText", false, text)) {
    field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

function around(field, opening, closing) {
  field.focus();
  const { selectionStart: start, selectionEnd: end } = field;
  const chosen = field.value.slice(start, end);
  insert(field, opening + chosen + closing);
  if (closing && !chosen) field.setSelectionRange(start + opening.length, start + opening.length);
}

document.addEventListener("focusin", (event) => {
  if (fields.includes(event.target)) last = event.target;
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.dialog) openDialog(button.dataset.dialog);
  if (!last) return;
  if (button.dataset.open !== undefined) around(last, button.dataset.open, button.dataset.close);
  if (button.dataset.text !== undefined) put(last, button.dataset.text);
  if (button.dataset.copy) put(last, document.querySelector(button.dataset.copy).dataset.text);
});

// What is typed: kept here at once, there after a second, and shown on the page.

function later(wait, act) {
  let timer;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(act, wait);
  };
}

function changed() {
  return fields.some((field) => field.value !== field.dataset.saved);
}

const place = editor ? `desk:${location.pathname}` : "";

function keepHere() {
  try {
    const texts = fields.map((field) => field.value);
    const said = JSON.stringify({ version: editor.elements.version.value, texts });
    if (changed()) localStorage.setItem(place, said);
    else localStorage.removeItem(place);
  } catch {
    // Private windows have no storage; the desk keeps it all the same.
  }
}

async function keepThere() {
  try {
    await fetch(editor.dataset.keep, { method: "POST", body: new FormData(editor), keepalive: true });
    localStorage.removeItem(place);
  } catch {
    // Offline: it stays here until the desk can be reached.
  }
}

async function show() {
  try {
    const answer = await fetch(editor.dataset.proof, { method: "POST", body: new FormData(editor) });
    if (!answer.ok) return;
    const made = new DOMParser().parseFromString(await answer.text(), "text/html");
    const page = proof.contentDocument;
    const fresh = made.querySelectorAll(".desk-here");
    page.querySelectorAll(".desk-here").forEach((old, number) => {
      if (fresh[number]) old.replaceChildren(...[...fresh[number].childNodes].map((n) => page.adoptNode(n)));
    });
  } catch {
    // The page stays as it was; nothing of the text is lost.
  }
}

if (editor) {
  try {
    const said = JSON.parse(localStorage.getItem(place) || "null");
    const same = said && said.version === editor.elements.version.value;
    if (same && !changed()) fields.forEach((field, number) => (field.value = said.texts[number] ?? field.value));
    if (said && !same) localStorage.removeItem(place);
  } catch {
    localStorage.removeItem(place);
  }
  const keep = later(1000, keepThere);
  const look = later(250, show);
  fields.forEach((field) =>
    field.addEventListener("input", () => {
      keepHere();
      keep();
      if (proof) look();
    }),
  );
  if (changed() && proof) proof.addEventListener("load", show, { once: true });
  let sent = false;
  editor.addEventListener("submit", () => (sent = true));
  addEventListener("pagehide", () => {
    if (!sent && changed()) navigator.sendBeacon(editor.dataset.keep, new FormData(editor));
  });
}

// The page: its passages open what they say.

function listen() {
  const page = proof.contentDocument;
  if (!page || page.deskListens) return;
  page.deskListens = true;
  page.addEventListener("click", (event) => {
    event.preventDefault();
    const passage = event.target.closest("[data-message]");
    if (passage) location = `${proof.dataset.message}${passage.dataset.message}?${proof.dataset.query}`;
  });
  const here = page.querySelector(".desk-here");
  if (here) {
    const box = here.getBoundingClientRect();
    proof.contentWindow.scrollTo(0, box.top - (proof.clientHeight - box.height) / 2);
  }
}

if (proof) {
  proof.addEventListener("load", listen);
  proof.src = proof.dataset.src;
}
