// Everybody with an account: find, make, import, disable, help back in.
import { ActionIcon, Badge, Button, Group, Menu, Modal, Select, Table, Text, TextInput, Title } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import {
  IconDeviceLaptop,
  IconDotsVertical,
  IconDownload,
  IconFileImport,
  IconKey,
  IconSearch,
  IconTrash,
  IconUserOff,
  IconUserPlus,
} from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { importList } from "@/api/importList";
import type { Role, User } from "@/api/types";
import { useUser } from "@/api/useUser";
import { useFormats } from "@/lib/useFormats";
import { Failure } from "@/ui/Failure";
import { ImportForm } from "@/ui/ImportForm";
import { Loading } from "@/ui/Loading";
import { failureNotice } from "@/ui/notice";
import { undoNotice } from "@/ui/undoNotice";
import { AccountDialog } from "./AccountDialog";
import { EraseDialog } from "./EraseDialog";
import { LoginsDialog } from "./LoginsDialog";
import classes from "./PeopleList.module.css";
import { downloadEverything, usePeople, useResetPassword, useSetActive } from "./peopleQueries";

const ROLES: readonly Role[] = ["student", "teacher", "admin"];
type Shown = { kind: "create" | "import" } | { kind: "logins" | "erase"; user: User } | { kind: "password"; user: User; password: string; until: string };

export function PeopleList() {
  const { t } = useTranslation();
  const [search, setSearch] = useState("");
  const [role, setRole] = useState<Role | null>(null);
  const [wanted] = useDebouncedValue(search.trim(), 300);
  const [shown, setShown] = useState<Shown | null>(null);
  const people = usePeople({ search: wanted, role });
  const rows = people.data?.pages.flat() ?? [];
  return (
    <>
      <Group justify="space-between" mb="md" gap="xs">
        <Title order={1} size="h2">
          {t("people.title")}
        </Title>
        <Group gap="xs">
          <Button variant="default" leftSection={<IconFileImport size={18} aria-hidden />} onClick={() => setShown({ kind: "import" })}>
            {t("staff:people.import")}
          </Button>
          <Button leftSection={<IconUserPlus size={18} aria-hidden />} onClick={() => setShown({ kind: "create" })}>
            {t("staff:people.create")}
          </Button>
        </Group>
      </Group>
      <Group gap="xs" mb="sm">
        <TextInput
          aria-label={t("common.search")}
          placeholder={t("common.search")}
          flex="1 1 220px"
          leftSection={<IconSearch size={18} aria-hidden />}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
        <Select
          aria-label={t("staff:people.role")}
          placeholder={t("staff:people.allRoles")}
          clearable
          w={180}
          data={ROLES.map((value) => ({ value, label: t(`roles.${value}`) }))}
          value={role}
          onChange={(value) => setRole(value)}
        />
      </Group>
      {people.isPending ? <Loading /> : null}
      {people.isError ? <Failure error={people.error} onRetry={() => void people.refetch()} /> : null}
      {people.isSuccess && rows.length === 0 ? <Text c="dimmed">{t("staff:people.nobody")}</Text> : null}
      {rows.length > 0 ? <PeopleTable rows={rows} onShow={setShown} /> : null}
      {people.hasNextPage ? (
        <Button variant="default" fullWidth mt="sm" loading={people.isFetchingNextPage} onClick={() => void people.fetchNextPage()}>
          {t("common.more")}
        </Button>
      ) : null}
      <Dialogs
        shown={shown}
        onClose={() => {
          setShown(null);
          void people.refetch();
        }}
      />
    </>
  );
}

function PeopleTable({ rows, onShow }: { rows: readonly User[]; onShow: (shown: Shown) => void }) {
  const { t } = useTranslation();
  return (
    <Table.ScrollContainer minWidth={320}>
      <Table verticalSpacing="sm" bg="var(--page-card)" withTableBorder>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("people.name")}</Table.Th>
            <Table.Th className={classes.wide}>{t("people.email")}</Table.Th>
            <Table.Th className={classes.wide}>{t("people.role")}</Table.Th>
            <Table.Th>{t("people.state")}</Table.Th>
            <Table.Th>
              <span className="visually-hidden">{t("staff:live.actions")}</span>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((user) => (
            <Table.Tr key={user.id}>
              <Table.Td>
                {user.full_name}
                <Text size="sm" c="dimmed" className={classes.narrow}>
                  {user.email}
                  <br />
                  {t(`roles.${user.role}`)}
                </Text>
              </Table.Td>
              <Table.Td className={classes.wide}>{user.email}</Table.Td>
              <Table.Td className={classes.wide}>{t(`roles.${user.role}`)}</Table.Td>
              <Table.Td>
                <Badge variant="light" miw="max-content" color={user.is_active ? "teal" : "gray"}>
                  {t(user.is_active ? "people.active" : "people.inactive")}
                </Badge>
              </Table.Td>
              <Table.Td>
                <UserMenu user={user} onShow={onShow} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function UserMenu({ user, onShow }: { user: User; onShow: (shown: Shown) => void }) {
  const { t } = useTranslation();
  const me = useUser();
  const setActive = useSetActive();
  const reset = useResetPassword();
  const name = user.full_name;
  const turn = (active: boolean) =>
    setActive.mutate(
      { id: user.id, active },
      {
        onError: failureNotice,
        onSuccess: () =>
          undoNotice(t(active ? "staff:people.activated" : "staff:people.deactivated", { name }), () =>
            setActive.mutate({ id: user.id, active: !active }, { onError: failureNotice }),
          ),
      },
    );
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size={36} aria-label={t("staff:people.more", { name })}>
          <IconDotsVertical size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          leftSection={<IconKey size={16} aria-hidden />}
          onClick={() =>
            reset.mutate(user.id, {
              onError: failureNotice,
              onSuccess: (made) => onShow({ kind: "password", user, password: made.temporary_password, until: made.expires_at }),
            })
          }
        >
          {t("staff:people.reset")}
        </Menu.Item>
        <Menu.Item leftSection={<IconDeviceLaptop size={16} aria-hidden />} onClick={() => onShow({ kind: "logins", user })}>
          {t("staff:people.logins")}
        </Menu.Item>
        <Menu.Item
          leftSection={<IconUserOff size={16} aria-hidden />}
          disabled={user.id === me?.id}
          onClick={() => turn(!user.is_active)}
        >
          {t(user.is_active ? "staff:people.deactivate" : "staff:people.activate")}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item
          leftSection={<IconDownload size={16} aria-hidden />}
          onClick={() => void downloadEverything(user.id).catch(failureNotice)}
        >
          {t("staff:people.everything")}
        </Menu.Item>
        <Menu.Item
          color="var(--mantine-color-error)"
          leftSection={<IconTrash size={16} aria-hidden />}
          disabled={user.id === me?.id}
          onClick={() => onShow({ kind: "erase", user })}
        >
          {t("staff:people.eraseMenu")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function Dialogs({ shown, onClose }: { shown: Shown | null; onClose: () => void }) {
  const { t } = useTranslation();
  const format = useFormats();
  if (!shown) return null;
  if (shown.kind === "create") return <AccountDialog onClose={onClose} />;
  if (shown.kind === "erase") return <EraseDialog user={shown.user} onClose={onClose} />;
  if (shown.kind === "logins") return <LoginsDialog user={shown.user} onClose={onClose} />;
  const close = { "aria-label": t("common.close") };
  if (shown.kind === "password") {
    return (
      <Modal opened onClose={onClose} centered title={t("staff:people.resetTitle", { name: shown.user.full_name })} closeButtonProps={close}>
        <Text size="xl" ff="monospace" my="sm">
          {shown.password}
        </Text>
        <Text size="sm">{t("staff:people.resetText", { time: format.dateTime(Date.parse(shown.until)) })}</Text>
      </Modal>
    );
  }
  return (
    <Modal opened onClose={onClose} size="lg" title={t("staff:people.import")} closeButtonProps={close}>
      <ImportForm
        hint={t("staff:people.importHint")}
        example={"email,full_name,role,language\nnadia@example.org,Nadia Rahman,student,bn"}
        options={[]}
        onImport={(source, _chosen, dryRun) => importList("/users/import", source, { dry_run: dryRun })}
      />
    </Modal>
  );
}
