// For an account whose password was set by somebody else: nothing else opens before it has a password of its own.
import { Button, Card, PasswordInput, Text, Title } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { answered, api, logIn } from "@/api/client";
import { ProblemAlert } from "@/ui/ProblemAlert";

type Fields = { current: string; wanted: string };

/** A new password ends every login of the account, this one too: sign in again with it at once. */
async function changePassword(email: string, { current, wanted }: Fields): Promise<void> {
  await answered(api.PUT("/api/v1/users/me", { body: { current_password: current, password: wanted } }));
  await logIn(email, wanted);
}

export function NewPasswordForm({ email }: { email: string }) {
  const { t } = useTranslation();
  const form = useForm<Fields>({
    initialValues: { current: "", wanted: "" },
    validate: {
      current: (text) => (text ? null : "login.passwordMissing"),
      wanted: (text, { current }) => (text && text !== current ? null : "password.different"),
    },
  });
  const change = useMutation({ mutationFn: (fields: Fields) => changePassword(email, fields) });
  const field = (name: keyof Fields) => {
    const fault = form.errors[name];
    return {
      ...form.getInputProps(name),
      error: fault ? t(String(fault)) : null,
      visibilityToggleButtonProps: { "aria-label": t("login.showPassword"), "aria-hidden": false, tabIndex: 0 },
    };
  };
  return (
    <Card withBorder padding="xl" maw={460} mx="auto" mt="xl" bg="var(--page-card)">
      <Title order={1} size="h2">
        {t("password.title")}
      </Title>
      <Text c="dimmed" mb="md">
        {t("password.why")}
      </Text>
      <ProblemAlert error={change.error} mb="md" />
      <form onSubmit={form.onSubmit((fields) => change.mutate(fields))} noValidate>
        <input type="hidden" autoComplete="username" value={email} readOnly />
        <PasswordInput label={t("password.current")} autoComplete="current-password" mb="md" {...field("current")} />
        <PasswordInput label={t("password.wanted")} autoComplete="new-password" mb="lg" {...field("wanted")} />
        <Button type="submit" fullWidth loading={change.isPending}>
          {t("common.save")}
        </Button>
      </form>
    </Card>
  );
}
