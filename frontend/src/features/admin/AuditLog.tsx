// Who did what, with search. Nothing here can be changed.
import { Button, Select, Table, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answered, api } from "@/api/client";
import type { AuditRow } from "@/api/types";
import { useFormats } from "@/lib/useFormats";
import { Failure } from "@/ui/Failure";
import { Loading } from "@/ui/Loading";
import classes from "./Admin.module.css";

const PAGE = 50;
type Filter = { q: string; action: string; since: string; until: string };

const DAY_MS = 86_400_000;

/** The beginning of a chosen day, and what comes `later` ms after it. */
function moment(day: string, later: number): string {
  return new Date(new Date(day).getTime() + later).toISOString();
}

function useAudit(filter: Filter) {
  return useInfiniteQuery({
    queryKey: ["audit", filter],
    queryFn: ({ pageParam }) => {
      const { q, action, since, until } = filter;
      const query = {
        ...(q ? { q } : {}),
        ...(action ? { action } : {}),
        ...(since ? { since: moment(since, 0) } : {}),
        ...(until ? { until: moment(until, DAY_MS) } : {}),
        skip: pageParam,
        limit: PAGE,
      };
      return answered(api.GET("/api/v1/audit", { params: { query } }));
    },
    initialPageParam: 0,
    getNextPageParam: (last, all) => (last.length < PAGE ? undefined : all.length * PAGE),
    placeholderData: (known) => known,
  });
}

export function AuditLog() {
  const { t } = useTranslation();
  const [filter, setFilter] = useState<Filter>({ q: "", action: "", since: "", until: "" });
  const [wanted] = useDebouncedValue(filter, 300);
  const audit = useAudit(wanted);
  const actions = useQuery({ queryKey: ["audit-actions"], queryFn: () => answered(api.GET("/api/v1/audit/actions")) });
  const rows = audit.data?.pages.flat() ?? [];
  const change = (some: Partial<Filter>) => setFilter((known) => ({ ...known, ...some }));
  return (
    <div className={classes.box}>
      <div className={classes.filters}>
        <TextInput
          label={t("common.search")}
          leftSection={<IconSearch size={18} aria-hidden />}
          value={filter.q}
          onChange={(event) => change({ q: event.currentTarget.value })}
        />
        <Select
          label={t("staff:admin.audit.action")}
          clearable
          searchable
          data={(actions.data ?? []).map((value) => ({ value, label: t(`staff:deed.${value}`, { defaultValue: value }) }))}
          value={filter.action || null}
          onChange={(value) => change({ action: value ?? "" })}
        />
        <TextInput type="date" label={t("analytics:from")} value={filter.since} onChange={(event) => change({ since: event.currentTarget.value })} />
        <TextInput type="date" label={t("analytics:to")} value={filter.until} onChange={(event) => change({ until: event.currentTarget.value })} />
      </div>
      {audit.isPending ? <Loading /> : null}
      {audit.isError ? <Failure error={audit.error} onRetry={() => void audit.refetch()} /> : null}
      {audit.isSuccess && rows.length === 0 ? <Text c="dimmed">{t("staff:admin.audit.none")}</Text> : null}
      {rows.length > 0 ? <AuditTable rows={rows} /> : null}
      {audit.hasNextPage ? (
        <Button variant="default" fullWidth mt="sm" loading={audit.isFetchingNextPage} onClick={() => void audit.fetchNextPage()}>
          {t("common.more")}
        </Button>
      ) : null}
    </div>
  );
}

function AuditTable({ rows }: { rows: readonly AuditRow[] }) {
  const { t } = useTranslation();
  const format = useFormats();
  return (
    <Table.ScrollContainer minWidth={640}>
      <Table verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("staff:admin.audit.time")}</Table.Th>
            <Table.Th>{t("staff:admin.audit.who")}</Table.Th>
            <Table.Th>{t("staff:admin.audit.action")}</Table.Th>
            <Table.Th>{t("staff:admin.audit.subject")}</Table.Th>
            <Table.Th>{t("staff:admin.audit.detail")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={row.id}>
              <Table.Td>{format.dateTime(Date.parse(row.at))}</Table.Td>
              <Table.Td>{row.actor?.full_name ?? t("review:system")}</Table.Td>
              <Table.Td>{t(`staff:deed.${row.action}`, { defaultValue: row.action })}</Table.Td>
              <Table.Td className={classes.detail}>{row.subject}</Table.Td>
              <Table.Td className={classes.detail}>
                {Object.entries(row.detail)
                  .filter(([, value]) => value !== null)
                  .map(([name, value]) => `${name}=${String(value)}`)
                  .join(" ")}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
