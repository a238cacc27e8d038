// Makes web/dist: what the server embeds. Names stay the same from build to build; the server
// puts a content hash into the addresses.
import { build } from "esbuild";
import { copyFile, mkdir, readFile, readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(fileURLToPath(import.meta.url));
const dist = join(root, "dist");

await mkdir(dist, { recursive: true });
for (const name of await readdir(dist)) {
  if (name !== ".gitkeep") await rm(join(dist, name), { recursive: true });
}
const shared = { bundle: true, minify: true, charset: "utf8", legalComments: "eof", logLevel: "warning" };
await build({
  ...shared,
  entryPoints: { musubi: join(root, "src/main.ts"), graph: join(root, "src/graph.ts") },
  outdir: dist,
  format: "iife",
  target: ["chrome110", "firefox115", "safari16"],
});
await build({
  ...shared,
  entryPoints: { styles: join(root, "src/styles.css"), uplot: join(root, "src/uplot.css") },
  outdir: dist,
});
await buildViewer();
await copyFile(join(root, "node_modules/htmx.org/dist/htmx.min.js"), join(dist, "htmx.js"));
await copyFile(join(root, "assets/icons.svg"), join(dist, "icons.svg"));

/** The image viewer, on its page alone, and the worker that decodes frames for it: a file each,
 *  because the addresses carry hashes that one script cannot know of another. The decoders' wasm
 *  lies beside them; JPEG XL's, as large as all others together, is left to the server. */
async function buildViewer() {
  const loader = join(root, "node_modules/@cornerstonejs/dicom-image-loader/dist/esm");
  const island = { ...shared, outdir: dist, format: "esm", target: ["chrome110", "firefox115", "safari16"] };
  await build({
    ...island,
    entryPoints: { viewer: join(root, "src/viewer/main.ts") },
    plugins: [leaveOut([
      // dcmjs writes XML, for which it asks for Node's own modules; the viewer never does.
      /^(xmlbuilder2|fs|path)$/,
      // Drawing by WebGPU, which the viewer does not ask for.
      /\/WebGPU\//,
      // Decoders and false-colour tables: frames are decoded in the worker and shown in grey.
      /^@cornerstonejs\/codec-/, /decodeImageFrameWorker\.js$/, /shared\/decoders\/index\.js$/,
      /ColorMaps\.json\.js$/,
    ]), styleByRule()],
  });
  await build({
    ...island,
    entryPoints: { decode: join(loader, "decodeImageFrameWorker.js") },
    alias: { pako: join(root, "node_modules/pako/dist/pako_inflate.min.js") },
    plugins: [leaveOut([/^(fs|path)$/, /^@cornerstonejs\/codec-libjxl/])],
  });
  const codecs = join(dist, "codecs");
  await mkdir(codecs, { recursive: true });
  const wasm = {
    "codec-openjpeg": "openjpegwasm_decode.wasm",
    "codec-charls": "charlswasm_decode.wasm",
    "codec-libjpeg-turbo-8bit": "libjpegturbowasm_decode.wasm",
    "codec-openjph": "openjphjs.wasm",
  };
  for (const [name, file] of Object.entries(wasm)) {
    await copyFile(join(root, "node_modules/@cornerstonejs", name, "dist", file), join(codecs, file));
  }
}

/** Puts an empty module in the place of what the libraries name and the viewer never calls. */
function leaveOut(names) {
  return {
    name: "leave-out",
    setup(build) {
      for (const filter of names) build.onResolve({ filter }, () => ({ path: "nothing", namespace: "left-out" }));
      build.onLoad({ filter: /.*/, namespace: "left-out" }, () => ({ contents: "module.exports = [];" }));
    },
  };
}

/** Texts of measures are styled by an attribute, which our policy refuses; by the element's own
 *  rules the same is allowed. */
function styleByRule() {
  const from = "textElement.setAttribute('style', combinedStyle)";
  return {
    name: "style-by-rule",
    setup(build) {
      build.onLoad({ filter: /drawingSvg\/drawTextBox\.js$/ }, async ({ path }) => {
        const text = await readFile(path, "utf8");
        if (!text.includes(from)) throw new Error(`${path} is not as it was: look how it styles texts`);
        return { contents: text.replace(from, "textElement.style.cssText = combinedStyle"), loader: "js" };
      });
    },
  };
}
