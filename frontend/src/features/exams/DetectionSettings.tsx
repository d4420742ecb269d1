// What is looked for and how strictly, each with how often it is expected to be wrong.
import { Alert, Button, Collapse, Group, NumberInput, SegmentedControl, Stack, Switch, Text } from "@mantine/core";
import { IconInfoCircle } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answered, api } from "@/api/client";
import type { ExamChanges, Preset, PresetRead, ViolationKind } from "@/api/types";
import { useFormats } from "@/lib/useFormats";
import { kindName } from "@/ui/names";
import type { Change } from "./SettingField";
import { SettingFields } from "./SettingField";
import { DETECTION, expectedAlarms, type KindRate, lookedFor, RECORDING } from "./settings";

const PRESETS: readonly Preset[] = ["lenient", "standard", "strict"];
const NO_RATES: KindRate[] = [];

function usePresets() {
  return useQuery({
    queryKey: ["detection-presets"],
    queryFn: () => answered(api.GET("/api/v1/detection/presets")),
    staleTime: Infinity,
  });
}

type Part = { draft: ExamChanges; onChange: Change };

export function DetectionSettings({ draft, onChange }: Part) {
  const { t } = useTranslation();
  const presets = usePresets();
  const chosen = presets.data?.find((one) => one.preset === draft.preset);
  return (
    <Stack gap="md">
      <div>
        <Text component="label" size="sm" fw={600} id="preset-label">
          {t("authoring:preset.label")}
        </Text>
        <SegmentedControl
          aria-labelledby="preset-label"
          fullWidth
          value={draft.preset ?? "standard"}
          onChange={(value) => onChange({ preset: value as Preset })}
          data={PRESETS.map((value) => ({ value, label: t(`authoring:preset.${value}`) }))}
        />
        <Text size="sm" c="dimmed" mt={4}>
          {t(`authoring:preset.${draft.preset ?? "standard"}Hint`)}
        </Text>
      </div>
      {chosen ? <Expectation draft={draft} preset={chosen} /> : null}
      {DETECTION.map(({ name, kinds }) => (
        <Switch
          key={name}
          label={t(`authoring:set.${name}.label`)}
          description={<DetectionHint name={name} rates={chosen?.kinds ?? NO_RATES} kinds={kinds} />}
          checked={draft[name] !== false}
          onChange={(event) => onChange({ [name]: event.currentTarget.checked })}
        />
      ))}
      <SettingFields settings={RECORDING} draft={draft} onChange={onChange} />
      <Thresholds draft={draft} onChange={onChange} />
      {chosen ? <Weights draft={draft} onChange={onChange} preset={chosen} /> : null}
    </Stack>
  );
}

/** "About 0.3 false alarms per hour and student with these settings", and on how much that rests. */
function Expectation({ draft, preset }: { draft: ExamChanges; preset: PresetRead }) {
  const { t } = useTranslation();
  const format = useFormats();
  const expected = expectedAlarms(preset.kinds, lookedFor(draft, preset.kinds));
  return (
    <Alert icon={<IconInfoCircle aria-hidden />} role="status" p="sm">
      <Text size="sm" fw={600}>
        {expected === null
          ? t("authoring:alarms.unknown")
          : expected === 0
            ? t("authoring:alarms.zero")
            : t("authoring:alarms.expected", { n: format.number(expected, 2) })}
      </Text>
      {preset.measured_hours ? (
        <Text size="sm">{t("authoring:alarms.measured", { hours: format.number(preset.measured_hours, 1) })}</Text>
      ) : null}
    </Alert>
  );
}

function DetectionHint({ name, rates, kinds }: { name: string; rates: readonly KindRate[]; kinds: readonly string[] }) {
  const { t } = useTranslation();
  const format = useFormats();
  const expected = expectedAlarms(rates, kinds);
  return (
    <>
      {t(`authoring:set.${name}.hint`)}{" "}
      {expected === null
        ? t("authoring:alarms.none")
        : expected === 0
          ? t("authoring:alarms.zeroEach")
          : t("authoring:alarms.each", { n: format.number(expected, 2) })}
    </>
  );
}

function Thresholds({ draft, onChange }: Part) {
  const { t } = useTranslation();
  const field = (name: "warning_threshold" | "critical_threshold") => (
    <NumberInput
      label={t(`authoring:set.${name}.label`)}
      min={0}
      max={100}
      allowDecimal={false}
      value={Math.round((draft[name] ?? 0) * 100)}
      onChange={(value) => onChange({ [name]: Number(value) / 100 })}
      w={220}
    />
  );
  return (
    <div>
      <Group gap="md" align="flex-end">
        {field("warning_threshold")}
        {field("critical_threshold")}
      </Group>
      <Text size="sm" c="dimmed" mt={4}>
        {t("authoring:thresholdHint")}
      </Text>
    </div>
  );
}

/** Weight per kind: how much of the score it can take at most; a kind can also be left out altogether. */
function Weights({ draft, onChange, preset }: Part & { preset: PresetRead }) {
  const { t } = useTranslation();
  const [opened, setOpened] = useState(false);
  const weights = draft.weights ?? {};
  const off: readonly ViolationKind[] = draft.disabled_kinds ?? [];
  return (
    <div>
      <Button variant="default" size="sm" aria-expanded={opened} onClick={() => setOpened(!opened)}>
        {t("authoring:weights.open")}
      </Button>
      <Collapse expanded={opened}>
        <Text size="sm" c="dimmed" my="xs">
          {t("authoring:weights.text")}
        </Text>
        <Stack gap="xs">
          {preset.kinds.map(({ kind, weight }) => (
            <Group key={kind} gap="sm" justify="space-between">
              <Switch
                label={kindName(t, kind)}
                checked={!off.includes(kind)}
                onChange={(event) =>
                  onChange({
                    disabled_kinds: event.currentTarget.checked ? off.filter((one) => one !== kind) : [...off, kind],
                  })
                }
              />
              <NumberInput
                aria-label={t("authoring:weights.of", { kind: kindName(t, kind) })}
                size="xs"
                w={110}
                min={0}
                max={100}
                suffix="%"
                allowDecimal={false}
                value={Math.round((weights[kind] ?? weight) * 100)}
                onChange={(value) => onChange({ weights: { ...weights, [kind]: Number(value) / 100 } })}
              />
            </Group>
          ))}
        </Stack>
      </Collapse>
    </div>
  );
}
