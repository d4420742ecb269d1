// Whether this page still hears the server.
import { IconPlugConnectedX, IconPointFilled, IconRefresh } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useFormats } from "@/lib/useFormats";
import { useNow } from "@/lib/useNow";
import type { LiveStatus } from "./liveSocket";
import classes from "./ConnectionPill.module.css";

export function ConnectionPill({ status, onRetry }: { status: LiveStatus; onRetry: () => void }) {
  const { t } = useTranslation();
  return (
    <span className={classes.line}>
      <span className={classes.pill} data-phase={status.phase} role="status">
        {status.phase === "live" ? (
          <IconPointFilled size={16} aria-hidden />
        ) : status.phase === "failed" ? (
          <IconPlugConnectedX size={16} aria-hidden />
        ) : (
          <IconRefresh size={16} aria-hidden />
        )}
        {t(`live.connection.${status.phase}`)}
      </span>
      {status.phase === "waiting" ? <Waiting until={status.until} onRetry={onRetry} /> : null}
    </span>
  );
}

/** Outside the status region: a screen reader must not read every second aloud. */
function Waiting({ until, onRetry }: { until: number; onRetry: () => void }) {
  const { t } = useTranslation();
  const format = useFormats();
  const seconds = Math.max(0, Math.ceil((until - useNow(500)) / 1000));
  return (
    <>
      <span className={classes.soon}>
        {t("live.retryIn", { count: seconds, n: format.number(seconds) })}
      </span>
      <button type="button" className={classes.now} onClick={onRetry}>
        {t("live.retryNow")}
      </button>
    </>
  );
}
