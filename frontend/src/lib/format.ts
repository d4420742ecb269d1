// Numbers, dates and durations as the reader writes them: বাংলা digits in Bangla, Latin ones in English.
import type { Language } from "./languages";

const TAGS: Record<Language, string> = { en: "en-GB", bn: "bn-BD" };

export type Formats = {
  /** 1234567.5 → 1,234,567.5 · ১২,৩৪,৫৬৭.৫ */
  number: (value: number, maxDigits?: number) => string;
  /** 0..1 → whole percent */
  percent: (share: number) => string;
  /** Time of day with seconds */
  clock: (at: Date | number) => string;
  /** Day and time of day */
  dateTime: (at: Date | number) => string;
  /** A window; the day is said once when both ends share it */
  range: (from: Date, to: Date) => string;
  /** Seconds → 1:02:03 or 2:03 */
  stopwatch: (seconds: number) => string;
};

const made = new Map<Language, Formats>();

export function formats(language: Language): Formats {
  let known = made.get(language);
  if (!known) {
    known = makeFormats(TAGS[language]);
    made.set(language, known);
  }
  return known;
}

function makeFormats(tag: string): Formats {
  const percent = new Intl.NumberFormat(tag, { style: "percent", maximumFractionDigits: 0 });
  const clock = new Intl.DateTimeFormat(tag, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
  // 24 hours in both languages: ICU has only Latin AM and PM for Bangla.
  const dateTime = new Intl.DateTimeFormat(tag, { dateStyle: "medium", timeStyle: "short", hourCycle: "h23" });
  const two = new Intl.NumberFormat(tag, { minimumIntegerDigits: 2, useGrouping: false });
  const plain = new Intl.NumberFormat(tag, { useGrouping: false, maximumFractionDigits: 0 });
  return {
    number: (value, maxDigits = 1) => new Intl.NumberFormat(tag, { maximumFractionDigits: maxDigits }).format(value),
    percent: (share) => percent.format(share),
    clock: (at) => clock.format(at),
    dateTime: (at) => dateTime.format(at),
    range: (from, to) => dateTime.formatRange(from, to),
    stopwatch: (seconds) => {
      const whole = Math.max(0, Math.floor(seconds));
      const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
      const tail = `${two.format(s)}`;
      return h > 0 ? `${plain.format(h)}:${two.format(m)}:${tail}` : `${plain.format(m)}:${tail}`;
    },
  };
}
