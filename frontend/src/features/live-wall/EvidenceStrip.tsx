// The pictures kept for a violation; a click opens one large.
import { Modal } from "@mantine/core";
import { useInViewport } from "@mantine/hooks";
import { IconPhotoOff } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { fetchPicture } from "@/api/client";
import { asProblem } from "@/api/problem";
import { useFormats } from "@/lib/useFormats";
import { useObjectUrl } from "@/lib/useObjectUrl";
import { problemText } from "@/ui/problemText";
import type { Evidence } from "./messages";
import classes from "./ViolationList.module.css";

/** Evidence never changes, but it must not linger in memory after its violation has left the screen. */
const KEEP_MS = 60_000;

function useEvidencePicture(evidence: Evidence, wanted: boolean) {
  const picture = useQuery({
    queryKey: ["evidence", evidence.id],
    queryFn: () => fetchPicture(evidence.url),
    enabled: wanted,
    staleTime: Infinity,
    gcTime: KEEP_MS,
  });
  return { url: useObjectUrl(picture.data), error: picture.error };
}

export function EvidenceStrip({ evidence, name }: { evidence: Evidence[]; name: string }) {
  const [opened, setOpened] = useState<Evidence | null>(null);
  if (evidence.length === 0) return null;
  return (
    <>
      <ul className={classes.strip}>
        {evidence.map((one) => (
          <li key={one.id}>
            <Thumb evidence={one} name={name} onOpen={() => setOpened(one)} />
          </li>
        ))}
      </ul>
      {opened ? <LargeEvidence evidence={opened} name={name} onClose={() => setOpened(null)} /> : null}
    </>
  );
}

function Thumb({ evidence, name, onOpen }: { evidence: Evidence; name: string; onOpen: () => void }) {
  const { t } = useTranslation();
  const { ref, inViewport } = useInViewport<HTMLButtonElement>();
  const { url, error } = useEvidencePicture(evidence, inViewport);
  const role = t(`live.evidence.${evidence.role}`);
  return (
    <button
      ref={ref}
      type="button"
      className={classes.thumb}
      aria-label={t("live.openEvidence", { role, name })}
      onClick={onOpen}
    >
      {url ? (
        <img src={url} alt="" />
      ) : (
        <span className={classes.waiting}>{error ? <IconPhotoOff size={22} aria-hidden /> : t("common.loading")}</span>
      )}
      <span className={classes.role}>{role}</span>
    </button>
  );
}

function LargeEvidence({ evidence, name, onClose }: { evidence: Evidence; name: string; onClose: () => void }) {
  const { t } = useTranslation();
  const format = useFormats();
  const { url, error } = useEvidencePicture(evidence, true);
  const role = t(`live.evidence.${evidence.role}`);
  return (
    <Modal
      opened
      onClose={onClose}
      size="xl"
      centered
      title={`${name} · ${role} · ${format.clock(Date.parse(evidence.captured_at))}`}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      {url ? <img src={url} alt={t("live.evidenceAlt", { role, name })} className={classes.large} /> : null}
      {error ? <p role="alert">{problemText(t, asProblem(error))}</p> : null}
      <p className={classes.hash}>
        {t("live.hash")} {evidence.sha256}
      </p>
    </Modal>
  );
}
