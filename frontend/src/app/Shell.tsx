// The frame around every page of a signed-in user: name of the product, ways, language, light or dark, sign out.
import { Menu } from "@mantine/core";
import { IconKeyboard, IconLogout, IconUser } from "@tabler/icons-react";
import { Link, Outlet, useLocation, useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { logOut } from "@/api/client";
import type { Notification } from "@/api/types";
import { useLanguageChoice } from "@/api/useLanguageChoice";
import { useUser } from "@/api/useUser";
import { NewPasswordForm } from "@/features/auth/NewPasswordForm";
import { NotificationBell } from "@/features/notifications/NotificationBell";
import { showKeySheet } from "@/lib/pageKeys";
import { Brand } from "@/ui/Brand";
import { ColorSchemeSwitch } from "@/ui/ColorSchemeSwitch";
import { KeyHelp } from "@/ui/KeySheet";
import { LanguageSwitch } from "@/ui/LanguageSwitch";
import { DemoBar } from "./DemoBar";
import { useActiveInView } from "@/ui/useActiveInView";
import classes from "./Shell.module.css";

export function Shell() {
  const { t } = useTranslation();
  const user = useUser();
  const chooseLanguage = useLanguageChoice();
  const navigate = useNavigate();
  const row = useActiveInView<HTMLElement>(useLocation().pathname);
  const isStaff = user?.role === "teacher" || user?.role === "admin";
  // A notification leads to what it is about.
  const openNotification = ({ exam_session_id, exam_id }: Notification) => {
    if (exam_session_id !== null) void navigate({ to: "/review/$sittingId", params: { sittingId: exam_session_id } });
    else if (exam_id !== null) void navigate({ to: "/exams/$examId/edit", params: { examId: exam_id } });
  };
  return (
    <div className={classes.page}>
      <a className={classes.skip} href="#main">
        {t("nav.skip")}
      </a>
      <DemoBar />
      <header className={classes.header}>
        <Link to="/" className={classes.home} aria-label={t("nav.home")}>
          <Brand />
        </Link>
        <nav ref={row} className={classes.nav} aria-label={t("nav.main")}>
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
              <Link to="/admin/$section" params={{ section: "institution" }} className={classes.link}>
                {t("nav.admin")}
              </Link>
            </>
          ) : null}
        </nav>
        <div className={classes.tools}>
          <LanguageSwitch onChoose={chooseLanguage} />
          <ColorSchemeSwitch />
          {isStaff && !user?.must_change_password ? <NotificationBell onOpen={openNotification} /> : null}
          {user ? <UserMenu name={user.full_name} email={user.email} role={t(`roles.${user.role}`)} /> : null}
        </div>
      </header>
      <KeyHelp />
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
        <Menu.Item leftSection={<IconKeyboard size={18} aria-hidden />} onClick={() => showKeySheet(true)}>
          {t("staff:keys.title")}
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={18} aria-hidden />} onClick={() => void logOut()}>
          {t("nav.logOut")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
