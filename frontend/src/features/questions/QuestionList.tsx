// Questions in their order, by section; order by keyboard (Alt+arrows) or by button.
import { ActionIcon, Menu } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconBooks, IconDotsVertical, IconFolder, IconPencil, IconTrash } from "@tabler/icons-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useKeysOffered } from "@/lib/pageKeys";
import { useFormats, useLanguage } from "@/lib/useFormats";
import { moved, wordsIn } from "@/ui/questions/questionTypes";
import { RichLine } from "@/ui/RichLine";
import type { Question } from "./questionDraft";
import { type Section, useOrderQuestions } from "./questionQueries";
import classes from "./Questions.module.css";

type ListProps = {
  examId: number;
  questions: readonly Question[];
  sections: readonly Section[];
  chosenId: number | null;
  onOpen: (id: number) => void;
  onDelete: (question: Question) => void;
  onSection: (section: Section) => void;
  onToBank: (id: number) => void;
};

const byPosition = (a: { position: number; id: number }, b: { position: number; id: number }) => a.position - b.position || a.id - b.id;

export function QuestionList(props: ListProps) {
  const { t } = useTranslation();
  const offered = useMemo(
    () => ({
      title: t("authoring:questions"),
      rows: [
        { keys: "Alt + ↑", text: t("authoring:moveUp") },
        { keys: "Alt + ↓", text: t("authoring:moveDown") },
      ],
    }),
    [t],
  );
  useKeysOffered(offered);
  const sections = props.sections.toSorted(byPosition);
  const inSection = (id: number | null) => props.questions.filter((one) => one.section_id === id).toSorted(byPosition);
  const loose = inSection(null);
  return (
    <section className={classes.box} aria-label={t("authoring:questions")}>
      {loose.length > 0 || sections.length === 0 ? <Rows {...props} sectionId={null} rows={loose} first={1} /> : null}
      {sections.map((section, at) => {
        const before = loose.length + sections.slice(0, at).reduce((sum, one) => sum + inSection(one.id).length, 0);
        return (
          <div key={section.id}>
            <SectionHead section={section} count={inSection(section.id).length} onChange={() => props.onSection(section)} />
            <Rows {...props} sectionId={section.id} rows={inSection(section.id)} first={before + 1} />
          </div>
        );
      })}
      <p className={`${classes.small} ${classes.keys}`}>{t("authoring:orderKeys")}</p>
    </section>
  );
}

function SectionHead({ section, count, onChange }: { section: Section; count: number; onChange: () => void }) {
  const { t } = useTranslation();
  const format = useFormats();
  const { text, lang } = wordsIn(section.title, useLanguage());
  return (
    <div className={classes.section}>
      <div>
        <h2 className={classes.sectionTitle} lang={lang}>
          {text || t("authoring:section.untitled")}
        </h2>
        <span className={classes.small}>
          {section.pool === null
            ? t("authoring:questionCount", { count, n: format.number(count) })
            : t("authoring:pool", { n: format.number(section.pool), all: format.number(count) })}
        </span>
      </div>
      <ActionIcon variant="default" aria-label={t("authoring:changeSection", { name: text })} onClick={onChange}>
        <IconPencil size={16} aria-hidden />
      </ActionIcon>
    </div>
  );
}

function Rows(props: ListProps & { sectionId: number | null; rows: readonly Question[]; first: number }) {
  const order = useOrderQuestions(props.examId);
  const { rows, sectionId } = props;
  const move = (from: number, to: number) => {
    if (to < 0 || to >= rows.length) return;
    order.mutate({ sectionId, ids: moved(rows, from, to).map((one) => one.id) });
  };
  const into = (question: Question, target: number | null) =>
    order.mutate({
      sectionId: target,
      ids: [...props.questions.filter((one) => one.section_id === target).toSorted(byPosition).map((one) => one.id), question.id],
    });
  return (
    <ol className={classes.list}>
      {rows.map((question, at) => (
        <Row
          key={question.id}
          {...props}
          question={question}
          number={props.first + at}
          onMove={(step) => move(at, at + step)}
          onInto={(target) => into(question, target)}
        />
      ))}
    </ol>
  );
}

type RowProps = ListProps & {
  question: Question;
  number: number;
  onMove: (step: 1 | -1) => void;
  onInto: (sectionId: number | null) => void;
};

function Row({ question, number, onMove, ...props }: RowProps) {
  const { t } = useTranslation();
  const format = useFormats();
  const language = useLanguage();
  const { text, lang } = wordsIn(question.text, language);
  return (
    <li className={classes.row} data-chosen={question.id === props.chosenId || undefined}>
      <button
        type="button"
        className={classes.open}
        aria-keyshortcuts="Alt+ArrowUp Alt+ArrowDown"
        onClick={() => props.onOpen(question.id)}
        onKeyDown={(event) => {
          if (!event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
          event.preventDefault();
          onMove(event.key === "ArrowUp" ? -1 : 1);
        }}
      >
        <span className={classes.number}>{format.number(number)}</span>
        <span className={classes.what}>
          <RichLine className={classes.title} lang={lang} text={text} />
          <span className={classes.small}>
            {t(`authoring:type.${question.type}`)} · {t("authoring:pointCount", { count: question.points, n: format.number(question.points) })}
          </span>
        </span>
      </button>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size={36} aria-label={t("authoring:moreAbout", { n: number })}>
            <IconDotsVertical size={18} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconArrowUp size={16} aria-hidden />} onClick={() => onMove(-1)}>
            {t("authoring:moveUp")}
          </Menu.Item>
          <Menu.Item leftSection={<IconArrowDown size={16} aria-hidden />} onClick={() => onMove(1)}>
            {t("authoring:moveDown")}
          </Menu.Item>
          {props.sections.length > 0 ? (
            <>
              <Menu.Divider />
              {[null, ...props.sections].map((section) =>
                section?.id === question.section_id || (section === null && question.section_id === null) ? null : (
                  <Menu.Item
                    key={section?.id ?? 0}
                    leftSection={<IconFolder size={16} aria-hidden />}
                    onClick={() => props.onInto(section?.id ?? null)}
                  >
                    {section
                      ? t("authoring:moveInto", { name: wordsIn(section.title, language).text || t("authoring:section.untitled") })
                      : t("authoring:moveOut")}
                  </Menu.Item>
                ),
              )}
            </>
          ) : null}
          <Menu.Divider />
          <Menu.Item leftSection={<IconBooks size={16} aria-hidden />} onClick={() => props.onToBank(question.id)}>
            {t("authoring:toBank")}
          </Menu.Item>
          <Menu.Item
            color="var(--mantine-color-error)"
            leftSection={<IconTrash size={16} aria-hidden />}
            onClick={() => props.onDelete(question)}
          >
            {t("common.delete")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </li>
  );
}
