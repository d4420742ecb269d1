// Another strictness for one student, or the exam's.
import { Select } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Preset } from "@/api/types";

const PRESETS: readonly Preset[] = ["lenient", "standard", "strict"];

export function PresetChoice({ value, onChange }: { value: Preset | null; onChange: (value: Preset | null) => void }) {
  const { t } = useTranslation();
  return (
    <Select
      label={t("authoring:preset.label")}
      placeholder={t("staff:students.examPreset")}
      clearable
      maw={240}
      data={PRESETS.map((one) => ({ value: one, label: t(`authoring:preset.${one}`) }))}
      value={value}
      onChange={(chosen) => onChange(chosen as Preset | null)}
    />
  );
}
