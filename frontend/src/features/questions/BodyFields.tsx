// What belongs to one type of question: its options, its right answer, its limits.
import { ActionIcon, Button, Checkbox, Group, NativeSelect, NumberInput, Radio, Stack, TagsInput, Text, TextInput, Textarea } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconPlus, IconTrash } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { type Blank, type Choice, moved, type QuestionBody } from "@/ui/questions/questionTypes";
import classes from "./Questions.module.css";
import { freeId, type QuestionDraft, type QuestionKey } from "./questionDraft";

type Part = {
  draft: QuestionDraft;
  onBody: (some: QuestionBody) => void;
  onKey: (some: QuestionKey) => void;
};

export function BodyFields(props: Part) {
  switch (props.draft.type) {
    case "single_choice":
    case "multiple_choice":
      return <ChoiceFields {...props} />;
    case "true_false":
      return <TrueFalseFields {...props} />;
    case "short_text":
      return <ShortTextFields {...props} />;
    case "number":
      return <NumberFields {...props} />;
    case "fill_in":
      return <FillInFields {...props} />;
    case "matching":
      return <MatchingFields {...props} />;
    case "ordering":
      return <OrderingFields {...props} />;
    default:
      return <ByHandFields {...props} />;
  }
}

/** Parts with a text in both languages; the order can be changed by buttons. */
function Choices(props: {
  label: string;
  choices: readonly Choice[];
  onChange: (choices: Choice[]) => void;
  renderBefore?: (choice: Choice, index: number) => ReactNode;
  renderAfter?: (choice: Choice) => ReactNode;
  least: number;
}) {
  const { t } = useTranslation();
  const { choices, onChange } = props;
  const set = (id: string, text: Choice["text"]) => onChange(choices.map((one) => (one.id === id ? { id, text } : one)));
  return (
    <fieldset className={classes.parts}>
      <legend className={classes.legend}>{props.label}</legend>
      {choices.map((choice, at) => (
        <div key={choice.id} className={classes.part}>
          {props.renderBefore?.(choice, at)}
          <span className={classes.both}>
            {(["en", "bn"] as const).map((language) => (
              <TextInput
                key={language}
                lang={language}
                aria-label={t(`authoring:partIn.${language}`, { part: props.label, n: at + 1 })}
                placeholder={t(`authoring:language.${language}`)}
                value={choice.text[language] ?? ""}
                onChange={(event) => set(choice.id, { ...choice.text, [language]: event.currentTarget.value })}
              />
            ))}
          </span>
          {props.renderAfter?.(choice)}
          <ActionIcon variant="subtle" color="gray" disabled={at === 0} aria-label={t("authoring:partUp", { n: at + 1 })} onClick={() => onChange(moved(choices, at, at - 1))}>
            <IconArrowUp size={16} aria-hidden />
          </ActionIcon>
          <ActionIcon variant="subtle" color="gray" disabled={at === choices.length - 1} aria-label={t("authoring:partDown", { n: at + 1 })} onClick={() => onChange(moved(choices, at, at + 1))}>
            <IconArrowDown size={16} aria-hidden />
          </ActionIcon>
          <ActionIcon variant="subtle" color="gray" disabled={choices.length <= props.least} aria-label={t("authoring:partRemove", { n: at + 1 })} onClick={() => onChange(choices.filter((one) => one.id !== choice.id))}>
            <IconTrash size={16} aria-hidden />
          </ActionIcon>
        </div>
      ))}
      <Button
        variant="subtle"
        size="compact-sm"
        leftSection={<IconPlus size={16} aria-hidden />}
        onClick={() => onChange([...choices, { id: freeId(choices), text: {} }])}
      >
        {t("authoring:partAdd", { part: props.label })}
      </Button>
    </fieldset>
  );
}

function ChoiceFields({ draft, onBody, onKey }: Part) {
  const { t } = useTranslation();
  const isSingle = draft.type === "single_choice";
  const right = draft.key.options ?? [];
  return (
    <Stack gap="sm">
      <Choices
        label={t("authoring:options")}
        choices={draft.body.options ?? []}
        least={2}
        onChange={(options) => {
          onBody({ options });
          const ids = new Set(options.map((one) => one.id));
          if (isSingle && draft.key.option && !ids.has(draft.key.option)) onKey({ option: null });
          if (!isSingle && right.some((id) => !ids.has(id))) onKey({ options: right.filter((id) => ids.has(id)) });
        }}
        renderBefore={({ id }, at) =>
          isSingle ? (
            <Radio
              name="right-option"
              aria-label={t("authoring:rightOne", { n: at + 1 })}
              checked={draft.key.option === id}
              onChange={() => onKey({ option: id })}
            />
          ) : (
            <Checkbox
              aria-label={t("authoring:rightOne", { n: at + 1 })}
              checked={right.includes(id)}
              onChange={(event) => onKey({ options: event.currentTarget.checked ? [...right, id] : right.filter((one) => one !== id) })}
            />
          )
        }
      />
      <Text size="sm" c="dimmed">
        {t(isSingle ? "authoring:rightHintOne" : "authoring:rightHintSome")}
      </Text>
      <Checkbox
        label={t("authoring:shuffle")}
        checked={draft.body.shuffle ?? true}
        onChange={(event) => onBody({ shuffle: event.currentTarget.checked })}
      />
      {isSingle ? null : (
        <Checkbox
          label={t("authoring:partial")}
          checked={draft.key.partial ?? false}
          onChange={(event) => onKey({ partial: event.currentTarget.checked })}
        />
      )}
    </Stack>
  );
}

function TrueFalseFields({ draft, onKey }: Part) {
  const { t } = useTranslation();
  return (
    <Radio.Group label={t("authoring:right")} value={String(draft.key.value)} onChange={(value) => onKey({ value: value === "true" })}>
      <Group gap="lg" mt={6}>
        <Radio value="true" label={t("question:true")} />
        <Radio value="false" label={t("question:false")} />
      </Group>
    </Radio.Group>
  );
}

function ShortTextFields({ draft, onBody, onKey }: Part) {
  const { t } = useTranslation();
  return (
    <Stack gap="sm">
      <TagsInput
        label={t("authoring:accepted")}
        description={t("authoring:acceptedHint")}
        splitChars={["\n"]}
        value={(draft.key.accepted ?? []).filter(Boolean)}
        onChange={(accepted) => onKey({ accepted })}
        acceptValueOnBlur
      />
      <Checkbox
        label={t("authoring:caseSensitive")}
        checked={draft.key.case_sensitive ?? false}
        onChange={(event) => onKey({ case_sensitive: event.currentTarget.checked })}
      />
      <NumberInput
        label={t("authoring:maxLength")}
        min={1}
        max={60_000}
        allowDecimal={false}
        maw={240}
        value={draft.body.max_length ?? ""}
        onChange={(value) => onBody({ max_length: value === "" ? null : Number(value) })}
      />
    </Stack>
  );
}

function NumberFields({ draft, onBody, onKey }: Part) {
  const { t } = useTranslation();
  return (
    <Stack gap="sm">
      <Group gap="md" align="flex-end">
        <NumberInput
          label={t("authoring:right")}
          w={180}
          value={typeof draft.key.value === "number" ? draft.key.value : ""}
          onChange={(value) => onKey({ value: value === "" ? null : Number(value) })}
        />
        <NumberInput
          label={t("authoring:tolerance")}
          w={180}
          min={0}
          value={draft.key.tolerance ?? 0}
          onChange={(value) => onKey({ tolerance: Number(value) })}
        />
        <TextInput
          label={t("authoring:unit")}
          w={140}
          value={draft.body.unit ?? ""}
          onChange={(event) => onBody({ unit: event.currentTarget.value || null })}
        />
      </Group>
      <Checkbox
        label={t("authoring:relative")}
        checked={draft.key.relative ?? false}
        onChange={(event) => onKey({ relative: event.currentTarget.checked })}
      />
    </Stack>
  );
}

function withOptions(id: string, options: string[]): Blank {
  return options.length > 0 ? { id, options } : { id };
}

function FillInFields({ draft, onBody, onKey }: Part) {
  const { t } = useTranslation();
  const blanks = draft.body.blanks ?? [];
  return (
    <Stack gap="sm">
      <Text size="sm">{t("authoring:blanksHint", { sample: "{{a}}" })}</Text>
      {blanks.map((blank) => (
        <Group key={blank.id} gap="sm" align="flex-end">
          <TagsInput
            label={t("authoring:blankAccepted", { id: blank.id })}
            flex="1 1 220px"
            splitChars={["\n"]}
            acceptValueOnBlur
            value={(draft.key.blanks?.[blank.id] ?? []).filter(Boolean)}
            onChange={(accepted) => onKey({ blanks: { ...draft.key.blanks, [blank.id]: accepted } })}
          />
          <TagsInput
            label={t("authoring:blankOptions", { id: blank.id })}
            flex="1 1 220px"
            splitChars={["\n"]}
            acceptValueOnBlur
            value={blank.options ?? []}
            onChange={(options) =>
              onBody({ blanks: blanks.map((one) => (one.id === blank.id ? withOptions(one.id, options) : one)) })
            }
          />
        </Group>
      ))}
    </Stack>
  );
}

/** Pairs whose item (or target) is still there. */
function within(known: Record<string, string>, ids: Set<string>, by: "item" | "target"): Record<string, string> {
  return Object.fromEntries(Object.entries(known).filter(([item, target]) => ids.has(by === "item" ? item : target)));
}

function MatchingFields({ draft, onBody, onKey }: Part) {
  const { t } = useTranslation();
  const targets = draft.body.targets ?? [];
  const pairs = draft.key.pairs ?? {};
  return (
    <Stack gap="sm">
      <Choices
        label={t("authoring:targets")}
        choices={targets}
        least={2}
        onChange={(next) => {
          onBody({ targets: next });
          onKey({ pairs: within(pairs, new Set(next.map((one) => one.id)), "target") });
        }}
      />
      <Choices
        label={t("authoring:items")}
        choices={draft.body.items ?? []}
        least={2}
        onChange={(items) => {
          onBody({ items });
          onKey({ pairs: within(pairs, new Set(items.map((one) => one.id)), "item") });
        }}
        renderAfter={({ id }) => (
          <NativeSelect
            aria-label={t("authoring:belongs", { id })}
            data={[{ value: "", label: "–" }, ...targets.map((one, at) => ({ value: one.id, label: one.text.en || one.text.bn || String(at + 1) }))]}
            value={pairs[id] ?? ""}
            onChange={(event) => onKey({ pairs: { ...pairs, [id]: event.currentTarget.value } })}
          />
        )}
      />
    </Stack>
  );
}

function OrderingFields({ draft, onBody, onKey }: Part) {
  const { t } = useTranslation();
  return (
    <>
      <Choices
        label={t("authoring:items")}
        choices={draft.body.items ?? []}
        least={2}
        onChange={(items) => {
          onBody({ items });
          onKey({ order: items.map((one) => one.id) });
        }}
      />
      <Text size="sm" c="dimmed">
        {t("authoring:orderHint")}
      </Text>
    </>
  );
}

function ByHandFields({ draft, onBody }: Part) {
  const { t } = useTranslation();
  if (draft.type === "essay") {
    return (
      <NumberInput
        label={t("authoring:maxWords")}
        placeholder={t("authoring:none")}
        min={1}
        max={20_000}
        allowDecimal={false}
        maw={240}
        value={draft.body.max_words ?? ""}
        onChange={(value) => onBody({ max_words: value === "" ? null : Number(value) })}
      />
    );
  }
  if (draft.type === "code") {
    return (
      <Stack gap="sm">
        <NativeSelect
          label={t("authoring:programming")}
          data={["python", "java", "c", "c++", "javascript", "sql", "other"]}
          maw={240}
          value={draft.body.language ?? "python"}
          onChange={(event) => onBody({ language: event.currentTarget.value })}
        />
        <Textarea
          label={t("authoring:starter")}
          autosize
          minRows={4}
          spellCheck={false}
          classNames={{ input: classes.code }}
          value={draft.body.starter ?? ""}
          onChange={(event) => onBody({ starter: event.currentTarget.value })}
        />
      </Stack>
    );
  }
  return (
    <Group gap="md" align="flex-end">
      <NumberInput
        label={t("authoring:maxFiles")}
        min={1}
        max={20}
        w={160}
        allowDecimal={false}
        value={draft.body.max_files ?? 1}
        onChange={(value) => onBody({ max_files: Number(value) })}
      />
      <NumberInput
        label={t("authoring:maxMegabytes")}
        min={1}
        max={50}
        w={200}
        allowDecimal={false}
        value={Math.round((draft.body.max_bytes ?? 10_485_760) / 1_048_576)}
        onChange={(value) => onBody({ max_bytes: Number(value) * 1_048_576 })}
      />
      <TagsInput
        label={t("authoring:fileTypes")}
        flex="1 1 220px"
        acceptValueOnBlur
        value={draft.body.types ?? []}
        onChange={(types) => onBody({ types })}
      />
    </Group>
  );
}
