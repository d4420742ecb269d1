// Where somebody is signed in, and ending it.
import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { User } from "@/api/types";
import { useFormats } from "@/lib/useFormats";
import { Failure } from "@/ui/Failure";
import { Loading } from "@/ui/Loading";
import { useEndLogins, useLogins } from "./peopleQueries";

export function LoginsDialog({ user, onClose }: { user: User; onClose: () => void }) {
  const { t } = useTranslation();
  const format = useFormats();
  const logins = useLogins(user.id);
  const end = useEndLogins(user.id);
  const time = (at: string) => format.dateTime(Date.parse(at));
  return (
    <Modal opened onClose={onClose} centered title={t("staff:people.loginsTitle", { name: user.full_name })} closeButtonProps={{ "aria-label": t("common.close") }}>
      {logins.isPending ? <Loading /> : null}
      {logins.isError ? <Failure error={logins.error} onRetry={() => void logins.refetch()} /> : null}
      {logins.data?.length === 0 ? <Text c="dimmed">{t("staff:people.noLogins")}</Text> : null}
      <Stack gap="xs">
        {logins.data?.map((login) => (
          <Group key={login.id} justify="space-between" wrap="nowrap">
            <Text size="sm">{t("staff:people.loginSince", { began: time(login.began_at), renewed: time(login.renewed_at) })}</Text>
            <Button size="compact-sm" variant="default" loading={end.isPending} onClick={() => end.mutate(login.id)}>
              {t("staff:people.endLogin")}
            </Button>
          </Group>
        ))}
      </Stack>
      {logins.data && logins.data.length > 1 ? (
        <Button mt="md" variant="default" loading={end.isPending} onClick={() => end.mutate(null)}>
          {t("staff:people.endAll")}
        </Button>
      ) : null}
    </Modal>
  );
}
