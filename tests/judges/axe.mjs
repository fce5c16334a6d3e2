// axe on every page, in light and dark, on a phone and a desk. Reads what to look at from standard
// input, and prints what it objects to; what the browser complains of on its console counts, too.
import { readFileSync } from "node:fs";
import { AxeBuilder } from "@axe-core/playwright";
import { chromium } from "playwright-core";

const { address, paths, browser: executablePath } = JSON.parse(readFileSync(0, "utf8"));
const screens = { phone: { width: 375, height: 720 }, desk: { width: 1280, height: 800 } };
const objections = [];
let looked = 0;

const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
try {
  const page = await (await browser.newContext({ reducedMotion: "reduce" })).newPage();
  let path = "";
  page.on("console", (message) => {
    // A 404 page is answered with that status, of which the console tells.
    if (message.type() === "error" && !message.text().includes("404 (")) {
      objections.push(`${path}: on the console: ${message.text()}`);
    }
  });
  for (path of paths) {
    await page.goto(address + path, { waitUntil: "load" });
    for (const [screen, viewport] of Object.entries(screens)) {
      await page.setViewportSize(viewport);
      for (const colorScheme of ["light", "dark"]) {
        await page.emulateMedia({ colorScheme });
        await look(page, `${path} (${screen}, ${colorScheme})`);
      }
    }
  }
} finally {
  await browser.close();
}
process.stdout.write(JSON.stringify({ objections, looked }));

async function look(page, view) {
  looked += 1;
  const wide = await page.evaluate(
    () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
  );
  if (wide) objections.push(`${view}: wider than the screen`);
  const axe = new AxeBuilder({ page }).options({ resultTypes: ["violations"] });
  for (const one of (await axe.analyze()).violations) {
    const where = one.nodes.map((node) => node.target.join(" ")).slice(0, 3).join(", ");
    objections.push(`${view}: ${one.id}: ${one.help}: ${where}`);
  }
}
