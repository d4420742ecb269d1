// The ways within one exam: edit, questions, students, live, review, marks.
import { Link, useLocation } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import classes from "./ExamTabs.module.css";
import { useActiveInView } from "./useActiveInView";

const PLACES = [
  ["edit", "/exams/$examId/edit"],
  ["questions", "/exams/$examId/questions"],
  ["students", "/exams/$examId/students"],
  ["live", "/exams/$examId/live"],
  ["review", "/exams/$examId/review"],
  ["grading", "/exams/$examId/grading"],
  ["results", "/exams/$examId/results"],
] as const;

export function ExamTabs({ examId }: { examId: number }) {
  const { t } = useTranslation();
  const row = useActiveInView<HTMLElement>(useLocation().pathname);
  return (
    <nav ref={row} className={classes.tabs} aria-label={t("staff:tabs.label")}>
      {PLACES.map(([place, to]) => (
        <Link key={place} to={to} params={{ examId }} className={classes.tab}>
          {t(`staff:tabs.${place}`)}
        </Link>
      ))}
    </nav>
  );
}
