// Where pictures lie in the patient, and which of another series belongs beside one.
import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const source = join(dirname(fileURLToPath(import.meta.url)), "../src/viewer/geometry.ts");
const AXIAL = [1, 0, 0, 0, 1, 0];

let geometry;

before(async () => {
  const made = await build({ entryPoints: [source], bundle: true, write: false, format: "esm" });
  geometry = await import(`data:text/javascript;base64,${Buffer.from(made.outputFiles[0].contents).toString("base64")}`);
});

/** Axial planes at places in mm. */
function planes(places, frame = "1") {
  return geometry.planesOf(places.map((z) => ({ position: [0, 0, z], orientation: AXIAL })), frame);
}

const steps = (from, step, count) => Array.from({ length: count }, (_, i) => from + step * i);

describe("places of pictures", () => {
  test("one frame of reference meets where it is, whatever the order and the distance", () => {
    const own = planes(steps(0, 5, 20));
    const thin = planes(steps(-50, 1, 200));
    const turned = planes(steps(95, -5, 20));
    assert.equal(geometry.matching(own, 4, thin, 200, 0), 70);
    assert.equal(geometry.matching(own, 4, turned, 20, 0), 15);
    assert.equal(geometry.matching(own, 4, turned, 20, 2), 17);
  });

  test("other frames of reference meet by their middles, moved by the offset", () => {
    const own = planes(steps(0, 5, 41));
    const prior = planes(steps(1_000, 5, 39), "2");
    assert.equal(geometry.matching(own, 20, prior, 39, 0), 19);
    assert.equal(geometry.matching(own, 25, prior, 39, 0), 24);
    assert.equal(geometry.matching(own, 25, prior, 39, -3), 21);
    assert.equal(geometry.matching(own, 40, prior, 39, 5), 38, "never beyond the last");
  });

  test("without places, or across another plane, numbers meet", () => {
    const own = planes(steps(0, 5, 20));
    const sagittal = geometry.planesOf(steps(0, 5, 20).map((x) => ({ position: [x, 0, 0], orientation: [0, 1, 0, 0, 0, -1] })), "1");
    assert.equal(geometry.matching(own, 7, sagittal, 20, 1), 8);
    assert.equal(geometry.matching(undefined, 7, own, 20, 0), 7);
    assert.equal(geometry.matching(own, 19, undefined, 5, 0), 4);
  });

  test("only even distances can be cut across", () => {
    assert.equal(geometry.isRegular(planes(steps(0, 2.5, 30))), true);
    assert.equal(geometry.isRegular(planes(steps(30, -2.5, 30))), true);
    assert.equal(geometry.isRegular(planes([0, 2.5, 5, 10, 12.5])), false, "one is missing");
    assert.equal(geometry.isRegular(planes([0, 5])), false, "two are no volume");
    assert.equal(geometry.isRegular(planes([0, 0, 0, 0])), false, "one place");
    assert.equal(geometry.isRegular(undefined), false);
  });

  test("pictures that are not parallel, or say nothing, are no stack", () => {
    const leaning = { position: [0, 0, 5], orientation: [1, 0, 0, 0, 0.9, 0.43] };
    assert.equal(geometry.planesOf([{ position: [0, 0, 0], orientation: AXIAL }, leaning], "1"), undefined);
    assert.equal(geometry.planesOf([{ position: [0, 0, 0], orientation: AXIAL }, undefined], "1"), undefined);
    assert.equal(geometry.planesOf([{ position: [0, 0, 0], orientation: [0, 0, 0, 0, 0, 0] }], "1"), undefined);
    assert.equal(geometry.planesOf([], "1"), undefined);
  });

  test("sides have their letters, oblique ones two", () => {
    assert.equal(geometry.sides([-1, 0, 0]), "R");
    assert.equal(geometry.sides([0, 3, 0]), "P");
    assert.equal(geometry.sides([0, 0, 2]), "H");
    assert.equal(geometry.sides([0.8, -0.6, 0]), "LA");
    assert.equal(geometry.sides([0, 0, 0]), "");
  });
});
