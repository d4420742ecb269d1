// Severity as a shape of its own.
import { IconAlertOctagon, IconAlertTriangle, IconInfoCircle } from "@tabler/icons-react";

export type Severity = "info" | "warning" | "critical";

const ICONS = { info: IconInfoCircle, warning: IconAlertTriangle, critical: IconAlertOctagon };

export function SeverityIcon({ severity, size }: { severity: Severity; size: number }) {
  const Icon = ICONS[severity] ?? IconInfoCircle;
  return <Icon size={size} aria-hidden />;
}
