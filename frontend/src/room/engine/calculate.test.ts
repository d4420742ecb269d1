// The calculator reckons as in school, in both scripts, and says nothing where there is nothing to reckon.
import { expect, it } from "vitest";
import { placeOf } from "../router";
import { calculate } from "./calculate";

it.each([
  ["1+2×3", 7],
  ["(1+2)×3", 9],
  ["-2^2", -4],
  ["2^-1", 0.5],
  ["১২÷৪", 3],
  ["1,234 + 1", 1235],
  ["50%×8", 4],
  ["√(9)+π-π", 3],
  ["", null],
  ["1/0", null],
  ["2+", null],
  ["alert(1)", null],
])("%s = %s", (text, value) => {
  expect(calculate(text)).toEqual(value);
});

it.each([
  ["/room", { at: "list" }],
  ["/room/exams/7", { at: "exam", id: 7 }],
  ["/room/sittings/7", { at: "sitting", id: 7 }],
  ["/room/sittings/7/after", { at: "after", id: 7 }],
  ["/room/practice", { at: "practice" }],
  ["/room/exams/x", { at: "nowhere" }],
])("%s is a place", (path, place) => {
  expect(placeOf(path)).toEqual(place);
});
