// What the wall shows and how large: filter, search, group, density.
import { SegmentedControl, Select, TextInput } from "@mantine/core";
import { IconDoorEnter, IconEyeCheck, IconHandStop, IconSearch, IconWifiOff } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useFormats } from "@/lib/useFormats";
import { Empty } from "@/ui/Empty";
import { isWaiting } from "./attention";
import classes from "./LiveExam.module.css";
import type { SittingWithViolations } from "./messages";
import { type Choice, type Shown, SHOWN } from "./wallFilter";
import { DENSITIES, type Density } from "./wallLayout";

/** The search box is in the way when everybody fits on one screen. */
const SEARCH_FROM = 8;

export function Filters(props: {
  choice: Choice;
  onChoice: (choice: Choice) => void;
  groups: readonly string[];
  group: string | null;
  onGroup: (group: string | null) => void;
  density: Density;
  onDensity: (density: Density) => void;
  sittings: readonly SittingWithViolations[];
}) {
  const { t } = useTranslation();
  const format = useFormats();
  const { choice, onChoice } = props;
  const someWait = props.sittings.some(isWaiting);
  const labels: Record<Shown, string> = {
    all: t("live.filter.all"),
    attention: t("live.filter.attention"),
    asking: t("staff:live.filter.asking"),
    waiting: t("staff:live.filter.waiting"),
    offline: t("live.filter.offline"),
  };
  const offered = SHOWN.filter((shown) => shown !== "waiting" || someWait || choice.shown === "waiting");
  return (
    <div className={classes.filters}>
      <SegmentedControl
        aria-label={t("live.show")}
        className={classes.shown}
        value={choice.shown}
        onChange={(value) => onChoice({ ...choice, shown: value as Shown })}
        data={offered.map((value) => ({ value, label: labels[value] }))}
      />
      {props.sittings.length >= SEARCH_FROM || choice.search ? (
        <TextInput
          aria-label={t("live.search")}
          placeholder={t("live.search")}
          leftSection={<IconSearch size={18} aria-hidden />}
          value={choice.search}
          onChange={(event) => onChoice({ ...choice, search: event.currentTarget.value })}
        />
      ) : null}
      {props.groups.length > 0 ? (
        <Select
          aria-label={t("staff:live.group")}
          placeholder={t("staff:live.allGroups")}
          clearable
          data={[...props.groups]}
          value={props.group}
          onChange={props.onGroup}
          w={180}
        />
      ) : null}
      <SegmentedControl
        aria-label={t("staff:live.density")}
        className={classes.density}
        value={String(props.density)}
        onChange={(value) => props.onDensity(Number(value) as Density)}
        data={DENSITIES.map((value) => ({ value: String(value), label: format.number(value) }))}
      />
    </div>
  );
}

const NOTHING = {
  all: { icon: IconEyeCheck, title: "live.emptyTitle", text: "live.emptyText" },
  attention: { icon: IconEyeCheck, title: "live.allQuietTitle", text: "live.allQuietText" },
  asking: { icon: IconHandStop, title: "staff:live.nobodyAskingTitle", text: "staff:live.nobodyAskingText" },
  waiting: { icon: IconDoorEnter, title: "staff:live.nobodyWaitingTitle", text: "staff:live.nobodyWaitingText" },
  offline: { icon: IconWifiOff, title: "live.nobodyOfflineTitle", text: "live.nobodyOfflineText" },
} as const;

export function NothingMatches({ choice }: { choice: Choice }) {
  const { t } = useTranslation();
  if (choice.search) {
    return (
      <Empty
        icon={<IconSearch size={40} aria-hidden />}
        title={t("live.noMatchTitle")}
        text={t("live.noMatchText", { search: choice.search })}
      />
    );
  }
  const { icon: Icon, title, text } = NOTHING[choice.shown];
  return <Empty icon={<Icon size={40} aria-hidden />} title={t(title)} text={t(text)} />;
}
