// Where one is on the way in.
import { useTranslation } from "react-i18next";

export function Steps<T extends string>({ steps, now }: { steps: readonly T[]; now: T }) {
  const { t } = useTranslation();
  return (
    <ol className="steps" aria-label={t("steps.label")}>
      {steps.map((step) => (
        <li key={step} aria-current={step === now ? "step" : undefined}>
          {t(`steps.${step}`)}
        </li>
      ))}
    </ol>
  );
}
