// A study page with pictures behind it, for the viewer's tests: the portal's own page as its test
// keeps it, our static files, and DICOMweb (PS3.18 §10) over volumes that are computed here. Who
// asks, what is logged. Every answer has the policy that the product gives it.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { deflateSync } from "node:zlib";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "../..");
const explicit = "1.2.840.10008.1.2.1";
const TYPES = { js: "text/javascript", css: "text/css", svg: "image/svg+xml", wasm: "application/wasm" };

export const CT = "1.2.392.200999.1";
export const PRIOR = "1.2.392.200999.2";
export const US = "1.2.392.200999.3";
/** The picture of the bone series that no decoder can read. */
export const BROKEN = `${CT}.3.3`;

/** A page or an answer of the portal as its tests keep it. */
function kept(name) {
  const text = readFileSync(join(root, `crates/portal/tests/snapshots/all__images__${name}.snap`), "utf8");
  return text.slice(text.indexOf("\n---\n") + 5);
}

/** A policy of the product, from where it stands. */
function policy(name) {
  const source = readFileSync(join(root, "crates/page/src/headers.rs"), "utf8");
  const value = new RegExp(`${name}: &str =\\s*"([^"]*)"`).exec(source)[1];
  return value.replace(/\\\n\s*/g, "");
}

/** Hounsfield units of a head that is made of ellipses: skull, brain, ventricles that differ from
 *  picture to picture, and a marker on the patient's right. */
export function hounsfield(size, x, y, slice) {
  const u = (x / size) * 2 - 1;
  const v = (y / size) * 2 - 1;
  const inside = (cx, cy, rx, ry) => ((u - cx) / rx) ** 2 + ((v - cy) / ry) ** 2 <= 1;
  if (inside(-0.55, -0.75, 0.05, 0.05)) return 700;
  if (!inside(0, 0, 0.72, 0.88)) return -1000;
  if (!inside(0, 0, 0.66, 0.82)) return 900;
  const open = 0.05 + 0.1 * Math.sin((slice / 40) * Math.PI);
  if (inside(-0.14, -0.05, open, 0.3) || inside(0.14, -0.05, open, 0.3)) return 5;
  return 35 + Math.round(6 * Math.sin(u * 25) * Math.cos(v * 19));
}

const sizeOf = (study) => (study === US ? 160 : 256);

function value(vr, ...Value) {
  return { vr, Value };
}

/** The metadata of a series, as many instances as the page says. */
function metadata(study, series, count) {
  const size = sizeOf(study);
  const frames = study === US ? 24 : 1;
  const origin = study === PRIOR ? [-118, -120, 300] : [-120, -120, -95];
  return Array.from({ length: count }, (_, i) => ({
    "00080016": value("UI", "1.2.840.10008.5.1.4.1.1.2"),
    "00080018": value("UI", `${series}.${i + 1}`),
    "00080060": value("CS", study === US ? "US" : "CT"),
    "00100010": { vr: "PN", Value: [{ Alphabetic: "YAMADA^TARO", Ideographic: "山田^太郎" }] },
    "0020000D": value("UI", study),
    "0020000E": value("UI", series),
    "00200011": value("IS", Number(series.split(".").pop())),
    "00200013": value("IS", i + 1),
    "00280010": value("US", size),
    "00280011": value("US", size),
    ...(study === US
      ? { "00280002": value("US", 3), "00280004": value("CS", "RGB"), "00280006": value("US", 0), "00280008": value("IS", frames), "00280100": value("US", 8), "00280101": value("US", 8), "00280102": value("US", 7), "00280103": value("US", 0), "00181063": value("DS", 40) }
      : { "00180050": value("DS", 5), "00180060": value("DS", 120), "00200032": value("DS", origin[0], origin[1], origin[2] + 5 * i), "00200037": value("DS", 1, 0, 0, 0, 1, 0), "00200052": value("UI", `${study}.77`), "00280002": value("US", 1), "00280004": value("CS", "MONOCHROME2"), "00280030": value("DS", 0.9375, 0.9375), "00280100": value("US", 16), "00280101": value("US", 16), "00280102": value("US", 15), "00280103": value("US", 1), "00281050": value("DS", 40), "00281051": value("DS", 80), "00281052": value("DS", 0), "00281053": value("DS", 1), "00281054": value("LO", "HU") }),
  }));
}

/** The bytes of a frame, native little endian. */
function pixels(study, slice) {
  const size = sizeOf(study);
  if (study !== US) {
    const out = Buffer.alloc(size * size * 2);
    for (let at = 0; at < size * size; at += 1) out.writeInt16LE(hounsfield(size, at % size, Math.floor(at / size), slice), at * 2);
    return out;
  }
  const out = Buffer.alloc(size * size * 3);
  for (let at = 0; at < size * size; at += 1) {
    const [x, y] = [at % size, Math.floor(at / size)];
    const isFan = Math.abs(x - size / 2) < y * 0.7 && Math.hypot(x - size / 2, y) < size * 0.95;
    const beat = Math.hypot(x - size / 2, y - size * 0.55) < size * (0.16 + 0.06 * Math.sin((slice / 24) * 2 * Math.PI));
    const grey = isFan ? (beat ? 12 : 90 + ((x * 31 + y * 17 + slice * 7) % 60)) : 0;
    out.set(beat && isFan && x > size / 2 ? [200, 40, 30] : [grey, grey, grey], at * 3);
  }
  return out;
}

/** A picture as the server would render it, as PNG: window 80 at 40 where no other is asked for. */
function rendered(study, slice, window) {
  const size = sizeOf(study);
  const raw = pixels(study, slice);
  const [center, width] = window ?? [40, 80];
  const colour = study === US;
  const rows = Buffer.alloc(size * (size * (colour ? 3 : 1) + 1));
  for (let at = 0; at < size * size; at += 1) {
    const to = Math.floor(at / size) * (size * (colour ? 3 : 1) + 1) + 1 + (at % size) * (colour ? 3 : 1);
    if (colour) raw.copy(rows, to, at * 3, at * 3 + 3);
    else rows[to] = Math.max(0, Math.min(255, ((raw.readInt16LE(at * 2) - center) / width + 0.5) * 255));
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(size, 0);
  head.writeUInt32BE(size, 4);
  head.set([8, colour ? 2 : 0, 0, 0, 0], 8);
  return Buffer.concat([Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]), chunk("IHDR", head), chunk("IDAT", deflateSync(rows)), chunk("IEND", Buffer.alloc(0))]);
}

const CRC = Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k += 1) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c >>> 0;
});

function chunk(name, data) {
  const body = Buffer.concat([Buffer.from(name, "latin1"), data]);
  let crc = 0xffffffff;
  for (const byte of body) crc = CRC[(crc ^ byte) & 255] ^ (crc >>> 8);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE((crc ^ 0xffffffff) >>> 0, body.length + 4);
  return out;
}

/** Starts the server on this machine. `hold` keeps frames back until it is resolved. */
export async function startServer() {
  const asked = [];
  const state = { hold: Promise.resolve(), asked, counts: {} };
  const server = createServer((request, response) => void answer(state, request, response).catch(() => response.destroy()));
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  return { base: `http://127.0.0.1:${server.address().port}`, asked, state, close: () => new Promise((done) => { server.closeAllConnections(); server.close(done); }) };
}

async function answer(state, request, response) {
  const url = new URL(request.url, "http://localhost");
  state.asked.push(url.pathname + url.search);
  const send = (status, type, body, extra = {}) => {
    const policyName = type.startsWith("text/html") ? "VIEWER_POLICY" : "CONTENT_SECURITY_POLICY";
    response.writeHead(status, { "Content-Type": type, "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Cross-Origin-Opener-Policy": "same-origin", "Content-Security-Policy": policy(policyName), ...extra });
    response.end(body);
  };
  const path = url.pathname;
  if (path.startsWith("/static/")) return file(send, path);
  if (/^\/p\/\d+\/study\/[\d.]+\/contents$/.test(path)) return send(200, "application/json", kept("study_contents"));
  if (path.endsWith(`/study/${US}`)) return send(200, "text/html; charset=utf-8", kept("study_page_us"));
  if (path.endsWith(`/study/${CT}`)) return send(200, "text/html; charset=utf-8", kept("study_page"));
  const [, , , study, , series, , instance] = path.split("/");
  if (path.endsWith("/metadata")) {
    const count = study === US ? 1 : study === PRIOR ? 38 : 40;
    return send(200, "application/dicom+json", JSON.stringify(metadata(study, series, count)));
  }
  const slice = path.includes("/frames/") && study === US ? Number(/frames\/(\d+)/.exec(path)[1]) - 1 : Number(instance?.split(".").pop() ?? 20) - 1;
  if (path.endsWith("/thumbnail")) return send(200, "image/png", rendered(study, 19));
  if (path.endsWith("/rendered")) {
    const window = url.searchParams.get("window")?.split(",").slice(0, 2).map(Number);
    return send(200, "image/png", rendered(study, slice, window));
  }
  if (/\/frames\/\d+$/.test(path)) {
    await state.hold;
    const broken = instance === BROKEN;
    const syntax = broken ? "1.2.840.10008.1.2.4.90" : explicit;
    const head = `--edge\r\nContent-Type: application/octet-stream; transfer-syntax=${syntax}\r\n\r\n`;
    const body = broken ? Buffer.from("no codestream of JPEG 2000") : pixels(study, slice);
    return send(200, `multipart/related; type="application/octet-stream"; boundary=edge`, Buffer.concat([Buffer.from(head), body, Buffer.from("\r\n--edge--\r\n")]));
  }
  return send(404, "text/plain", "");
}

function file(send, path) {
  const name = path.replace("/static/", "").replace("codecs//", "codecs/");
  const extra = name === "decode.js" ? { "Content-Security-Policy": policy("WORKER_POLICY") } : {};
  try {
    send(200, TYPES[name.split(".").pop()], readFileSync(join(root, "web/dist", name)), extra);
  } catch {
    send(404, "text/plain", "");
  }
}
