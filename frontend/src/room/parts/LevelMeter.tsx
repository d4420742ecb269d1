// How loud the microphone hears: a bar that moves when one speaks.
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Media } from "../engine/media";

const LOUD = 0.01;

export function LevelMeter({ media, onLoud }: { media: Media; onLoud: () => void }) {
  const { t } = useTranslation();
  const [level, setLevel] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => {
      setLevel(Math.min(1, Math.sqrt(media.level) * 2));
      if (media.takeLoudest() > LOUD) onLoud();
    }, 100);
    return () => clearInterval(timer);
  }, [media, onLoud]);
  return (
    <label className="level-label">
      {t("check.level")}
      <meter className="level" min={0} max={1} value={level} />
    </label>
  );
}
