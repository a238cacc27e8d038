// The viewer of a study: pictures at their full depth in place of the server's previews.
import { cache, getWebWorkerManager, init as startCore } from "@cornerstonejs/core";
import { init as startLoader } from "@cornerstonejs/dicom-image-loader";
import { Bar } from "./bar";
import { type Page, readPage } from "./page";
import { CACHE_BYTES } from "./prefetch";
import { startPriors } from "./priors";
import { Stage } from "./stage";
import { startTools } from "./tools";

/** Contexts of WebGL: as many as ports at most. */
const CONTEXTS = 4;
const WORKERS_MOST = 4;

const page = readPage();
const place = document.getElementById("ports");
if (page && place && page.study.series.length > 0) start(page, place);

function start(page: Page, place: HTMLElement): void {
  startCore({ rendering: { webGlContextCount: CONTEXTS } } as never);
  cache.setMaxCacheSize(CACHE_BYTES);
  const workers = Math.max(1, Math.min(WORKERS_MOST, Math.floor((navigator.hardwareConcurrency || 2) / 2)));
  // The library's own worker would be asked for at an address without a hash.
  getWebWorkerManager().registerWorker("dicomImageLoader", () => new Worker(page.worker, { type: "module" }), { maxWorkerInstances: workers });
  startLoader({ maxWebWorkers: workers, wasmBasePath: page.codecs } as never);
  startTools();
  const stage = new Stage(place, page.study);
  stage.arrange(1);
  new Bar(stage, page.singleKeys);
  startPriors(stage);
  document.documentElement.dataset["viewer"] = "started";
}
