// After the exam: receipt, result when released, what was noted about me and what it cost, the decision, and my word on it.
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { asProblem } from "@/api/problem";
import { useUser } from "@/api/useUser";
import { useFormats } from "@/lib/useFormats";
import { decision, commentDecision, exam as readExam, result, sitting as readSitting, violations } from "../api";
import { CommentBox } from "../parts/CommentBox";
import { Heading, Loading, Notice, Trouble } from "../parts/basics";
import { Frame } from "../parts/Frame";
import { NotSeen } from "../parts/NotSeen";
import { ResultPanel } from "../parts/ResultPanel";
import { ViolationCard } from "../parts/ViolationCard";
import { Link } from "../router";
import { receiptOf, settle } from "../settling";
import { useTools } from "../tools";

export function AfterScreen({ id }: { id: number }) {
  const { t } = useTranslation();
  const sitting = useQuery({ queryKey: ["sitting", id, "after"], queryFn: () => readSitting(id) });
  const examId = sitting.data?.exam_id;
  const exam = useQuery({ queryKey: ["exam", examId], queryFn: () => readExam(examId ?? 0), enabled: examId !== undefined });
  if (sitting.isError) return <Frame><Trouble error={sitting.error} onRetry={() => void sitting.refetch()} /></Frame>;
  if (!sitting.data) return <Frame><Loading /></Frame>;
  return (
    <Frame>
      <Heading>{exam.data?.title ?? t("after.title")}</Heading>
      <ReceiptPanel id={id} state={sitting.data.state} />
      <Results id={id} />
      <Noted id={id} />
      <NotSeen id={id} coverage={sitting.data.coverage} />
      <Decided id={id} />
      <p>
        <Link href="/room" className="button quiet">
          {t("nav.home")}
        </Link>
      </p>
    </Frame>
  );
}

function ReceiptPanel({ id, state }: { id: number; state: string }) {
  const { t } = useTranslation();
  const format = useFormats();
  const settled = useSettled(id);
  const receipt = receiptOf(id);
  return (
    <section className="card stack" aria-labelledby="receipt">
      <h2 id="receipt">{t(`after.state.${state}`)}</h2>
      {settled === "busy" ? <Notice tone="info" title={t("after.sending")} live="polite" /> : null}
      {settled === "left" ? <Notice tone="watch" title={t("after.left")} live="assertive" /> : null}
      {settled === "done" ? <Notice tone="good" title={t("after.allThere")} live="polite" /> : null}
      {receipt ? (
        <dl className="facts">
          <dt>{t("after.at")}</dt>
          <dd>{format.dateTime(Date.parse(receipt.at))}</dd>
          <dt>{t("after.answered")}</dt>
          <dd>{t("after.of", { n: format.number(receipt.answered), all: format.number(receipt.total) })}</dd>
          {receipt.late > 0 ? (
            <>
              <dt>{t("after.late")}</dt>
              <dd>{t("after.lateText", { n: format.number(receipt.late) })}</dd>
            </>
          ) : null}
          <dt>{t("after.hash")}</dt>
          <dd className="hash">{receipt.hash}</dd>
        </dl>
      ) : null}
    </section>
  );
}

/** Hands in what is still here; tries again until the server has it. */
function useSettled(id: number): "busy" | "done" | "left" {
  const { database } = useTools();
  const user = useUser();
  const [state, setState] = useState<"busy" | "done" | "left">("busy");
  useEffect(() => {
    if (!user) return;
    let left = false;
    const go = async () => {
      try {
        const db = await database.catch(() => null);
        // Without a disk nothing is left on this device.
        const done = db === null || (await settle(db, id));
        if (!left) setState(done ? "done" : "left");
      } catch {
        if (!left) setState("left");
      }
    };
    void go();
    const timer = setInterval(() => void go(), 15_000);
    return () => {
      left = true;
      clearInterval(timer);
    };
  }, [database, id, user]);
  return state;
}

function Results({ id }: { id: number }) {
  const { t } = useTranslation();
  const found = useQuery({ queryKey: ["result", id], queryFn: () => result(id) });
  return (
    <section className="card stack" aria-labelledby="result">
      <h2 id="result">{t("after.result")}</h2>
      {found.isPending ? <Loading /> : null}
      {found.data?.released ? <ResultPanel result={found.data} /> : null}
      {found.isError || (found.data && !found.data.released) ? <p>{t("after.notReleased")}</p> : null}
    </section>
  );
}

function Noted({ id }: { id: number }) {
  const { t } = useTranslation();
  const format = useFormats();
  const found = useQuery({ queryKey: ["violations", id], queryFn: () => violations(id) });
  const sitting = useQuery({ queryKey: ["sitting", id, "after"], queryFn: () => readSitting(id) });
  return (
    <section className="stack" aria-labelledby="noted">
      <h2 id="noted">{t("after.noted")}</h2>
      <p>{t("after.notedText")}</p>
      {found.isError ? <Trouble error={found.error} onRetry={() => void found.refetch()} /> : null}
      {found.data?.length === 0 ? <Notice tone="good" title={t("after.nothing")} /> : null}
      <ul className="cards">
        {found.data?.map((one) => (
          <li key={one.id}>
            <ViolationCard violation={one} trust={sitting.data?.trust ?? null} />
          </li>
        ))}
      </ul>
      {found.data?.length && sitting.data ? <p>{t("after.trust", { n: format.number(sitting.data.trust, 1) })}</p> : null}
    </section>
  );
}

function Decided({ id }: { id: number }) {
  const { t } = useTranslation();
  const found = useQuery({ queryKey: ["decision", id], queryFn: () => decision(id) });
  const none = found.isError && asProblem(found.error).status === 404;
  if (found.isPending || none || !found.data?.decision) return null;
  return (
    <section className="card stack" aria-labelledby="decision">
      <h2 id="decision">{t("after.decision")}</h2>
      <p>
        <strong>{t(`after.decided.${found.data.decision}`)}</strong>
      </p>
      {found.data.text ? <p className="words">{found.data.text}</p> : null}
      <CommentBox label={t("after.decisionComment")} send={(text) => commentDecision(id, text)} />
    </section>
  );
}
