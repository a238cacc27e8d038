// Window presets of CT in Hounsfield units, by the keys 1 to 9.

export interface Preset {
  key: string;
  /** Key of its word. */
  word: string;
  width: number;
  center: number;
}

export const PRESETS: readonly Preset[] = [
  { key: "1", word: "window-brain", width: 80, center: 40 },
  { key: "2", word: "window-bone", width: 2500, center: 480 },
  { key: "3", word: "window-lung", width: 1500, center: -600 },
  { key: "4", word: "window-abdomen", width: 400, center: 40 },
  { key: "5", word: "window-mediastinum", width: 350, center: 50 },
  { key: "6", word: "window-liver", width: 150, center: 60 },
  { key: "7", word: "window-vessels", width: 600, center: 200 },
  { key: "8", word: "window-spine", width: 300, center: 40 },
  { key: "9", word: "window-stroke", width: 40, center: 40 },
];

/** Presets have a button as far as there is room; all of them have a key. */
export const SHOWN_PRESETS = 5;

export interface Voi {
  width: number;
  center: number;
}

/** The values that a window spans, by the linear function of PS3.3 C.11.2.1.2.1. */
export function range(voi: Voi): { lower: number; upper: number } {
  return { lower: voi.center - 0.5 - (voi.width - 1) / 2, upper: voi.center - 0.5 + (voi.width - 1) / 2 };
}

export function voiOf(range: { lower: number; upper: number }): Voi {
  return { width: range.upper - range.lower + 1, center: (range.upper + range.lower + 1) / 2 };
}
