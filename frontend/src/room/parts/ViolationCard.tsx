// One thing that was noted about me: what, when, how sure, what it cost, the pictures, and my word on it.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { fetchPicture } from "@/api/client";
import { useFormats } from "@/lib/useFormats";
import { useObjectUrl } from "@/lib/useObjectUrl";
import { kindName } from "@/ui/names";
import { comment, type Evidence, type Violation } from "../api";
import { CommentBox } from "./CommentBox";
import { Dialog } from "./basics";

export function ViolationCard({ violation, trust }: { violation: Violation; trust: number | null }) {
  const { t } = useTranslation();
  const format = useFormats();
  const kind = violation.reviewed_kind ?? violation.kind;
  const name = kindName(t, kind);
  const at = format.clock(Date.parse(violation.started_at));
  const cost = trust !== null && typeof violation.without_this === "number" ? violation.without_this - trust : null;
  const description = t(`violations:${kind}.description`, { defaultValue: "" });
  return (
    <article className="card stack" aria-label={name}>
      <h3>{name}</h3>
      {description ? <p>{description}</p> : null}
      <p className="dim">
        {violation.seconds < 1 ? at : t("after.when", { at, time: format.stopwatch(violation.seconds) })} ·{" "}
        {t("after.sure", { n: format.percent(violation.confidence) })}
      </p>
      {violation.counts === false ? (
        <p>{t("after.dismissed")}</p>
      ) : cost === null ? null : (
        <p>{t("after.cost", { n: format.number(Math.max(0, cost), 1) })}</p>
      )}
      {violation.evidence.length > 0 ? (
        <ul className="evidence">
          {violation.evidence.map((one, index) => (
            <li key={one.id}>
              <Picture evidence={one} label={t("after.picture", { n: format.number(index + 1), name })} />
            </li>
          ))}
        </ul>
      ) : null}
      <CommentBox label={t("after.comment", { name })} send={(text) => comment(violation.id, text)} />
    </article>
  );
}

function Picture({ evidence, label }: { evidence: Evidence; label: string }) {
  const [large, setLarge] = useState(false);
  const picture = useQuery({ queryKey: ["evidence", evidence.id], queryFn: () => fetchPicture(evidence.url), staleTime: Infinity });
  const url = useObjectUrl(picture.data);
  if (!url) return null;
  return (
    <>
      <button type="button" className="thumb" aria-label={label} onClick={() => setLarge(true)}>
        <img src={url} alt="" />
      </button>
      {large ? (
        <Dialog title={label} onClose={() => setLarge(false)} wide>
          <img src={url} alt={label} className="large" />
        </Dialog>
      ) : null}
    </>
  );
}
