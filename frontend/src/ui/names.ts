// Names of what the server tells by code, in the reader's language.
import type { TFunction } from "i18next";

export function kindName(t: TFunction, kind: string): string {
  return t([`violations:${kind}.name`, `violations:${kind}`], { defaultValue: kind });
}

export function stateName(t: TFunction, state: string): string {
  return t([`states:${state}.name`, `states:${state}`], { defaultValue: state });
}

/** What a detector measured; a name this build does not know is shown as the detector calls it. */
export function measureName(t: TFunction, measure: string): string {
  return t(`measures.${measure}`, { defaultValue: measure.replaceAll("_", " ") });
}
