// Where the pictures of a series lie in the patient (PS3.3 C.7.6.2, image plane).

export type Vector = readonly [number, number, number];

/** The planes of a series' pictures in their order, where all of them are parallel. */
export interface Planes {
  /** Normal of the planes. */
  normal: Vector;
  /** Place of each picture along the normal in mm. */
  places: number[];
  /** Frame of Reference UID; pictures of one and the same share an origin. */
  frame: string;
}

export interface Plane {
  position: Vector;
  orientation: readonly number[];
}

/** Pictures further from parallel than this are not one stack. */
const PARALLEL = 0.999;
/** Planes of two series that are linked may lean this much. */
const LINKED = 0.9;
/** Differences of distance within a regular stack, as a share of the distance. */
const REGULAR = 0.02;

export function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/** The normal of an image orientation: rows by columns. */
export function normalOf(orientation: readonly number[]): Vector | undefined {
  if (orientation.length !== 6 || orientation.some((it) => !Number.isFinite(it))) return undefined;
  const [a, b, c, d, e, f] = orientation as [number, number, number, number, number, number];
  const cross: Vector = [b * f - c * e, c * d - a * f, a * e - b * d];
  const size = Math.sqrt(dot(cross, cross));
  return size > 0.5 ? [cross[0] / size, cross[1] / size, cross[2] / size] : undefined;
}

/** The planes of pictures; undefined where one has none or they are not parallel. */
export function planesOf(pictures: readonly (Plane | undefined)[], frame: string): Planes | undefined {
  const first = pictures[0];
  const normal = first && normalOf(first.orientation);
  if (!normal) return undefined;
  const places: number[] = [];
  for (const picture of pictures) {
    const own = picture && normalOf(picture.orientation);
    if (!picture || !own || Math.abs(dot(own, normal)) < PARALLEL) return undefined;
    places.push(dot(picture.position, normal));
  }
  return { normal, places, frame };
}

/** Whether the planes lie at even distances, so that a volume can be cut across them. */
export function isRegular(planes: Planes | undefined): boolean {
  if (!planes || planes.places.length < 3) return false;
  const sorted = [...planes.places].sort((a, b) => a - b);
  const step = (sorted[sorted.length - 1]! - sorted[0]!) / (sorted.length - 1);
  if (step <= 0.01) return false;
  return sorted.every((place, i) => Math.abs(place - sorted[0]! - step * i) <= step * REGULAR + 0.01);
}

/** The picture of `other` that lies where picture `index` of `own` does, moved by `offset` pictures.
 *  Series of one frame of reference meet where they are; of others, by the middle of both. Series
 *  without planes meet by their numbers. */
export function matching(own: Planes | undefined, index: number, other: Planes | undefined, count: number, offset: number): number {
  const clamp = (place: number): number => Math.max(0, Math.min(count - 1, place));
  if (!own || !other) return clamp(index + offset);
  const lean = dot(own.normal, other.normal);
  if (Math.abs(lean) < LINKED) return clamp(index + offset);
  const here = own.places[index] ?? 0;
  const along = Math.sign(lean);
  const isSame = own.frame !== "" && own.frame === other.frame;
  const wanted = isSame ? here * along : (here - middle(own.places)) * along + middle(other.places);
  let best = 0;
  other.places.forEach((place, i) => {
    if (Math.abs(place - wanted) < Math.abs(other.places[best]! - wanted)) best = i;
  });
  return clamp(best + offset);
}

function middle(places: readonly number[]): number {
  return (Math.min(...places) + Math.max(...places)) / 2;
}

/** The sides of a direction in the patient, nearest first: `R`, `LA`; PS3.3 C.7.6.1.1.1. */
export function sides(direction: Vector): string {
  const names = [["R", "L"], ["A", "P"], ["F", "H"]] as const;
  const size = Math.sqrt(dot(direction, direction));
  if (size === 0) return "";
  const parts = direction.map((it, axis) => ({ share: Math.abs(it) / size, name: names[axis]![it > 0 ? 1 : 0] }));
  return parts.filter((it) => it.share > 0.3).sort((a, b) => b.share - a.share).slice(0, 2).map((it) => it.name).join("");
}
