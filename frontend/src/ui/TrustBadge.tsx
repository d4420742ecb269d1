// The trust score as icon, word and number, never as colour alone; where nothing is scored it says so instead.
import { IconAlertTriangle, IconCircleOff, IconEye, IconShieldCheck } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useFormats } from "@/lib/useFormats";
import classes from "./TrustBadge.module.css";

type Band = "good" | "watch" | "review";

const ICONS = { good: IconShieldCheck, watch: IconEye, review: IconAlertTriangle };

type Props = {
  trust: number;
  band: Band;
  large?: boolean;
  /** False where children sit: nothing costs anything, so a number would mislead. */
  scored?: boolean;
};

export function TrustBadge({ trust, band, large = false, scored = true }: Props) {
  const { t } = useTranslation();
  const format = useFormats();
  if (!scored) {
    return (
      <span className={classes.badge} data-large={large || undefined}>
        <IconCircleOff size={large ? 22 : 17} aria-hidden />
        <span>{t("live.unscored")}</span>
      </span>
    );
  }
  const Icon = ICONS[band] ?? IconEye;
  return (
    <span className={classes.badge} data-band={band} data-large={large || undefined}>
      <Icon size={large ? 22 : 17} aria-hidden />
      <span data-word="">{t(`live.band.${band}`)}</span>
      <span className={classes.score}>
        <span className="visually-hidden">{t("live.trust")} </span>
        {format.number(Math.round(trust), 0)}
      </span>
    </span>
  );
}
