// A short note at the edge of the page: something is done, or could not be.
import { notifications } from "@mantine/notifications";
import i18next from "i18next";
import { problemText } from "./problemText";

export function notice(message: string, { failed = false } = {}): void {
  notifications.show({
    message,
    ...(failed ? { color: "red", role: "alert" } : {}),
    closeButtonProps: { "aria-label": i18next.t("common.close") },
  });
}

/** Says why something could not be done; `error` is what was thrown. */
export function failureNotice(error: unknown): void {
  notice(problemText(i18next.t, error), { failed: true });
}
