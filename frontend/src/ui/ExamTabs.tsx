// The ways within one exam: edit, questions, students, live, review, marks.
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import classes from "./ExamTabs.module.css";

const PLACES = ["edit", "questions", "students", "live", "review", "grading", "results"] as const;

export function ExamTabs({ examId }: { examId: number }) {
  const { t } = useTranslation();
  return (
    <nav className={classes.tabs} aria-label={t("staff:tabs.label")}>
      {PLACES.map((place) => (
        <Link key={place} to={`/exams/${examId}/${place}`} className={classes.tab}>
          {t(`staff:tabs.${place}`)}
        </Link>
      ))}
    </nav>
  );
}
