// Erasing somebody for good: what goes, what stays, a copy first, and the e-mail typed once more.
import { Button, Group, List, Modal, Text, TextInput } from "@mantine/core";
import { IconDownload, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { User } from "@/api/types";
import { useFormats } from "@/lib/useFormats";
import { DownloadButton } from "@/ui/DownloadButton";
import { notice } from "@/ui/notice";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { downloadEverything, useErase } from "./peopleQueries";

const CONSEQUENCES = ["goes", "figures", "stays", "backups"] as const;

export function EraseDialog({ user, onClose }: { user: User; onClose: () => void }) {
  const { t } = useTranslation();
  const format = useFormats();
  const [typed, setTyped] = useState("");
  const erase = useErase();
  const start = () =>
    erase.mutate(
      { id: user.id, email: typed.trim() },
      {
        onSuccess: ({ exam_sessions, files }) => {
          notice(
            t("staff:people.erased", { name: user.full_name, sittings: format.number(exam_sessions), files: format.number(files) }),
          );
          onClose();
        },
      },
    );
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={t("staff:people.eraseTitle", { name: user.full_name })}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      <List spacing="xs" size="sm">
        {CONSEQUENCES.map((name) => (
          <List.Item key={name}>{t(`staff:people.eraseText.${name}`)}</List.Item>
        ))}
      </List>
      <Group gap="xs" my="md">
        <Text size="sm">{t("staff:people.eraseCopy")}</Text>
        <DownloadButton
          icon={<IconDownload size={18} aria-hidden />}
          label={t("staff:people.everything")}
          onDownload={() => downloadEverything(user.id)}
        />
      </Group>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          start();
        }}
      >
        <TextInput
          label={t("staff:people.eraseType", { email: user.email })}
          autoComplete="off"
          spellCheck={false}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <ProblemAlert error={erase.error} mt="sm" />
        <Group justify="flex-end" mt="lg">
          <Button variant="default" onClick={onClose}>
            {t("common.cancel")}
          </Button>
          <Button
            type="submit"
            color="red"
            leftSection={<IconTrash size={18} aria-hidden />}
            disabled={typed.trim() !== user.email}
            loading={erase.isPending}
          >
            {t("staff:people.erase")}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
