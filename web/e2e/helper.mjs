// What every browser test needs: Chromium, a signed-in page, the region's truth, and listeners
// that turn a broken rule of the content security policy into a failed test.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";

export const base = required("MUSUBI_URL");
const doctor = {
  login: required("MUSUBI_LOGIN"), password: required("MUSUBI_PASSWORD"), secret: required("MUSUBI_TOTP_SECRET"), start: "/",
};
/** Who works at the desk; begins there, having no patients' pages. */
export const operator = {
  login: required("MUSUBI_OPERATOR_LOGIN"), password: required("MUSUBI_OPERATOR_PASSWORD"), secret: required("MUSUBI_OPERATOR_TOTP_SECRET"), start: "/ops/persons",
};

export const truth = JSON.parse(readFileSync(required("MUSUBI_TRUTH"), "utf8"));

function required(name) {
  const value = process.env[name];
  assert.ok(value, `${name} is not set: run these tests through \`cargo xtask test\``);
  return value;
}

/** Starts Chromium with nothing of a former run; `more` are further switches. */
export function browser(more = []) {
  return chromium.launch({
    executablePath: process.env.MUSUBI_CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
      "--disable-background-networking", "--disable-component-update", "--disable-sync", ...more,
    ],
  });
}

/** A context whose pages collect violations of the policy and errors of scripts. */
export async function context(chrome, options = {}) {
  const made = await chrome.newContext({ viewport: { width: 1366, height: 900 }, locale: "ja-JP", timezoneId: "Asia/Tokyo", ...options });
  const faults = [];
  await made.exposeBinding("musubiViolation", (_, words) => faults.push(words));
  await made.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      window.musubiViolation(`policy: ${event.violatedDirective} ${event.blockedURI} on ${location.pathname}`);
    });
  });
  made.on("weberror", (error) => faults.push(`script: ${error.error().message}`));
  made.on("console", (message) => {
    if (message.type() === "error" && !/status of (401|404|409|422)/.test(message.text())) faults.push(`console: ${message.text()}`);
  });
  return { made, faults };
}

const present = () => Math.floor(Date.now() / 30_000);

function codeOf(secret, step) {
  const message = Buffer.alloc(8);
  message.writeBigUInt64BE(BigInt(step));
  const mac = createHmac("sha1", base32(secret)).update(message).digest();
  const at = mac[19] & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

function base32(text) {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...text.replace(/=+$/, "").toUpperCase()].map((c) => alphabet.indexOf(c).toString(2).padStart(5, "0")).join("");
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
}

/** Signs in with both factors. Each file of tests has an account of its own and signs in once, so
 *  the present code is fresh; where its half minute ends on the way, the next one serves: a
 *  telephone's clock may be half a minute ahead. */
export async function signIn(page, account = doctor) {
  await page.goto(`${base}/sign-in`);
  await page.fill("#login", account.login);
  await page.fill("#password", account.password);
  await page.click("button.primary");
  for (const ahead of [0, 1]) {
    await page.waitForSelector("#code");
    await page.fill("#code", codeOf(account.secret, present() + ahead));
    await Promise.all([page.waitForNavigation(), page.click("button.primary")]);
    if (new URL(page.url()).pathname === account.start) return;
  }
  assert.fail(`${account.login} was not signed in with two codes`);
}

/** Sets the language of the account, whatever an earlier test left. */
export async function setLanguage(page, language) {
  await page.goto(`${base}/me`);
  await page.check(`input[name=language][value=${language}]`);
  await page.click("main button.primary");
  await page.waitForSelector(`html[lang=${language}]`);
}

/** The enrolled person with the most current documents, and from several hospitals. */
export function busiest() {
  const counts = new Map();
  for (const document of truth.documents) {
    if (document.is_enrolled) counts.set(document.person, (counts.get(document.person) ?? 0) + 1);
  }
  const enrolled = truth.persons.filter((person) => person.is_enrolled && person.identities.length > 1);
  return enrolled.sort((a, b) => (counts.get(b.number) ?? 0) - (counts.get(a.number) ?? 0))[0];
}

/** Finds a person by reading and birth date, and opens the record. */
export async function openPatient(page, person) {
  const birth = person.birth.slice(0, 8);
  await page.goto(`${base}/patients?q=${encodeURIComponent(`${person.family_kana} ${birth.slice(0, 4)}/${birth.slice(4, 6)}/${birth.slice(6, 8)}`)}`);
  await page.locator("a.ptn", { hasText: person.family }).first().click();
  await page.waitForSelector(".banner .pt-name");
  return new URL(page.url()).pathname;
}

/** Keeps a picture for people to look at. */
export async function picture(page, name) {
  const folder = process.env.MUSUBI_SCREENSHOTS;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) });
}
