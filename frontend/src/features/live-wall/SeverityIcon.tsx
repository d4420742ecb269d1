// Severity as a shape of its own.
import { IconAlertOctagon, IconAlertTriangle, IconInfoCircle } from "@tabler/icons-react";
import type { Severity } from "./messages";

const ICONS = { info: IconInfoCircle, warning: IconAlertTriangle, critical: IconAlertOctagon };

export function SeverityIcon({ severity, size }: { severity: Severity; size: number }) {
  const Icon = ICONS[severity] ?? IconInfoCircle;
  return <Icon size={size} aria-hidden />;
}
