// Settings of the whole institution: name, languages, how long pictures are kept, passwords, capture, mail.
import { Button, Checkbox, Group, NumberInput, Select, Stack, Switch, Text, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answered, api } from "@/api/client";
import type { Institution } from "@/api/types";
import { LANGUAGE_NAMES, LANGUAGES } from "@/lib/languages";
import { Failure } from "@/ui/Failure";
import { Loading } from "@/ui/Loading";
import { notice } from "@/ui/notice";
import { ProblemAlert } from "@/ui/ProblemAlert";
import classes from "./Admin.module.css";

export function InstitutionForm() {
  const institution = useQuery({ queryKey: ["institution"], queryFn: () => answered(api.GET("/api/v1/institution")) });
  if (institution.isPending) return <Loading />;
  if (institution.isError) return <Failure error={institution.error} onRetry={() => void institution.refetch()} />;
  return <Form key={JSON.stringify(institution.data)} stored={institution.data as Institution} />;
}

const NUMBERS = [
  { name: "evidence_days", min: 1, max: 3650, empty: false },
  { name: "evidence_days_unreleased", min: 1, max: 3650, empty: false },
  { name: "evidence_views_per_hour", min: 10, max: 10_000, empty: false },
  { name: "password_min_length", min: 8, max: 64, empty: true },
  { name: "max_fps", min: 0.1, max: 30, empty: true },
  { name: "max_frame_bytes", min: 16_384, max: 262_144, empty: true },
] as const;

function Form({ stored }: { stored: Institution }) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const [wanted, setWanted] = useState<Institution>(stored);
  const change = (some: Partial<Institution>) => setWanted((known) => ({ ...known, ...some }));
  const save = useMutation({
    mutationFn: () => answered(api.PUT("/api/v1/institution", { body: wanted })),
    onSuccess: () => notice(t("staff:admin.institution.saved")),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ["institution"] }),
  });
  const zones = Intl.supportedValuesOf("timeZone");
  return (
    <form
      className={classes.box}
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <Stack gap="md">
        <TextInput
          label={t("staff:admin.institution.name")}
          maxLength={200}
          value={wanted.name}
          onChange={(event) => change({ name: event.currentTarget.value })}
        />
        <Checkbox.Group
          label={t("staff:admin.institution.languages")}
          value={wanted.languages}
          onChange={(languages) => change({ languages: LANGUAGES.filter((one) => languages.includes(one)) })}
        >
          <Group gap="lg" mt={6}>
            {LANGUAGES.map((language) => (
              <Checkbox key={language} value={language} label={LANGUAGE_NAMES[language]} lang={language} />
            ))}
          </Group>
        </Checkbox.Group>
        <Select
          label={t("staff:admin.institution.timezone")}
          searchable
          maw={320}
          data={zones.includes(wanted.timezone) ? zones : [wanted.timezone, ...zones]}
          value={wanted.timezone}
          onChange={(timezone) => change({ timezone: timezone ?? "UTC" })}
        />
        <div className={classes.grid}>
          {NUMBERS.map(({ name, min, max, empty }) => (
            <NumberInput
              key={name}
              label={t(`staff:admin.institution.${name}`)}
              description={t(`staff:admin.institution.${name}Hint`)}
              min={min}
              max={max}
              placeholder={empty ? t("staff:admin.institution.server") : ""}
              value={wanted[name] ?? ""}
              onChange={(value) => change({ [name]: value === "" ? (empty ? null : min) : Number(value) })}
            />
          ))}
        </div>
        <Switch
          label={t("staff:admin.institution.minors")}
          description={t("staff:admin.institution.minorsHint")}
          checked={wanted.minors}
          onChange={(event) => change({ minors: event.currentTarget.checked })}
        />
        <Switch
          label={t("staff:admin.institution.retention_automatic")}
          description={t("staff:admin.institution.retention_automaticHint")}
          checked={wanted.retention_automatic}
          onChange={(event) => change({ retention_automatic: event.currentTarget.checked })}
        />
        <TextInput
          label={t("staff:admin.institution.mail_from")}
          placeholder={t("staff:admin.institution.server")}
          maw={420}
          value={wanted.mail_from ?? ""}
          onChange={(event) => change({ mail_from: event.currentTarget.value || null })}
        />
        <ProblemAlert error={save.error} />
        <Group justify="space-between">
          <Text size="sm" c="dimmed">
            {t("staff:admin.institution.hint")}
          </Text>
          <Button type="submit" loading={save.isPending} disabled={JSON.stringify(wanted) === JSON.stringify(stored)}>
            {t("common.save")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
