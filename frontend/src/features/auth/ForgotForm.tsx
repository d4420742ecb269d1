// Asks for a mailed link; says the same whether there is such an account or not.
import { Alert, Button, Card, Text, TextInput, Title } from "@mantine/core";
import { IconMailCheck } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { askForReset } from "@/api/client";
import { ProblemAlert } from "@/ui/ProblemAlert";

export function ForgotForm() {
  const { t } = useTranslation();
  const [email, setEmail] = useState("");
  const [missing, setMissing] = useState(false);
  const ask = useMutation({ mutationFn: askForReset });
  return (
    <Card withBorder padding="xl" w="100%" maw={420} bg="var(--page-card)">
      <Title order={1} size="h2" mb="xs">
        {t("reset.forgotTitle")}
      </Title>
      {ask.isSuccess ? (
        <Alert color="teal" role="status" icon={<IconMailCheck aria-hidden />} mb="md">
          {t("reset.sent", { email: ask.variables })}
        </Alert>
      ) : (
        <>
          <Text c="dimmed" mb="md">
            {t("reset.forgotText")}
          </Text>
          <ProblemAlert error={ask.error} mb="md" />
          <form
            noValidate
            onSubmit={(event) => {
              event.preventDefault();
              setMissing(!email.trim());
              if (email.trim()) ask.mutate(email.trim());
            }}
          >
            <TextInput
              label={t("login.email")}
              type="email"
              inputMode="email"
              autoComplete="username"
              size="md"
              mb="lg"
              value={email}
              error={missing ? t("login.emailMissing") : null}
              onChange={(event) => setEmail(event.currentTarget.value)}
            />
            <Button type="submit" fullWidth size="md" loading={ask.isPending}>
              {t("reset.send")}
            </Button>
          </form>
        </>
      )}
      <Text mt="md" ta="center">
        <Link to="/login">{t("reset.toLogin")}</Link>
      </Text>
    </Card>
  );
}
