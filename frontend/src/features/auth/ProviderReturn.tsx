// Where another login server sends people back to: ends the sign-in, or says why it did not work.
import { Card, Text, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { asProblem, type Problem } from "@/api/problem";
import { Loading } from "@/ui/Loading";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { comeBackFromProvider } from "./providerLogin";

let ending: Promise<string | null> | null = null;

export function ProviderReturn({ onBack }: { onBack: (next: string | null) => void }) {
  const { t } = useTranslation();
  const [problem, setProblem] = useState<Problem | null>(null);
  useEffect(() => {
    ending ??= comeBackFromProvider(window.location.search); // a code is good once, and effects may run twice
    ending.then(onBack, (error: unknown) => setProblem(asProblem(error)));
  }, [onBack]);
  if (!problem) return <Loading />;
  return (
    <Card withBorder padding="xl" w="100%" maw={420} bg="var(--page-card)">
      <Title order={1} size="h2" mb="md">
        {t("login.title")}
      </Title>
      <ProblemAlert error={problem} />
      <Text mt="md" ta="center">
        <Link to="/login">{t("reset.toLogin")}</Link>
      </Text>
    </Card>
  );
}
