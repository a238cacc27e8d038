// The stage: which ports there are, what stands in them, and which one is acted on.
import { RenderingEngine } from "@cornerstonejs/core";
import { type Stack, readStack } from "./dicomweb";
import { Link } from "./link";
import { type Study, make, say } from "./page";
import { Port } from "./port";
import * as tools from "./tools";
import type { Voi } from "./windows";

export const ENGINE = "musubi";

/** How many ports there are. */
export type Layout = 1 | 2 | 4;

export class Stage {
  readonly engine = new RenderingEngine(ENGINE);
  readonly link = new Link();
  ports: Port[] = [];
  active: Port | undefined;
  layout: Layout = 1;
  /** The study that was opened beside the page's own. */
  prior: Study | undefined;
  private made = 0;
  private readonly stacks = new Map<string, Promise<Stack>>();
  private readonly listeners: (() => void)[] = [];
  private readonly voiListeners: (() => void)[] = [];

  /** The library's canvases must have the size that they are shown in: else what is measured on
   *  them is measured wrong. */
  private readonly sizes = new ResizeObserver(() => this.engine.resize(true, true));

  constructor(readonly place: HTMLElement, readonly current: Study) {}

  /** Keeps a canvas as large as its place, until the stage is cleared. */
  keepSize(canvas: HTMLElement): void {
    this.sizes.observe(canvas);
  }

  /** Calls back whenever what is shown or acted on changes. */
  onChange(listener: () => void): void {
    this.listeners.push(listener);
  }

  /** Calls back whenever a window changes. */
  onVoi(listener: () => void): void {
    this.voiListeners.push(listener);
  }

  changed(): void {
    for (const listener of this.listeners) listener();
  }

  /** Arranges the ports anew: the prior stands left of the page's own study. */
  arrange(layout: Layout): void {
    const kept = this.active?.stack;
    this.layout = layout;
    this.clear();
    this.place.className = `ports n${layout}`;
    const wanted = this.wanted(layout);
    this.ports = Array.from({ length: layout }, () => this.port());
    for (const port of this.ports) this.place.append(port.frame.section);
    for (const port of this.ports) {
      port.enable();
      this.keepSize(port.frame.canvas);
      tools.join(port.id, ENGINE);
    }
    this.ports.forEach((port, i) => {
      const [study, place] = wanted[i] ?? [];
      if (study && place !== undefined) void this.open(port, study, place);
    });
    const last = kept && wanted.findIndex(([study]) => study?.uid === kept.study.uid);
    this.activate(this.ports[last !== undefined && last >= 0 ? last : this.ports.length === 2 && this.prior ? 1 : 0]!);
  }

  /** Takes every port away, for what draws by itself. */
  clear(): void {
    for (const port of this.ports) {
      tools.leave(port.id, ENGINE);
      port.close();
    }
    this.sizes.disconnect();
    this.ports = [];
    this.active = undefined;
    this.place.replaceChildren();
  }

  /** Opens a series of a study in a port. */
  async open(port: Port, study: Study, series: number): Promise<void> {
    const head = study.series[series];
    if (!head) return;
    try {
      const stack = await this.read(study, series);
      if (!this.ports.includes(port)) return;
      port.open(stack);
    } catch (error) {
      this.stacks.delete(`${study.uid} ${head.uid}`);
      port.frame.quality("wait", say("quality-failed", { reason: error instanceof Error ? error.message : String(error) }));
      port.frame.section.append(make("p", "o tl", say("series-failed")));
    }
    this.changed();
  }

  read(study: Study, series: number): Promise<Stack> {
    const head = study.series[series]!;
    const key = `${study.uid} ${head.uid}`;
    const known = this.stacks.get(key) ?? readStack(study, head);
    this.stacks.set(key, known);
    return known;
  }

  /** The next or former series of the active port's study. */
  stepSeries(by: number): void {
    const port = this.active;
    const stack = port?.stack;
    if (!port || !stack) return;
    const { study } = stack;
    const place = study.series.findIndex((it) => it.uid === stack.series.uid) + by;
    if (study.series[place]) void this.open(port, study, place);
  }

  /** Shows a prior study left of the page's own. */
  async compare(prior: Study): Promise<void> {
    this.prior = prior;
    if (this.layout === 1) {
      this.arrange(2);
    } else {
      await this.open(this.ports[0]!, prior, this.like(prior));
    }
  }

  activate(port: Port): void {
    if (this.active === port) return;
    this.active = port;
    for (const one of this.ports) one.frame.section.classList.toggle("active", one === port);
    this.changed();
  }

  /** Moves the active port, and the others with it where they are linked. */
  scroll(by: number): void {
    const port = this.active;
    if (!port) return;
    port.scroll(by);
    this.link.follow(port, this.ports);
  }

  goTo(index: number): void {
    const port = this.active;
    if (!port) return;
    port.show(index < 0 ? (port.stack?.pictures.length ?? 1) - 1 : index);
    this.link.follow(port, this.ports);
  }

  setVoi(voi: Voi | undefined): void {
    this.active?.setVoi(voi);
  }

  /** Which studies and series stand in the ports of a layout. */
  private wanted(layout: Layout): [Study | undefined, number | undefined][] {
    const { current, prior } = this;
    const shown = this.active?.stack;
    const first = shown?.study === current ? Math.max(0, current.series.findIndex((it) => it.uid === shown.series.uid)) : 0;
    if (layout === 1) return [[current, first]];
    if (layout === 2) return prior ? [[prior, this.like(prior)], [current, first]] : [[current, first], [current, first + 1]];
    const own: [Study, number][] = [0, 1, 2, 3].map((i) => [current, i]);
    return prior ? [[prior, this.like(prior)], ...own.slice(0, 3)] : own;
  }

  /** The series of a prior that is most like what is looked at: same kind, then same name. */
  private like(prior: Study): number {
    const own = (this.active?.stack?.series ?? this.current.series[0])!;
    const score = (series: Study["series"][number]): number =>
      (series.modality === own.modality ? 4 : 0) + (series.description === own.description ? 2 : 0) + (series.images > 1 === own.images > 1 ? 1 : 0);
    const scores = prior.series.map(score);
    return Math.max(0, scores.indexOf(Math.max(...scores)));
  }

  private port(): Port {
    const port = new Port(`port-${(this.made += 1)}`, this.engine, {
      activated: (it) => this.activate(it),
      scrolled: (it) => this.link.follow(it, this.ports),
      voiChanged: (it) => {
        this.link.sameWindow(it, this.ports);
        for (const listener of this.voiListeners) listener();
      },
      cameraChanged: (it) => this.link.sameZoom(it, this.ports),
      loaded: () => undefined,
    });
    return port;
  }
}
