// Everything noted in one sitting, newest first.
import { Button } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormats } from "@/lib/useFormats";
import type { SittingWithViolations } from "./messages";
import { ViolationItem } from "./ViolationItem";
import classes from "./ViolationList.module.css";

/** A long list is opened on demand: evidence of what nobody scrolls to is not fetched. */
const FIRST = 20;

export function ViolationList(props: {
  sitting: SittingWithViolations;
  clockOffset: number;
  picked: number | null;
}) {
  const { t } = useTranslation();
  const format = useFormats();
  const [opened, setOpened] = useState(false);
  const newestFirst = props.sitting.violations.toSorted(
    (a, b) => Date.parse(b.started_at) - Date.parse(a.started_at) || b.id - a.id,
  );
  const pickedLater = newestFirst.findIndex((one) => one.id === props.picked) >= FIRST;
  const shown = opened || pickedLater ? newestFirst : newestFirst.slice(0, FIRST);
  return (
    <section aria-labelledby="violations-title">
      <h3 id="violations-title" className={classes.title}>
        {t("live.violations")} ({format.number(newestFirst.length)})
      </h3>
      {newestFirst.length === 0 ? <p className={classes.none}>{t("live.noViolations")}</p> : null}
      <ol className={classes.list}>
        {shown.map((violation) => (
          <ViolationItem
            key={violation.id}
            violation={violation}
            startedAt={props.sitting.started_at}
            clockOffset={props.clockOffset}
            picked={violation.id === props.picked}
          />
        ))}
      </ol>
      {shown.length < newestFirst.length ? (
        <Button variant="default" fullWidth onClick={() => setOpened(true)}>
          {t("live.showAll", { n: format.number(newestFirst.length) })}
        </Button>
      ) : null}
      {newestFirst.length > 0 ? <p className={classes.none}>{t("live.noProof")}</p> : null}
    </section>
  );
}
