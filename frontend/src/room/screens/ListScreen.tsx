// My exams: running first, then open, coming, done; practice is always there.
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useUser } from "@/api/useUser";
import { useFormats } from "@/lib/useFormats";
import { useNow } from "@/lib/useNow";
import { clock, myExams, type OwnExam } from "../api";
import { Heading, Loading, Trouble } from "../parts/basics";
import { Frame } from "../parts/Frame";
import { Link } from "../router";
import { settleAll } from "../settling";
import { useTools } from "../tools";

const ORDER = ["running", "open", "upcoming", "done", "missed"] as const;

export function ListScreen() {
  const { t } = useTranslation();
  const exams = useQuery({ queryKey: ["my-exams"], queryFn: myExams, refetchInterval: 30_000, refetchOnWindowFocus: true });
  useSettling();
  return (
    <Frame>
      <Heading>{t("list.title")}</Heading>
      <Practice />
      {exams.isPending ? <Loading /> : null}
      {exams.isError ? <Trouble error={exams.error} onRetry={() => void exams.refetch()} /> : null}
      {exams.data?.length === 0 ? <p className="card">{t("list.empty")}</p> : null}
      {ORDER.map((state) => {
        const some = exams.data?.filter((one) => one.state === state) ?? [];
        if (some.length === 0) return null;
        return (
          <section key={state} aria-labelledby={`exams-${state}`}>
            <h2 id={`exams-${state}`} className="list-heading">
              {t(`list.${state}`)}
            </h2>
            <ul className="cards">
              {some.map((one) => (
                <li key={one.exam.id}>
                  <ExamCard own={one} />
                </li>
              ))}
            </ul>
          </section>
        );
      })}
    </Frame>
  );
}

/** What an exam that ended without network has left on this device goes to the server now. */
function useSettling(): void {
  const { database } = useTools();
  const user = useUser();
  useEffect(() => {
    if (user) void database.then((db) => settleAll(db, user.id)).catch(() => undefined);
  }, [database, user]);
}

function Practice() {
  const { t } = useTranslation();
  return (
    <section className="card practice" aria-labelledby="practice">
      <div>
        <h2 id="practice">{t("list.practice")}</h2>
        <p>{t("list.practiceText")}</p>
      </div>
      <Link href="/room/practice" className="button quiet">
        {t("list.practiceGo")}
      </Link>
    </section>
  );
}

function ExamCard({ own }: { own: OwnExam }) {
  const { t } = useTranslation();
  const format = useFormats();
  const { exam, state, exam_session: sitting } = own;
  return (
    <article className="card exam-card" data-state={state}>
      <div>
        <h3>{exam.title}</h3>
        <p className="dim">{format.range(new Date(exam.start_time), new Date(exam.end_time))}</p>
        <p className="dim">{t("list.minutes", { count: exam.duration_minutes, n: format.number(exam.duration_minutes) })}</p>
        {exam.description ? <p>{exam.description}</p> : null}
        {state === "upcoming" ? <Countdown until={Date.parse(exam.start_time)} /> : null}
        {state === "done" ? <p>{own.result_released ? t("list.released") : t("list.notReleased")}</p> : null}
      </div>
      <Way own={own} sittingId={sitting?.id ?? null} />
    </article>
  );
}

function Way({ own, sittingId }: { own: OwnExam; sittingId: number | null }) {
  const { t } = useTranslation();
  const { exam, state } = own;
  const named = (label: string) => ({ "aria-label": `${label}: ${exam.title}`, children: label });
  return (
    <div className="way">
      {state === "running" && sittingId ? <Link href={`/room/sittings/${sittingId}`} className="button" {...named(t("list.continue"))} /> : null}
      {state === "open" ? <Link href={`/room/exams/${exam.id}`} className="button" {...named(t("list.start"))} /> : null}
      {state === "done" && sittingId ? (
        <Link href={`/room/sittings/${sittingId}/after`} className="button quiet" {...named(t("list.see"))} />
      ) : null}
    </div>
  );
}

function Countdown({ until }: { until: number }) {
  const { t } = useTranslation();
  const format = useFormats();
  useNow();
  const left = (until - clock.now()) / 1000;
  if (left > 172_800) return <p>{t("list.inDays", { n: format.number(Math.floor(left / 86_400)) })}</p>;
  return <p className="countdown">{t("list.in", { time: format.stopwatch(left) })}</p>;
}
