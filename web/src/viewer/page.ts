// What the server tells the viewer in the page: the study, its series, and the words to show.

/** A facility as its mark shows it. */
export interface Facility {
  short: string;
  mark: string;
}

/** A series with pictures. `start` is the instance that its small picture shows. */
export interface SeriesHead {
  uid: string;
  number: string;
  description: string;
  modality: string;
  images: number;
  start: string;
}

/** A study that can be opened. */
export interface Study {
  uid: string;
  title: string;
  modality: string;
  date: string;
  clock: string;
  /** Whether it is another study than the page's own. */
  isPrior: boolean;
  /** Days from it to the page's own; negative where it is later. */
  daysBefore: number;
  facility: Facility;
  series: SeriesHead[];
}

/** The page's data. */
export interface Page {
  study: Study;
  /** Address of the worker that decodes frames, and of the folder of its WebAssembly. */
  worker: string;
  codecs: string;
  singleKeys: boolean;
  words: Record<string, string>;
}

let words: Record<string, string> = {};

/** Reads the page's data; undefined where the page shows no pictures. */
export function readPage(): Page | undefined {
  const text = document.getElementById("viewer")?.dataset["page"];
  if (!text) return undefined;
  const page = JSON.parse(text) as Page;
  words = page.words;
  return page;
}

/** The words of a key in the page's language, with `{name}` replaced. */
export function say(key: string, values: Record<string, string | number> = {}): string {
  const text = words[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** An element with a class and a text. */
export function make<K extends keyof HTMLElementTagNameMap>(tag: K, name = "", text = ""): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (name) element.className = name;
  if (text) element.textContent = text;
  return element;
}
