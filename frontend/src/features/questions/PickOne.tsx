// Stands in the place of a question's form until one is chosen; left out where it would stand below the list.
import { Text } from "@mantine/core";
import { IconArrowLeft } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import classes from "./Questions.module.css";

export function PickOne() {
  const { t } = useTranslation();
  return (
    <div className={classes.pick}>
      <IconArrowLeft size={20} aria-hidden />
      <Text c="dimmed">{t("authoring:pickOne")}</Text>
    </div>
  );
}
