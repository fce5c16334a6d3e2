// The search of one language: Pagefind's index, and the page around it. Nothing is sent anywhere.
const MOST = 20;
const input = document.querySelector("#words");
const found = document.querySelector("#found");
const results = document.querySelector("#results");
let latest = 0;

function shown(page) {
  const item = document.createElement("li");
  const link = document.createElement("a");
  const excerpt = document.createElement("p");
  link.href = page.url;
  link.textContent = page.meta.title;
  excerpt.textContent = page.plain_excerpt;
  item.append(link, excerpt);
  return item;
}

async function search(words) {
  latest += 1;
  const own = latest;
  if (!words.trim()) {
    found.textContent = "";
    results.replaceChildren();
    return;
  }
  try {
    const pagefind = await import("/pagefind/pagefind.js");
    await pagefind.options({ noWorker: true });
    const answer = await pagefind.search(words);
    const pages = await Promise.all(answer.results.slice(0, MOST).map((one) => one.data()));
    if (own !== latest) return;
    const count = new Intl.NumberFormat(document.documentElement.lang).format(answer.results.length);
    found.textContent = pages.length ? `${found.dataset.some} ${count}` : found.dataset.none;
    results.replaceChildren(...pages.map(shown));
  } catch {
    found.textContent = found.dataset.failed;
  }
}

input.value = new URLSearchParams(location.search).get("q") ?? "";
input.addEventListener("input", () => search(input.value));
search(input.value);
