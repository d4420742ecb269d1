// "Gaze sideways −32.1° (limit 14°) · …": what was measured against what is allowed, then limits of another name.
import type { TFunction } from "i18next";
import type { Formats } from "@/lib/format";
import { measureName } from "./names";

type Measured = { measured: Record<string, number>; threshold: Record<string, number> };

export function violationReasons(t: TFunction, format: Formats, { measured, threshold }: Measured): string {
  const told = Object.entries(measured).map(([measure, value]) => {
    const limit = threshold[measure];
    const text = `${measureName(t, measure)} ${format.number(value, 2)}`;
    return limit === undefined ? text : `${text} (${t("live.limit", { limit: format.number(limit, 2) })})`;
  });
  const others = Object.entries(threshold)
    .filter(([measure]) => !(measure in measured))
    .map(([measure, limit]) => `${measureName(t, measure)} ${format.number(limit, 2)}`);
  return [...told, ...others].join(" · ");
}
