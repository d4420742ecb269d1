// All sittings as tiles, the ones that need a look first.
import { useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useLanguage } from "@/lib/useFormats";
import { attentionOrder, heldOrder } from "./attention";
import type { SittingWithViolations } from "./messages";
import type { Pictures } from "./pictures";
import { Tile } from "./Tile";
import classes from "./Wall.module.css";

/** Keeps tiles where they are while somebody points at or moves through them: nobody likes to miss a moving target. */
function useStableOrder(sittings: readonly SittingWithViolations[]) {
  const language = useLanguage();
  const collator = useMemo(() => new Intl.Collator(language), [language]);
  const [held, setHeld] = useState<readonly number[] | null>(null);
  const reasons = useRef({ pointed: false, focused: false });
  const fresh = attentionOrder(sittings, collator);
  const order = held ? heldOrder(held, fresh) : fresh;
  const hold = (reason: "pointed" | "focused", on: boolean) => {
    reasons.current[reason] = on;
    if (on) setHeld((known) => known ?? order);
    else if (!reasons.current.pointed && !reasons.current.focused) setHeld(null);
  };
  return { order, hold };
}

export function Wall(props: {
  sittings: readonly SittingWithViolations[];
  pictures: Pictures;
  selected: number | null;
  onSelect: (sittingId: number | null) => void;
}) {
  const { t } = useTranslation();
  const byId = new Map(props.sittings.map((one) => [one.id, one]));
  const { order, hold } = useStableOrder(props.sittings);
  return (
    // The list itself is nothing to press; it only notices that somebody is about to.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <ul
      className={classes.wall}
      aria-label={t("live.wall")}
      onPointerEnter={(event) => hold("pointed", event.pointerType === "mouse")}
      onPointerLeave={() => hold("pointed", false)}
      onFocus={(event) => hold("focused", event.target.matches(":focus-visible"))}
      onBlur={() => hold("focused", false)}
    >
      {order.map((id) => {
        const sitting = byId.get(id);
        return sitting ? (
          <li key={id}>
            <Tile sitting={sitting} pictures={props.pictures} selected={id === props.selected} onSelect={props.onSelect} />
          </li>
        ) : null;
      })}
    </ul>
  );
}
