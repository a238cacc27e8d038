// One place for pictures: a series, what of it is seen, and how good the picture is, in words.
import { Enums, type RenderingEngine, type Types, cache, getShouldUseCPURendering, metaData } from "@cornerstonejs/core";
import { type Stack, previewAddress } from "./dicomweb";
import { Frame } from "./frame";
import { Prefetch } from "./prefetch";
import { say } from "./page";
import { type Voi, range, voiOf } from "./windows";

/** What a port tells the stage. */
export interface PortListener {
  activated(port: Port): void;
  /** Another picture is wanted, by the port's own wheel or slider. */
  scrolled(port: Port): void;
  voiChanged(port: Port): void;
  cameraChanged(port: Port): void;
  loaded(port: Port): void;
}

const SMALLEST = 0.1;
const LARGEST = 40;

export class Port {
  readonly frame: Frame;
  stack: Stack | undefined;
  /** The picture that is wanted; it is on the screen once it is loaded. */
  index = 0;
  prefetch: Prefetch | undefined;
  /** The window that the reader chose, for the server's preview. */
  chosen: Voi | undefined;
  private shown = -1;
  private hasStack = false;
  private rotation = 0;
  private isInvertedAtFirst = false;
  private turn = 0;

  constructor(readonly id: string, private readonly engine: RenderingEngine, private readonly listener: PortListener) {
    this.frame = new Frame({
      activate: () => listener.activated(this),
      scroll: (by) => { this.scroll(by); listener.scrolled(this); },
      goTo: (index) => { this.show(index); listener.scrolled(this); },
    });
    this.watch();
  }

  /** Takes the port's place on the screen; before that it has no size to draw in. */
  enable(): void {
    this.engine.enableElement({ viewportId: this.id, element: this.frame.canvas, type: Enums.ViewportType.STACK });
  }

  close(): void {
    this.turn += 1;
    this.prefetch?.stop();
    this.engine.disableElement(this.id);
    this.frame.section.remove();
  }

  get viewport(): Types.IStackViewport {
    return this.engine.getViewport(this.id) as Types.IStackViewport;
  }

  /** Whether a picture in full quality is on the screen. */
  get isDrawn(): boolean {
    return this.hasStack && this.shown >= 0;
  }

  /** Shows a series from its start, or from the picture given. */
  open(stack: Stack, index = stack.start): void {
    this.turn += 1;
    this.prefetch?.stop();
    this.stack = stack;
    this.shown = -1;
    this.hasStack = false;
    this.chosen = undefined;
    this.rotation = 0;
    this.prefetch = new Prefetch(stack, () => {
      this.progress();
      this.listener.loaded(this);
    });
    this.frame.title(stack);
    this.show(index);
  }

  scroll(by: number): void {
    this.show(this.index + by);
  }

  /** Wants a picture: the server's at once where it fits, the frame itself as soon as it is there. */
  show(wanted: number): void {
    const { stack, prefetch } = this;
    if (!stack || !prefetch || stack.pictures.length === 0) return;
    const index = Math.max(0, Math.min(stack.pictures.length - 1, wanted));
    this.index = index;
    const turn = ++this.turn;
    if (prefetch.loaded[index] !== 1) this.wait(index);
    this.progress();
    void prefetch.want(index).then(async (failure) => {
      if (turn !== this.turn) return;
      if (failure !== undefined) {
        this.fail(index, failure);
      } else {
        await this.draw(stack, index);
      }
      if (turn === this.turn) prefetch.around(index);
    });
  }

  /** Sets the window; undefined takes the picture's own. */
  setVoi(voi: Voi | undefined): void {
    this.chosen = voi;
    if (!this.hasStack) return;
    this.viewport.setProperties({ voiRange: range(voi ?? this.ownVoi()) });
    this.viewport.render();
  }

  get voi(): Voi | undefined {
    const drawn = this.hasStack ? this.viewport.getProperties().voiRange : undefined;
    return drawn ? voiOf(drawn) : this.chosen;
  }

  invert(): boolean {
    if (!this.hasStack) return false;
    const isInverted = !this.viewport.getProperties().invert;
    this.viewport.setProperties({ invert: isInverted });
    this.viewport.render();
    return isInverted;
  }

  rotate(): void {
    if (!this.hasStack) return;
    this.rotation = (this.rotation + 90) % 360;
    this.viewport.setViewPresentation({ ...this.viewport.getViewPresentation(), rotation: this.rotation });
    this.viewport.render();
  }

  flip(): void {
    if (!this.hasStack) return;
    this.viewport.setCamera({ flipHorizontal: !this.viewport.getCamera().flipHorizontal });
    this.viewport.render();
  }

  zoom(factor: number): void {
    this.setSize(this.size * factor);
  }

  /** How large the picture is, against its size when all of it just fits. */
  get size(): number {
    return this.hasStack ? this.viewport.getZoom() / this.fit() : 1;
  }

  setSize(size: number): void {
    if (!this.hasStack) return;
    this.viewport.setZoom(Math.max(SMALLEST, Math.min(LARGEST, size)) * this.fit());
    this.viewport.render();
  }

  /** Moves the picture by a share of the port. */
  pan(right: number, down: number): void {
    if (!this.hasStack) return;
    const [x, y] = this.viewport.getPan();
    const { clientWidth, clientHeight } = this.frame.canvas;
    this.viewport.setPan([x + right * clientWidth, y + down * clientHeight]);
    this.viewport.render();
  }

  reset(): void {
    this.chosen = undefined;
    this.rotation = 0;
    if (!this.hasStack) return;
    this.viewport.setProperties({ voiRange: range(this.ownVoi()), invert: this.isInvertedAtFirst });
    this.viewport.setViewPresentation({ ...this.viewport.getViewPresentation(), rotation: 0, flipHorizontal: false, flipVertical: false });
    this.viewport.resetCamera();
    this.viewport.render();
  }

  /** The window that the picture on the screen asks for itself; where it names none, all of it. */
  private ownVoi(): Voi {
    const imageId = this.viewport.getCurrentImageId();
    const named = metaData.get("voiLutModule", imageId) as { windowCenter?: unknown; windowWidth?: unknown } | undefined;
    const [center, width] = [named?.windowCenter, named?.windowWidth].map((it) => Number(Array.isArray(it) ? it[0] : it));
    if (center !== undefined && width !== undefined && Number.isFinite(center) && width >= 1) return { center, width };
    const image = cache.getImage(imageId);
    return voiOf({ lower: image?.minPixelValue ?? 0, upper: image?.maxPixelValue ?? 255 });
  }

  /** The library's zoom of a picture that just fits: drawn by the processor it counts pixels of the
   *  screen for one of the picture, by WebGL it is 1. */
  private fit(): number {
    const picture = this.stack?.pictures[Math.max(0, this.shown)];
    if (!getShouldUseCPURendering() || !picture) return 1;
    const { clientWidth, clientHeight } = this.frame.canvas;
    return Math.min(clientWidth / picture.columns, clientHeight / picture.rows) || 1;
  }

  private wait(index: number): void {
    const stack = this.stack!;
    if (this.hasStack && !this.isFitted()) {
      // The server's picture would lie otherwise than the one on the screen.
      this.frame.quality("wait", say("quality-wait", { n: index + 1 }));
      return;
    }
    const edge = Math.max(this.frame.canvas.clientWidth, this.frame.canvas.clientHeight);
    this.frame.preview(previewAddress(stack, index, edge, this.chosen));
    this.progress();
  }

  private fail(index: number, reason: string): void {
    const stack = this.stack!;
    this.frame.preview(previewAddress(stack, index, 1024, this.chosen));
    this.frame.place(index, stack);
    this.frame.quality("wait", say("quality-failed", { reason }));
    this.shown = -1;
  }

  private async draw(stack: Stack, index: number): Promise<void> {
    if (this.hasStack) {
      await this.viewport.setImageIdIndex(index);
    } else {
      await this.viewport.setStack(stack.pictures.map((it) => it.imageId), index);
      this.hasStack = true;
      this.isInvertedAtFirst = this.viewport.getProperties().invert ?? false;
      if (this.chosen) this.viewport.setProperties({ voiRange: range(this.chosen) });
    }
    if (this.stack !== stack || this.index !== index) return;
    this.shown = index;
    this.viewport.render();
  }

  /** Whether the picture lies as it does at first, as the server draws it. */
  private isFitted(): boolean {
    const { viewport } = this;
    const [x, y] = viewport.getPan();
    const { flipHorizontal, flipVertical } = viewport.getCamera();
    return Math.abs(this.size - 1) < 0.01 && Math.abs(x) + Math.abs(y) < 2 && this.rotation === 0 && !flipHorizontal && !flipVertical && viewport.getProperties().invert === this.isInvertedAtFirst;
  }

  private progress(): void {
    const { stack, prefetch } = this;
    if (!stack || !prefetch) return;
    const percent = Math.floor((100 * prefetch.count) / Math.max(1, stack.pictures.length));
    this.frame.slider(this.index, prefetch.loaded);
    if (prefetch.failed.has(this.index)) return;
    if (this.shown === this.index) {
      this.frame.quality("full", percent < 100 ? `${say("quality-full")}　${say("loaded", { n: percent })}` : say("quality-full"));
    } else if (this.frame.isPreview) {
      this.frame.quality("prev", `${say("quality-preview")}　${say("loaded", { n: percent })}`);
    }
    this.frame.place(this.index, stack);
  }

  private watch(): void {
    const { canvas } = this.frame;
    canvas.addEventListener(Enums.Events.IMAGE_RENDERED, () => {
      if (!this.hasStack || !this.stack) return;
      if (this.shown === this.index) this.frame.endPreview();
      this.progress();
      this.frame.describe(this.viewport, this.stack, this.shown, { voi: this.voi, size: this.size });
    });
    canvas.addEventListener(Enums.Events.VOI_MODIFIED, () => {
      if (this.hasStack) this.listener.voiChanged(this);
    });
    canvas.addEventListener(Enums.Events.CAMERA_MODIFIED, () => {
      if (this.hasStack) this.listener.cameraChanged(this);
    });
  }
}
