// The frame of the pages before the sign-in: product, language, appearance, and one card.
import type { ReactNode } from "react";
import { useLanguageChoice } from "@/api/useLanguageChoice";
import type { Language } from "@/lib/languages";
import { Brand } from "@/ui/Brand";
import { ColorSchemeSwitch } from "@/ui/ColorSchemeSwitch";
import { LanguageSwitch } from "@/ui/LanguageSwitch";
import classes from "./DoorPage.module.css";

export function DoorPage({ children, onLanguage }: { children: ReactNode; onLanguage?: (language: Language) => void }) {
  const choose = useLanguageChoice();
  return (
    <div className={classes.page}>
      <header className={classes.header}>
        <Brand />
        <div className={classes.tools}>
          <LanguageSwitch
            onChoose={(language) => {
              onLanguage?.(language);
              return choose(language);
            }}
          />
          <ColorSchemeSwitch />
        </div>
      </header>
      <main className={classes.main}>{children}</main>
    </div>
  );
}
