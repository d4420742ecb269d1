// One of several, some of several, true or false. A choice can be taken back by pressing it again.
import { Button, Checkbox, Radio, Stack } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { RichText } from "../RichText";
import classes from "./Question.module.css";
import type { InputProps } from "./questionProps";
import { wordsIn } from "./questionTypes";

export function ChoiceInput(props: InputProps) {
  const { question, value, onChange, disabled = false } = props;
  const { t } = useTranslation();
  if (question.type === "true_false") {
    const options = [true, false].map((one) => ({ id: String(one), label: t(`question:${one ? "true" : "false"}`) }));
    return (
      <Single
        {...props}
        options={options}
        chosen={typeof value === "boolean" ? String(value) : null}
        onPick={(id) => onChange(id === null ? null : id === "true")}
      />
    );
  }
  const options = (question.body.options ?? []).map(({ id, text }) => ({ id, label: <Words {...props} text={text} /> }));
  if (question.type === "single_choice") {
    return <Single {...props} options={options} chosen={typeof value === "string" ? value : null} onPick={onChange} />;
  }
  const chosen = Array.isArray(value) ? (value as string[]) : [];
  return (
    <Checkbox.Group value={chosen} onChange={(ids) => onChange(ids.length > 0 ? ids : null)} aria-labelledby={props.labelledBy}>
      <Stack gap={6}>
        {options.map(({ id, label }) => (
          <Checkbox key={id} value={id} label={label} disabled={disabled} classNames={{ root: classes.choice }} />
        ))}
      </Stack>
    </Checkbox.Group>
  );
}

function Words({ text, language, loadPicture }: InputProps & { text: { en?: string | null; bn?: string | null } }) {
  const words = wordsIn(text, language);
  return <RichText text={words.text} lang={words.lang} {...(loadPicture ? { loadPicture } : {})} />;
}

type Option = { id: string; label: React.ReactNode };

function Single(props: InputProps & { options: Option[]; chosen: string | null; onPick: (id: string | null) => void }) {
  const { t } = useTranslation();
  const { disabled = false } = props;
  return (
    <>
      <Radio.Group value={props.chosen} onChange={props.onPick} aria-labelledby={props.labelledBy}>
        <Stack gap={6}>
          {props.options.map(({ id, label }) => (
            <Radio key={id} value={id} label={label} disabled={disabled} classNames={{ root: classes.choice }} />
          ))}
        </Stack>
      </Radio.Group>
      {props.chosen !== null && !disabled ? (
        <Button variant="subtle" size="compact-sm" mt={6} onClick={() => props.onPick(null)}>
          {t("question:clear")}
        </Button>
      ) : null}
    </>
  );
}
