// What the camera sees, mirrored as people know themselves. No box around the face.
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";

export function SelfView({ stream }: { stream: MediaStream | null }) {
  const { t } = useTranslation();
  const place = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const video = place.current;
    if (!video) return;
    video.srcObject = stream;
    if (stream) void video.play().catch(() => undefined);
  }, [stream]);
  return (
    <div className="self-view">
      {/* A live picture of oneself has nothing to caption. */}
      {/* oxlint-disable-next-line jsx-a11y/media-has-caption */}
      <video ref={place} muted playsInline aria-label={t("self.label")} />
      {stream ? null : <p>{t("self.off")}</p>}
    </div>
  );
}
