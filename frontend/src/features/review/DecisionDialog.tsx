// The decision about a whole sitting, with words for the student and a note for the staff.
import { Button, Group, Modal, Radio, Stack, Text, Textarea } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Decision, Review } from "@/api/types";
import { useFormats } from "@/lib/useFormats";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { useDecide } from "./reviewQueries";

const DECISIONS: readonly Decision[] = ["clean", "suspicious", "violation"];
const LONGEST = 4000;

export function DecisionDialog(props: { review: Review; sittingId: number; onDecided: () => void; onClose: () => void }) {
  const { t } = useTranslation();
  const format = useFormats();
  const decide = useDecide(props.sittingId);
  const [decision, setDecision] = useState<Decision | null>(null);
  const [text, setText] = useState("");
  const [note, setNote] = useState("");
  const open = props.review.violations.filter((one) => !one.verdict).length;
  return (
    <Modal
      opened
      onClose={props.onClose}
      size="lg"
      centered
      title={t("review:decisionTitle", { name: props.review.session.student.full_name })}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (decision) decide.mutate({ decision, text: text.trim(), note: note.trim() }, { onSuccess: props.onDecided });
        }}
      >
        <Text size="sm" c="dimmed" mb="sm">
          {props.review.session.student.email}
        </Text>
        <ProblemAlert error={decide.error} mb="sm" />
        {open > 0 ? (
          <Text size="sm" mb="sm">
            {t("review:stillOpen", { count: open, n: format.number(open) })}
          </Text>
        ) : null}
        <Radio.Group label={t("review:decisionLabel")} value={decision} onChange={(value) => setDecision(value as Decision)} required>
          <Stack gap="xs" mt={6}>
            {DECISIONS.map((value) => (
              <Radio
                key={value}
                value={value}
                label={t(`review:decision.${value}`)}
                description={t(`review:decision.${value}Text`)}
              />
            ))}
          </Stack>
        </Radio.Group>
        <Textarea
          mt="md"
          label={t("review:textToStudent")}
          description={t("review:textToStudentHint")}
          autosize
          minRows={3}
          maxLength={LONGEST}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Textarea
          mt="md"
          label={t("review:noteForStaff")}
          description={t("review:noteForStaffHint")}
          autosize
          minRows={2}
          maxLength={LONGEST}
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
        />
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={props.onClose}>
            {t("common.cancel")}
          </Button>
          <Button type="submit" disabled={!decision} loading={decide.isPending}>
            {t("review:decide")}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
