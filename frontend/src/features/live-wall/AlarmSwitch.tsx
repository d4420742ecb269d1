// Switches for sound and desktop notice.
import { ActionIcon, Popover, Stack, Switch, Text } from "@mantine/core";
import { IconBell, IconBellOff } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

export type AlarmChoice = {
  sound: boolean;
  desktop: boolean;
  onSound: (on: boolean) => void;
  onDesktop: (on: boolean) => void;
};

export function AlarmSwitch({ sound, desktop, onSound, onDesktop }: AlarmChoice) {
  const { t } = useTranslation();
  const on = sound || desktop;
  const possible = "Notification" in window;
  const askDesktop = async (wanted: boolean) => {
    onDesktop(wanted && (await Notification.requestPermission()) === "granted");
  };
  return (
    <Popover position="bottom-end" withArrow trapFocus>
      <Popover.Target>
        <ActionIcon variant="default" size={36} aria-label={t("staff:live.alarm.title")} title={t("staff:live.alarm.title")}>
          {on ? <IconBell size={20} aria-hidden /> : <IconBellOff size={20} aria-hidden />}
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="sm" maw={280}>
          <Text size="sm">{t("staff:live.alarm.text")}</Text>
          <Switch label={t("staff:live.alarm.sound")} checked={sound} onChange={(event) => onSound(event.currentTarget.checked)} />
          {possible ? (
            <Switch
              label={t("staff:live.alarm.desktop")}
              checked={desktop}
              onChange={(event) => void askDesktop(event.currentTarget.checked)}
            />
          ) : null}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
