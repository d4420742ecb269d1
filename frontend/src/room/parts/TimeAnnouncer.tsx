// Says to a screen reader when fifteen, five and one minute are left; nothing in between.
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormats } from "@/lib/useFormats";

const MARKS = [15, 5, 1];

export function TimeAnnouncer({ endsAt, now, paused }: { endsAt: number; now: () => number; paused: boolean }) {
  const { t } = useTranslation();
  const format = useFormats();
  const [mark, setMark] = useState<number | null>(null);
  useEffect(() => {
    if (paused) return;
    const timers = MARKS.flatMap((minutes) => {
      const wait = endsAt - now() - minutes * 60_000;
      return wait > 0 && wait < 2 ** 31 ? [setTimeout(() => setMark(minutes), wait)] : [];
    });
    return () => timers.forEach(clearTimeout);
  }, [endsAt, now, paused]);
  return (
    <p className="visually-hidden" aria-live="polite">
      {mark === null ? "" : t("room.minutesLeft", { count: mark, n: format.number(mark) })}
    </p>
  );
}
