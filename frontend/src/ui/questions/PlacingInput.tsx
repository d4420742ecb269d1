// Matching and ordering, by list and button: the same with mouse, finger, keyboard and screen reader.
import { ActionIcon, NativeSelect } from "@mantine/core";
import { IconArrowDown, IconArrowUp } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useFormats } from "@/lib/useFormats";
import { RichText } from "../RichText";
import classes from "./Question.module.css";
import type { InputProps } from "./questionProps";
import { moved, orderOf, wordsIn } from "./questionTypes";

export function MatchingInput({ question, value, onChange, language, disabled = false, loadPicture }: InputProps) {
  const { t } = useTranslation();
  const pairs = typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
  const targets = (question.body.targets ?? []).map(({ id, text }) => ({ value: id, label: wordsIn(text, language).text }));
  const set = (item: string, target: string) => {
    const { [item]: _old, ...others } = pairs;
    const next = target ? { ...others, [item]: target } : others;
    onChange(Object.keys(next).length > 0 ? next : null);
  };
  return (
    <ul className={classes.pairs}>
      {(question.body.items ?? []).map((item) => {
        const words = wordsIn(item.text, language);
        return (
          <li key={item.id} className={classes.pair}>
            <RichText text={words.text} lang={words.lang} {...(loadPicture ? { loadPicture } : {})} />
            <NativeSelect
              aria-label={t("question:matchTo", { item: words.text })}
              data={[{ value: "", label: t("question:choose") }, ...targets]}
              value={pairs[item.id] ?? ""}
              disabled={disabled}
              onChange={(event) => set(item.id, event.currentTarget.value)}
            />
          </li>
        );
      })}
    </ul>
  );
}

export function OrderingInput({ question, value, onChange, language, disabled = false, loadPicture }: InputProps) {
  const { t } = useTranslation();
  const format = useFormats();
  const items = orderOf(question.body.items ?? [], value);
  const move = (from: number, to: number) => onChange(moved(items, from, to).map((one) => one.id));
  return (
    <ol className={classes.order}>
      {items.map((item, at) => {
        const words = wordsIn(item.text, language);
        return (
          <li key={item.id} className={classes.place}>
            <span className={classes.rank}>{format.number(at + 1)}</span>
            <span className={classes.grow}>
              <RichText text={words.text} lang={words.lang} {...(loadPicture ? { loadPicture } : {})} />
            </span>
            <ActionIcon
              variant="default"
              size={36}
              disabled={disabled || at === 0}
              aria-label={t("question:up", { item: words.text })}
              onClick={() => move(at, at - 1)}
            >
              <IconArrowUp size={18} aria-hidden />
            </ActionIcon>
            <ActionIcon
              variant="default"
              size={36}
              disabled={disabled || at === items.length - 1}
              aria-label={t("question:down", { item: words.text })}
              onClick={() => move(at, at + 1)}
            >
              <IconArrowDown size={18} aria-hidden />
            </ActionIcon>
          </li>
        );
      })}
    </ol>
  );
}
