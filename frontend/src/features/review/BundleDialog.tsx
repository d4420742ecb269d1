// The sitting as a file that anybody can verify: what is in it, how it is verified, and what the verifier says.
import { Alert, Code, Group, List, Modal, Stack, Text } from "@mantine/core";
import { IconFileZip, IconLockOpen } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { download } from "@/api/call";
import { DownloadButton } from "@/ui/DownloadButton";

const ANSWERS = ["unchanged", "changed"] as const;

export function BundleDialog({ sittingId, onClose }: { sittingId: number; onClose: () => void }) {
  const { t } = useTranslation();
  const file = `exam-session-${sittingId}.zip`;
  return (
    <Modal opened onClose={onClose} size="lg" title={t("review:bundle.title")} closeButtonProps={{ "aria-label": t("common.close") }}>
      <Stack gap="sm">
        <Text size="sm">{t("review:bundle.text")}</Text>
        <Alert color="yellow" p="xs" icon={<IconLockOpen aria-hidden />}>
          {t("review:bundle.open")}
        </Alert>
        <Text size="sm">{t("review:bundle.verify")}</Text>
        <Code block lang="en" style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
          {`proctor keys public > proctor.pem\nproctor verify ${file} --public-key proctor.pem`}
        </Code>
        <List size="sm" spacing={4}>
          {ANSWERS.map((answer) => (
            <List.Item key={answer}>{t(`review:bundle.${answer}`)}</List.Item>
          ))}
        </List>
        <Text size="sm" c="dimmed">
          {t("review:bundle.limits")}
        </Text>
        <Group justify="flex-end">
          <DownloadButton
            icon={<IconFileZip size={18} aria-hidden />}
            label={t("review:bundle.download")}
            onDownload={() => download(`/exam-sessions/${sittingId}/bundle`)}
          />
        </Group>
      </Stack>
    </Modal>
  );
}
