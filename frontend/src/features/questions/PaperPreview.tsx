// The whole paper as some student could get it: drawn, mixed, in both languages.
import { Button, Group, Modal, SegmentedControl, Stack, Title } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answered, api } from "@/api/client";
import type { PaperSection } from "@/api/types";
import { useFormats, useLanguage } from "@/lib/useFormats";
import { Failure } from "@/ui/Failure";
import { Loading } from "@/ui/Loading";
import { QuestionView } from "@/ui/questions/QuestionView";
import { type AnswerValue, wordsIn, type WordsLanguage } from "@/ui/questions/questionTypes";
import { RichText } from "@/ui/RichText";
import { loadQuestionPicture } from "./questionQueries";
import classes from "./Questions.module.css";

export function PaperPreview({ examId, onClose }: { examId: number; onClose: () => void }) {
  const { t } = useTranslation();
  const shown = useLanguage();
  const [language, setLanguage] = useState<WordsLanguage>(shown);
  const [seed, setSeed] = useState(1);
  const paper = useQuery({
    queryKey: ["exams", examId, "preview", seed],
    queryFn: () => 
      answered(api.GET("/api/v1/exams/{exam_id}/preview", { params: { path: { exam_id: examId }, query: { seed } } })),
  });
  return (
    <Modal opened onClose={onClose} size="xl" title={t("authoring:preview")} closeButtonProps={{ "aria-label": t("common.close") }}>
      <Group justify="space-between" mb="md">
        <SegmentedControl
          aria-label={t("nav.language")}
          value={language}
          onChange={(chosen) => setLanguage(chosen as WordsLanguage)}
          data={(["en", "bn"] as const).map((one) => ({ value: one, label: t(`authoring:language.${one}`) }))}
        />
        <Button variant="default" leftSection={<IconRefresh size={18} aria-hidden />} onClick={() => setSeed(seed + 1)}>
          {t("authoring:anotherStudent")}
        </Button>
      </Group>
      {paper.isPending ? <Loading /> : null}
      {paper.isError ? <Failure error={paper.error} onRetry={() => void paper.refetch()} /> : null}
      <Stack gap="lg">
        {paper.data?.map((section) => (
          <SectionView key={section.id} section={section} language={language} />
        ))}
      </Stack>
    </Modal>
  );
}

function SectionView({ section, language }: { section: PaperSection; language: WordsLanguage }) {
  const format = useFormats();
  const [answers, setAnswers] = useState<Record<number, AnswerValue>>({});
  const title = wordsIn(section.title, language);
  const instructions = wordsIn(section.instructions, language);
  return (
    <section>
      {title.text ? (
        <Title order={2} size="h4" lang={title.lang}>
          {title.text}
        </Title>
      ) : null}
      {instructions.text ? <RichText text={instructions.text} lang={instructions.lang} /> : null}
      <ol className={classes.list} style={{ gap: 20 }}>
        {section.questions.map((question) => (
          <li key={question.id}>
            <strong>{format.number(question.position)}.</strong>
            <QuestionView
              question={question}
              value={answers[question.id] ?? null}
              onChange={(value) => setAnswers((known) => ({ ...known, [question.id]: value }))}
              language={language}
              loadPicture={loadQuestionPicture}
            />
          </li>
        ))}
      </ol>
    </section>
  );
}
