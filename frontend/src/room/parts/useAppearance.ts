// How the exam looks to this student: size, contrast, language of the questions, timer; kept on this device.
import { isLanguage } from "@/lib/languages";
import { useLanguage } from "@/lib/useFormats";
import { isFlag, useRemembered } from "@/lib/useRemembered";
import type { Shown } from "@/ui/questions/question";

export const SIZES = ["100", "125", "150", "200"] as const;
export type Size = (typeof SIZES)[number];

export type Appearance = {
  size: Size;
  setSize: (size: Size) => void;
  contrast: boolean;
  setContrast: (on: boolean) => void;
  timerHidden: boolean;
  setTimerHidden: (on: boolean) => void;
  words: Shown;
  setWords: (words: Shown) => void;
};

const isSize = (value: unknown): value is Size => SIZES.some((size) => size === value);
const isShown = (value: unknown): value is Shown | "" => value === "" || value === "both" || isLanguage(value);

export function useAppearance(): Appearance {
  const language = useLanguage();
  const [size, setSize] = useRemembered<Size>("proctor.size", isSize, "100");
  const [contrast, setContrast] = useRemembered("proctor.contrast", isFlag, false);
  const [timerHidden, setTimerHidden] = useRemembered("proctor.timer-hidden", isFlag, false);
  const [words, setWords] = useRemembered<Shown | "">("proctor.words", isShown, "");
  return { size, setSize, contrast, setContrast, timerHidden, setTimerHidden, words: words || language, setWords };
}
