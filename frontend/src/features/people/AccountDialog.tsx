// Makes one account; its first password must be changed at the first sign-in.
import { Button, Group, Modal, PasswordInput, Select, Stack, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Role } from "@/api/types";
import { LANGUAGE_NAMES, LANGUAGES } from "@/lib/languages";
import { notice } from "@/ui/notice";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { type NewAccount, useCreateUser } from "./peopleQueries";

const ROLES: readonly Role[] = ["student", "teacher", "admin"];
const FRESH: NewAccount = { email: "", full_name: "", role: "student", password: "", preferred_language: "bn" };

export function AccountDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const [wanted, setWanted] = useState(FRESH);
  const create = useCreateUser();
  const change = (some: Partial<NewAccount>) => setWanted((known) => ({ ...known, ...some }));
  return (
    <Modal opened onClose={onClose} centered title={t("staff:people.create")} closeButtonProps={{ "aria-label": t("common.close") }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate(wanted, {
            onSuccess: (made) => {
              notice(t("staff:people.created", { name: made.full_name }));
              onClose();
            },
          });
        }}
      >
        <Stack gap="sm">
          <ProblemAlert error={create.error} />
          <TextInput
            label={t("people.name")}
            required
            data-autofocus
            value={wanted.full_name}
            onChange={(event) => change({ full_name: event.currentTarget.value })}
          />
          <TextInput
            label={t("people.email")}
            type="email"
            required
            value={wanted.email}
            onChange={(event) => change({ email: event.currentTarget.value })}
          />
          <PasswordInput
            label={t("staff:people.password")}
            description={t("staff:people.passwordHint")}
            required
            autoComplete="new-password"
            value={wanted.password}
            onChange={(event) => change({ password: event.currentTarget.value })}
            visibilityToggleButtonProps={{ "aria-label": t("login.showPassword"), "aria-hidden": false, tabIndex: 0 }}
          />
          <Group grow>
            <Select
              label={t("staff:people.role")}
              allowDeselect={false}
              data={ROLES.map((value) => ({ value, label: t(`roles.${value}`) }))}
              value={wanted.role}
              onChange={(role) => change({ role: role ?? "student" })}
            />
            <Select
              label={t("nav.language")}
              allowDeselect={false}
              data={LANGUAGES.map((value) => ({ value, label: LANGUAGE_NAMES[value] }))}
              value={wanted.preferred_language}
              onChange={(language) => change({ preferred_language: language ?? "en" })}
            />
          </Group>
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t("common.cancel")}
            </Button>
            <Button type="submit" loading={create.isPending} disabled={!wanted.email || !wanted.full_name || !wanted.password}>
              {t("staff:people.create")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
