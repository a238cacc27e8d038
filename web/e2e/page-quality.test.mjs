// Accessibility by axe-core in both languages, and the budgets of the pages as counts.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { base, browser, busiest, context, openPatient, setLanguage, signIn } from "./helper.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

let chrome;
let page;
let paths;

before(async () => {
  chrome = await browser();
  // The policy would keep the checker out; it is tested elsewhere with the policy on.
  const { made } = await context(chrome, { bypassCSP: true });
  page = await made.newPage();
  await signIn(page);
  const patient = await openPatient(page, busiest());
  await page.goto(`${base}${patient}/docs?all=1`);
  const document = await page.locator(".ent .t a").first().getAttribute("href");
  await page.goto(`${base}${patient}/labs`);
  const item = await page.locator(".fs input[name=i]").first().getAttribute("value");
  assert.ok(document && item, "the patient has a document and a result");
  paths = ["/", "/patients?q=%E3%82%84", "/me", "/help", patient, `${patient}?v=list`, `${patient}/labs`, `${patient}/labs/graph?i=${encodeURIComponent(item)}`, `${patient}/meds`, `${patient}/problems`, `${patient}/docs`, document, `${patient}/images`, `${patient}/coverage`];
});

after(async () => {
  await chrome?.close();
});

/** What the checker looked at: a page that is not there has no finding either. */
async function findings() {
  // Skipped months have no size, which the checker takes for targets that are too small.
  await page.addStyleTag({ content: "section.month { content-visibility: visible !important; }" });
  await page.evaluate(axe);
  const result = await page.evaluate((only) => window.axe.run(document, { runOnly: { type: "tag", values: only } }), tags);
  assert.ok(result.passes.length > 10, `${page.url()}: only ${result.passes.length} rules applied`);
  return result.violations
    .filter((it) => it.impact === "serious" || it.impact === "critical")
    .map((it) => `${it.id}: ${it.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | ")}`);
}

describe("quality of the pages", () => {
  for (const language of ["ja", "en"]) {
    test(`no serious finding of axe in ${language}`, async () => {
      await setLanguage(page, language);
      for (const path of paths) {
        await page.goto(base + path);
        assert.deepEqual(await findings(), [], `${language} ${path}`);
      }
      const { made } = await context(chrome, { bypassCSP: true });
      const kept = page;
      page = await made.newPage();
      await page.goto(`${base}/sign-in?lang=${language}`);
      const found = await findings();
      page = kept;
      await made.close();
      assert.deepEqual(found, [], `${language} /sign-in`);
    });
  }

  test("no serious finding in the dark", async () => {
    await page.emulateMedia({ colorScheme: "dark" });
    for (const path of paths) {
      await page.goto(base + path);
      assert.deepEqual(await findings(), [], path);
    }
    await page.emulateMedia({ colorScheme: null });
  });

  test("pages and files stay within their budgets", async () => {
    const scripts = new Map();
    const styles = new Map();
    page.on("response", async (response) => {
      const address = response.url();
      const into = address.endsWith(".js") ? scripts : address.endsWith(".css") ? styles : undefined;
      if (into && response.ok()) into.set(address, gzipSync(await response.body()).length);
    });
    for (const path of paths) {
      const answer = await page.request.get(base + path);
      assert.equal(answer.status(), 200, path);
      const html = await answer.body();
      assert.ok(html.length > 1_000, `${path}: ${html.length} bytes`);
      assert.ok(html.length <= 120_000, `${path}: ${html.length} bytes`);
      assert.ok(gzipSync(html).length <= 15_000, `${path}: ${gzipSync(html).length} bytes packed`);
      await page.goto(base + path);
      const nodes = await page.evaluate(() => document.getElementsByTagName("*").length);
      assert.ok(nodes > 30 && nodes <= 5_000, `${path}: ${nodes} elements`);
    }
    const sum = (sizes) => [...sizes.values()].reduce((all, size) => all + size, 0);
    assert.ok(sum(scripts) > 0 && sum(scripts) <= 45_000, `scripts ${sum(scripts)}`);
    assert.ok(sum(styles) > 0 && sum(styles) <= 15_000, `styles ${sum(styles)}`);
  });

  test("a narrow window loses nothing and scrolls only its tables", async () => {
    await page.setViewportSize({ width: 320, height: 640 });
    for (const path of paths) {
      const answer = await page.goto(base + path);
      assert.equal(answer.status(), 200, path);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.ok(wide <= 1, `${path} is ${wide} px too wide`);
    }
    await page.setViewportSize({ width: 1366, height: 900 });
  });
});
