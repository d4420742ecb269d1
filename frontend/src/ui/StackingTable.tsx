// A table that becomes a list of cards on a phone. Each cell but the first carries its column's name as `data-label`.
import { Table } from "@mantine/core";
import type { ReactNode } from "react";
import classes from "./StackingTable.module.css";

export function StackingTable({ heads, children }: { heads: readonly ReactNode[]; children: ReactNode }) {
  return (
    <Table.ScrollContainer minWidth={640} className={classes.scroll}>
      <Table bg="var(--page-card)" withTableBorder verticalSpacing="sm" className={classes.table}>
        <Table.Thead>
          <Table.Tr>
            {heads.map((head, at) => (
              // oxlint-disable-next-line react/no-array-index-key -- Columns have no other identity and never move.
              <Table.Th key={at}>{head}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>{children}</Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
