// The viewer in a real browser: what is seen first, what replaces it, and that every act does what
// its word says. Frames are computed, so that what stands on the screen can be compared.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { browser, context, picture } from "./helper.mjs";
import { BROKEN, CT, PRIOR, US, hounsfield, startServer } from "./viewer-server.mjs";

const dist = join(dirname(fileURLToPath(import.meta.url)), "../dist");
/** As on a clinic's old machine: everything is drawn by the processor. */
const NO_GL = ["--disable-3d-apis"];
const SOFTWARE_GL = ["--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"];

let server;
let chrome;
let page;
let faults;

before(async () => {
  server = await startServer();
  chrome = await browser(NO_GL);
  const made = await context(chrome);
  faults = made.faults;
  page = await made.made.newPage();
});

after(async () => {
  await chrome?.close();
  await server?.close();
});

const words = (on = page, port = 0) => on.locator(".port .q").nth(port).innerText();
const place = async (on = page, port = 0) => Number(/im (\d+) \//.exec(await on.locator(".port .tl").nth(port).innerText())?.[1]);

async function open(study, on = page) {
  server.asked.length = 0;
  await on.goto(`${server.base}/p/1/study/${study}`);
  await on.waitForSelector("html[data-viewer=started]");
  await fullQuality(on);
}

/** Waits until a port shows the picture that is wanted in full quality. */
async function fullQuality(on = page, port = 0) {
  await on.waitForFunction((n) => document.querySelectorAll(".port .q")[n]?.classList.contains("full"), port);
}

async function at(wanted, on = page, port = 0) {
  await on.waitForFunction(([n, number]) => document.querySelectorAll(".port .tl")[n]?.textContent.includes(`im ${number} /`), [port, wanted]);
  await fullQuality(on, port);
}

/** Grey of the canvas at a place of the picture, both as shares of its edge. */
function grey(on, u, v, port = 0) {
  return on.evaluate(([n, x, y]) => {
    const canvas = document.querySelectorAll(".port .gl canvas")[n];
    const edge = Math.min(canvas.width, canvas.height);
    const left = (canvas.width - edge) / 2 + x * edge;
    const top = (canvas.height - edge) / 2 + y * edge;
    return canvas.getContext("2d").getImageData(Math.floor(left), Math.floor(top), 1, 1).data[0];
  }, [port, u, v]);
}

function expected(u, v, slice, center, width) {
  const value = hounsfield(256, Math.floor(u * 256), Math.floor(v * 256), slice);
  return Math.max(0, Math.min(255, ((value - center) / width + 0.5) * 255));
}

async function alike(on, slice, center, width) {
  // Places where neighbouring pixels are equal: ventricle, skull, air.
  for (const [u, v] of [[0.43, 0.475], [0.5, 0.075], [0.02, 0.02]]) {
    const [seen, wanted] = [await grey(on, u, v), expected(u, v, slice, center, width)];
    assert.ok(Math.abs(seen - wanted) <= 3, `at ${u},${v} of picture ${slice}: ${seen}, not ${wanted}`);
  }
}

describe("the viewer", () => {
  test("the server's preview comes first, and the frame itself takes its place", async () => {
    let release;
    server.state.hold = new Promise((done) => { release = done; });
    await page.goto(`${server.base}/p/1/study/${CT}`);
    await page.waitForSelector(".port .preview:not([hidden])");
    assert.match(await words(), /プレビュー（JPEG）/);
    const box = await page.locator(".port .preview").first().boundingBox();
    release();
    await fullQuality();
    assert.match(await words(), /全画質/);
    assert.equal(await page.locator(".port .preview").first().isVisible(), false);
    const canvas = await page.locator(".port .gl canvas").first().boundingBox();
    assert.ok(Math.abs(canvas.width - box.width) <= 2 && Math.abs(canvas.height - box.height) <= 2, "same place, same size");
    await alike(page, 0, 40, 80);
    await picture(page, "viewer-ct");
  });

  test("keys, wheel and slider reach every picture", async () => {
    await open(CT);
    assert.equal(await place(), 1);
    await page.keyboard.press("ArrowDown");
    await at(2);
    await page.keyboard.press("Shift+ArrowDown");
    await at(12);
    await alike(page, 11, 40, 80);
    await page.keyboard.press("End");
    await at(40);
    await page.keyboard.press("Home");
    await at(1);
    await page.locator(".port .img").hover();
    await page.mouse.wheel(0, 120);
    await at(4);
    const slide = await page.locator(".port .slide").boundingBox();
    await page.mouse.click(slide.x + slide.width / 2, slide.y + slide.height * 0.5);
    await at(21);
    assert.equal(await page.locator(".port .slide").getAttribute("aria-valuenow"), "21");
    await page.keyboard.press("ArrowRight");
    await page.waitForFunction(() => document.querySelector(".port .tl").textContent.includes("Bone"));
  });

  test("presets, fields and inversion change what is on the screen", async () => {
    await open(CT);
    await page.keyboard.press("2");
    await page.waitForFunction(() => document.querySelector(".port .bl").textContent.includes("W 2500"));
    await alike(page, 0, 480, 2500);
    assert.equal(await page.locator("[data-act=window-2]").getAttribute("aria-pressed"), "true");
    await page.fill("#w-width", "200");
    await page.fill("#w-level", "100");
    await page.press("#w-level", "Enter");
    await page.waitForFunction(() => document.querySelector(".port .bl").textContent.includes("W 200"));
    await alike(page, 0, 100, 200);
    await page.locator(".port .img").click();
    const before = await grey(page, 0.02, 0.02);
    await page.keyboard.press("i");
    await page.waitForFunction(() => {
      const canvas = document.querySelector(".port .gl canvas");
      return canvas.getContext("2d").getImageData(4, canvas.height / 2, 1, 1).data[0] >= 0;
    });
    const after = await grey(page, 0.02, 0.02);
    assert.ok(before <= 3 && after >= 252, `air was ${before}, is ${after}`);
    await page.keyboard.press("x");
    await page.keyboard.press("0");
    await page.waitForFunction(() => document.querySelector(".port .bl").textContent.includes("W 80"));
  });

  test("a picture that just fits has the size 1, and the server's picture lies where it does", async () => {
    await open(CT);
    const size = () => page.locator(".port .br").innerText();
    assert.match(await size(), /拡大 1\.00/);
    await page.setViewportSize({ width: 1100, height: 700 });
    await page.waitForFunction(() => {
      const canvas = document.querySelector(".port .gl canvas");
      return canvas.height === canvas.clientHeight && canvas.clientHeight < 600;
    });
    await page.keyboard.press("x");
    await page.waitForFunction(() => document.querySelector(".port .br").textContent.includes("拡大 1.00"));
    await alike(page, 0, 40, 80);
    await page.keyboard.press("+");
    await page.waitForFunction(() => document.querySelector(".port .br").textContent.includes("拡大 1.25"));
    await page.setViewportSize({ width: 1366, height: 900 });
  });

  test("letters say which side is which, also after turning", async () => {
    await open(CT);
    const letters = async () => Promise.all(["ol", "or", "ot", "ob"].map((it) => page.locator(`.port .${it}`).innerText()));
    assert.deepEqual(await letters(), ["R", "L", "A", "P"]);
    await page.keyboard.press("r");
    await page.waitForFunction(() => document.querySelector(".port .ol").textContent !== "R");
    assert.deepEqual(await letters(), ["P", "A", "R", "L"]);
    await page.keyboard.press("x");
    await page.waitForFunction(() => document.querySelector(".port .ol").textContent === "R");
    await page.keyboard.press("h");
    await page.waitForFunction(() => document.querySelector(".port .ol").textContent === "L");
  });

  test("a length is measured in millimetres, and taken away again", async () => {
    await open(CT);
    await page.keyboard.press("l");
    const box = await page.locator(".port .gl canvas").first().boundingBox();
    const edge = Math.min(box.width, box.height);
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    await page.mouse.move(x - edge * 0.25, y);
    await page.mouse.down();
    await page.mouse.move(x, y, { steps: 4 });
    await page.mouse.move(x + edge * 0.25, y, { steps: 4 });
    await page.mouse.up();
    const label = page.locator(".port .gl svg text").filter({ hasText: "mm" });
    // Half of 256 pixels of 0.9375 mm.
    await page.waitForFunction(() => {
      const words = [...document.querySelectorAll(".port .gl svg text")].map((it) => it.textContent);
      return words.some((it) => it.endsWith("mm") && Math.abs(parseFloat(it) - 120) <= 2);
    });
    await picture(page, "viewer-length");
    await page.locator("[data-act=clear]").click();
    await label.first().waitFor({ state: "detached" });
  });

  test("a prior loads only when it is opened, stands left, and moves along", async () => {
    await open(CT);
    assert.deepEqual(server.asked.filter((it) => it.includes(PRIOR)), [], "nothing of it before");
    await page.locator(`.priors a[data-contents*="${PRIOR}"]`).click();
    await page.waitForFunction(() => document.querySelectorAll(".port").length === 2);
    await fullQuality(page, 0);
    await fullQuality(page, 1);
    assert.match(await page.locator(".port .cap").nth(0).innerText(), /過去[\s\S]*2024\/11\/04[\s\S]*県立総合/);
    assert.match(await page.locator(".port .tr").nth(0).innerText(), /361日前/);
    assert.match(await page.locator(".port .cap").nth(1).innerText(), /今回[\s\S]*2025\/10\/31/);
    await page.locator(".port").nth(1).locator(".img").click();
    await page.keyboard.press("Home");
    await page.keyboard.press("Shift+ArrowDown");
    await page.keyboard.press("Shift+ArrowDown");
    await at(21, page, 1);
    // Other frames of reference meet by their middles: 21 of 40 is 20 of 38.
    await at(20, page, 0);
    await page.locator("[data-act=further]").click();
    await at(21, page, 0);
    assert.equal(await page.locator("[data-offset]").innerText(), "+1");
    await page.keyboard.press("2");
    await page.waitForFunction(() => [...document.querySelectorAll(".port .bl")].every((it) => it.textContent.includes("W 2500")));
    await page.keyboard.press("1");
    await picture(page, "viewer-prior");
    await page.locator("input[data-link=place]").uncheck();
    await page.locator(".port").nth(1).locator(".img").click();
    await page.keyboard.press("Home");
    await at(1, page, 1);
    assert.equal(await place(page, 0), 21);
  });

  test("a frame that cannot be decoded says why, and the next one is shown", async () => {
    await open(CT);
    await page.locator(".rail a[data-series]").nth(1).click();
    await page.waitForFunction(() => document.querySelector(".port .tl").textContent.includes("Bone"));
    await fullQuality();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    await page.waitForFunction(() => document.querySelector(".port .q").textContent.includes("全画質で表示できません"));
    const shown = await page.locator(".port .preview").getAttribute("src");
    assert.ok(shown.includes(`${BROKEN}/rendered`), shown);
    assert.equal(await page.locator(".port .preview").isVisible(), true);
    await page.keyboard.press("ArrowDown");
    await at(4);
    faults.splice(0, faults.length, ...faults.filter((it) => !it.startsWith("console:")));
  });

  test("ultrasound runs as cine at its own rate, in colour", async () => {
    await open(US);
    assert.equal(await page.locator("[data-act=window-1]").isDisabled(), true, "presets are of CT");
    await page.waitForFunction(() => /読込/.test(document.querySelector(".port .q").textContent) === false);
    await page.keyboard.press("c");
    assert.equal(await page.locator("[data-pace]").innerText(), "25");
    await page.waitForFunction(() => Number(document.querySelector(".port .slide").getAttribute("aria-valuenow")) > 5);
    await page.keyboard.press("c");
    assert.equal(await page.locator("[data-act=cine]").getAttribute("aria-pressed"), "false");
    await picture(page, "viewer-us");
  });

  test("four ports show the series, and the help its keys", async () => {
    await open(CT);
    await page.keyboard.press("e");
    await page.waitForFunction(() => document.querySelectorAll(".port").length === 4);
    await fullQuality(page, 1);
    assert.match(await page.locator(".port .tl").nth(1).innerText(), /Bone/);
    await page.keyboard.press("q");
    await page.waitForFunction(() => document.querySelectorAll(".port").length === 1);
    await page.keyboard.press("?");
    assert.equal(await page.locator("#viewer-help").isVisible(), true);
    assert.ok((await page.locator("#viewer-help tr").count()) > 20);
    await page.keyboard.press("Escape");
    assert.equal(await page.locator("#viewer-help").isVisible(), false);
  });

  test("without WebGL there is no MPR; with it three cuts lie as their letters say", async () => {
    await open(CT);
    assert.equal(await page.locator("[data-act=layout-mpr]").isVisible(), false);
    const drawing = await browser(SOFTWARE_GL);
    try {
      const made = await context(drawing);
      const other = await made.made.newPage();
      await open(CT, other);
      assert.equal(await other.locator("[data-act=layout-mpr]").isVisible(), true);
      await other.locator("[data-act=layout-mpr]").click();
      await other.waitForFunction(() => document.querySelectorAll(".port .q.full").length === 3, undefined, { timeout: 60_000 });
      const letters = await other.locator(".port").evaluateAll((ports) => ports.map((port) => ["ol", "or", "ot", "ob"].map((it) => port.querySelector(`.${it}`).textContent).join("")));
      assert.deepEqual(letters, ["RLAP", "APHF", "RLHF"]);
      await picture(other, "viewer-mpr");
      await other.locator("[data-act=layout-1]").click();
      await fullQuality(other);
      await other.keyboard.press("2");
      await other.waitForFunction(() => document.querySelector(".port .bl").textContent.includes("W 2500"));
      await other.keyboard.press("r");
      await other.waitForFunction(() => document.querySelector(".port .ol").textContent === "P");
      await other.keyboard.press("x");
      await other.waitForFunction(() => document.querySelector(".port .bl").textContent.includes("W 80") && document.querySelector(".port .ol").textContent === "R");
      assert.deepEqual(made.faults, []);
    } finally {
      await drawing.close();
    }
  });

  test("without scripts the server's pictures stand by series", async () => {
    const { made } = await context(chrome, { javaScriptEnabled: false });
    const plain = await made.newPage();
    await plain.goto(`${server.base}/p/1/study/${CT}`);
    assert.equal(await plain.locator("#ports figure img").count(), 2);
    assert.equal(await plain.locator(".tools").isVisible(), false);
    assert.match(await plain.locator("#ports").innerText(), /スクリプトが必要/);
    assert.equal(await plain.locator(".ref").innerText(), "参照用（診断用モニタではありません）");
    await picture(plain, "viewer-plain");
    await made.close();
  });

  test("no serious finding of axe", async () => {
    const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
    const { made } = await context(chrome, { bypassCSP: true });
    const other = await made.newPage();
    await open(CT, other);
    await other.evaluate(axe);
    const result = await other.evaluate(() => window.axe.run(document, { runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] } }));
    assert.ok(result.passes.length > 10);
    const found = result.violations.filter((it) => it.impact === "serious" || it.impact === "critical");
    assert.deepEqual(found.map((it) => `${it.id}: ${it.nodes[0].html.slice(0, 160)}`), []);
    await made.close();
  });

  test("nothing of a patient stays in the browser, and no rule of the policy was broken", async () => {
    await open(CT);
    const left = await page.evaluate(async () => ({
      local: Object.keys(localStorage),
      values: Object.values(localStorage).join(" "),
      session: Object.keys(sessionStorage),
      databases: (await indexedDB.databases()).map((it) => it.name),
      caches: await caches.keys(),
      workers: (await navigator.serviceWorker.getRegistrations()).length,
      isolated: crossOriginIsolated,
    }));
    const allowed = ["cornerstone3D.renderingCapabilities", "loglevel"];
    assert.deepEqual(left.local.filter((it) => !allowed.some((name) => it.startsWith(name))), []);
    assert.doesNotMatch(left.values, /1\.2\.392|山田|YAMADA/);
    assert.deepEqual([left.session, left.databases, left.caches, left.workers, left.isolated], [[], [], [], 0, false]);
    assert.deepEqual(faults, []);
  });

  test("its files stay within their budgets", () => {
    const packed = (name) => gzipSync(readFileSync(join(dist, name)), { level: 9 }).length;
    assert.ok(packed("viewer.js") > 100_000 && packed("viewer.js") <= 1_050_000, `viewer.js ${packed("viewer.js")}`);
    assert.ok(packed("decode.js") > 10_000 && packed("decode.js") <= 60_000, `decode.js ${packed("decode.js")}`);
    const codecs = readdirSync(join(dist, "codecs"));
    assert.equal(codecs.length, 4);
    for (const name of codecs) {
      const size = readFileSync(join(dist, "codecs", name)).length;
      assert.ok(size > 50_000 && size <= 400_000, `${name} ${size}`);
    }
  });
});
