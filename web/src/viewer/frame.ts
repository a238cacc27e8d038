// The frame of a port: its head, the words over the picture, the preview and the slider.
import type { Types } from "@cornerstonejs/core";
import type { Stack } from "./dicomweb";
import { type Vector, sides } from "./geometry";
import { type Study, make, say } from "./page";
import type { Voi } from "./windows";

/** What the reader does with the frame. */
export interface FrameActions {
  activate(): void;
  scroll(by: number): void;
  goTo(index: number): void;
}

const SVG = "http://www.w3.org/2000/svg";
/** Wheels turn by pixels; this many are one picture. */
const WHEEL_STEP = 40;

export class Frame {
  readonly section = make("section", "port");
  /** Where the library draws. */
  readonly canvas = make("div", "gl");
  isPreview = false;
  private readonly cap = make("div", "cap");
  private readonly word = make("span", "q wait");
  private readonly picture = make("img", "preview");
  private readonly slide = make("div", "slide");
  private readonly marks = document.createElementNS(SVG, "svg");
  private readonly over = new Map<string, HTMLElement>();
  private count = 0;
  private wheel = 0;

  constructor(private readonly actions: FrameActions) {
    const image = make("div", "img");
    this.picture.alt = "";
    this.picture.hidden = true;
    this.marks.setAttribute("viewBox", "0 0 8 100");
    this.marks.setAttribute("preserveAspectRatio", "none");
    this.marks.setAttribute("aria-hidden", "true");
    this.slide.append(this.marks);
    this.slide.setAttribute("role", "slider");
    this.slide.setAttribute("aria-orientation", "vertical");
    this.slide.setAttribute("aria-label", say("slider"));
    this.slide.tabIndex = 0;
    image.append(this.canvas, this.picture);
    for (const place of ["tl", "tr", "bl", "br", "ol", "or", "ot", "ob"]) {
      const words = make("div", `o ${place}`);
      this.over.set(place, words);
      image.append(words);
    }
    image.append(this.slide);
    this.word.setAttribute("role", "status");
    this.section.append(this.cap, image);
    this.section.tabIndex = 0;
    this.listen();
  }

  /** Whose pictures these are. */
  title(stack: Stack): void {
    const { study, series } = stack;
    const role = say(study.isPrior ? "prior" : "current");
    const facility = make("span", `fac ${study.facility.mark}`, study.facility.short);
    this.cap.replaceChildren(make("span", "muted", role), make("b", "", study.date), facility, this.word);
    this.section.setAttribute("aria-label", `${role} ${study.title} ${study.date} ${study.facility.short}`);
    this.set("tr", when(study));
    this.set("tl", say("series-n", { n: series.number, name: series.description }));
    for (const place of ["bl", "br", "ol", "or", "ot", "ob"]) this.set(place, "");
    this.count = stack.pictures.length;
    this.slide.hidden = this.count < 2;
    this.slide.setAttribute("aria-valuemin", "1");
    this.slide.setAttribute("aria-valuemax", String(this.count));
  }

  /** How good the picture is: in full, a preview, or not there yet. */
  quality(kind: "full" | "prev" | "wait", words: string): void {
    if (this.word.textContent === words) return;
    this.word.className = `q ${kind}`;
    this.word.textContent = words;
  }

  /** Lays the server's picture over the place where the frame will be drawn. */
  preview(address: string): void {
    this.isPreview = true;
    if (this.picture.getAttribute("src") !== address) this.picture.src = address;
    this.picture.hidden = false;
  }

  endPreview(): void {
    this.isPreview = false;
    this.picture.hidden = true;
  }

  /** Which picture is wanted. */
  place(index: number, stack: Stack): void {
    const { series } = stack;
    this.set("tl", `${say("series-n", { n: series.number, name: series.description })}\nim ${index + 1} / ${this.count}`);
  }

  /** What is said over a drawn picture: window, size, place, and which side is which. */
  describe(viewport: Types.IStackViewport, stack: Stack, index: number, seen: { voi: Voi | undefined; size: number }): void {
    const { voi, size } = seen;
    const window = voi ? `W ${Math.round(voi.width)}　L ${Math.round(voi.center)}` : "";
    this.set("bl", [window, stack.about].filter(Boolean).join("\n"));
    const place = stack.planes?.places[index];
    const where = place === undefined ? "" : say("place-mm", { n: place.toFixed(1).replace("-", "−") });
    this.set("br", [say("zoom-n", { n: size.toFixed(2) }), where].filter(Boolean).join("\n"));
    this.orient(stack.planes ? viewport : undefined);
  }

  /** Letters of the sides, by how the picture lies on the screen now. */
  orient(viewport: Types.IViewport | undefined): void {
    const { clientWidth: wide, clientHeight: high } = this.canvas;
    const letters = (dx: number, dy: number): string => {
      if (!viewport || wide === 0) return "";
      const from = viewport.canvasToWorld([wide / 2, high / 2]);
      const to = viewport.canvasToWorld([wide / 2 + dx, high / 2 + dy]);
      return sides([to[0] - from[0], to[1] - from[1], to[2] - from[2]] as Vector);
    };
    this.set("ol", letters(-50, 0));
    this.set("or", letters(50, 0));
    this.set("ot", letters(0, -50));
    this.set("ob", letters(0, 50));
  }

  /** The slider: which pictures are loaded, and which one is wanted. */
  slider(index: number, loaded: Uint8Array): void {
    const count = Math.max(1, loaded.length);
    const bars: SVGRectElement[] = [];
    for (let from = 0; from < count;) {
      if (loaded[from] !== 1) { from += 1; continue; }
      let to = from;
      while (to < count && loaded[to] === 1) to += 1;
      bars.push(bar("have", (100 * from) / count, (100 * (to - from)) / count));
      from = to;
    }
    bars.push(bar("at", (100 * index) / count, Math.max(2.5, 100 / count)));
    this.marks.replaceChildren(...bars);
    this.slide.setAttribute("aria-valuenow", String(index + 1));
  }

  set(place: string, words: string): void {
    const element = this.over.get(place);
    if (element && element.textContent !== words) element.textContent = words;
  }

  private listen(): void {
    this.section.addEventListener("pointerdown", () => this.actions.activate(), { capture: true });
    this.section.addEventListener("focusin", () => this.actions.activate());
    this.section.addEventListener("contextmenu", (event) => event.preventDefault());
    this.section.addEventListener("wheel", (event) => {
      if (event.ctrlKey) return;
      event.preventDefault();
      this.actions.activate();
      this.wheel += event.deltaMode === 0 ? event.deltaY : event.deltaY * WHEEL_STEP;
      const steps = Math.trunc(this.wheel / WHEEL_STEP);
      this.wheel -= steps * WHEEL_STEP;
      if (steps !== 0) this.actions.scroll(steps);
    }, { passive: false });
    this.slide.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      this.slide.setPointerCapture(event.pointerId);
      this.toPointer(event);
    });
    this.slide.addEventListener("pointermove", (event) => {
      if (this.slide.hasPointerCapture(event.pointerId)) this.toPointer(event);
    });
  }

  private toPointer(event: PointerEvent): void {
    const box = this.slide.getBoundingClientRect();
    const share = (event.clientY - box.top) / Math.max(1, box.height);
    this.actions.goTo(Math.max(0, Math.min(this.count - 1, Math.floor(share * this.count))));
  }
}

function when(study: Study): string {
  if (!study.isPrior) return study.clock && say("taken-at", { time: study.clock });
  if (study.daysBefore === 0) return say("same-day");
  return say(study.daysBefore > 0 ? "days-before" : "days-after", { n: Math.abs(study.daysBefore) });
}

function bar(name: string, from: number, size: number): SVGRectElement {
  const rect = document.createElementNS(SVG, "rect");
  rect.setAttribute("class", name);
  rect.setAttribute("width", "8");
  rect.setAttribute("y", String(Math.min(from, 100 - Math.min(size, 100))));
  rect.setAttribute("height", String(size));
  return rect;
}
