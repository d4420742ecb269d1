// A loud bar while the logins that everybody knows are open.
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { demoMode } from "@/api/client";
import classes from "./DemoBar.module.css";

export function DemoBar() {
  const { t } = useTranslation();
  const demo = useQuery({ queryKey: ["demo-mode"], queryFn: demoMode, staleTime: Infinity });
  return demo.data ? (
    <p role="note" className={classes.bar}>
      {t("demo.bar")}
    </p>
  ) : null;
}
