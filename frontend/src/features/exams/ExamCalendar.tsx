// A month of exams.
import { ActionIcon, Group, Title } from "@mantine/core";
import { IconChevronLeft, IconChevronRight } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormats, useLanguage } from "@/lib/useFormats";
import { useNow } from "@/lib/useNow";
import { Failure } from "@/ui/Failure";
import { Loading } from "@/ui/Loading";
import classes from "./ExamCalendar.module.css";
import { useExams } from "./examQueries";
import { type Day, monthDays } from "./schedule";

/** Sunday: the first day of the week in Bangladesh. */
const FIRST_DAY = 0;

export function ExamCalendar() {
  const { t } = useTranslation();
  const language = useLanguage();
  const exams = useExams();
  const [shown, setShown] = useState(() => ({ year: new Date().getFullYear(), month: new Date().getMonth() }));
  if (exams.isPending) return <Loading />;
  if (exams.isError) return <Failure error={exams.error} onRetry={() => void exams.refetch()} />;
  const days = monthDays(shown.year, shown.month, exams.data, FIRST_DAY);
  const tag = language === "bn" ? "bn-BD" : "en-GB";
  const monthName = new Intl.DateTimeFormat(tag, { month: "long", year: "numeric" });
  const dayName = new Intl.DateTimeFormat(tag, { weekday: "short" });
  const step = (months: number) => {
    const next = new Date(shown.year, shown.month + months, 1);
    setShown({ year: next.getFullYear(), month: next.getMonth() });
  };
  return (
    <>
      <Group justify="space-between" mb="md">
        <Title order={1} size="h2">
          {t("authoring:calendar.title")}
        </Title>
        <Group gap="xs">
          <ActionIcon variant="default" size={36} aria-label={t("authoring:calendar.before")} onClick={() => step(-1)}>
            <IconChevronLeft size={20} aria-hidden />
          </ActionIcon>
          <span aria-live="polite" className={classes.month}>
            {monthName.format(new Date(shown.year, shown.month, 1))}
          </span>
          <ActionIcon variant="default" size={36} aria-label={t("authoring:calendar.after")} onClick={() => step(1)}>
            <IconChevronRight size={20} aria-hidden />
          </ActionIcon>
        </Group>
      </Group>
      <table className={classes.table}>
        <thead>
          <tr>
            {days.slice(0, 7).map(({ date }) => (
              <th key={date.getTime()} scope="col">
                {dayName.format(date)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {Array.from({ length: days.length / 7 }, (_, week) => days.slice(week * 7, week * 7 + 7)).map((week) => (
            <tr key={week[0]?.date.getTime()}>
              {week.map((day) => (
                <DayCell key={day.date.getTime()} day={day} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <Agenda days={days} />
    </>
  );
}

/** On a phone a day has no room for a title: there the days have marks, and the exams stand below. */
function Agenda({ days }: { days: readonly Day[] }) {
  const format = useFormats();
  const exams = [...new Map(days.filter((day) => day.inMonth).flatMap((day) => day.exams.map((exam) => [exam.id, exam]))).values()];
  return (
    <ul className={classes.agenda}>
      {exams.map((exam) => (
        <li key={exam.id}>
          <Link to="/exams/$examId/edit" params={{ examId: exam.id }} className={classes.exam} data-draft={exam.status === "draft" || undefined}>
            <strong>{exam.title}</strong>
            <br />
            {format.range(new Date(exam.start_time), new Date(exam.end_time))}
          </Link>
        </li>
      ))}
    </ul>
  );
}

function DayCell({ day }: { day: Day }) {
  const format = useFormats();
  const today = useNow(60_000);
  const isToday = day.date.toDateString() === new Date(today).toDateString();
  return (
    <td className={classes.day} data-exams={day.exams.length > 0 || undefined} data-other={!day.inMonth || undefined} data-today={isToday || undefined}>
      <span className={classes.number} aria-current={isToday ? "date" : undefined}>
        {format.number(day.date.getDate())}
      </span>
      {day.exams.map((exam) => (
        <Link
          key={exam.id}
          to="/exams/$examId/edit"
          params={{ examId: exam.id }}
          className={classes.exam}
          data-draft={exam.status === "draft" || undefined}
        >
          {exam.title}
        </Link>
      ))}
    </td>
  );
}
