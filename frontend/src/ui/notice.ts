// A short note at the edge of the page: something is done, or could not be.
import { notifications } from "@mantine/notifications";
import i18next from "i18next";

export function notice(message: string, { failed = false } = {}): void {
  notifications.show({
    message,
    ...(failed ? { color: "red", role: "alert" } : {}),
    closeButtonProps: { "aria-label": i18next.t("common.close") },
  });
}
