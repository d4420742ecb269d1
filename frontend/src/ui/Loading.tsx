// Shown while something is on its way.
import { Center, Loader, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

export function Loading() {
  const { t } = useTranslation();
  return (
    <Center mih={200} role="status">
      <Loader type="dots" aria-hidden mr="sm" />
      <Text c="dimmed">{t("common.loading")}</Text>
    </Center>
  );
}
