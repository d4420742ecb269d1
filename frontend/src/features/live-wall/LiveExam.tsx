// The live page of one exam: head, wall of sittings, and the one that was chosen.
import { IconUsers } from "@tabler/icons-react";
import { useCallback, useDeferredValue, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { isFlag, useRemembered } from "@/lib/useRemembered";
import { Empty } from "@/ui/Empty";
import { Failure } from "@/ui/Failure";
import { Loading } from "@/ui/Loading";
import { useAlarm } from "./alarm";
import { newestPerStudent } from "./attention";
import { useScored } from "./commands";
import { ConnectionPill } from "./ConnectionPill";
import { Filters, NothingMatches } from "./Filters";
import { Head } from "./Head";
import classes from "./LiveExam.module.css";
import type { LiveView as View } from "./liveView";
import { StudentPanel } from "./StudentPanel";
import { type LiveExamState, useLiveExam } from "./useLiveExam";
import { type Choice, groupsOf, matches } from "./wallFilter";
import { Wall } from "./Wall";
import { densityFor, type Density, isDensity } from "./wallLayout";

/** What the address says and how to change it: a link to one student or one room can be shared and reopened. */
export type LiveAddress = {
  selected: number | null;
  onSelect: (sittingId: number | null) => void;
  group: string | null;
  onGroup: (group: string | null) => void;
};

export function LiveExam({ examId, ...address }: { examId: number } & LiveAddress) {
  const live = useLiveExam(examId);
  const { status, view } = live;
  if (status.phase === "failed" && !view) {
    return <Failure error={{ code: status.code, params: {}, message: "" }} onRetry={live.retryNow} />;
  }
  if (!view) {
    return (
      <>
        <ConnectionPill status={status} onRetry={live.retryNow} />
        <Loading />
      </>
    );
  }
  return <LiveView live={live} view={view} {...address} />;
}

function LiveView({ live, view, selected, onSelect, group, onGroup }: { live: LiveExamState; view: View } & LiveAddress) {
  const { t } = useTranslation();
  const [choice, setChoice] = useState<Choice>({ shown: "all", search: "" });
  const [density, setDensity] = useRemembered<Density>("proctor.wall.density", isDensity, 16);
  const alarm = useAlarmChoice(live, view);
  const scored = useScored(view.exam.id);
  // The wall may lag a moment behind: what a person types or presses comes first.
  const known = useDeferredValue(view.sittings);
  const everybody = useMemo(() => newestPerStudent(Object.values(known)), [known]);
  const sittings = useMemo(
    () => (group === null ? everybody : everybody.filter((one) => one.group === group)),
    [everybody, group],
  );
  const matching = useMemo(() => sittings.filter((one) => matches(one, choice)), [sittings, choice]);
  const chosen = selected === null ? undefined : view.sittings[selected];
  return (
    <div className={classes.page} data-chosen={chosen ? true : undefined}>
      <div className={classes.wall}>
        <Head live={live} view={view} sittings={sittings} alarm={alarm} scored={scored} />
        {everybody.length === 0 ? (
          <Empty icon={<IconUsers size={48} aria-hidden />} title={t("live.emptyTitle")} text={t("live.emptyText")} />
        ) : (
          <>
            <Filters
              choice={choice}
              onChoice={setChoice}
              groups={groupsOf(everybody)}
              group={group}
              onGroup={onGroup}
              density={density}
              onDensity={setDensity}
              sittings={sittings}
            />
            {matching.length === 0 ? <NothingMatches choice={choice} /> : null}
            <Wall
              sittings={matching}
              pictures={live.pictures}
              clockOffset={view.clockOffset}
              density={densityFor(density, sittings.length)}
              scored={scored}
              selected={selected}
              onSelect={onSelect}
              onShown={live.watch}
            />
          </>
        )}
      </div>
      {chosen ? (
        <StudentPanel
          key={chosen.id}
          sitting={chosen}
          scored={scored}
          pictures={live.pictures}
          clockOffset={view.clockOffset}
          outcome={view.challenges[chosen.id]}
          onClose={() => onSelect(null)}
        />
      ) : null}
    </div>
  );
}

function useAlarmChoice(live: LiveExamState, view: View) {
  const { t } = useTranslation();
  const [sound, onSound] = useRemembered("proctor.wall.sound", isFlag, false);
  const [desktop, onDesktop] = useRemembered("proctor.wall.desktop", isFlag, false);
  const nameOf = useCallback((id: number) => view.sittings[id]?.student.full_name ?? "", [view.sittings]);
  useAlarm({ listen: live.listen, nameOf, sound, desktop, t });
  return { sound, desktop, onSound, onDesktop };
}
