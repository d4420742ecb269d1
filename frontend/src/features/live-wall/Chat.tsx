// What staff and one student wrote to each other, and a line to write more.
import { ActionIcon, Alert, Button, Group, Menu, Text, Textarea } from "@mantine/core";
import { IconBolt, IconHandStop, IconSend } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { SittingMessage } from "@/api/types";
import { LANGUAGES } from "@/lib/languages";
import { useKeysOffered } from "@/lib/pageKeys";
import { useFormats, useLanguage } from "@/lib/useFormats";
import { useNewestInView } from "@/lib/useNewestInView";
import { Failure } from "@/ui/Failure";
import { isRunning } from "./attention";
import classes from "./Chat.module.css";
import { useCommand, useMessages } from "./commands";
import type { SittingWithViolations } from "./messages";
import { quickTexts } from "./quickTexts";

const LONGEST = 500;

export function Chat({ sitting }: { sitting: SittingWithViolations }) {
  const { t } = useTranslation();
  const messages = useMessages(sitting.id, `${sitting.unread ?? 0}/${sitting.hand ?? false}`, isRunning(sitting));
  const list = useNewestInView<HTMLOListElement>(messages.data?.length ?? 0);
  return (
    <section aria-labelledby="chat-title">
      <h3 id="chat-title" className={classes.title}>
        {t("staff:live.messages")}
      </h3>
      {messages.isError ? <Failure error={messages.error} onRetry={() => void messages.refetch()} /> : null}
      {messages.data?.length === 0 ? <p className={classes.none}>{t("staff:live.noMessages")}</p> : null}
      <ol ref={list} className={classes.list} aria-live="polite">
        {messages.data?.map((message) => (
          <Message key={message.id} message={message} name={sitting.student.full_name} />
        ))}
      </ol>
      {isRunning(sitting) && sitting.hand ? <RaisedHand sitting={sitting} /> : null}
      {isRunning(sitting) ? <WriteLine sittingId={sitting.id} /> : null}
    </section>
  );
}

function Message({ message, name }: { message: SittingMessage; name: string }) {
  const { t } = useTranslation();
  const format = useFormats();
  const fromStudent = message.from === "student";
  return (
    <li className={classes.message} data-own={!fromStudent || undefined} data-warning={message.warning || undefined}>
      <span className={classes.from}>
        {fromStudent ? name : t(message.warning ? "staff:live.warningSent" : "staff:live.staff")}
        {" · "}
        {format.clock(Date.parse(message.at))}
        {fromStudent ? null : ` · ${t(message.read ? "staff:live.read" : "staff:live.notRead")}`}
      </span>
      <span className={classes.text}>{message.text}</span>
    </li>
  );
}

/** Somebody has answered, here or by voice: the hand comes down on both sides. */
function RaisedHand({ sitting }: { sitting: SittingWithViolations }) {
  const { t } = useTranslation();
  const command = useCommand(sitting.id);
  return (
    <Alert color="blue" mb="xs" p="xs" icon={<IconHandStop aria-hidden />}>
      <Group justify="space-between" gap="xs">
        <Text size="sm">{t("staff:live.handUp", { name: sitting.student.full_name })}</Text>
        <Button size="compact-sm" variant="default" loading={command.isPending} onClick={() => command.mutate({ verb: "hand/lower" })}>
          {t("staff:live.lowerHand")}
        </Button>
      </Group>
    </Alert>
  );
}

function WriteLine({ sittingId }: { sittingId: number }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const [text, setText] = useState("");
  const command = useCommand(sittingId);
  const offered = useMemo(
    () => ({
      title: t("staff:live.write"),
      rows: [
        { keys: "Enter", text: t("common.send") },
        { keys: "Shift + Enter", text: t("staff:keys.line") },
      ],
    }),
    [t],
  );
  useKeysOffered(offered);
  const send = () => {
    if (!text.trim() || command.isPending) return;
    command.mutate({ verb: "message", text: text.trim() }, { onSuccess: () => setText("") });
  };
  return (
    <form
      className={classes.write}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Textarea
        aria-label={t("staff:live.write")}
        placeholder={t("staff:live.write")}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing) {
            event.preventDefault();
            send();
          }
        }}
        maxLength={LONGEST}
        autosize
        minRows={1}
        maxRows={5}
        flex={1}
      />
      <Group gap={6} wrap="nowrap">
        <Menu position="top-end" width={320}>
          <Menu.Target>
            <ActionIcon variant="default" size={36} aria-label={t("staff:live.quick")}>
              <IconBolt size={20} aria-hidden />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            {quickTexts("message").map((quick) => (
              <Menu.Item key={quick.en} onClick={() => setText(LANGUAGES.map((one) => quick[one]).join("\n"))}>
                {quick[language]}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
        <ActionIcon type="submit" size={36} aria-label={t("common.send")} loading={command.isPending}>
          <IconSend size={20} aria-hidden />
        </ActionIcon>
      </Group>
    </form>
  );
}
