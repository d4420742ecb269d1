// A note that something is done, with a way to take it back: instead of asking beforehand.
import { Button, Group, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import i18next from "i18next";

const SHOWN_MS = 10_000;
let latest: string | null = null;

/** Gives the note's id; `onUndo` is called at most once. */
export function undoNotice(message: string, onUndo: () => void, shownMs = SHOWN_MS): string {
  // Only the last deed is offered: a pile of notes would hide what is being worked on.
  if (latest) notifications.hide(latest);
  const id = crypto.randomUUID();
  latest = id;
  const undo = () => {
    notifications.hide(id);
    onUndo();
  };
  notifications.show({
    id,
    autoClose: shownMs,
    message: (
      <Group justify="space-between" gap="sm" wrap="nowrap">
        <Text size="sm">{message}</Text>
        <Button size="compact-sm" variant="default" flex="none" onClick={undo}>
          {i18next.t("common.undo")}
        </Button>
      </Group>
    ),
    closeButtonProps: { "aria-label": i18next.t("common.close") },
  });
  return id;
}

/** Takes the offer away: it was undone in another way. */
export function hideUndo(): void {
  if (latest) notifications.hide(latest);
  latest = null;
}
