// Tiles on the wall: sizes and which are drawn.
import { describe, expect, it } from "vitest";
import { densityFor, DENSITIES, gridOf, rowsOnScreen, wallHeight } from "./wallLayout";

describe("gridOf", () => {
  it("puts the asked number in view on a large screen and never squeezes a name on a phone", () => {
    for (const density of DENSITIES) {
      const { columns, tileWidth } = gridOf(density, 1880, 900);
      expect(columns).toBeGreaterThanOrEqual(Math.sqrt(density));
      expect(columns * tileWidth).toBeLessThanOrEqual(1880);
      expect(gridOf(density, 366, 700).tileWidth).toBeGreaterThanOrEqual(150);
    }
    expect(gridOf(25, 366, 700).columns).toBe(2);
  });
});

describe("densityFor", () => {
  it("makes tiles larger where few sit, never smaller than wanted", () => {
    expect([1, 4, 5, 12, 16, 300].map((students) => densityFor(16, students))).toEqual([4, 4, 9, 16, 16, 16]);
    expect(densityFor(4, 300)).toBe(4);
  });
});

describe("rowsOnScreen", () => {
  const grid = gridOf(16, 1200, 800);

  it("draws what is seen and one row around it, of however many", () => {
    const { first, last } = rowsOnScreen(grid, 300, -3000, 800);
    expect(first).toBeGreaterThan(0);
    expect((last - first + 1) * grid.columns).toBeLessThan(60);
  });

  it("stays within the wall", () => {
    expect(rowsOnScreen(grid, 3, 200, 800)).toEqual({ first: 0, last: 0 });
    const all = Math.ceil(300 / grid.columns);
    expect(rowsOnScreen(grid, 300, -100_000, 800).last).toBe(all - 1);
    expect(wallHeight(grid, 0)).toBe(0);
  });
});
