// The pictures kept for a violation; a click opens one large.
import { Modal } from "@mantine/core";
import { useInViewport } from "@mantine/hooks";
import { IconPhotoOff } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormats } from "@/lib/useFormats";
import { useObjectUrl } from "@/lib/useObjectUrl";
import classes from "./EvidenceStrip.module.css";

export type EvidencePicture = { id: number; role: string; captured_at: string; sha256: string; url: string };
/** Fetches a picture that only the signed-in may see; every look is recorded by the server. */
export type LoadEvidence = (url: string) => Promise<Blob>;

/** Evidence never changes, but it must not linger in memory after its violation has left the screen. */
const KEEP_MS = 60_000;

function useEvidencePicture(evidence: EvidencePicture, load: LoadEvidence, wanted: boolean) {
  const picture = useQuery({
    queryKey: ["evidence", evidence.id],
    queryFn: () => load(evidence.url),
    enabled: wanted,
    staleTime: Infinity,
    gcTime: KEEP_MS,
  });
  return { url: useObjectUrl(picture.data), error: picture.error };
}

type StripProps = {
  evidence: readonly EvidencePicture[];
  name: string;
  load: LoadEvidence;
  size?: "small" | "large";
};

export function EvidenceStrip({ evidence, name, load, size = "small" }: StripProps) {
  const [opened, setOpened] = useState<EvidencePicture | null>(null);
  if (evidence.length === 0) return null;
  return (
    <>
      <ul className={classes.strip} data-size={size}>
        {evidence.map((one) => (
          <li key={one.id}>
            <Thumb evidence={one} name={name} load={load} onOpen={() => setOpened(one)} />
          </li>
        ))}
      </ul>
      {opened ? <LargeEvidence evidence={opened} name={name} load={load} onClose={() => setOpened(null)} /> : null}
    </>
  );
}

type OneProps = { evidence: EvidencePicture; name: string; load: LoadEvidence };

function Thumb({ evidence, name, load, onOpen }: OneProps & { onOpen: () => void }) {
  const { t } = useTranslation();
  const { ref, inViewport } = useInViewport<HTMLButtonElement>();
  const { url, error } = useEvidencePicture(evidence, load, inViewport);
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

function LargeEvidence({ evidence, name, load, onClose }: OneProps & { onClose: () => void }) {
  const { t } = useTranslation();
  const format = useFormats();
  const { url, error } = useEvidencePicture(evidence, load, true);
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
      {error ? <p role="alert">{t("live.noPicture")}</p> : null}
      <p className={classes.hash}>
        {t("live.hash")} {evidence.sha256}
      </p>
    </Modal>
  );
}
