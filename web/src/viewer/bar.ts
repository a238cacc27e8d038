// The buttons and keys of the page. Every act has a button or a key; dragging is never the only way.
import { Cine } from "./cine";
import { Cuts, canCut, hasVolumes } from "./mpr";
import type { Stage } from "./stage";
import { MEASURING, type Tool, choose, clearMeasures } from "./tools";
import { PRESETS, type Voi, range } from "./windows";

const ZOOM_STEP = 1.25;
const PAN_STEP = 0.05;
const FAR = 10;

export class Bar {
  private readonly cine: Cine;
  private readonly cuts: Cuts;
  private tool: Tool = "window";
  private readonly help = document.querySelector<HTMLDialogElement>("#viewer-help");

  constructor(private readonly stage: Stage, singleKeys: boolean) {
    this.cine = new Cine(stage, () => this.show());
    this.cuts = new Cuts(stage);
    for (const part of document.querySelectorAll<HTMLElement>("[data-needs-viewer]")) part.hidden = false;
    for (const button of document.querySelectorAll<HTMLElement>("[data-act='layout-mpr']")) button.hidden = !hasVolumes();
    document.addEventListener("click", (event) => {
      const button = (event.target as Element).closest<HTMLElement>("[data-act]");
      if (button) this.act(button.dataset["act"]!);
    });
    this.fields();
    document.addEventListener("keydown", (event) => this.key(event, singleKeys));
    stage.onChange(() => this.show());
    stage.onVoi(() => this.values());
    this.show();
  }

  /** Does what a button says. */
  act(name: string): void {
    const { stage } = this;
    const port = stage.active;
    const preset = PRESETS.find((it) => `window-${it.key}` === name);
    if (preset) return this.setVoi(preset);
    switch (name) {
      case "layout-1": case "layout-2": case "layout-4":
        this.cuts.close();
        return stage.arrange(Number(name.slice(-1)) as 1 | 2 | 4);
      case "layout-mpr": return void this.cut();
      case "window-auto": return this.setVoi(undefined);
      case "cine": return this.cine.toggle();
      case "faster": return this.cine.faster(1);
      case "slower": return this.cine.faster(-1);
      case "invert": port?.invert(); return this.show();
      case "rotate": return port?.rotate();
      case "flip": return port?.flip();
      case "zoom-in": return port?.zoom(ZOOM_STEP);
      case "zoom-out": return port?.zoom(1 / ZOOM_STEP);
      case "length": case "angle": case "value": case "pan": return this.choose(name);
      case "clear": clearMeasures(); return stage.engine.render();
      case "reset": return this.cuts.isOpen ? this.cuts.reset() : port?.reset();
      case "further": return this.move(1);
      case "back": return this.move(-1);
      case "help": return this.help?.showModal();
      case "help-close": return this.help?.close();
    }
  }

  private async cut(): Promise<void> {
    const stack = this.stage.active?.stack;
    if (!stack || !canCut(stack)) return;
    this.cine.stop();
    await this.cuts.open(stack);
    this.show();
  }

  private setVoi(voi: Voi | undefined): void {
    if (this.cuts.isOpen) {
      if (voi) this.cuts.setVoi(range(voi).lower, range(voi).upper);
      else this.cuts.reset();
    } else {
      this.stage.setVoi(voi && { width: voi.width, center: voi.center });
    }
    this.show();
  }

  /** Chosen again, a tool gives the left button back to the window. */
  private choose(tool: Tool): void {
    this.tool = this.tool === tool ? "window" : tool;
    choose(this.tool);
    this.show();
  }

  /** Moves the prior against the page's own study. */
  private move(by: number): void {
    const { link, active, ports } = this.stage;
    link.offset += by;
    if (active) link.follow(active, ports);
    this.show();
  }

  private fields(): void {
    for (const box of document.querySelectorAll<HTMLInputElement>("input[data-link]")) {
      box.addEventListener("change", () => {
        const name = box.dataset["link"] as "place" | "window" | "zoom";
        this.stage.link[name] = box.checked;
        const { active, ports, link } = this.stage;
        if (active && name === "place") link.follow(active, ports);
      });
    }
    document.querySelector("form[data-window]")?.addEventListener("submit", (event) => {
      event.preventDefault();
      const number = (name: string): number => Number(document.querySelector<HTMLInputElement>(`#${name}`)?.value);
      const [width, center] = [number("w-width"), number("w-level")];
      if (width > 0 && Number.isFinite(center)) this.setVoi({ width, center });
    });
    document.querySelector(".rail")?.addEventListener("click", (event) => {
      const link = (event.target as Element).closest<HTMLElement>("a[data-series]");
      if (!link) return;
      event.preventDefault();
      this.openSeries(link.dataset["series"]!);
    });
  }

  private openSeries(uid: string): void {
    const { stage } = this;
    const place = stage.current.series.findIndex((it) => it.uid === uid);
    if (this.cuts.isOpen) {
      this.cuts.close();
      stage.arrange(1);
    }
    // A series of the page's own study never takes the place of the prior.
    const isPrior = stage.active?.stack?.study.isPrior;
    const own = isPrior ? stage.ports.find((it) => it.stack?.study === stage.current) : stage.active;
    if (own && place >= 0) {
      stage.activate(own);
      void stage.open(own, stage.current, place);
    }
  }

  private key(event: KeyboardEvent, singleKeys: boolean): void {
    const target = event.target as Element;
    if (event.metaKey || event.altKey || target.closest("input:not([type=checkbox]), select, textarea, dialog[open]")) return;
    const act = event.ctrlKey ? this.panned(event.key) : this.moved(event) ?? (singleKeys ? this.single(event.key) : undefined);
    if (!act) return;
    event.preventDefault();
    act();
  }

  private moved(event: KeyboardEvent): (() => void) | undefined {
    const { stage } = this;
    switch (event.key) {
      case "ArrowDown": return () => stage.scroll(event.shiftKey ? FAR : 1);
      case "ArrowUp": return () => stage.scroll(event.shiftKey ? -FAR : -1);
      case "ArrowRight": return () => stage.stepSeries(1);
      case "ArrowLeft": return () => stage.stepSeries(-1);
      case "Home": return () => stage.goTo(0);
      case "End": return () => stage.goTo(-1);
      case "Escape": return () => { this.cine.stop(); this.choose(this.tool); };
      case "Delete": return () => this.act("clear");
      default: return undefined;
    }
  }

  private panned(key: string): (() => void) | undefined {
    const port = this.stage.active;
    const steps: Record<string, [number, number]> = {
      ArrowLeft: [-PAN_STEP, 0], ArrowRight: [PAN_STEP, 0], ArrowUp: [0, -PAN_STEP], ArrowDown: [0, PAN_STEP],
    };
    const step = steps[key];
    return step && port ? () => port.pan(...step) : undefined;
  }

  private single(key: string): (() => void) | undefined {
    const names: Record<string, string> = {
      "0": "window-auto", " ": "cine", c: "cine", ".": "faster", ",": "slower", i: "invert", r: "rotate", h: "flip",
      "+": "zoom-in", ";": "zoom-in", "-": "zoom-out", l: "length", a: "angle", u: "value", p: "pan", x: "reset",
      "]": "further", "[": "back", "?": "help", q: "layout-1", w: "layout-2", e: "layout-4", m: "layout-mpr",
    };
    const name = /^[1-9]$/.test(key) ? `window-${key}` : names[key];
    return name ? () => this.act(name) : undefined;
  }

  /** Writes the window into its fields, unless somebody types there. */
  private values(): void {
    const voi = this.stage.active?.voi;
    for (const [name, value] of [["w-width", voi?.width], ["w-level", voi?.center]] as const) {
      const field = document.querySelector<HTMLInputElement>(`#${name}`);
      if (field && field !== document.activeElement) field.value = value === undefined ? "" : String(Math.round(value));
    }
  }

  /** Writes onto the buttons what is chosen. */
  private show(): void {
    const { stage } = this;
    const stack = stage.active?.stack;
    const layout = this.cuts.isOpen ? "layout-mpr" : `layout-${stage.layout}`;
    const voi = stage.active?.chosen;
    const chosen = PRESETS.find((it) => it.width === voi?.width && it.center === voi.center);
    const isCt = (this.cuts.stack ?? stack)?.series.modality === "CT";
    for (const button of document.querySelectorAll<HTMLButtonElement>("[data-act]")) {
      const name = button.dataset["act"]!;
      if (name.startsWith("layout-")) button.setAttribute("aria-pressed", String(name === layout));
      if (name.startsWith("window-")) button.setAttribute("aria-pressed", String(chosen ? name === `window-${chosen.key}` : name === "window-auto"));
      if (/^window-[1-9]$/.test(name)) button.disabled = !isCt;
      if (name === "cine") button.setAttribute("aria-pressed", String(this.cine.isRunning));
      if (name === "layout-mpr") button.disabled = !this.cuts.isOpen && !canCut(stack);
      if ((MEASURING as readonly string[]).includes(name) || name === "pan") button.setAttribute("aria-pressed", String(name === this.tool));
    }
    this.values();
    const pace = document.querySelector("[data-pace]");
    if (pace) pace.textContent = this.cine.isRunning ? String(this.cine.pace) : "";
    const offset = document.querySelector("[data-offset]");
    if (offset) offset.textContent = (stage.link.offset > 0 ? "+" : "") + String(stage.link.offset).replace("-", "−");
    for (const link of document.querySelectorAll(".rail a[data-series]")) {
      const isShown = stage.ports.some((it) => it.stack?.series.uid === link.getAttribute("data-series"));
      if (isShown) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  }
}
