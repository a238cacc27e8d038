// What moves together: place, window and zoom of the ports.
import { matching } from "./geometry";
import type { Port } from "./port";

export class Link {
  place = true;
  window = true;
  zoom = false;
  /** Pictures by which a prior is moved against the page's own study. */
  offset = 0;
  private isFollowing = false;

  /** Brings the other ports to the place of one. */
  follow(led: Port, ports: readonly Port[]): void {
    if (!this.place || !led.stack) return;
    for (const port of ports) {
      if (port === led || !port.stack) continue;
      const offset = this.offsetOf(port) - this.offsetOf(led);
      const index = matching(led.stack.planes, led.index, port.stack.planes, port.stack.pictures.length, offset);
      if (index !== port.index) port.show(index);
    }
  }

  /** Gives the other ports of the same kind the window of one. */
  sameWindow(led: Port, ports: readonly Port[]): void {
    this.once(() => {
      const voi = led.voi;
      if (!this.window || !voi || !led.stack) return;
      for (const port of ports) {
        const isSameKind = port.stack?.series.modality === led.stack.series.modality;
        if (port !== led && isSameKind && port.isDrawn && led.stack.series.modality === "CT") port.setVoi(voi);
      }
    });
  }

  sameZoom(led: Port, ports: readonly Port[]): void {
    this.once(() => {
      if (!this.zoom || !led.isDrawn) return;
      const [size, pan] = [led.size, led.viewport.getPan()];
      for (const port of ports) {
        if (port === led || !port.isDrawn) continue;
        port.viewport.setPan(pan);
        port.setSize(size);
      }
    });
  }

  private offsetOf(port: Port): number {
    return port.stack?.study.isPrior ? this.offset : 0;
  }

  /** What a port is told by another is not told on. */
  private once(act: () => void): void {
    if (this.isFollowing) return;
    this.isFollowing = true;
    try {
      act();
    } finally {
      this.isFollowing = false;
    }
  }
}
