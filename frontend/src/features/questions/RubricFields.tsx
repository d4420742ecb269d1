// What whoever marks looks for, and what each is worth.
import { ActionIcon, Button, NumberInput, TextInput } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import classes from "./Questions.module.css";
import { freeId, type RubricLine } from "./questionDraft";

export function RubricFields({ rubric, onChange }: { rubric: RubricLine[]; onChange: (rubric: RubricLine[]) => void }) {
  const { t } = useTranslation();
  const set = (id: string, some: Partial<RubricLine>) =>
    onChange(rubric.map((one) => (one.id === id ? Object.assign({}, one, some) : one)));
  return (
    <fieldset className={classes.parts}>
      <legend className={classes.legend}>{t("authoring:rubric")}</legend>
      {rubric.map((line, at) => (
        <div key={line.id} className={classes.part}>
          <span className={classes.both}>
            {(["en", "bn"] as const).map((language) => (
              <TextInput
                key={language}
                lang={language}
                aria-label={t(`authoring:partIn.${language}`, { part: t("authoring:rubric"), n: at + 1 })}
                placeholder={t(`authoring:language.${language}`)}
                value={line.text[language] ?? ""}
                onChange={(event) => set(line.id, { text: { ...line.text, [language]: event.currentTarget.value } })}
              />
            ))}
          </span>
          <NumberInput
            aria-label={t("authoring:points")}
            w={90}
            min={0}
            value={line.points}
            onChange={(value) => set(line.id, { points: Number(value) })}
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t("authoring:partRemove", { n: at + 1 })}
            onClick={() => onChange(rubric.filter((one) => one.id !== line.id))}
          >
            <IconTrash size={16} aria-hidden />
          </ActionIcon>
        </div>
      ))}
      <Button
        variant="subtle"
        size="compact-sm"
        leftSection={<IconPlus size={16} aria-hidden />}
        onClick={() => onChange([...rubric, { id: freeId(rubric), text: {}, points: 1 }])}
      >
        {t("authoring:rubricAdd")}
      </Button>
    </fieldset>
  );
}
