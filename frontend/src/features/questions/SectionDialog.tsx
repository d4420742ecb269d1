// A section: its name in both languages, how many of its questions each student gets, and its own rules.
import { Button, Group, Modal, NumberInput, Select, Stack, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { failureNotice } from "@/ui/notice";
import { type Section, type SectionDraft, useDeleteSection, useSaveSection } from "./questionQueries";
import classes from "./Questions.module.css";

const FRESH: SectionDraft = { title: {}, instructions: {}, pool: null, seconds: null, navigation: null };

export function SectionDialog(props: { examId: number; section: Section | null; onClose: () => void }) {
  const { t } = useTranslation();
  const { section, onClose } = props;
  const [draft, setDraft] = useState<SectionDraft>(() => {
    if (!section) return FRESH;
    const { title, instructions, pool, seconds, navigation } = section;
    return { title, instructions, pool, seconds, navigation };
  });
  const save = useSaveSection(props.examId);
  const remove = useDeleteSection(props.examId);
  const change = (some: Partial<SectionDraft>) => setDraft((known) => ({ ...known, ...some }));
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={t(section ? "authoring:sectionChange" : "authoring:newSection")}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate({ id: section?.id ?? null, draft }, { onSuccess: onClose, onError: failureNotice });
        }}
      >
        <Stack gap="md">
          <div className={classes.both}>
            {(["en", "bn"] as const).map((language, at) => (
              <TextInput
                key={language}
                lang={language}
                label={t(`authoring:titleIn.${language}`)}
                value={draft.title[language] ?? ""}
                onChange={(event) => change({ title: { ...draft.title, [language]: event.currentTarget.value } })}
                {...(at === 0 ? { "data-autofocus": true } : {})}
              />
            ))}
          </div>
          <div className={classes.both}>
            {(["en", "bn"] as const).map((language) => (
              <Textarea
                key={language}
                lang={language}
                label={t(`authoring:instructionsIn.${language}`)}
                autosize
                minRows={2}
                value={draft.instructions[language] ?? ""}
                onChange={(event) => change({ instructions: { ...draft.instructions, [language]: event.currentTarget.value } })}
              />
            ))}
          </div>
          <Group gap="md" align="flex-end">
            <NumberInput
              label={t("authoring:poolLabel")}
              description={t("authoring:poolHint")}
              placeholder={t("authoring:all")}
              min={1}
              allowDecimal={false}
              value={draft.pool ?? ""}
              onChange={(value) => change({ pool: value === "" ? null : Number(value) })}
            />
            <NumberInput
              label={t("authoring:sectionMinutes")}
              placeholder={t("authoring:none")}
              min={1}
              allowDecimal={false}
              value={draft.seconds === null ? "" : Math.round(draft.seconds / 60)}
              onChange={(value) => change({ seconds: value === "" ? null : Number(value) * 60 })}
            />
            <Select
              label={t("authoring:set.navigation.label")}
              placeholder={t("staff:students.examPreset")}
              clearable
              data={(["free", "forward"] as const).map((value) => ({ value, label: t(`authoring:set.navigation.${value}`) }))}
              value={draft.navigation}
              onChange={(value) => change({ navigation: value })}
            />
          </Group>
          <Group justify="space-between">
            {section ? (
              <Button
                variant="subtle"
                color="red"
                loading={remove.isPending}
                onClick={() => remove.mutate(section.id, { onSuccess: onClose, onError: failureNotice })}
              >
                {t("authoring:sectionDelete")}
              </Button>
            ) : (
              <span />
            )}
            <Group gap="xs">
              <Button variant="default" onClick={onClose}>
                {t("common.cancel")}
              </Button>
              <Button type="submit" loading={save.isPending}>
                {t("common.save")}
              </Button>
            </Group>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
