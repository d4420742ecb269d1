// The way in through another login server; shown only where one is set up.
import { Alert, Button } from "@mantine/core";
import { IconAlertTriangle, IconLogin2 } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { providerOffer } from "@/api/client";
import { asProblem } from "@/api/problem";
import { problemText } from "@/ui/problemText";
import { leaveForProvider } from "./providerLogin";

export function ProviderButton({ next }: { next: string }) {
  const { t } = useTranslation();
  const offer = useQuery({ queryKey: ["provider"], queryFn: providerOffer, staleTime: Infinity, retry: false });
  const leave = useMutation({ mutationFn: leaveForProvider });
  if (!offer.data?.enabled) return null;
  return (
    <>
      {leave.isError ? (
        <Alert color="red" role="alert" icon={<IconAlertTriangle aria-hidden />} mt="md">
          {problemText(t, asProblem(leave.error))}
        </Alert>
      ) : null}
      <Button
        variant="default"
        fullWidth
        size="md"
        mt="md"
        leftSection={<IconLogin2 size={20} aria-hidden />}
        loading={leave.isPending || leave.isSuccess}
        onClick={() => leave.mutate(next)}
      >
        {t("login.provider", { name: offer.data.name })}
      </Button>
    </>
  );
}
