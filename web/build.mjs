// Makes web/dist: what the server embeds. Names stay the same from build to build; the server
// puts a content hash into the addresses.
import { build } from "esbuild";
import { copyFile, mkdir, readdir, rm } from "node:fs/promises";
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
await copyFile(join(root, "node_modules/htmx.org/dist/htmx.min.js"), join(dist, "htmx.js"));
await copyFile(join(root, "assets/icons.svg"), join(dist, "icons.svg"));
