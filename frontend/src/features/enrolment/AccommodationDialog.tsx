// What is different for one student: more time, other strictness, kinds nobody looks for. There is no field for the reason.
import { Alert, Button, Checkbox, Group, Modal, NumberInput, Stack, Text } from "@mantine/core";
import { IconInfoCircle } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Accommodation, AccommodationIn, EnrolledStudent, Preset, ViolationKind } from "@/api/types";
import { kindName } from "@/ui/names";
import { failureNotice, notice } from "@/ui/notice";
import { useSetAccommodation } from "./enrolmentQueries";
import { PresetChoice } from "./PresetChoice";

const KINDS: readonly ViolationKind[] = [
  "face_not_detected",
  "multiple_faces",
  "looking_away",
  "audio_detected",
  "phone_detected",
  "identity_mismatch",
  "tab_switch",
  "window_blur",
  "copy_paste",
  "keyboard_shortcut",
];

export function AccommodationDialog(props: {
  examId: number;
  student: EnrolledStudent;
  known: Accommodation | undefined;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const { known, student } = props;
  const set = useSetAccommodation(props.examId);
  const [extra, setExtra] = useState(known?.extra_minutes ?? 0);
  const [preset, setPreset] = useState<Preset | null>(known?.preset ?? null);
  const [off, setOff] = useState<readonly ViolationKind[]>(known?.disabled_kinds ?? []);
  const save = (wanted: AccommodationIn | null) =>
    set.mutate(
      { studentId: student.id, wanted },
      {
        onSuccess: () => {
          notice(t("staff:students.differentSaved", { name: student.full_name }));
          props.onClose();
        },
        onError: failureNotice,
      },
    );
  return (
    <Modal
      opened
      onClose={props.onClose}
      size="lg"
      title={t("staff:students.differentFor", { name: student.full_name })}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      <Stack gap="md">
        <Alert icon={<IconInfoCircle aria-hidden />} p="sm">
          {t("staff:students.differentText")}
        </Alert>
        <NumberInput
          label={t("staff:students.extra")}
          min={0}
          max={1440}
          allowDecimal={false}
          maw={240}
          value={extra}
          onChange={(value) => setExtra(Number(value))}
          data-autofocus
        />
        <PresetChoice value={preset} onChange={setPreset} />
        <div role="group" aria-labelledby="not-looked-for">
          <Text size="sm" fw={600} id="not-looked-for" mb={6}>
            {t("staff:students.notLookedFor")}
          </Text>
          <div style={{ display: "grid", gridTemplateColumns: "repeat(auto-fill, minmax(200px, 1fr))", gap: 8 }}>
            {KINDS.map((kind) => (
              <Checkbox
                key={kind}
                label={kindName(t, kind)}
                checked={off.includes(kind)}
                onChange={(event) => setOff(event.currentTarget.checked ? [...off, kind] : off.filter((one) => one !== kind))}
              />
            ))}
          </div>
        </div>
        <Group justify="space-between">
          <Button variant="subtle" disabled={!known} onClick={() => save(null)}>
            {t("staff:students.likeOthers")}
          </Button>
          <Group gap="xs">
            <Button variant="default" onClick={props.onClose}>
              {t("common.cancel")}
            </Button>
            <Button loading={set.isPending} onClick={() => save({ extra_minutes: extra, preset, disabled_kinds: [...off] })}>
              {t("common.save")}
            </Button>
          </Group>
        </Group>
      </Stack>
    </Modal>
  );
}
