// The trust score as icon, word and number, never as colour alone.
import { IconAlertTriangle, IconEye, IconShieldCheck } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useFormats } from "@/lib/useFormats";
import classes from "./TrustBadge.module.css";

type Band = "good" | "watch" | "review";

const ICONS = { good: IconShieldCheck, watch: IconEye, review: IconAlertTriangle };

export function TrustBadge({ trust, band, large = false }: { trust: number; band: Band; large?: boolean }) {
  const { t } = useTranslation();
  const format = useFormats();
  const Icon = ICONS[band] ?? IconEye;
  return (
    <span className={classes.badge} data-band={band} data-large={large || undefined}>
      <Icon size={large ? 22 : 17} aria-hidden />
      <span>{t(`live.band.${band}`)}</span>
      <span className={classes.score}>
        <span className="visually-hidden">{t("live.trust")} </span>
        {format.number(Math.round(trust), 0)}
      </span>
    </span>
  );
}
