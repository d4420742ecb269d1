// The way in through another login server; shown only where one is set up.
import { Button } from "@mantine/core";
import { IconLogin2 } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { providerOffer } from "@/api/client";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { leaveForProvider } from "./providerLogin";

export function ProviderButton({ next }: { next: string }) {
  const { t } = useTranslation();
  const offer = useQuery({ queryKey: ["provider"], queryFn: providerOffer, staleTime: Infinity, retry: false });
  const leave = useMutation({ mutationFn: leaveForProvider });
  if (!offer.data?.enabled) return null;
  return (
    <>
      <ProblemAlert error={leave.error} mt="md" />
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
