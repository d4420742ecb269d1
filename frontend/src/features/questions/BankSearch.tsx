// The bank's questions, found by text and tag.
import { Badge, Button, Group, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconSearch, IconTag } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { useLanguage } from "@/lib/useFormats";
import { Failure } from "@/ui/Failure";
import { Loading } from "@/ui/Loading";
import { wordsIn } from "@/ui/questions/questionTypes";
import { RichLine } from "@/ui/RichLine";
import type { Question } from "./questionDraft";
import { useBank } from "./questionQueries";
import classes from "./Questions.module.css";

export function BankSearch(props: {
  renderBefore?: (question: Question, text: string) => ReactNode;
  renderAfter?: (question: Question, text: string) => ReactNode;
  chosenId?: number | null;
  onOpen?: (question: Question) => void;
}) {
  const { t } = useTranslation();
  const language = useLanguage();
  const [search, setSearch] = useState({ q: "", tag: "" });
  const [wanted] = useDebouncedValue(search, 300);
  const bank = useBank(wanted);
  const questions = bank.data?.pages.flat() ?? [];
  return (
    <>
      <Group gap="xs" mb="sm">
        <TextInput
          aria-label={t("common.search")}
          placeholder={t("common.search")}
          flex="1 1 160px"
          leftSection={<IconSearch size={18} aria-hidden />}
          value={search.q}
          onChange={(event) => setSearch({ ...search, q: event.currentTarget.value })}
        />
        <TextInput
          aria-label={t("authoring:tag")}
          placeholder={t("authoring:tag")}
          flex="1 1 120px"
          leftSection={<IconTag size={18} aria-hidden />}
          value={search.tag}
          onChange={(event) => setSearch({ ...search, tag: event.currentTarget.value })}
        />
      </Group>
      {bank.isPending ? <Loading /> : null}
      {bank.isError ? <Failure error={bank.error} onRetry={() => void bank.refetch()} /> : null}
      {bank.isSuccess && questions.length === 0 ? <Text c="dimmed">{t("authoring:bankEmpty")}</Text> : null}
      <ul className={classes.list}>
        {questions.map((question) => {
          const { text, lang } = wordsIn(question.text, language);
          const about = (
            <span className={classes.what}>
              <RichLine className={classes.title} lang={lang} text={text} />
              <span className={classes.small}>{t(`authoring:type.${question.type}`)}</span>
              {question.tags.length > 0 ? (
                <Group gap={4} mt={2}>
                  {question.tags.map((tag) => (
                    <Badge key={tag} variant="light" color="gray" size="sm">
                      {tag}
                    </Badge>
                  ))}
                </Group>
              ) : null}
            </span>
          );
          const { onOpen } = props;
          return (
            <li key={question.id} className={classes.row} data-chosen={question.id === props.chosenId || undefined}>
              {props.renderBefore?.(question, text)}
              {onOpen ? (
                <button type="button" className={classes.open} onClick={() => onOpen(question)}>
                  {about}
                </button>
              ) : (
                <span className={classes.open}>{about}</span>
              )}
              {props.renderAfter?.(question, text)}
            </li>
          );
        })}
      </ul>
      {bank.hasNextPage ? (
        <Button variant="default" fullWidth mt="sm" loading={bank.isFetchingNextPage} onClick={() => void bank.fetchNextPage()}>
          {t("common.more")}
        </Button>
      ) : null}
    </>
  );
}
