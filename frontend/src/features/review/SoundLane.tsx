// How loud it was and whether somebody spoke, on the timeline's scale; what it shows is also said in words.
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Review } from "@/api/types";
import { useFormats } from "@/lib/useFormats";
import shared from "@/ui/TimelineLanes.module.css";
import { placeOf, type Scale, soundAt, soundBars, speechStretches } from "./lanes";
import classes from "./ReviewTimeline.module.css";

const HEIGHT = 32;
/** Strip below the bars: somebody spoke. */
const STRIP = 5;
/** So many stretches are named; the rest are counted. */
const NAMED = 12;

export function SoundLane({ sound, scale, at }: { sound: Review["sound"]; scale: Scale; at: number }) {
  const { t } = useTranslation();
  const format = useFormats();
  const bars = useMemo(() => soundBars(sound, scale), [sound, scale]);
  const spoken = useMemo(() => speechStretches(sound), [sound]);
  if (sound.length === 0) return null;
  const loudest = sound.reduce((one, other) => (other.level > one.level ? other : one));
  const words = [
    t("review:sound.loudest", { level: format.percent(loudest.level), time: format.stopwatch(loudest.from) }),
    spoken.length === 0
      ? t("review:sound.noSpeech")
      : t("review:sound.speech", {
          count: spoken.length,
          n: format.number(spoken.length),
          times: spoken
            .slice(0, NAMED)
            .map(({ from, to }) => `${format.stopwatch(from)}–${format.stopwatch(to)}`)
            .join(", "),
        }),
  ].join(" ");
  const now = soundAt(sound, (at - scale.from) / 1000);
  return (
    <>
      <span className={shared.label}>{t("review:sound.title")}</span>
      <div>
        <svg className={shared.lane} height={HEIGHT} role="img" aria-label={words}>
          <rect width="100%" height={HEIGHT} className={shared.ground} />
          {bars.map((bar) => {
            const left = placeOf(bar.from, scale);
            const width = Math.max(0.15, placeOf(bar.to, scale) - left);
            const height = Math.max(1, bar.level * (HEIGHT - STRIP - 2));
            return (
              <g key={bar.from}>
                <rect x={`${left}%`} width={`${width}%`} y={HEIGHT - STRIP - height} height={height} className={classes.level} />
                {bar.speech > 0 ? (
                  <rect x={`${left}%`} width={`${width}%`} y={HEIGHT - STRIP} height={STRIP} className={classes.speech} />
                ) : null}
              </g>
            );
          })}
        </svg>
        <p className={classes.heard}>
          {now
            ? t(now.speech > 0 ? "review:sound.nowSpeech" : "review:sound.now", { level: format.percent(now.level) })
            : t("review:sound.nowNone")}
        </p>
      </div>
    </>
  );
}
