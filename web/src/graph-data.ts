// What the server writes into the page for the graph.

export interface GraphData {
  /** Collection times, old to new. */
  times: { t: number; spoken: string }[];
  facilities: { colour: number; shape: "sq" | "di" | "ci" }[];
  charts: Chart[];
}

export interface Chart {
  title: string;
  unit: string;
  /** One per collection time; null where nothing was measured or the value is no number. */
  values: (number | null)[];
  /** Index into `facilities` for each value. */
  by: number[];
  ranges: { by: number; low: number | null; high: number | null }[];
}
