// What somebody who lets a student in should look at first: documents, the room, an objection.
import { Alert } from "@mantine/core";
import { IconHandStop } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { answered, api, fetchPicture } from "@/api/client";
import { DocumentPictures } from "@/ui/DocumentPictures";
import { isWaiting } from "./attention";
import type { SittingWithViolations } from "./messages";

/** They come in while the student goes through the checks. */
const EVERY_MS = 5000;

export function AtTheDoor({ sitting }: { sitting: SittingWithViolations }) {
  const { t } = useTranslation();
  const waits = isWaiting(sitting);
  const path = { params: { path: { session_id: sitting.id } } };
  const documents = useQuery({
    queryKey: ["documents", sitting.id],
    queryFn: () => answered(api.GET("/api/v1/exam-sessions/{session_id}/documents", path)),
    refetchInterval: waits ? EVERY_MS : false,
  });
  const objection = useQuery({
    queryKey: ["objection", sitting.id],
    queryFn: () => answered(api.GET("/api/v1/exam-sessions/{session_id}/review", path)),
    select: ({ consent }) => consent?.objection ?? "",
    enabled: waits,
    refetchInterval: waits ? EVERY_MS : false,
  });
  return (
    <>
      {objection.data ? (
        <Alert color="yellow" p="xs" icon={<IconHandStop aria-hidden />} title={t("review:handed.objection")}>
          {objection.data}
        </Alert>
      ) : null}
      <DocumentPictures documents={documents.data ?? []} name={sitting.student.full_name} load={fetchPicture} />
    </>
  );
}
