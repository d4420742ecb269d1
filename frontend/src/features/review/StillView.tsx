// The picture nearest to the moment looked at. Only pictures around what was noted are kept, and it says so.
import { Text } from "@mantine/core";
import { IconPhotoOff } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { fetchPicture } from "@/api/client";
import { useFormats } from "@/lib/useFormats";
import { useObjectUrl } from "@/lib/useObjectUrl";
import { type Still, stillAt } from "./lanes";
import classes from "./StillView.module.css";
import type { Player } from "./usePlayer";

export function StillView(props: { stills: readonly Still[]; player: Player; name: string; startedAt: number }) {
  const { t } = useTranslation();
  const format = useFormats();
  const still = stillAt(props.stills, props.player.at);
  const picture = useQuery({
    queryKey: ["evidence", still?.id ?? 0],
    queryFn: () => fetchPicture(still?.url ?? ""),
    enabled: still !== null,
    staleTime: Infinity,
    gcTime: 60_000,
    placeholderData: (known) => known,
  });
  const url = useObjectUrl(still ? picture.data : undefined);
  if (props.stills.length === 0) return null;
  return (
    <figure className={classes.figure}>
      {url ? (
        <img src={url} alt={t("live.pictureOf", { name: props.name })} className={classes.image} />
      ) : (
        <span className={classes.none}>
          <IconPhotoOff size={32} aria-hidden />
          <Text size="sm">{t(still ? "common.loading" : "review:noStill")}</Text>
        </span>
      )}
      {still ? <figcaption className={classes.caption}>{format.stopwatch((still.at - props.startedAt) / 1000)}</figcaption> : null}
    </figure>
  );
}
