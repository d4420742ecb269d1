// The whole sitting on one scale: what was noted, browser events, answers, and where nothing could be seen.
import { ActionIcon, Group, Text } from "@mantine/core";
import { IconPlayerPause, IconPlayerPlay } from "@tabler/icons-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Review } from "@/api/types";
import { useFormats } from "@/lib/useFormats";
import shared from "@/ui/TimelineLanes.module.css";
import { kindName } from "@/ui/names";
import { type Lane, lanesOf, type Mark, placeOf, type Scale } from "./lanes";
import classes from "./ReviewTimeline.module.css";
import { SoundLane } from "./SoundLane";
import { type Player, SPEEDS } from "./usePlayer";

const HEIGHT = 20;
/** Short marks stay visible and can be hit with a finger, in per cent of the width. */
const NARROWEST = 0.6;
const TICKS = [0, 25, 50, 75, 100];

type Props = {
  review: Review;
  scale: Scale;
  player: Player;
  chosenId: number | null;
  onPick: (violationId: number) => void;
};

export function ReviewTimeline({ review, scale, player, chosenId, onPick }: Props) {
  const { t } = useTranslation();
  const format = useFormats();
  const lanes = useMemo(() => lanesOf(review, scale), [review, scale]);
  const seconds = (player.at - scale.from) / 1000;
  return (
    <section className={classes.box} aria-labelledby="review-timeline">
      <Group justify="space-between" gap="xs" mb={6}>
        <h2 id="review-timeline" className={classes.title}>
          {t("live.timeline")}
        </h2>
        <Group gap="xs" wrap="nowrap">
          <ActionIcon
            variant="default"
            size={32}
            aria-label={t(player.playing ? "review:pause" : "review:play")}
            onClick={player.toggle}
          >
            {player.playing ? <IconPlayerPause size={18} aria-hidden /> : <IconPlayerPlay size={18} aria-hidden />}
          </ActionIcon>
          <button
            type="button"
            className={classes.speed}
            onClick={() => player.changeSpeed(player.speed === SPEEDS.at(-1) ? -1 : 1)}
          >
            {t("review:speed", { n: format.number(player.speed) })}
          </button>
          <Text size="sm" className={classes.time}>
            {format.stopwatch(seconds)} / {format.stopwatch((scale.to - scale.from) / 1000)}
          </Text>
        </Group>
      </Group>
      <div className={shared.lanes}>
        {lanes.map((lane) => (
          <LaneRow key={`${lane.kind}/${lane.name}`} lane={lane} scale={scale} chosenId={chosenId} onPick={onPick} />
        ))}
        <SoundLane sound={review.sound} scale={scale} at={player.at} />
        <span className={shared.label}>{t("review:moment")}</span>
        <input
          type="range"
          className={classes.scrub}
          aria-label={t("review:moment")}
          aria-valuetext={format.stopwatch(seconds)}
          min={scale.from}
          max={scale.to}
          step={1000}
          value={player.at}
          onChange={(event) => player.seek(Number(event.currentTarget.value))}
        />
        <span />
        <div className={shared.axis} aria-hidden="true">
          {TICKS.map((at) => (
            <span key={at} className={shared.tick} style={{ left: `${at}%` }} data-edge={at === 0 ? "start" : at === 100 ? "end" : undefined}>
              {format.stopwatch(((scale.to - scale.from) * at) / 100_000)}
            </span>
          ))}
        </div>
      </div>
    </section>
  );
}

function LaneRow(props: { lane: Lane; scale: Scale; chosenId: number | null; onPick: (id: number) => void }) {
  const { t } = useTranslation();
  const { lane } = props;
  const name = lane.kind === "violation" ? kindName(t, lane.name) : t(`review:lane.${lane.name}`);
  return (
    <>
      <span className={shared.label}>{name}</span>
      <svg className={shared.lane} height={HEIGHT} role="group" aria-label={name}>
        <rect width="100%" height={HEIGHT} className={shared.ground} />
        {lane.marks.map((mark) => (
          <MarkView key={mark.id} mark={mark} name={name} {...props} />
        ))}
      </svg>
    </>
  );
}

function MarkView(props: { mark: Mark; name: string; scale: Scale; chosenId: number | null; onPick: (id: number) => void }) {
  const { mark, scale } = props;
  const format = useFormats();
  const left = placeOf(mark.from, scale);
  const width = Math.max(NARROWEST, placeOf(mark.to, scale) - left);
  const bar = (
    <rect
      x={`${Math.min(left, 100 - width)}%`}
      width={`${width}%`}
      y={3}
      height={HEIGHT - 6}
      rx={2}
      className={classes.mark}
      data-tone={mark.tone}
      data-chosen={(mark.violationId !== null && mark.violationId === props.chosenId) || undefined}
    />
  );
  const { violationId } = mark;
  if (violationId === null) return bar;
  return (
    <a
      href={`#item-${violationId}`}
      aria-label={`${props.name}, ${format.stopwatch((mark.from - scale.from) / 1000)}`}
      onClick={(event) => {
        event.preventDefault();
        props.onPick(violationId);
      }}
    >
      {bar}
    </a>
  );
}
