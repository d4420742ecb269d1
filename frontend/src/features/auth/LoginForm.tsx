// E-mail and password, with errors in plain words and, in demo mode only, the demo logins.
import { Button, Card, PasswordInput, Text, TextInput, Title } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { demoMode, logIn } from "@/api/client";
import type { Tokens } from "@/api/types";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { DemoLogins } from "./DemoLogins";
import { ProviderButton } from "./ProviderButton";

export function LoginForm({ next, onLoggedIn }: { next: string; onLoggedIn: (tokens: Tokens) => Promise<void> }) {
  const { t } = useTranslation();
  const form = useForm({
    initialValues: { email: "", password: "" },
    validate: {
      email: (text) => (text.trim() ? null : "login.emailMissing"),
      password: (text) => (text ? null : "login.passwordMissing"),
    },
  });
  const demo = useQuery({ queryKey: ["demo-mode"], queryFn: demoMode, staleTime: Infinity, retry: false });
  const login = useMutation({
    mutationFn: (values: { email: string; password: string }) => logIn(values.email.trim(), values.password),
    onSuccess: onLoggedIn,
  });

  return (
    <Card withBorder padding="xl" w="100%" maw={420} bg="var(--page-card)">
      <Title order={1} size="h2" mb="md">
        {t("login.title")}
      </Title>
      <ProblemAlert error={login.error} mb="md" />
      <form onSubmit={form.onSubmit((values) => login.mutate(values))} noValidate>
        <TextInput
          label={t("login.email")}
          type="email"
          inputMode="email"
          autoComplete="username"
          size="md"
          mb="md"
          {...form.getInputProps("email")}
          error={form.errors["email"] ? t(String(form.errors["email"])) : null}
        />
        <PasswordInput
          label={t("login.password")}
          autoComplete="current-password"
          size="md"
          mb="lg"
          visibilityToggleButtonProps={{ "aria-label": t("login.showPassword"), "aria-hidden": false, tabIndex: 0 }}
          {...form.getInputProps("password")}
          error={form.errors["password"] ? t(String(form.errors["password"])) : null}
        />
        <Button type="submit" fullWidth size="md" loading={login.isPending}>
          {t("login.submit")}
        </Button>
      </form>
      <ProviderButton next={next} />
      <Text mt="md" ta="center">
        <Link to="/forgot-password">{t("login.forgot")}</Link>
      </Text>
      {demo.data ? <DemoLogins busy={login.isPending} onChoose={(values) => login.mutate(values)} /> : null}
    </Card>
  );
}
