// Points by facility (colour and shape) and the reference ranges behind them.
import type uPlot from "uplot";
import type { Chart, GraphData } from "./graph-data";

type Colour = (name: string) => string;

export function drawBands(plot: uPlot, data: GraphData, chart: Chart, colour: Colour): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  chart.ranges.forEach((range, place) => {
    const top = range.high === null ? bbox.top : plot.valToPos(range.high, "y", true);
    const bottom = range.low === null ? bbox.top + bbox.height : plot.valToPos(range.low, "y", true);
    if (place === 0) {
      ctx.globalAlpha = 0.12;
      ctx.fillStyle = colour("--ok");
      ctx.fillRect(bbox.left, top, bbox.width, bottom - top);
      ctx.globalAlpha = 1;
      return;
    }
    ctx.strokeStyle = facilityColour(data, range.by, colour);
    ctx.setLineDash([4 * devicePixelRatio, 3 * devicePixelRatio]);
    for (const end of [range.high === null ? null : top, range.low === null ? null : bottom]) {
      if (end === null) continue;
      ctx.beginPath();
      ctx.moveTo(bbox.left, end);
      ctx.lineTo(bbox.left + bbox.width, end);
      ctx.stroke();
    }
    ctx.setLineDash([]);
  });
  ctx.restore();
}

export function drawPoints(plot: uPlot, data: GraphData, chart: Chart, colour: Colour): void {
  const { ctx } = plot;
  const r = 4.5 * devicePixelRatio;
  ctx.save();
  ctx.lineWidth = 1.5 * devicePixelRatio;
  ctx.strokeStyle = colour("--bg");
  chart.values.forEach((value, index) => {
    const time = data.times[index];
    if (value === null || !time) return;
    const x = plot.valToPos(time.t, "x", true);
    const y = plot.valToPos(value, "y", true);
    const by = chart.by[index] ?? 0;
    ctx.fillStyle = facilityColour(data, by, colour);
    ctx.beginPath();
    shape(ctx, data.facilities[by]?.shape ?? "ci", x, y, r);
    ctx.fill();
    ctx.stroke();
  });
  ctx.restore();
}

function shape(ctx: CanvasRenderingContext2D, name: string, x: number, y: number, r: number): void {
  if (name === "sq") ctx.rect(x - r, y - r, 2 * r, 2 * r);
  else if (name === "ci") ctx.arc(x, y, r * 1.1, 0, 2 * Math.PI);
  else {
    ctx.moveTo(x, y - r * 1.35);
    ctx.lineTo(x + r * 1.35, y);
    ctx.lineTo(x, y + r * 1.35);
    ctx.lineTo(x - r * 1.35, y);
    ctx.closePath();
  }
}

function facilityColour(data: GraphData, by: number, colour: Colour): string {
  return colour(`--f${data.facilities[by]?.colour ?? 1}`);
}
