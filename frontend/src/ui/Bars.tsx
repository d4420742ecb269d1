// Bars, upright for steps of a scale or lying for names; a second part of each is hatched, so that no colour is needed.
import { useId } from "react";
import { useFormats } from "@/lib/useFormats";
import classes from "./Chart.module.css";

export type Bar = { key: string; label: string; value: number; beside?: number };

/** Lying bars: a name, its bar, its value. */
export function NamedBars({ bars, label, beside }: { bars: readonly Bar[]; label: string; beside?: string }) {
  const format = useFormats();
  const most = Math.max(1, ...bars.map((bar) => bar.value + (bar.beside ?? 0)));
  return (
    <figure className={classes.figure} aria-label={label}>
      <ul className={classes.named}>
        {bars.map((bar) => (
          <li key={bar.key}>
            <span className={classes.name}>{bar.label}</span>
            <svg className={classes.lying} height="18" aria-hidden="true">
              <Hatch id={`${label}-${bar.key}`.replaceAll(/[^\w-]/g, "_")} />
              <rect width={`${(bar.value / most) * 100}%`} height="18" rx="3" className={classes.bar} />
              {bar.beside ? (
                <rect
                  x={`${(bar.value / most) * 100}%`}
                  width={`${(bar.beside / most) * 100}%`}
                  height="18"
                  rx="3"
                  fill={`url(#${`${label}-${bar.key}`.replaceAll(/[^\w-]/g, "_")})`}
                />
              ) : null}
            </svg>
            <span className={classes.value}>
              {format.number(bar.value)}
              {bar.beside ? ` + ${format.number(bar.beside)}` : ""}
            </span>
          </li>
        ))}
      </ul>
      {beside ? (
        <figcaption className={classes.legend}>
          <svg width="28" height="12" aria-hidden="true">
            <Hatch id="beside-legend" />
            <rect width="28" height="12" fill="url(#beside-legend)" />
          </svg>
          {beside}
        </figcaption>
      ) : null}
    </figure>
  );
}

const HEIGHT = 150;

/** Upright bars along a scale, with the value on top of each and the scale's names below. */
export function StepBars({ bars, label, every = 1 }: { bars: readonly Bar[]; label: string; every?: number }) {
  const format = useFormats();
  const hatch = useId();
  const most = Math.max(1, ...bars.map((bar) => bar.value + (bar.beside ?? 0)));
  const width = 100 / Math.max(1, bars.length);
  return (
    <figure className={classes.figure} aria-label={label}>
      <svg className={classes.upright} height={HEIGHT + 40} role="img" aria-label={label}>
        <Hatch id={hatch} />
        {bars.map((bar, at) => {
          const tall = (bar.value / most) * HEIGHT;
          const more = ((bar.beside ?? 0) / most) * HEIGHT;
          const x = `${at * width + width * 0.12}%`;
          const middle = `${at * width + width / 2}%`;
          return (
            <g key={bar.key}>
              <rect x={x} y={HEIGHT - tall + 18} width={`${width * 0.76}%`} height={tall} rx="2" className={classes.bar} />
              {more > 0 ? (
                <rect x={x} y={HEIGHT - tall - more + 18} width={`${width * 0.76}%`} height={more} fill={`url(#${hatch})`} />
              ) : null}
              {bar.value > 0 && bars.length <= 32 ? (
                <text x={middle} y={HEIGHT - tall - more + 13} className={classes.number}>
                  {format.number(bar.value)}
                </text>
              ) : null}
              {at % every === 0 ? (
                <text
                  x={middle}
                  y={HEIGHT + 36}
                  className={classes.number}
                  data-edge={bars.length <= 12 ? undefined : at === 0 ? "start" : at >= bars.length - 2 ? "end" : undefined}
                >
                  {bar.label}
                </text>
              ) : null}
            </g>
          );
        })}
        <line x1="0" x2="100%" y1={HEIGHT + 18} y2={HEIGHT + 18} className={classes.axis} />
      </svg>
    </figure>
  );
}

function Hatch({ id }: { id: string }) {
  return (
    <defs>
      <pattern id={id} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <rect width="6" height="6" className={classes.ground} />
        <line x1="0" y1="0" x2="0" y2="6" className={classes.hatch} />
      </pattern>
    </defs>
  );
}
