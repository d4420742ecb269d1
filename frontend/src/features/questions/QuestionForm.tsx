// Writing one question: its text in both languages side by side, what belongs to its type, and how students see it.
import { Alert, Button, FileButton, Group, NumberInput, SegmentedControl, Stack, TagsInput, Textarea, TextInput, Title } from "@mantine/core";
import { IconAlertTriangle, IconPhotoPlus } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useLanguage } from "@/lib/useFormats";
import { failureNotice, notice } from "@/ui/notice";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { QuestionView } from "@/ui/questions/QuestionView";
import type { AnswerValue, WordsLanguage } from "@/ui/questions/questionTypes";
import { BodyFields } from "./BodyFields";
import classes from "./Questions.module.css";
import { BY_HAND, cleaned, faultOf, type Question, type QuestionDraft, withBlanks } from "./questionDraft";
import { type Home, loadQuestionPicture, uploadQuestionPicture, useSaveQuestion } from "./questionQueries";
import { RubricFields } from "./RubricFields";

export function QuestionForm(props: {
  home: Home;
  /** The stored question, or null for a new one. */
  id: number | null;
  initial: QuestionDraft;
  onSaved: (question: Question) => void;
  onCancel: () => void;
}) {
  const { t } = useTranslation();
  const [draft, setDraft] = useState(props.initial);
  const save = useSaveQuestion(props.home);
  const change = (some: Partial<QuestionDraft>) => setDraft((known) => withBlanks({ ...known, ...some }));
  const fault = faultOf(draft);
  const [asked, setAsked] = useState(false);
  const submit = () => {
    setAsked(true);
    if (fault) return;
    save.mutate(
      { id: props.id, draft: cleaned(draft) },
      {
        onSuccess: (question) => {
          notice(t("authoring:questionSaved"));
          props.onSaved(question);
        },
      },
    );
  };
  const isDirty = JSON.stringify(draft) !== JSON.stringify(props.initial);
  return (
    <form
      className={classes.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <Title order={2} size="h4">
        {t(`authoring:type.${draft.type}`)}
      </Title>
      <TextFields draft={draft} onChange={change} />
      <BodyFields
        draft={draft}
        onBody={(some) => setDraft((known) => ({ ...known, body: { ...known.body, ...some } }))}
        onKey={(some) => setDraft((known) => ({ ...known, key: { ...known.key, ...some } }))}
      />
      <Worth draft={draft} onChange={change} />
      {BY_HAND.has(draft.type) ? <RubricFields rubric={draft.rubric} onChange={(rubric) => change({ rubric })} /> : null}
      <Explanation draft={draft} onChange={change} />
      <Preview draft={draft} />
      {asked && fault ? (
        <Alert color="yellow" role="alert" icon={<IconAlertTriangle aria-hidden />} p="xs">
          {t(`authoring:fault.${fault}`)}
        </Alert>
      ) : null}
      <ProblemAlert error={save.error} p="xs" />
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={props.onCancel}>
          {t("common.close")}
        </Button>
        <Button type="submit" loading={save.isPending} disabled={!isDirty && props.id !== null}>
          {t("common.save")}
        </Button>
      </Group>
    </form>
  );
}

type Part = { draft: QuestionDraft; onChange: (some: Partial<QuestionDraft>) => void };

function TextFields({ draft, onChange }: Part) {
  const { t } = useTranslation();
  const [busy, setBusy] = useState(false);
  const addPicture = async (file: File | null) => {
    if (!file) return;
    setBusy(true);
    try {
      const { id } = await uploadQuestionPicture(file);
      const mark = `\n![${file.name.replace(/\.[^.]*$/, "").replace(/[[\]]/g, "")}](file:${id})`;
      const { en, bn } = draft.text;
      onChange({ text: { ...(en || !bn ? { en: `${en ?? ""}${mark}` } : {}), ...(bn ? { bn: `${bn}${mark}` } : {}) } });
    } catch (error) {
      failureNotice(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <div>
      <div className={classes.both}>
        {(["en", "bn"] as const).map((language) => (
          <Textarea
            key={language}
            lang={language}
            label={t(`authoring:textIn.${language}`)}
            autosize
            minRows={3}
            value={draft.text[language] ?? ""}
            onChange={(event) => onChange({ text: { ...draft.text, [language]: event.currentTarget.value } })}
          />
        ))}
      </div>
      <Group justify="space-between" mt={4} gap="xs">
        <span className={classes.hint}>{t("authoring:textHint")}</span>
        <FileButton accept="image/png,image/jpeg,image/webp" onChange={(file) => void addPicture(file)}>
          {(button) => (
            <Button {...button} variant="subtle" size="compact-sm" loading={busy} leftSection={<IconPhotoPlus size={16} aria-hidden />}>
              {t("authoring:addPicture")}
            </Button>
          )}
        </FileButton>
      </Group>
    </div>
  );
}

function Worth({ draft, onChange }: Part) {
  const { t } = useTranslation();
  return (
    <Group gap="md" align="flex-end">
      <NumberInput
        label={t("authoring:points")}
        w={120}
        min={0}
        max={10_000}
        value={draft.points}
        onChange={(value) => onChange({ points: Number(value) })}
      />
      {BY_HAND.has(draft.type) ? null : (
        <NumberInput
          label={t("authoring:negative")}
          w={190}
          min={0}
          max={10_000}
          value={draft.negative_points}
          onChange={(value) => onChange({ negative_points: Number(value) })}
        />
      )}
      <NumberInput
        label={t("authoring:seconds")}
        w={190}
        min={5}
        max={86_400}
        allowDecimal={false}
        placeholder={t("authoring:none")}
        value={draft.seconds ?? ""}
        onChange={(value) => onChange({ seconds: value === "" ? null : Number(value) })}
      />
      <TagsInput
        label={t("authoring:tags")}
        flex="1 1 200px"
        acceptValueOnBlur
        value={draft.tags}
        onChange={(tags) => onChange({ tags })}
      />
    </Group>
  );
}

function Explanation({ draft, onChange }: Part) {
  const { t } = useTranslation();
  return (
    <div className={classes.both}>
      {(["en", "bn"] as const).map((language) => (
        <TextInput
          key={language}
          lang={language}
          label={t(`authoring:explanationIn.${language}`)}
          value={draft.explanation[language] ?? ""}
          onChange={(event) => onChange({ explanation: { ...draft.explanation, [language]: event.currentTarget.value } })}
        />
      ))}
    </div>
  );
}

/** The question as the student sees it, with the student's own inputs. */
function Preview({ draft }: { draft: QuestionDraft }) {
  const { t } = useTranslation();
  const shown = useLanguage();
  const [language, setLanguage] = useState<WordsLanguage>(shown);
  const [value, setValue] = useState<AnswerValue>(null);
  return (
    <section className={classes.preview} aria-label={t("authoring:preview")}>
      <Stack gap="sm">
        <Group justify="space-between">
          <strong>{t("authoring:preview")}</strong>
          <SegmentedControl
            size="xs"
            aria-label={t("nav.language")}
            value={language}
            onChange={(chosen) => setLanguage(chosen as WordsLanguage)}
            data={(["en", "bn"] as const).map((one) => ({ value: one, label: t(`authoring:language.${one}`) }))}
          />
        </Group>
        <QuestionView
          question={{ id: 0, type: draft.type, text: draft.text, body: draft.body }}
          value={value}
          onChange={setValue}
          language={language}
          loadPicture={loadQuestionPicture}
        />
      </Stack>
    </section>
  );
}
