// DICOMweb of our own server (PS3.18 §10): the pictures of a series and where each of them is.
import { wadors } from "@cornerstonejs/dicom-image-loader";
import { type Plane, type Planes, type Vector, planesOf } from "./geometry";
import type { SeriesHead, Study } from "./page";

type Element = { vr?: string; Value?: unknown[] };
type Instance = Record<string, Element>;

/** One picture: a frame of an instance. */
export interface Picture {
  imageId: string;
  instance: string;
  frame: number;
  rows: number;
  columns: number;
}

/** The pictures of a series in their order. */
export interface Stack {
  study: Study;
  series: SeriesHead;
  pictures: Picture[];
  planes: Planes | undefined;
  /** The picture to begin with. */
  start: number;
  framesPerSecond: number;
  /** Thickness and tube voltage, as they are shown beneath a picture; empty where not said. */
  about: string;
}

/** Beyond this many pictures a series is shown in parts. */
export const SERIES_PICTURES = 5_000;
const PREVIEW_SIZES = [512, 1024];
const CINE_DEFAULT = 10;
const CINE_MOST = 60;

export function seriesAddress(study: string, series: string): string {
  return `/dicomweb/studies/${study}/series/${series}`;
}

/** The server's own picture of a frame: what is seen first, and all that is seen where the frame
 *  itself cannot be decoded here. */
export function previewAddress(stack: Stack, index: number, edge: number, window?: { center: number; width: number }): string {
  const picture = stack.pictures[index]!;
  const size = PREVIEW_SIZES.find((it) => it >= edge) ?? PREVIEW_SIZES[PREVIEW_SIZES.length - 1]!;
  const voi = window ? `&window=${round(window.center)},${round(window.width)},LINEAR` : "";
  const frame = picture.frame > 1 ? `/frames/${picture.frame}` : "";
  return `${seriesAddress(stack.study.uid, stack.series.uid)}/instances/${picture.instance}${frame}/rendered?viewport=${size},${size}${voi}`;
}

const round = (it: number): number => Math.round(it * 10) / 10;

/** Reads a series: its metadata are handed to the library, which asks for frames by itself. */
export async function readStack(study: Study, series: SeriesHead): Promise<Stack> {
  const address = seriesAddress(study.uid, series.uid);
  const answer = await fetch(`${address}/metadata`, { headers: { Accept: "application/dicom+json" } });
  if (!answer.ok) throw new Error(`${answer.status}`);
  const instances = ((await answer.json()) as Instance[]).filter((it) => number(it, "00280010") > 0).sort(byNumber);
  const pictures: Picture[] = [];
  const planes: (Plane | undefined)[] = [];
  for (const instance of instances) {
    const uid = text(instance, "00080018");
    const frames = Math.max(1, number(instance, "00280008") || 1);
    for (let frame = 1; frame <= frames && pictures.length < SERIES_PICTURES; frame += 1) {
      const imageId = `wadors:${location.origin}${address}/instances/${uid}/frames/${frame}`;
      // Of an instance of several frames the library takes those of the first one.
      if (frame === 1) wadors.metaDataManager.add(imageId, instance as never);
      pictures.push({ imageId, instance: uid, frame, rows: number(instance, "00280010"), columns: number(instance, "00280011") });
      planes.push(frames === 1 ? planeOf(instance) : undefined);
    }
  }
  const first = instances[0] ?? {};
  return {
    study, series, pictures,
    planes: planesOf(planes, text(first, "00200052")),
    start: Math.max(0, pictures.findIndex((it) => it.instance === series.start)),
    framesPerSecond: framesPerSecond(first),
    about: about(first),
  };
}

function byNumber(a: Instance, b: Instance): number {
  return number(a, "00200013") - number(b, "00200013") || text(a, "00080018").localeCompare(text(b, "00080018"));
}

function planeOf(instance: Instance): Plane | undefined {
  const position = numbers(instance, "00200032");
  const orientation = numbers(instance, "00200037");
  if (position.length !== 3 || orientation.length !== 6) return undefined;
  return { position: position as unknown as Vector, orientation };
}

/** Cine rate by PS3.3 C.7.6.5: frame time in ms, cine rate, recommended rate. */
function framesPerSecond(instance: Instance): number {
  const time = number(instance, "00181063");
  const rate = number(instance, "00180040") || number(instance, "00082144") || (time > 0 ? 1000 / time : CINE_DEFAULT);
  return Math.max(1, Math.min(CINE_MOST, Math.round(rate)));
}

function about(instance: Instance): string {
  const thickness = number(instance, "00180050");
  const voltage = number(instance, "00180060");
  return [thickness > 0 ? `${round(thickness)} mm` : "", voltage > 0 ? `${round(voltage)} kV` : ""].filter(Boolean).join("　");
}

function numbers(instance: Instance, tag: string): number[] {
  return (instance[tag]?.Value ?? []).map(Number);
}

function number(instance: Instance, tag: string): number {
  const value = numbers(instance, tag)[0];
  return value !== undefined && Number.isFinite(value) ? value : 0;
}

function text(instance: Instance, tag: string): string {
  return String(instance[tag]?.Value?.[0] ?? "");
}
