// Cine: the active port's pictures one after another, at the rate that the device says.
import type { Stage } from "./stage";

const SLOWEST = 1;
const FASTEST = 60;

export class Cine {
  /** Pictures a second; 0 is the series' own rate. */
  rate = 0;
  private timer: number | undefined;

  constructor(private readonly stage: Stage, private readonly changed: () => void) {}

  get isRunning(): boolean {
    return this.timer !== undefined;
  }

  get pace(): number {
    return this.rate || this.stage.active?.stack?.framesPerSecond || 10;
  }

  toggle(): void {
    if (this.isRunning) this.stop();
    else this.start();
  }

  stop(): void {
    window.clearInterval(this.timer);
    this.timer = undefined;
    this.changed();
  }

  faster(by: number): void {
    this.rate = Math.max(SLOWEST, Math.min(FASTEST, this.pace + by));
    if (this.isRunning) this.start();
    this.changed();
  }

  private start(): void {
    window.clearInterval(this.timer);
    this.timer = window.setInterval(() => this.step(), 1000 / this.pace);
    this.changed();
  }

  /** The next picture; what is not loaded yet is waited for, not skipped. */
  private step(): void {
    const port = this.stage.active;
    const count = port?.stack?.pictures.length ?? 0;
    if (!port || count < 2) return this.stop();
    const next = (port.index + 1) % count;
    if (port.prefetch?.failed.has(next)) {
      this.stage.goTo(Math.min(next + 1, count - 1));
    } else if (port.prefetch?.loaded[next] === 1) {
      this.stage.goTo(next);
    } else {
      port.prefetch?.around(next);
    }
  }
}
