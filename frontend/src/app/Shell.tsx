// The frame around every page of a signed-in user: name of the product, ways, language, light or dark, sign out.
import { Menu } from "@mantine/core";
import { IconLogout, IconUser } from "@tabler/icons-react";
import { Link, Outlet } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { logOut } from "@/api/client";
import { useLanguageChoice } from "@/api/useLanguageChoice";
import { useUser } from "@/api/useUser";
import { NewPasswordForm } from "@/features/auth/NewPasswordForm";
import { Brand } from "@/ui/Brand";
import { ColorSchemeSwitch } from "@/ui/ColorSchemeSwitch";
import { LanguageSwitch } from "@/ui/LanguageSwitch";
import classes from "./Shell.module.css";

export function Shell() {
  const { t } = useTranslation();
  const user = useUser();
  const chooseLanguage = useLanguageChoice();
  const isStaff = user?.role === "teacher" || user?.role === "admin";
  return (
    <div className={classes.page}>
      <a className={classes.skip} href="#main">
        {t("nav.skip")}
      </a>
      <header className={classes.header}>
        <Link to="/" className={classes.home} aria-label={t("nav.home")}>
          <Brand />
        </Link>
        <nav className={classes.nav} aria-label={t("nav.main")}>
          <Link to="/" className={classes.link} activeOptions={{ exact: true }}>
            {t("nav.exams")}
          </Link>
          {isStaff ? (
            <>
              <Link to="/review" className={classes.link}>
                {t("nav.review")}
              </Link>
              <Link to="/bank" className={classes.link}>
                {t("nav.bank")}
              </Link>
              <Link to="/analytics" className={classes.link}>
                {t("nav.analytics")}
              </Link>
            </>
          ) : null}
          {user?.role === "admin" ? (
            <>
              <Link to="/people" className={classes.link}>
                {t("nav.people")}
              </Link>
            </>
          ) : null}
        </nav>
        <div className={classes.tools}>
          <LanguageSwitch onChoose={chooseLanguage} />
          <ColorSchemeSwitch />
          {user ? <UserMenu name={user.full_name} email={user.email} role={t(`roles.${user.role}`)} /> : null}
        </div>
      </header>
      <main id="main" className={classes.main} tabIndex={-1}>
        {user?.must_change_password ? <NewPasswordForm email={user.email} /> : <Outlet />}
      </main>
    </div>
  );
}

function UserMenu({ name, email, role }: { name: string; email: string; role: string }) {
  const { t } = useTranslation();
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <button type="button" className={classes.user} aria-label={t("nav.account", { name })}>
          <IconUser size={20} aria-hidden />
          <span className={classes.userName}>{name}</span>
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {email}
          <br />
          {role}
        </Menu.Label>
        <Menu.Item leftSection={<IconLogout size={18} aria-hidden />} onClick={() => void logOut()}>
          {t("nav.logOut")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
