// The desk's own script: keys, inserting, the proof beside the text, and keeping what is typed.
// Every decision works without it.
"use strict";

document.documentElement.classList.add("scripts");

const editor = document.getElementById("editor");
const proof = document.getElementById("proof");
const fields = editor ? [...editor.querySelectorAll(".field")].map((box) => new Field(box)) : [];
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
    const chosen = getSelection().toString().trim();
    element.focus();
    if (element.type === "search") {
      if (chosen) element.value = chosen;
      element.select();
    }
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
  // AltGr writes letters; where it is Ctrl and Alt together, it is no key of ours.
  if (event.isComposing || event.getModifierState("AltGraph")) return;
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
  const own = event.key === "Enter" && event.target.closest(".deeds p");
  if (own && event.target.matches("input")) {
    event.preventDefault();
    own.querySelector("button").click();
    return;
  }
  const pressed = combination(event);
  const form = event.target.form;
  if (pressed === "Control+Enter" && form && form !== editor && event.target.matches("input:not([type=checkbox]), textarea")) {
    event.preventDefault();
    form.requestSubmit(form.querySelector("button"));
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

// Inserting: what buttons do that would else ask the desk for the page with the text filled in.

function inserts(button) {
  const { open, close, text, copy } = button.dataset;
  if (!last) return false;
  if (open !== undefined) last.around(open, close);
  else if (text !== undefined) last.put(text);
  else if (copy) last.put(sourceFor(copy));
  else return false;
  return true;
}

function sourceFor(copy) {
  const plural = document.querySelector(`${copy}-plural`);
  return (plural && last !== fields[0] ? plural : document.querySelector(copy)).dataset.text;
}

// Tokens that are in the text already look so.
function showPlaced() {
  for (const button of document.querySelectorAll("#inserts button")) {
    const placed = last.has(button.dataset.open) && last.has(button.dataset.close);
    button.classList.toggle("is-placed", placed);
  }
}

document.addEventListener("focusin", (event) => {
  const field = fields.find((one) => one.area === event.target);
  if (field && field !== last) {
    last = field;
    showPlaced();
  }
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.dialog) openDialog(button.dataset.dialog);
  if (inserts(button)) event.preventDefault();
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
  return fields.some((field) => field.text !== field.area.dataset.saved);
}

// “Still right” is said of a text that nobody changed.
const first = editor && editor.querySelector("[data-changed]");
const unchanged = first && { name: first.textContent, value: first.value };

// With four eyes, who changed a text saves it, and somebody else approves.
function nameDecision() {
  if (!first) return;
  first.textContent = changed() ? first.dataset.changed : unchanged.name;
  first.value = (changed() && first.dataset.then) || unchanged.value;
}

const copy = editor && new Copy(editor);

function keepHere() {
  if (changed()) copy.write(fields.map((field) => field.text));
  else copy.remove();
}

// What was in the source's language is in its own now, and the elements around it say so.
function speakAs(old, fresh) {
  let [one, other] = [old.parentElement, fresh.parentElement];
  for (; one && other && one.tagName === other.tagName; [one, other] = [one.parentElement, other.parentElement]) {
    for (const name of ["lang", "dir"]) {
      if (other.hasAttribute(name)) one.setAttribute(name, other.getAttribute(name));
      else one.removeAttribute(name);
    }
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
      if (!fresh[number]) return;
      speakAs(old, fresh[number]);
      old.replaceChildren(...[...fresh[number].childNodes].map((n) => page.adoptNode(n)));
    });
  } catch {
    // The page stays as it was; nothing of the text is lost.
  }
}

// Whether something is in the fields that the desk may not have.
let touched = false;

// What is here the desk never got: it comes back, or becomes one of two texts to choose from.
function comeBack(keep) {
  const said = copy.read();
  if (!said) return;
  if (fields.every((field, number) => field.text === said.texts[number])) copy.remove();
  else if (said.version !== copy.version) copy.bring(said);
  else {
    fields.forEach((field, number) => field.restore(said.texts[number]));
    keepHere();
    keep();
    touched = true;
  }
}

if (editor) {
  const keep = later(1000, async () => {
    await copy.give(new FormData(editor));
    if (changed() && copy.read()) again();
  });
  const again = later(10000, keep);
  addEventListener("online", keep);
  const look = later(250, show);
  fields.forEach((field) =>
    field.area.addEventListener("input", () => {
      touched = true;
      keepHere();
      keep();
      showPlaced();
      nameDecision();
      if (proof) look();
    }),
  );
  comeBack(keep);
  showPlaced();
  nameDecision();
  if (changed() && proof) proof.addEventListener("load", show, { once: true });
  editor.addEventListener("submit", () => {
    touched = false;
    if (changed()) copy.write(fields.map((field) => field.text), true);
  });
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-drop]")) return;
    touched = false;
    copy.remove();
  });
  addEventListener("pagehide", () => {
    if (touched && changed()) navigator.sendBeacon(editor.dataset.keep, new FormData(editor));
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
