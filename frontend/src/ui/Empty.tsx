// Shown where there is nothing yet: what this place is for and what to do next.
import { Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

export function Empty(props: { icon: ReactNode; title: string; text: string; action?: ReactNode }) {
  return (
    <Stack align="center" gap="sm" py={48} px="md" ta="center" maw={560} mx="auto">
      {props.icon}
      <Title order={2} size="h3">
        {props.title}
      </Title>
      <Text c="dimmed">{props.text}</Text>
      {props.action}
    </Stack>
  );
}
