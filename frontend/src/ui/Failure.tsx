// Shown instead of a page or a part of it that could not be had, with a way to try again.
import { Alert, Button } from "@mantine/core";
import { IconAlertTriangle, IconRefresh } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { problemText } from "./problemText";

export function Failure({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { t } = useTranslation();
  return (
    <Alert color="red" role="alert" icon={<IconAlertTriangle aria-hidden />} title={t("common.failed")} maw={640} mx="auto">
      <p>{problemText(t, error)}</p>
      {onRetry ? (
        <Button mt="sm" variant="default" leftSection={<IconRefresh size={18} aria-hidden />} onClick={onRetry}>
          {t("common.retry")}
        </Button>
      ) : null}
    </Alert>
  );
}
