// Low, medium or high stakes: one press sets the fields below, which stay free to be changed.
import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { ExamChanges } from "@/api/types";
import classes from "./ExamEditor.module.css";
import type { Change } from "./SettingField";
import { STAKES, STAKES_SET, stakesOf } from "./settings";

export function StakesPicker({ draft, onChange }: { draft: ExamChanges; onChange: Change }) {
  const { t } = useTranslation();
  const chosen = stakesOf(draft);
  return (
    <>
      <Text size="sm" mb={6}>
        {t("authoring:stakes.text")}
      </Text>
      <div className={classes.stakes} role="group" aria-label={t("authoring:stakes.label")}>
        {STAKES.map((stakes) => (
          <button
            key={stakes}
            type="button"
            className={classes.stake}
            aria-pressed={chosen === stakes}
            onClick={() => onChange(STAKES_SET[stakes])}
          >
            <span className={classes.stakeName}>{t(`authoring:stakes.${stakes}`)}</span>
            <span className={classes.stakeText}>{t(`authoring:stakes.${stakes}Text`)}</span>
          </button>
        ))}
      </div>
    </>
  );
}
