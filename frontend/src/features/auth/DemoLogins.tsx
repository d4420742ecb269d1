// The three logins of a demo server, one press each; shown only when the server says it is one.
import { Button, Divider, Group, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Role } from "@/api/types";

const LOGINS: { role: Role; email: string; password: string }[] = [
  { role: "teacher", email: "teacher@example.com", password: "teacher123" },
  { role: "student", email: "student@example.com", password: "student123" },
  { role: "admin", email: "admin@example.com", password: "admin123" },
];

export function DemoLogins(props: {
  busy: boolean;
  onChoose: (login: { email: string; password: string }) => void;
}) {
  const { t } = useTranslation();
  return (
    <section aria-label={t("login.demoTitle")}>
      <Divider my="lg" label={t("login.demoTitle")} />
      <Group gap="xs">
        {LOGINS.map(({ role, email, password }) => (
          <Button
            key={role}
            variant="default"
            flex="1 0 auto"
            px="sm"
            disabled={props.busy}
            onClick={() => props.onChoose({ email, password })}
          >
            {t(`roles.${role}`)}
          </Button>
        ))}
      </Group>
      <Text size="sm" c="dimmed" mt="sm">
        {t("login.demoText")}
      </Text>
    </section>
  );
}
