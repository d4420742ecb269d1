// Who may sit the exam, from where, and what they show at the door.
import { PasswordInput, Stack, Text, Textarea } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ExamChanges } from "@/api/types";
import { type Change, SettingFields } from "./SettingField";
import { ACCESS } from "./settings";

export function AccessSettings(props: { draft: ExamChanges; onChange: Change; hasPassword: boolean; examId: number }) {
  const { t } = useTranslation();
  const { draft, onChange } = props;
  const [networks, setNetworks] = useState<string | null>(null);
  const shown = networks ?? (draft.ip_restrictions ?? []).join("\n");
  return (
    <Stack gap="md">
      <SettingFields settings={ACCESS} draft={draft} onChange={onChange} />
      <Text size="sm">
        <Link to="/exams/$examId/students" params={{ examId: props.examId }}>
          {t("authoring:toStudents")}
        </Link>
      </Text>
      <PasswordInput
        label={t("authoring:set.exam_password.label")}
        description={t(props.hasPassword ? "authoring:set.exam_password.has" : "authoring:set.exam_password.hint")}
        autoComplete="off"
        value={draft.exam_password ?? ""}
        maxLength={200}
        onChange={(event) => onChange({ exam_password: event.currentTarget.value })}
        visibilityToggleButtonProps={{ "aria-label": t("login.showPassword"), "aria-hidden": false, tabIndex: 0 }}
      />
      <Textarea
        label={t("authoring:set.ip_restrictions.label")}
        description={t("authoring:set.ip_restrictions.hint")}
        placeholder="203.0.113.0/24"
        autosize
        minRows={2}
        value={shown}
        onChange={(event) => {
          setNetworks(event.currentTarget.value);
          onChange({ ip_restrictions: event.currentTarget.value.split(/[\s,]+/).filter(Boolean) });
        }}
      />
    </Stack>
  );
}
