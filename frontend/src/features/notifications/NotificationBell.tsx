// What happened while one was elsewhere: a bell with a count, and the list behind it.
import { ActionIcon, Button, Group, Indicator, Popover, Text } from "@mantine/core";
import { IconBell } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answered, api } from "@/api/client";
import type { Notification } from "@/api/types";
import { useFormats } from "@/lib/useFormats";
import { Failure } from "@/ui/Failure";
import { Loading } from "@/ui/Loading";
import classes from "./NotificationBell.module.css";
import { useNewNotifications } from "./useNewNotifications";

/** How often one asks: seldom while the server tells of new ones by itself. */
const EVERY_MS = 60_000;
const SELDOM_MS = 600_000;

function useUnread() {
  const isTold = useNewNotifications();
  return useQuery({
    queryKey: ["notifications", "unread"],
    queryFn: () => answered(api.GET("/api/v1/notifications/unread-count")),
    refetchInterval: isTold ? SELDOM_MS : EVERY_MS,
  });
}

export function NotificationBell({ onOpen }: { onOpen: (notification: Notification) => void }) {
  const { t } = useTranslation();
  const format = useFormats();
  const [opened, setOpened] = useState(false);
  const unread = useUnread();
  const count = unread.data?.unread_count ?? 0;
  const label = count > 0 ? t("staff:notifications.bell", { count, n: format.number(count) }) : t("staff:notifications.title");
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" width={360} trapFocus withinPortal>
      <Indicator label={format.number(count)} size={18} offset={5} disabled={count === 0} color="red">
        <Popover.Target>
          <ActionIcon variant="default" size={36} aria-label={label} title={label} onClick={() => setOpened(!opened)}>
            <IconBell size={20} aria-hidden />
          </ActionIcon>
        </Popover.Target>
      </Indicator>
      <Popover.Dropdown p="sm">
        {opened ? (
          <List
            onOpen={(notification) => {
              setOpened(false);
              onOpen(notification);
            }}
          />
        ) : null}
      </Popover.Dropdown>
    </Popover>
  );
}

function List({ onOpen }: { onOpen: (notification: Notification) => void }) {
  const { t } = useTranslation();
  const format = useFormats();
  const queryClient = useQueryClient();
  const refresh = () => queryClient.invalidateQueries({ queryKey: ["notifications"] });
  const list = useQuery({
    queryKey: ["notifications", "list"],
    queryFn: () => answered(api.GET("/api/v1/notifications/", { params: { query: { limit: 30 } } })),
    staleTime: 0,
  });
  const read = useMutation({
    mutationFn: (id: number) =>
      answered(api.POST("/api/v1/notifications/{notification_id}/read", { params: { path: { notification_id: id } } })),
    onSettled: refresh,
  });
  const readAll = useMutation({
    mutationFn: () => answered(api.POST("/api/v1/notifications/mark-all-read")),
    onSettled: refresh,
  });
  if (list.isPending) return <Loading />;
  if (list.isError) return <Failure error={list.error} onRetry={() => void list.refetch()} />;
  return (
    <>
      <Group justify="space-between" mb="xs">
        <strong>{t("staff:notifications.title")}</strong>
        {list.data.some((one) => !one.is_read) ? (
          <Button size="compact-sm" variant="subtle" loading={readAll.isPending} onClick={() => readAll.mutate()}>
            {t("staff:notifications.allRead")}
          </Button>
        ) : null}
      </Group>
      {list.data.length === 0 ? <Text c="dimmed">{t("staff:notifications.none")}</Text> : null}
      <ul className={classes.list}>
        {list.data.map((one) => (
          <li key={one.id}>
            <button
              type="button"
              className={classes.item}
              data-unread={!one.is_read || undefined}
              onClick={() => {
                if (!one.is_read) read.mutate(one.id);
                onOpen(one);
              }}
            >
              <span className={classes.title}>{one.title}</span>
              <span className={classes.text}>{one.message}</span>
              <span className={classes.time}>{format.dateTime(Date.parse(one.created_at))}</span>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
