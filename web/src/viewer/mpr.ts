// Cuts across a stack in three directions. Only where the pictures lie at even distances, and only
// with WebGL: by the processor alone a volume cannot be drawn.
import { Enums, type Types, cache, eventTarget, getShouldUseCPURendering, setVolumesForViewports, volumeLoader } from "@cornerstonejs/core";
import * as tools from "@cornerstonejs/tools";
import type { Stack } from "./dicomweb";
import { isRegular } from "./geometry";
import { make, say } from "./page";
import { ENGINE, type Stage } from "./stage";
import { type Vector, sides } from "./geometry";

const GROUP = "cuts";
const CUTS = [
  { id: "cut-axial", word: "cut-axial", orientation: Enums.OrientationAxis.AXIAL },
  { id: "cut-sagittal", word: "cut-sagittal", orientation: Enums.OrientationAxis.SAGITTAL },
  { id: "cut-coronal", word: "cut-coronal", orientation: Enums.OrientationAxis.CORONAL },
] as const;
/** Decoded pictures of one volume, in bytes. */
const VOLUME_BYTES = 512 * 1024 * 1024;

/** Whether volumes can be drawn here at all. */
export function hasVolumes(): boolean {
  return !getShouldUseCPURendering();
}

/** Whether a series can be cut. */
export function canCut(stack: Stack | undefined): boolean {
  if (!stack || !hasVolumes()) return false;
  const first = stack.pictures[0];
  const bytes = stack.pictures.length * (first ? first.rows * first.columns * 2 : 0);
  const isEven = stack.pictures.every((it) => it.rows === first?.rows && it.columns === first.columns);
  return isRegular(stack.planes) && isEven && bytes <= VOLUME_BYTES;
}

export class Cuts {
  private volumeId = "";
  private progress: ((event: Event) => void) | undefined;
  /** The window that the library chose. */
  private first: { lower: number; upper: number } | undefined;
  /** The series that is cut. */
  stack: Stack | undefined;

  constructor(private readonly stage: Stage) {}

  get isOpen(): boolean {
    return this.stack !== undefined;
  }

  /** Takes the stage for three cuts of a series. */
  async open(stack: Stack): Promise<void> {
    this.stage.clear();
    this.stack = stack;
    this.stage.place.className = "ports n3";
    const places = CUTS.map((cut) => this.place(cut.word, stack));
    CUTS.forEach((cut, i) => {
      const element = places[i]!.canvas;
      this.stage.engine.enableElement({
        viewportId: cut.id, element, type: Enums.ViewportType.ORTHOGRAPHIC,
        defaultOptions: { orientation: cut.orientation },
      });
      this.stage.keepSize(element);
      element.addEventListener(Enums.Events.IMAGE_RENDERED, () => this.letters(cut.id, places[i]!.letters));
    });
    this.startTools();
    this.volumeId = `cornerstoneStreamingImageVolume:${stack.series.uid}`;
    const volume = await volumeLoader.createAndCacheVolume(this.volumeId, { imageIds: stack.pictures.map((it) => it.imageId) });
    this.watch(stack.pictures.length, places.map((it) => it.word));
    (volume as unknown as { load(): void }).load();
    await setVolumesForViewports(this.stage.engine, [{ volumeId: this.volumeId }], CUTS.map((it) => it.id));
    this.first = this.viewports()[0]?.getProperties()?.voiRange;
    this.stage.engine.renderViewports(CUTS.map((it) => it.id));
  }

  close(): void {
    if (!this.stack) return;
    this.stack = undefined;
    if (this.progress) eventTarget.removeEventListener(Enums.Events.IMAGE_VOLUME_MODIFIED, this.progress);
    tools.ToolGroupManager.destroyToolGroup(GROUP);
    for (const cut of CUTS) this.stage.engine.disableElement(cut.id);
    cache.removeVolumeLoadObject(this.volumeId);
  }

  setVoi(lower: number, upper: number): void {
    for (const viewport of this.viewports()) {
      viewport.setProperties({ voiRange: { lower, upper } });
      viewport.render();
    }
  }

  reset(): void {
    for (const viewport of this.viewports()) {
      if (this.first) viewport.setProperties({ voiRange: this.first });
      viewport.resetCamera();
      viewport.render();
    }
  }

  private viewports(): Types.IVolumeViewport[] {
    return CUTS.map((cut) => this.stage.engine.getViewport(cut.id) as Types.IVolumeViewport);
  }

  private place(word: string, stack: Stack): { canvas: HTMLDivElement; word: HTMLElement; letters: HTMLElement[] } {
    const section = make("section", "port");
    const cap = make("div", "cap");
    const quality = make("span", "q wait", say("loaded", { n: 0 }));
    cap.append(make("b", "", say(word)), make("span", "muted", stack.study.date), quality);
    const image = make("div", "img");
    const canvas = make("div", "gl");
    const letters = ["ol", "or", "ot", "ob"].map((place) => make("div", `o ${place}`));
    image.append(canvas, ...letters);
    section.append(cap, image);
    section.setAttribute("aria-label", `${say(word)} ${stack.study.title} ${stack.study.date}`);
    section.addEventListener("contextmenu", (event) => event.preventDefault());
    this.stage.place.append(section);
    return { canvas, word: quality, letters };
  }

  private letters(id: string, places: readonly HTMLElement[]): void {
    const viewport = this.stage.engine.getViewport(id);
    if (!viewport) return;
    const { clientWidth: wide, clientHeight: high } = viewport.element;
    const from = viewport.canvasToWorld([wide / 2, high / 2]);
    [[-50, 0], [50, 0], [0, -50], [0, 50]].forEach(([x, y], i) => {
      const to = viewport.canvasToWorld([wide / 2 + x!, high / 2 + y!]);
      places[i]!.textContent = sides([to[0] - from[0], to[1] - from[1], to[2] - from[2]] as Vector);
    });
  }

  private startTools(): void {
    const group = tools.ToolGroupManager.createToolGroup(GROUP)!;
    const { MouseBindings } = tools.Enums;
    for (const tool of [tools.WindowLevelTool, tools.PanTool, tools.ZoomTool, tools.StackScrollTool]) group.addTool(tool.toolName);
    for (const cut of CUTS) group.addViewport(cut.id, ENGINE);
    group.setToolActive(tools.WindowLevelTool.toolName, { bindings: [{ mouseButton: MouseBindings.Primary }] });
    group.setToolActive(tools.PanTool.toolName, { bindings: [{ mouseButton: MouseBindings.Auxiliary }] });
    group.setToolActive(tools.ZoomTool.toolName, { bindings: [{ mouseButton: MouseBindings.Secondary }] });
    group.setToolActive(tools.StackScrollTool.toolName, { bindings: [{ mouseButton: MouseBindings.Wheel }] });
  }

  private watch(count: number, words: readonly HTMLElement[]): void {
    this.progress = (event) => {
      const { framesProcessed } = (event as CustomEvent<{ framesProcessed?: number }>).detail;
      const percent = Math.min(100, Math.floor((100 * (framesProcessed ?? 0)) / count));
      for (const word of words) {
        word.className = percent < 100 ? "q prev" : "q full";
        word.textContent = percent < 100 ? say("loaded", { n: percent }) : say("quality-full");
      }
    };
    eventTarget.addEventListener(Enums.Events.IMAGE_VOLUME_MODIFIED, this.progress);
  }
}
