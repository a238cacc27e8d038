// The graph of the flow-sheet: one chart per item and unit on a shared true time axis. The
// table beside it holds the same values; pointer and keys keep chart, table and the spoken
// value on the same collection time.
import uPlot from "uplot";
import { drawBands, drawPoints } from "./graph-marks";
import type { Chart, GraphData } from "./graph-data";

const HEIGHT_PX = 210;

const holder = document.getElementById("graph");
const source = document.getElementById("graph-data");
if (holder && source?.textContent) start(holder, JSON.parse(source.textContent) as GraphData);

function start(holder: HTMLElement, data: GraphData): void {
  const charts = data.charts.map((chart) => draw(holder, data, chart));
  const rows = [...document.querySelectorAll<HTMLTableRowElement>("#graph-table tbody tr")];
  const spoken = document.getElementById("graph-spoken");
  let at = -1;

  const show = (index: number, speak: boolean): void => {
    rows[at]?.classList.remove("sel");
    at = index;
    rows[at]?.classList.add("sel");
    if (speak && spoken) spoken.textContent = data.times[at]?.spoken ?? "";
  };
  const move = (index: number): void => {
    const time = data.times[index]?.t;
    if (time === undefined) return;
    for (const chart of charts) chart.setCursor({ left: chart.valToPos(time, "x"), top: -10 });
    show(index, true);
    reveal(rows[index]);
  };

  for (const chart of charts) {
    chart.over.addEventListener("mousemove", () => {
      const index = chart.cursor.idx;
      if (typeof index === "number" && index !== at) show(index, false);
    });
    chart.over.addEventListener("click", () => {
      if (at >= 0) rows[at]?.querySelector<HTMLAnchorElement>("a")?.click();
    });
  }
  // Time runs to the right in the graph; the rows are numbered in that order.
  const last = data.times.length - 1;
  holder.addEventListener("keydown", (event) => {
    const next = { ArrowLeft: at < 0 ? last : at - 1, ArrowRight: at < 0 ? 0 : at + 1, Home: 0, End: last }[event.key];
    if (event.key === "Enter" && at >= 0) rows[at]?.querySelector<HTMLAnchorElement>("a")?.click();
    if (next === undefined) return;
    event.preventDefault();
    move(Math.min(Math.max(next, 0), last));
  });
  window.addEventListener("resize", () => {
    for (const chart of charts) chart.setSize({ width: holder.clientWidth, height: HEIGHT_PX });
  });
}

function draw(holder: HTMLElement, data: GraphData, chart: Chart): uPlot {
  const colour = (name: string): string => getComputedStyle(holder).getPropertyValue(name).trim();
  const font = `12px ${getComputedStyle(document.body).fontFamily}`;
  const axis = { stroke: colour("--ink-2"), font, grid: { stroke: colour("--line"), width: 1 }, ticks: { show: false } };
  const title = document.createElement("h3");
  title.textContent = `${chart.title}　${chart.unit}`;
  const box = document.createElement("div");
  holder.append(title, box);
  const values = chart.values.map((value) => (value === null ? null : value));
  return new uPlot(
    {
      width: holder.clientWidth,
      height: HEIGHT_PX,
      legend: { show: false },
      cursor: { sync: { key: "labs" }, drag: { x: false, y: false }, points: { show: false } },
      scales: { x: { time: true, range: (_, low, high) => padded(low, high) }, y: { range: (_, low, high) => heightOf(chart, low, high) } },
      axes: [
        { ...axis, values: (_, splits, __, ___, step) => splits.map((t) => dateLabel(t, step)) },
        { ...axis, size: 56 },
      ],
      series: [{}, { stroke: colour("--ctl"), width: 1.4, spanGaps: true, points: { show: false } }],
      hooks: {
        drawAxes: [(plot) => drawBands(plot, data, chart, colour)],
        draw: [(plot) => drawPoints(plot, data, chart, colour)],
      },
      tzDate: (t) => uPlot.tzDate(new Date(t * 1000), "Asia/Tokyo"),
    },
    [data.times.map((time) => time.t), values],
    box,
  );
}

/** Brings a row into view within the table's own scroll area: the page itself stays. */
function reveal(row: HTMLElement | undefined): void {
  const area = row?.closest<HTMLElement>(".graph-rows");
  if (!row || !area) return;
  const [top, bottom] = [row.offsetTop - 40, row.offsetTop + row.offsetHeight];
  if (top < area.scrollTop) area.scrollTop = top;
  else if (bottom > area.scrollTop + area.clientHeight) area.scrollTop = bottom - area.clientHeight;
}

/** A day of air on both sides, so that a point never sits on the edge. */
function padded(low: number, high: number): [number, number] {
  const air = Math.max((high - low) * 0.04, 86_400);
  return [low - air, high + air];
}

/** The scale shows the values and the ends of the reference ranges that lie near them. */
function heightOf(chart: Chart, low: number, high: number): [number, number] {
  let [from, to] = [low, high];
  const span = Math.max(high - low, Math.abs(high) * 0.1, 1e-6);
  for (const range of chart.ranges) {
    if (range.low !== null && range.low > low - 2 * span) from = Math.min(from, range.low);
    if (range.high !== null && range.high < high + 2 * span) to = Math.max(to, range.high);
  }
  const air = Math.max(to - from, span) * 0.12;
  return [from - air, to + air];
}

function dateLabel(t: number, step: number): string {
  const japan = new Date((t + 9 * 3600) * 1000);
  const year = japan.getUTCFullYear();
  const month = japan.getUTCMonth() + 1;
  const day = japan.getUTCDate();
  if (step >= 360 * 86_400) return `${year}`;
  if (step >= 28 * 86_400) return month === 1 ? `${year}/1` : `${year % 100}/${month}`;
  return `${month}/${day}`;
}
