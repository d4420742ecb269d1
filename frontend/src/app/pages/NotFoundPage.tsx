// For addresses that lead nowhere.
import { Button } from "@mantine/core";
import { IconMapOff } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Empty } from "@/ui/Empty";
import { DoorPage } from "./DoorPage";

export function NotFoundPage() {
  const { t } = useTranslation();
  return (
    <Empty
      icon={<IconMapOff size={48} aria-hidden />}
      title={t("notFound.title")}
      text={t("notFound.text")}
      action={
        <Button component={Link} to="/">
          {t("notFound.home")}
        </Button>
      }
    />
  );
}

/** Where no page is around it. */
export function LostPage() {
  return (
    <DoorPage>
      <NotFoundPage />
    </DoorPage>
  );
}
