// All sittings as tiles, the ones that need a look first; only what is on screen is drawn.
import { useElementSize } from "@mantine/hooks";
import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { attentionOrder, heldOrder } from "./attention";
import type { SittingWithViolations } from "./messages";
import type { Pictures } from "./pictures";
import { Tile } from "./Tile";
import classes from "./Wall.module.css";
import { type Density, GAP, gridOf, type Grid, type Rows, rowsOnScreen, wallHeight } from "./wallLayout";

type WallProps = {
  sittings: readonly SittingWithViolations[];
  pictures: Pictures;
  clockOffset: number;
  density: Density;
  scored: boolean;
  selected: number | null;
  onSelect: (sittingId: number | null) => void;
  onShown: (sittingIds: readonly number[]) => void;
};

/** Bangla names in the order of their alphabet, whatever language the page is in; Latin ones are ordered as ever. */
const NAMES = new Intl.Collator("bn");

/** Keeps tiles where they are while somebody points at or moves through them: nobody likes to miss a moving target. */
function useStableOrder(sittings: readonly SittingWithViolations[]) {
  const [held, setHeld] = useState<readonly number[] | null>(null);
  const reasons = useRef({ pointed: false, focused: false });
  const fresh = useMemo(() => attentionOrder(sittings, NAMES), [sittings]);
  const order = held ? heldOrder(held, fresh) : fresh;
  const hold = (reason: "pointed" | "focused", on: boolean) => {
    reasons.current[reason] = on;
    if (on) setHeld((known) => known ?? order);
    else if (!reasons.current.pointed && !reasons.current.focused) setHeld(null);
  };
  return { order, hold };
}

/** The rows on screen, renewed while the page scrolls. */
function useRowsOnScreen(list: React.RefObject<HTMLElement | null>, grid: Grid, count: number): Rows {
  const [rows, setRows] = useState<Rows>({ first: 0, last: 3 });
  useEffect(() => {
    let asked = 0;
    const look = () => {
      asked = 0;
      const top = list.current?.getBoundingClientRect().top ?? 0;
      const next = rowsOnScreen(grid, count, top, window.innerHeight);
      setRows((known) => (known.first === next.first && known.last === next.last ? known : next));
    };
    const ask = () => {
      if (!asked) asked = requestAnimationFrame(look);
    };
    ask();
    window.addEventListener("scroll", ask, { passive: true });
    window.addEventListener("resize", ask);
    return () => {
      cancelAnimationFrame(asked);
      window.removeEventListener("scroll", ask);
      window.removeEventListener("resize", ask);
    };
  }, [list, grid, count]);
  return rows;
}

export function Wall(props: WallProps) {
  const { t } = useTranslation();
  const { ref, width } = useElementSize<HTMLDivElement>();
  const list = useRef<HTMLUListElement>(null);
  const { order, hold } = useStableOrder(props.sittings);
  const { density } = props;
  const grid = useMemo(() => gridOf(density, width || 800, window.innerHeight - 120), [density, width]);
  const rows = useRowsOnScreen(list, grid, order.length);
  const from = rows.first * grid.columns;
  const shown = order.slice(from, (rows.last + 1) * grid.columns);
  useTelling(shown, props.selected, props.onShown);
  const byId = new Map(props.sittings.map((one) => [one.id, one]));
  return (
    <div ref={ref}>
      {/* The list itself is nothing to press; it only notices that somebody is about to. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
      <ul
        ref={list}
        className={classes.wall}
        style={{ height: wallHeight(grid, order.length) }}
        aria-label={t("live.wall")}
        onPointerEnter={(event) => hold("pointed", event.pointerType === "mouse")}
        onPointerLeave={() => hold("pointed", false)}
        onFocus={(event) => hold("focused", event.target.matches(":focus-visible"))}
        onBlur={() => hold("focused", false)}
      >
        {shown.map((id, at) => {
          const sitting = byId.get(id);
          return sitting ? (
            <li
              key={id}
              style={placeOf(grid, from + at)}
              aria-setsize={order.length}
              aria-posinset={from + at + 1}
              data-small={grid.tileWidth < 200 || undefined}
            >
              <Tile
                sitting={sitting}
                pictures={props.pictures}
                clockOffset={props.clockOffset}
                scored={props.scored}
                selected={id === props.selected}
                onSelect={props.onSelect}
              />
            </li>
          ) : null;
        })}
      </ul>
    </div>
  );
}

function placeOf(grid: Grid, index: number): React.CSSProperties {
  const [row, column] = [Math.floor(index / grid.columns), index % grid.columns];
  return {
    width: grid.tileWidth,
    height: grid.rowHeight,
    transform: `translate(${column * (grid.tileWidth + GAP)}px, ${row * (grid.rowHeight + GAP)}px)`,
  };
}

/** Says who is on screen, the chosen one too, whenever that changes. */
function useTelling(shown: readonly number[], selected: number | null, onShown: WallProps["onShown"]) {
  const ids = [...new Set(selected === null ? shown : [...shown, selected])].toSorted((a, b) => a - b);
  const told = ids.join(",");
  useEffect(() => {
    onShown(told === "" ? [] : told.split(",").map(Number));
  }, [told, onShown]);
}
