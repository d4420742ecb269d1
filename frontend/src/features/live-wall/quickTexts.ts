// Texts that proctors send often. Both languages go out together: nobody should have to guess what was meant.
import english from "@locales/en/quick.json";
import bangla from "@locales/bn/quick.json";

export type TextKind = "warn" | "pause" | "message";
type Quick = { en: string; bn: string };

export function quickTexts(kind: TextKind): Quick[] {
  const keys = Object.keys(english[kind]) as (keyof (typeof english)[typeof kind])[];
  return keys.map((key) => ({ en: english[kind][key], bn: bangla[kind][key] }));
}
