// A chart one can read: bars with their values, the same as a table, and both to take away.
import { Button, Group, Menu, Table, Text } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { failureNotice } from "./notice";
import classes from "./Chart.module.css";

export type Row = { key: string; cells: readonly ReactNode[] };

export function Chart(props: {
  title: string;
  text?: string;
  /** The picture; without it only the table is shown. */
  children?: ReactNode;
  header: readonly string[];
  rows: readonly Row[];
  onExport?: (format: "csv" | "xlsx" | "json") => Promise<void>;
}) {
  const { t } = useTranslation();
  const [asTable, setAsTable] = useState(false);
  const isTable = asTable || !props.children;
  const take = (format: "csv" | "xlsx" | "json") =>
    props.onExport?.(format).catch(failureNotice);
  return (
    <section className={classes.chart} aria-label={props.title}>
      <Group justify="space-between" gap="xs" mb={4}>
        <h2 className={classes.title}>{props.title}</h2>
        <Group gap={6}>
          {props.children && props.rows.length > 0 ? (
            <Button size="compact-sm" variant="subtle" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
              {t(asTable ? "analytics:asChart" : "analytics:asTable")}
            </Button>
          ) : null}
          {props.onExport ? (
            <Menu position="bottom-end">
              <Menu.Target>
                <Button size="compact-sm" variant="subtle" leftSection={<IconDownload size={16} aria-hidden />}>
                  {t("common.download")}
                </Button>
              </Menu.Target>
              <Menu.Dropdown>
                {(["csv", "xlsx", "json"] as const).map((format) => (
                  <Menu.Item key={format} onClick={() => void take(format)}>
                    {format.toUpperCase()}
                  </Menu.Item>
                ))}
              </Menu.Dropdown>
            </Menu>
          ) : null}
        </Group>
      </Group>
      {props.text ? (
        <Text size="sm" c="dimmed" mb="xs">
          {props.text}
        </Text>
      ) : null}
      {props.rows.length === 0 ? <Text c="dimmed">{t("analytics:nothing")}</Text> : null}
      {props.rows.length > 0 && isTable ? (
        <Table.ScrollContainer minWidth={360}>
          <Table>
            <Table.Thead>
              <Table.Tr>
                {props.header.map((name) => (
                  <Table.Th key={name}>{name}</Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {props.rows.map((row) => (
                <Table.Tr key={row.key}>
                  {row.cells.map((cell, at) => (
                    // oxlint-disable-next-line react/no-array-index-key
                    <Table.Td key={at}>{cell}</Table.Td>
                  ))}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      ) : null}
      {props.rows.length > 0 && !isTable ? props.children : null}
    </section>
  );
}
