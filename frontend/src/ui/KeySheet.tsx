// The sheet of keys, the same on every page: what works everywhere, what works here, and the switch for single letters.
import { Kbd, Modal, Switch, Table, Text } from "@mantine/core";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { isForPage, type KeyGroup, showKeySheet, useKeySheetShown, useOfferedKeys, useSingleKeys } from "@/lib/pageKeys";

const EVERYWHERE = { next: "Tab", previous: "Shift + Tab", press: "Enter", close: "Esc", help: "?" } as const;

/** Listens for `?` and shows the sheet; once on a page. */
export function KeyHelp() {
  const shown = useKeySheetShown();
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.key !== "?" || !isForPage(event)) return;
      event.preventDefault();
      showKeySheet(true);
    };
    window.addEventListener("keydown", listen);
    return () => {
      window.removeEventListener("keydown", listen);
      showKeySheet(false);
    };
  }, []);
  return shown ? <Sheet /> : null;
}

function Sheet() {
  const { t } = useTranslation();
  const here = useOfferedKeys();
  const [single, setSingle] = useSingleKeys();
  const everywhere: KeyGroup = {
    title: t("staff:keys.everywhere"),
    rows: Object.entries(EVERYWHERE).map(([name, keys]) => ({ keys, text: t(`staff:keys.${name}`) })),
  };
  return (
    <Modal opened onClose={() => showKeySheet(false)} title={t("staff:keys.title")} centered closeButtonProps={{ "aria-label": t("common.close") }}>
      <Switch
        mb="md"
        checked={single}
        onChange={(event) => setSingle(event.currentTarget.checked)}
        label={t("staff:keys.single")}
        description={t("staff:keys.singleHint")}
      />
      {[...here, everywhere].map((group) => (
        <Table key={group.title} mb="md" captionSide="top">
          <Table.Caption ta="left" mt={0} c="var(--mantine-color-text)">
            <Text span fw={600} size="sm">
              {group.title}
            </Text>
          </Table.Caption>
          <Table.Tbody>
            {group.rows.map(({ keys, text }) => (
              <Table.Tr key={keys}>
                <Table.Td w={130}>
                  <Kbd>{keys}</Kbd>
                </Table.Td>
                <Table.Td>{text}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      ))}
    </Modal>
  );
}
