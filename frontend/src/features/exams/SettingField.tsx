// One setting with its name and what follows from it.
import { NumberInput, Radio, Stack, Switch } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { ExamChanges } from "@/api/types";
import type { Setting } from "./settings";

export type Change = (changes: ExamChanges) => void;

export function SettingField({ setting, draft, onChange }: { setting: Setting; draft: ExamChanges; onChange: Change }) {
  const { t } = useTranslation();
  const { name } = setting;
  const label = t(`authoring:set.${name}.label`);
  const hint = t(`authoring:set.${name}.hint`);
  if (setting.sort === "flag") {
    return (
      <Switch
        label={label}
        description={hint}
        checked={draft[name as "waiting_room"] === true}
        onChange={(event) => onChange({ [name]: event.currentTarget.checked })}
      />
    );
  }
  if (setting.sort === "number") {
    const value = draft[setting.name];
    return (
      <NumberInput
        label={label}
        description={hint}
        min={setting.min}
        max={setting.max}
        allowDecimal={false}
        maw={360}
        placeholder={setting.empty ? t("authoring:none") : ""}
        value={typeof value === "number" ? value : ""}
        onChange={(next) => onChange({ [name]: next === "" ? (setting.empty ? null : setting.min) : Number(next) })}
      />
    );
  }
  return (
    <Radio.Group
      label={label}
      description={hint}
      value={String(draft[setting.name])}
      onChange={(value) => onChange({ [name]: value } as ExamChanges)}
    >
      <Stack gap={6} mt={6}>
        {setting.values.map((value) => (
          <Radio key={value} value={value} label={t(`authoring:set.${name}.${value}`)} />
        ))}
      </Stack>
    </Radio.Group>
  );
}

export function SettingFields({ settings, draft, onChange }: { settings: readonly Setting[]; draft: ExamChanges; onChange: Change }) {
  return (
    <Stack gap="md">
      {settings.map((setting) => (
        <SettingField key={setting.name} setting={setting} draft={draft} onChange={onChange} />
      ))}
    </Stack>
  );
}
