// Loads the pictures of a series around the one that is looked at, a few at a time.
import { Enums, cache, eventTarget, getShouldUseCPURendering, imageLoader } from "@cornerstonejs/core";
import type { Picture, Stack } from "./dicomweb";

/** Frames under way at once, of all series. */
const AT_ONCE = 4;
/** Decoded pictures that are kept, in bytes; the library forgets the oldest ones beyond. */
export const CACHE_BYTES = 768 * 1024 * 1024;
/** Share of it that pictures loaded ahead may take. */
const AHEAD_BYTES = CACHE_BYTES * 0.8;

/** Loads one picture. What was loaded before is at hand at once. A decoder may give back nothing,
 *  or a picture of another size, without an error: that is no picture. */
export async function load(picture: Picture, requestType = Enums.RequestType.Interaction): Promise<void> {
  const { imageId, rows, columns } = picture;
  const options = { useRGBA: getShouldUseCPURendering(), requestType, priority: 0 };
  const image = await imageLoader.loadAndCacheImage(imageId, options as never);
  const values = image.voxelManager?.getScalarDataLength() ?? 0;
  if (image.rows !== rows || image.columns !== columns || values < rows * columns) {
    cache.removeImageLoadObject(imageId);
    throw new Error(`${image.columns}×${image.rows}`);
  }
}

/** What of a series is loaded, and loading the rest. */
export class Prefetch {
  readonly loaded: Uint8Array;
  /** Why pictures could not be decoded, by their place. */
  readonly failed = new Map<number, string>();
  private underWay = 0;
  private at: number;
  private stopped = false;
  private readonly places = new Map<string, number>();
  private readonly forget: (event: Event) => void;

  constructor(private readonly stack: Stack, private readonly changed: () => void) {
    this.loaded = new Uint8Array(stack.pictures.length);
    this.at = stack.start;
    stack.pictures.forEach((picture, i) => {
      this.places.set(picture.imageId, i);
      if (cache.isLoaded(picture.imageId)) this.loaded[i] = 1;
    });
    this.forget = (event) => {
      const place = this.places.get((event as CustomEvent<{ imageId: string }>).detail.imageId);
      if (place !== undefined) this.loaded[place] = 0;
    };
    eventTarget.addEventListener(Enums.Events.IMAGE_CACHE_IMAGE_REMOVED, this.forget);
  }

  get count(): number {
    return this.loaded.reduce((sum, it) => sum + (it === 1 ? 1 : 0), 0);
  }

  /** Goes on around another picture. */
  around(index: number): void {
    this.at = index;
    this.fill();
  }

  stop(): void {
    this.stopped = true;
    eventTarget.removeEventListener(Enums.Events.IMAGE_CACHE_IMAGE_REMOVED, this.forget);
  }

  /** Loads the picture that is looked at; answers why it cannot be decoded, or nothing. */
  async want(index: number): Promise<string | undefined> {
    try {
      await load(this.stack.pictures[index]!);
      this.loaded[index] = 1;
      this.failed.delete(index);
      return undefined;
    } catch (error) {
      const reason = reasonOf(error);
      this.failed.set(index, reason);
      return reason;
    } finally {
      this.changed();
    }
  }

  private fill(): void {
    while (!this.stopped && this.underWay < AT_ONCE) {
      const next = this.next();
      if (next === undefined) return;
      this.underWay += 1;
      this.loaded[next] = 2;
      void load(this.stack.pictures[next]!, Enums.RequestType.Prefetch)
        .then(() => { this.loaded[next] = 1; })
        .catch((error: unknown) => {
          this.loaded[next] = 0;
          this.failed.set(next, reasonOf(error));
        })
        .finally(() => {
          this.underWay -= 1;
          if (this.stopped) return;
          this.changed();
          this.fill();
        });
    }
  }

  /** The nearest picture that is not loaded, as long as there is room. */
  private next(): number | undefined {
    if (cache.getCacheSize() > AHEAD_BYTES) return undefined;
    const count = this.loaded.length;
    for (let away = 0; away < count; away += 1) {
      for (const place of [this.at + away, this.at - away]) {
        if (place >= 0 && place < count && this.loaded[place] === 0 && !this.failed.has(place)) return place;
      }
    }
    return undefined;
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof XMLHttpRequest) return `HTTP ${error.status}`;
  const inner = (error as { error?: unknown } | undefined)?.error;
  if (inner !== undefined && inner !== error) return reasonOf(inner);
  return error instanceof Error ? error.message : String(error);
}
