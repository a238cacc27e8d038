// A doctor's way through the portal, in a real browser, over a region whose truth is known.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { base, browser, busiest, context, openPatient, picture, setLanguage, signIn, truth } from "./helper.mjs";

let chrome;
let page;
let faults;
let patient;
const person = busiest();

before(async () => {
  chrome = await browser();
  const made = await context(chrome);
  faults = made.faults;
  page = await made.made.newPage();
  await page.goto(`${base}/sign-in`);
  await picture(page, "sign-in-ja");
  await signIn(page);
  await setLanguage(page, "ja");
  patient = await openPatient(page, person);
});

after(async () => {
  await chrome?.close();
});

describe("the portal", () => {
  test("a wrong password is refused without saying what was wrong", async () => {
    const { made } = await context(chrome);
    const other = await made.newPage();
    await other.goto(`${base}/sign-in`);
    await other.fill("#login", "nobody.here");
    await other.fill("#password", "wrong wrong wrong");
    await other.click("button.primary");
    assert.match(await other.locator(".alert.stop").innerText(), /利用者IDかパスワード/);
    assert.equal(await other.locator("#code").count(), 0);
    await made.close();
  });

  test("a patient is found by kanji, kana, birth date in both forms, and number", async () => {
    const birth = person.birth.slice(0, 8);
    const [year, month, day] = [birth.slice(0, 4), Number(birth.slice(4, 6)), Number(birth.slice(6, 8))];
    const eras = [["R", 2019], ["H", 1989], ["S", 1926], ["T", 1912]];
    const [letter, first] = eras.find(([, start]) => Number(year) > start);
    const era = `${letter}${Number(year) - first + 1}.${month}.${day}`;
    const community = await page.locator(".banner dd").nth(3).innerText();
    const queries = [
      `${person.family}${person.given}`, `${person.family} ${person.given}`,
      `${person.family_kana} ${person.given_kana}`, birth, `${year}/${month}/${day}`, era,
      community, community.replaceAll("-", ""), person.identities[0].patient_id,
    ];
    for (const query of queries) {
      await page.goto(`${base}/patients?q=${encodeURIComponent(query)}`);
      const names = await page.locator("a.ptn").allInnerTexts();
      assert.ok(names.some((name) => name.includes(person.family) && name.includes(person.given)), `${query} finds ${names}`);
    }
    await page.goto(`${base}/patients?q=${encodeURIComponent(person.family_kana)}`);
    await picture(page, "search-ja");
  });

  test("the matrix shows facilities, dates newest first, and an honest count", async () => {
    await page.goto(base + patient);
    assert.equal(await page.locator(".pt-name").innerText(), `${person.family} ${person.given}`);
    assert.ok((await page.locator(".mx tbody .fh").count()) >= 2);
    const days = await page.locator(".mx thead tr:nth-child(2) a").evaluateAll((links) => links.map((link) => link.getAttribute("aria-label").split(" ")[2]));
    assert.deepEqual(days, [...days].sort().reverse());
    assert.ok(days.length > 1 && days.length <= 40, `${days.length} dates`);
    const shown = (await page.locator(".count b").innerText()).replaceAll(",", "");
    const total = (await page.locator(".count").innerText()).match(/\/ ([\d,]+)/)[1].replaceAll(",", "");
    assert.equal(shown, total);
    assert.ok(Number(total) > 0);
    await picture(page, "timeline-ja");
  });

  test("list and matrix count the same, and the list ends with its number", async () => {
    await page.goto(`${base}${patient}`);
    const matrix = await page.locator(".count b").innerText();
    await page.goto(`${base}${patient}?v=list`);
    assert.equal(await page.locator(".count b").innerText(), matrix);
    let rows = 0;
    for (;;) {
      rows += await page.locator(".ent tbody tr").count();
      const older = page.locator(".pager a[data-key=']']");
      if ((await older.count()) === 0) break;
      await older.click();
      await page.waitForLoadState();
    }
    assert.equal(String(rows), matrix.replaceAll(",", ""));
    assert.match(await page.locator(".end").last().innerText(), new RegExp(`以上 ${matrix} 件`));
    await picture(page, "timeline-list-ja");
  });

  test("filters live in the address and can be taken off", async () => {
    await page.goto(base + patient);
    const all = await page.locator(".count b").innerText();
    // Keep laboratory results only: every other kind is switched off through the address.
    await page.goto(`${base}${patient}?c=laboratory`);
    const some = await page.locator(".count b").innerText();
    assert.notEqual(some, all);
    const words = new Set(await page.locator(".mx tbody .ch").allInnerTexts());
    assert.deepEqual([...words].map((word) => word.trim()), ["検査"]);
    await page.locator("input[name=c][value=visit]").check();
    await page.waitForURL(/c=visit/);
    await page.locator(".chip-on a").click();
    await page.waitForURL((url) => !url.search.includes("c="));
    assert.equal(await page.locator(".count b").innerText(), all);
  });

  test("a date can be jumped to in an era and says where it landed", async () => {
    await page.goto(base + patient);
    await page.fill("#jump", "H20.1.1");
    await page.click(".filters button");
    await page.waitForURL(/d=H20/);
    assert.match(await page.locator(".alert.info").innerText(), /2008\/01\/01 の記録はありません/);
    assert.equal(await page.locator(".mx thead a[aria-current=date]").count(), 1);
  });

  test("a record opens in the panel, and as a page of its own", async () => {
    await page.goto(`${base}${patient}?c=laboratory`);
    const link = page.locator(".mx a.e[href*='/e/']").first();
    const address = await link.getAttribute("href");
    await link.click();
    await page.waitForSelector("#panel h2");
    assert.equal(new URL(page.url()).pathname, patient);
    const title = await page.locator("#panel h2").innerText();
    await picture(page, "panel-ja");
    await page.goto(base + address);
    assert.equal(await page.locator(".panel.page h2").innerText(), title);
  });

  test("a fragment of another patient than the one on the screen is refused", async () => {
    await page.goto(`${base}${patient}?c=laboratory`);
    const address = await page.locator(".mx a.e[href*='/e/']").first().getAttribute("href");
    const status = (mark) => page.evaluate(async ([path, banner]) => {
      const answer = await fetch(path, { headers: { "HX-Request": "true", "X-Musubi-Banner": banner } });
      return answer.status;
    }, [address, mark]);
    const mark = await page.locator("body").getAttribute("data-banner");
    assert.equal(await status(mark), 200);
    assert.equal(await status("000000000000"), 409);
    assert.equal(await status(""), 409);
  });

  test("the flow-sheet holds the values that the laboratory sent", async () => {
    await page.goto(`${base}${patient}/labs`);
    await picture(page, "labs-ja");
    const cells = await page.locator(".fs td.n a").evaluateAll((links) => links.map((link) => {
      // Marks of footnotes are no part of the value.
      for (const mark of link.querySelectorAll("sup")) mark.remove();
      return link.innerText;
    }));
    const known = new Set(truth.documents.filter((document) => document.person === person.number).flatMap((document) => (document.lab_values ?? []).map((value) => value.value)));
    assert.ok(cells.length > 0);
    for (const cell of cells) {
      const values = cell.split("\n")[0].split(" / ");
      for (const value of values) assert.ok(known.has(value.trim()), `${cell} was sent`);
    }
    const columns = await page.locator(".fs thead th.day").count();
    assert.ok(columns > 0 && columns <= 20, `${columns} columns`);
    const keys = await page.locator(".fs tbody tr:not(.grp)").evaluateAll((rows) => rows.map((row) => row.querySelector("input").value));
    assert.equal(new Set(keys).size, keys.length, "one row per item and unit");
  });

  test("only abnormal rows remain when asked for", async () => {
    await page.goto(`${base}${patient}/labs?a=1`);
    const abnormal = await page.locator(".fs tbody tr:not(.grp)").all();
    assert.ok(abnormal.length > 0, "this person has abnormal results");
    for (const row of abnormal) {
      assert.ok((await row.locator(".fl").count()) > 0);
    }
    await page.goto(`${base}${patient}/labs`);
    const all = await page.locator(".fs tbody tr:not(.grp)").count();
    assert.ok(all > abnormal.length, `${abnormal.length} of ${all}: something was left out`);
  });

  test("the graph moves by keys together with its table and says the value", async () => {
    await page.goto(`${base}${patient}/labs`);
    const boxes = page.locator(".fs input[name=i]");
    const rows = await page.locator(".fs tbody tr:not(.grp)").evaluateAll((all) => all.map((row) => row.querySelectorAll("td.n a").length));
    const best = rows.map((count, place) => [count, place]).sort((a, b) => b[0] - a[0]).slice(0, 2);
    for (const [, place] of best) await boxes.nth(place).check();
    await page.click("form[action$='/graph'] button");
    await page.waitForSelector("#graph canvas");
    assert.equal(best.length, 2);
    assert.equal(await page.locator("#graph canvas").count(), best.length);
    await page.focus("#graph");
    await page.keyboard.press("End");
    const spoken = await page.locator("#graph-spoken").innerText();
    const chosen = page.locator("#graph-table tr.sel");
    assert.equal(await chosen.count(), 1);
    assert.ok(spoken.startsWith(await chosen.locator("th").innerText()));
    await page.keyboard.press("ArrowLeft");
    assert.notEqual(await page.locator("#graph-spoken").innerText(), spoken);
    await picture(page, "graph-ja");
  });

  test("medicines, problems, documents and coverage are there", async () => {
    await page.goto(`${base}${patient}/meds`);
    assert.ok((await page.locator(".gantt tbody tr").count()) > 0);
    await picture(page, "meds-ja");
    await page.goto(`${base}${patient}/problems`);
    assert.ok((await page.locator("#allergies").count()) === 1);
    await picture(page, "problems-ja");
    await page.goto(`${base}${patient}/coverage`);
    assert.ok((await page.locator(".cov tbody").count()) >= person.identities.length);
    await picture(page, "coverage-ja");
    await page.goto(`${base}${patient}/docs?all=1`);
    await page.locator(".ent .t a").first().click();
    await page.waitForSelector("h1");
    await picture(page, "document-ja");
    await page.locator(".seg a").nth(1).click();
    await page.waitForURL(/view=original/);
    assert.ok((await page.locator("pre.raw, .empty").count()) > 0);
  });

  test("no allergy record is never said to be no allergies", async () => {
    const without = truth.persons.find((it) => it.is_enrolled && it.identities.every((identity) => !identity.has_allergy_record));
    assert.ok(without, "the region has an enrolled person of whom no hospital sent an allergy");
    await openPatient(page, without);
    assert.match(await page.locator(".banner .alg").innerText(), /届いていません/);
  });

  test("bytes leave as a file under a sandbox, never in place", async () => {
    await page.goto(`${base}${patient}/docs?all=1`);
    const address = await page.locator(".ent .t a").first().getAttribute("href");
    const headers = await page.evaluate(async (path) => {
      const answer = await fetch(path);
      return { disposition: answer.headers.get("content-disposition"), policy: answer.headers.get("content-security-policy"), type: answer.headers.get("content-type"), store: answer.headers.get("cache-control") };
    }, `${address}/bytes`);
    assert.match(headers.disposition, /^attachment; filename="musubi-\d+\.\w+"$/);
    assert.equal(headers.policy, "default-src 'none'; sandbox");
    assert.equal(headers.type, "application/octet-stream");
    assert.equal(headers.store, "no-store");
  });

  test("the language switches and stays on the page", async () => {
    await page.goto(`${base}${patient}?c=laboratory`);
    await page.click("button[name=language]");
    await page.waitForSelector("html[lang=en]");
    assert.match(page.url(), /c=laboratory/);
    assert.match(await page.locator(".tabs").innerText(), /Laboratory/);
    for (const [path, name] of [["", "timeline-en"], ["/labs", "labs-en"], ["/meds", "meds-en"], ["/problems", "problems-en"]]) {
      await page.goto(base + patient + path);
      await picture(page, name);
    }
    await page.goto(`${base}/patients?q=${encodeURIComponent(person.family_kana)}`);
    await picture(page, "search-en");
    await page.click("button[name=language]");
    await page.waitForSelector("html[lang=ja]");
  });

  test("single keys move between records and can be turned off", async () => {
    await page.goto(base + patient);
    await page.keyboard.press("j");
    assert.ok(await page.evaluate(() => document.activeElement.matches("a.e")));
    await page.keyboard.press("2");
    await page.waitForURL(/\/labs$/);
    await page.goto(`${base}/me`);
    await page.uncheck("input[name=single_keys]");
    await page.click("main button.primary");
    await page.goto(base + patient);
    await page.keyboard.press("2");
    await page.keyboard.press("j");
    assert.ok(await page.evaluate(() => !document.activeElement.matches("a.e")));
    assert.equal(new URL(page.url()).pathname, patient);
    await page.goto(`${base}/me`);
    await page.check("input[name=single_keys]");
    await page.check("input[name=theme][value=dark]");
    await page.click("main button.primary");
    await page.goto(base + patient);
    assert.ok(await page.evaluate(() => document.documentElement.classList.contains("dark")));
    await picture(page, "timeline-dark");
    await page.goto(`${base}/me`);
    await page.check("input[name=theme][value=auto]");
    await page.click("main button.primary");
  });

  test("not there and not allowed are the same answer", async () => {
    const answer = (path) => page.evaluate(async (it) => {
      const got = await fetch(it);
      return [got.status, await got.text()];
    }, path);
    await page.goto(`${base}/`);
    const absent = await answer("/p/999999999");
    assert.equal(absent[0], 404);
    assert.deepEqual(await answer("/p/999999998/labs"), absent);
    assert.deepEqual(await answer(`${patient}/docs/999999999`), absent);
  });

  test("every answer with data is kept nowhere", async () => {
    for (const path of ["/", "/patients?q=a", patient, `${patient}/labs`, `${patient}/meds`, `${patient}/docs`]) {
      const answer = await page.request.get(base + path);
      const headers = answer.headers();
      assert.equal(headers["cache-control"], "no-store", path);
      assert.equal(headers["etag"], undefined, path);
      assert.equal(headers["last-modified"], undefined, path);
      assert.equal(headers["content-security-policy"], "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'", path);
    }
    await page.goto(base + patient);
    const kept = await page.evaluate(async () => ({
      local: Object.keys(localStorage),
      session: Object.keys(sessionStorage),
      databases: (await indexedDB.databases()).map((it) => it.name),
      caches: typeof caches === "undefined" ? [] : await caches.keys(),
      workers: navigator.serviceWorker ? (await navigator.serviceWorker.getRegistrations()).length : 0,
      cookies: document.cookie,
    }));
    assert.deepEqual(kept, { local: [], session: [], databases: [], caches: [], workers: 0, cookies: "" });
  });

  test("no rule of the policy was broken and no script failed", () => {
    assert.deepEqual(faults, []);
  });

  test("after signing out, Back shows the sign-in", async () => {
    await page.goto(base + patient);
    await page.click("form[action='/sign-out'] button");
    await page.waitForURL(`${base}/sign-in`);
    await page.goBack();
    await page.waitForSelector("#login");
    assert.equal(await page.locator(".pt-name").count(), 0);
  });
});
