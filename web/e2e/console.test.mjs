// An operator's way through the console: two records under review become one person and two again,
// and the doctor's timeline follows at once.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, describe, test } from "node:test";
import { base, browser, context, operator, picture, setLanguage, signIn } from "./helper.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const [one, other] = process.env.MUSUBI_DOUBTFUL.split(" ");

let chrome;
let desk;
let doctor;
let faults;
let review;

before(async () => {
  chrome = await browser();
  const made = await context(chrome);
  faults = made.faults;
  desk = await made.made.newPage();
  await signIn(desk, operator);
  await setLanguage(desk, "ja");
  const clinic = await context(chrome);
  doctor = await clinic.made.newPage();
  await signIn(doctor);
  await setLanguage(doctor, "ja");
});

after(async () => {
  await chrome?.close();
});

/** The facilities of the timeline that the doctor finds by a patient ID. */
async function facilities(patientId) {
  await doctor.goto(`${base}/patients?q=${patientId}`);
  await doctor.locator("a.ptn").first().click();
  await doctor.waitForSelector(".mx tbody .fh");
  const names = await doctor.locator(".mx tbody .fh").allInnerTexts();
  return new Set(names.map((name) => name.trim().split(/\s/)[0])).size;
}

/** Opens the review of both records. */
async function openReview() {
  await desk.goto(`${base}/ops/linkage`);
  await desk.locator("tbody", { hasText: other }).locator("a.ptn").click();
  await desk.waitForSelector(".diff");
  review = new URL(desk.url()).pathname;
}

/** Gives a reason on the page that shows the effect, and confirms. */
async function confirm(reason) {
  await desk.waitForSelector(".effect");
  if (await desk.locator("input[name=despite]").count()) await desk.check("input[name=despite]");
  if (await desk.locator("#reason").count()) await desk.fill("#reason", reason);
  await Promise.all([desk.waitForNavigation(), desk.click("main button.primary")]);
}

/** Serious findings of the checker, on a page of its own without the policy that would keep it out. */
async function findings(page) {
  await page.evaluate(axe);
  const result = await page.evaluate((only) => window.axe.run(document, { runOnly: { type: "tag", values: only } }), tags);
  assert.ok(result.passes.length > 10, `${page.url()}: only ${result.passes.length} rules applied`);
  return result.violations
    .filter((it) => it.impact === "serious" || it.impact === "critical")
    .map((it) => `${it.id}: ${it.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | ")}`);
}

describe("the console", () => {
  test("operators begin at the desk and see no patient's pages; doctors see no desk", async () => {
    await desk.goto(`${base}/`);
    assert.equal(new URL(desk.url()).pathname, "/ops/persons");
    const links = await desk.locator("header nav a").allInnerTexts();
    assert.deepEqual(links, ["地域ID", "名寄せ"]);
    await doctor.goto(`${base}/`);
    assert.deepEqual(await doctor.locator("header nav a").allInnerTexts(), ["ホーム", "患者検索"]);
    for (const path of ["/ops/persons", "/ops/linkage"]) {
      const answer = await doctor.goto(base + path);
      assert.equal(answer.status(), 404, path);
    }
  });

  test("two records under review become one person, whose timeline holds both, and two again", async () => {
    assert.equal(await facilities(one), 1);
    assert.equal(await facilities(other), 1);
    await desk.goto(`${base}/ops/linkage`);
    await picture(desk, "linkage-queue-ja");
    await openReview();
    const marks = await desk.locator(".diff mark").allInnerTexts();
    assert.ok(marks.length >= 2, `what differs is marked: ${marks}`);
    await picture(desk, "linkage-case-ja");
    await desk.locator(".acts a.primary").click();
    await desk.waitForSelector(".effect");
    await picture(desk, "linkage-confirm-ja");
    await confirm("両方の診察券を窓口で確認");
    assert.match(await desk.locator(".notice").innerText(), /同一人物と判定しました/);
    assert.equal(await facilities(one), 2);
    assert.equal(await facilities(other), 2);

    await desk.locator(".notice a", { hasText: "元に戻す" }).click();
    await confirm("");
    assert.match(new URL(desk.url()).pathname, /^\/ops\/linkage\/\d+$/);
    assert.equal(await facilities(one), 1);
    assert.equal(await facilities(other), 1);
    await openReview();
  });

  test("no serious finding of axe in either language, light and dark", async () => {
    const { made } = await context(chrome, { bypassCSP: true });
    await made.addCookies(await desk.context().cookies());
    const page = await made.newPage();
    const read = async (path, selector) => {
      await page.goto(base + path);
      return page.locator(selector).first().getAttribute("href");
    };
    const person = await read(`/ops/persons?q=${one}`, "a.ptn");
    const record = await read(`/ops/persons?q=${other}&to=${person.split("/").pop()}`, "td a.btn");
    const paths = ["/ops/persons", `/ops/persons?q=${one}`, person, record, "/ops/linkage"];
    paths.push(review, `/ops/acts?act=decide&verdict=same&review=${review.split("/").pop()}`);
    for (const language of ["en", "ja"]) {
      await setLanguage(page, language);
      for (const path of paths) {
        await page.goto(base + path);
        assert.deepEqual(await findings(page), [], `${language} ${path}`);
        const name = path.split("?")[0].replaceAll("/", "-").replace(/-\d+$/, "-one");
        if (language === "en") await picture(page, `console${name}-en`);
      }
    }
    await page.emulateMedia({ colorScheme: "dark" });
    for (const path of paths) {
      await page.goto(base + path);
      assert.deepEqual(await findings(page), [], `dark ${path}`);
    }
    await page.emulateMedia({ colorScheme: null });
    await page.setViewportSize({ width: 320, height: 640 });
    for (const path of paths) {
      await page.goto(base + path);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.ok(wide <= 1, `${path} is ${wide} px too wide`);
    }
    await made.close();
  });

  test("a person's page links another record, shows its history and takes it back", async () => {
    await desk.goto(`${base}/ops/persons?q=${one}`);
    await picture(desk, "persons-ja");
    await desk.locator("a.ptn").first().click();
    await desk.waitForSelector(".history");
    await picture(desk, "person-ja");
    await desk.fill(".tie #q", other);
    await desk.click(".tie button");
    await desk.locator("a.btn", { hasText: "結び付ける" }).first().click();
    await desk.waitForSelector("input[name=despite]");
    await picture(desk, "link-confirm-ja");
    await desk.fill("#reason", "確認せず");
    await Promise.all([desk.waitForNavigation(), desk.click("main button.primary")]);
    assert.match(await desk.locator(".alert.stop[role=alert]").innerText(), /結び付けませんでした/);
    await confirm("施設に確認済み");
    assert.match(await desk.locator(".alert.stop[role=alert]").innerText(), /生年月日/);
    assert.equal(await desk.locator(".records .differs").count(), 2);
    await picture(desk, "person-contradiction-ja");
    assert.equal(await facilities(one), 2);
    await desk.locator(".notice a", { hasText: "元に戻す" }).click();
    await confirm("取り違え");
    assert.equal(await facilities(one), 1);
    assert.equal(await facilities(other), 1);
  });

  test("no rule of the policy was broken and nothing of a patient stays in the browser", async () => {
    assert.deepEqual(faults, []);
    const kept = await desk.evaluate(() => [localStorage.length, sessionStorage.length]);
    assert.deepEqual(kept, [0, 0]);
  });
});
