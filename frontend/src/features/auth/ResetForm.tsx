// Where the mailed link leads: a new password, once.
import { Alert, Button, Card, PasswordInput, Text, Title } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { publicInstitution, resetPassword } from "@/api/client";
import { useFormats } from "@/lib/useFormats";
import { ProblemAlert } from "@/ui/ProblemAlert";

/** The link's secret. It stands behind a #, so that it is never sent anywhere with the address. */
function tokenIn(hash: string): string {
  return new URLSearchParams(hash.replace(/^#/, "")).get("token") ?? "";
}

export function ResetForm() {
  const { t } = useTranslation();
  const [token] = useState(() => tokenIn(window.location.hash));
  const reset = useMutation({ mutationFn: (wanted: string) => resetPassword(token, wanted) });
  return (
    <Card withBorder padding="xl" w="100%" maw={420} bg="var(--page-card)">
      <Title order={1} size="h2" mb="md">
        {t("reset.title")}
      </Title>
      {reset.isSuccess ? (
        <Alert color="teal" role="status" icon={<IconCircleCheck aria-hidden />}>
          {t("reset.done")}
        </Alert>
      ) : (
        <>
          <ProblemAlert error={reset.error} mb="md" />
          {token ? null : (
            <Alert color="red" role="alert" icon={<IconAlertTriangle aria-hidden />} mb="md">
              {t("reset.noToken")}
            </Alert>
          )}
          {token ? <NewPassword busy={reset.isPending} onWanted={(wanted) => reset.mutate(wanted)} /> : null}
        </>
      )}
      <Text mt="md" ta="center">
        {reset.isSuccess ? <Link to="/login">{t("reset.toLogin")}</Link> : <Link to="/forgot-password">{t("reset.another")}</Link>}
      </Text>
    </Card>
  );
}

function NewPassword({ busy, onWanted }: { busy: boolean; onWanted: (wanted: string) => void }) {
  const { t } = useTranslation();
  const format = useFormats();
  const [wanted, setWanted] = useState("");
  const [missing, setMissing] = useState(false);
  const rules = useQuery({ queryKey: ["institution-public"], queryFn: publicInstitution, staleTime: Infinity });
  const shortest = rules.data?.password_min_length;
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setMissing(!wanted);
        if (wanted) onWanted(wanted);
      }}
    >
      <PasswordInput
        label={t("password.wanted")}
        description={shortest ? t("reset.rule", { n: format.number(shortest) }) : null}
        autoComplete="new-password"
        size="md"
        mb="lg"
        value={wanted}
        error={missing ? t("login.passwordMissing") : null}
        visibilityToggleButtonProps={{ "aria-label": t("login.showPassword"), "aria-hidden": false, tabIndex: 0 }}
        onChange={(event) => setWanted(event.currentTarget.value)}
      />
      <Button type="submit" fullWidth size="md" loading={busy}>
        {t("common.save")}
      </Button>
    </form>
  );
}
