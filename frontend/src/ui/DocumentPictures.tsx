// Pictures of documents and rooms that a student handed in, for the staff alone.
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useObjectUrl } from "@/lib/useObjectUrl";
import classes from "./EvidenceStrip.module.css";

export type HandedPicture = { id: number; kind: string; url: string };

export function DocumentPictures(props: {
  documents: readonly HandedPicture[];
  name: string;
  load: (url: string) => Promise<Blob>;
}) {
  if (props.documents.length === 0) return null;
  return (
    <ul className={classes.strip}>
      {props.documents.map((document) => (
        <li key={document.id}>
          <One {...props} document={document} />
        </li>
      ))}
    </ul>
  );
}

function One({ document, name, load }: { document: HandedPicture; name: string; load: (url: string) => Promise<Blob> }) {
  const { t } = useTranslation();
  const picture = useQuery({
    queryKey: ["document", document.id],
    queryFn: () => load(document.url),
    staleTime: Infinity,
    gcTime: 60_000,
  });
  const url = useObjectUrl(picture.data);
  const kind = t(`review:handed.kind.${document.kind}`);
  return (
    <figure style={{ margin: 0 }}>
      {url ? (
        <img src={url} alt={t("live.evidenceAlt", { role: kind, name })} className={classes.handed} />
      ) : (
        <span className={classes.waiting}>{t("common.loading")}</span>
      )}
      <figcaption className={classes.role}>{kind}</figcaption>
    </figure>
  );
}
