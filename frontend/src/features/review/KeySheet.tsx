// The sheet of keys.
import { Kbd, Modal, Table, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { KEYS } from "./keys";

const SHOWN: Record<string, string> = { " ": "Space", ArrowLeft: "←", ArrowRight: "→" };

export function KeySheet({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal opened onClose={onClose} title={t("review:keys.title")} centered closeButtonProps={{ "aria-label": t("common.close") }}>
      <Text size="sm" mb="sm">
        {t("review:keys.text")}
      </Text>
      <Table>
        <Table.Tbody>
          {Object.entries(KEYS).map(([key, action]) => (
            <Table.Tr key={key}>
              <Table.Td w={90}>
                <Kbd>{SHOWN[key] ?? key.toUpperCase()}</Kbd>
              </Table.Td>
              <Table.Td>{t(`review:keys.${action}`)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  );
}
