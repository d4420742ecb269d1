// What an administrator looks after: institution, rights, audit log, retention, system, demonstration data.
import { Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useActiveInView } from "@/ui/useActiveInView";
import classes from "./Admin.module.css";
import { AuditLog } from "./AuditLog";
import { DemoData } from "./DemoData";
import { InstitutionForm } from "./InstitutionForm";
import { Retention } from "./Retention";
import { Rights } from "./Rights";
import { SystemState } from "./SystemState";

const SECTIONS = ["institution", "rights", "audit", "retention", "system", "demo"] as const;
type Section = (typeof SECTIONS)[number];

const BODIES: Record<Section, ReactNode> = {
  institution: <InstitutionForm />,
  rights: <Rights />,
  audit: <AuditLog />,
  retention: <Retention />,
  system: <SystemState />,
  demo: <DemoData />,
};

export function Administration({ section }: { section: string }) {
  const { t } = useTranslation();
  const shown = SECTIONS.find((one) => one === section) ?? "institution";
  const row = useActiveInView<HTMLElement>(shown);
  return (
    <div className={classes.page}>
      <Title order={1} size="h2" mb="sm">
        {t("nav.admin")}
      </Title>
      <nav ref={row} className={classes.tabs} aria-label={t("nav.admin")}>
        {SECTIONS.map((one) => (
          <Link key={one} to="/admin/$section" params={{ section: one }} className={classes.tab}>
            {t(`staff:admin.${one}.title`)}
          </Link>
        ))}
      </nav>
      {BODIES[shown]}
    </div>
  );
}
