// Where tiles lie: how many in a row, how high, and which rows are on screen.

export const DENSITIES = [4, 9, 16, 25] as const;
export type Density = (typeof DENSITIES)[number];

export function isDensity(value: unknown): value is Density {
  return DENSITIES.includes(value as Density);
}

/** As many tiles as somebody wants to see, but no smaller than so few students need. */
export function densityFor(wanted: Density, students: number): Density {
  return DENSITIES.find((one) => one >= students || one === wanted) ?? wanted;
}

export const GAP = 12;
/** A name and a trust score need at least this much. */
const NARROWEST = 150;
/** Below the picture: name, two lines of figures, one of what is going on. */
const WORDS = { 4: 138, 9: 138, 16: 138, 25: 138 } as const;

export type Grid = { columns: number; tileWidth: number; rowHeight: number };

/** `width` and `height` of what can be seen, px: as many tiles as asked for, as large as fits. */
export function gridOf(density: Density, width: number, height: number): Grid {
  const wanted = Math.sqrt(density);
  const columns = Math.max(1, Math.min(wanted, Math.floor((width + GAP) / (NARROWEST + GAP))));
  const byWidth = (width - GAP * (columns - 1)) / columns;
  // On a flat screen the rows, not the columns, decide how large a picture may be.
  const byHeight = Math.max(NARROWEST, ((height - GAP * (wanted - 1)) / wanted - WORDS[density]) * (4 / 3));
  const tileWidth = Math.floor(columns < wanted ? byWidth : Math.min(byWidth, Math.max(byHeight, byWidth * 0.55)));
  const fitting = Math.max(columns, Math.floor((width + GAP) / (tileWidth + GAP)));
  const shared = Math.floor((width - GAP * (fitting - 1)) / fitting);
  return { columns: fitting, tileWidth: shared, rowHeight: Math.round(shared * 0.75) + WORDS[density] };
}

export type Rows = { first: number; last: number };

/** `top`: distance of the wall's upper edge from the window's, px; one more row on either side is drawn. */
export function rowsOnScreen(grid: Grid, count: number, top: number, windowHeight: number): Rows {
  const all = Math.ceil(count / grid.columns);
  const step = grid.rowHeight + GAP;
  const first = Math.max(0, Math.floor(-top / step) - 1);
  const last = Math.min(all - 1, Math.floor((windowHeight - top) / step) + 1);
  return { first: Math.min(first, Math.max(0, all - 1)), last: Math.max(last, 0) };
}

export function wallHeight(grid: Grid, count: number): number {
  const rows = Math.ceil(count / grid.columns);
  return Math.max(0, rows * (grid.rowHeight + GAP) - GAP);
}
