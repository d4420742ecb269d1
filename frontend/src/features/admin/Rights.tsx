// Who may do what; the server decides, this page only says it.
import { Table, Text } from "@mantine/core";
import { IconCheck, IconMinus } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import classes from "./Admin.module.css";

const ROLES = ["student", "teacher", "admin"] as const;
type Role = (typeof ROLES)[number];

/** "own": of the own exams, or the own sittings. */
const RIGHTS: Record<string, Partial<Record<Role, "yes" | "own">>> = {
  sit: { student: "yes" },
  ownEvidence: { student: "own" },
  comment: { student: "own" },
  author: { teacher: "own", admin: "yes" },
  watch: { teacher: "own", admin: "yes" },
  command: { teacher: "own", admin: "yes" },
  review: { teacher: "own", admin: "yes" },
  grade: { teacher: "own", admin: "yes" },
  accommodate: { teacher: "own", admin: "yes" },
  analytics: { teacher: "own", admin: "yes" },
  users: { admin: "yes" },
  institution: { admin: "yes" },
  audit: { admin: "yes" },
  retention: { admin: "yes" },
};

export function Rights() {
  const { t } = useTranslation();
  return (
    <div className={classes.box}>
      <Text size="sm" c="dimmed" mb="sm">
        {t("staff:admin.rights.text")}
      </Text>
      <Table.ScrollContainer minWidth={480}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t("staff:admin.rights.right")}</Table.Th>
              {ROLES.map((role) => (
                <Table.Th key={role}>{t(`roles.${role}`)}</Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {Object.entries(RIGHTS).map(([right, has]) => (
              <Table.Tr key={right}>
                <Table.Td>{t(`staff:admin.rights.${right}`)}</Table.Td>
                {ROLES.map((role) => (
                  <Table.Td key={role}>
                    <span className={classes.right}>
                      {has[role] ? <IconCheck size={16} aria-hidden /> : <IconMinus size={16} aria-hidden />}
                      {has[role] === "own" ? t("staff:admin.rights.own") : null}
                      <span className="visually-hidden">{t(has[role] ? "common.yes" : "common.no")}</span>
                    </span>
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </div>
  );
}
