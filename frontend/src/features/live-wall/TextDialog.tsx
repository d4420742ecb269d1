// A text to one student or to all: own words, or a quick one that says it in both languages.
import { Button, Group, Modal, Stack, Textarea } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { LANGUAGES } from "@/lib/languages";
import { useLanguage } from "@/lib/useFormats";
import { quickTexts, type TextKind } from "./quickTexts";

const LONGEST = 500;

export function TextDialog(props: {
  kind: TextKind;
  /** The student's name; null where it goes to all. */
  name: string | null;
  onSend: (text: string) => void;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const title = props.name === null ? t("staff:live.toAll") : t(`staff:live.dialog.${props.kind}`, { name: props.name });
  return (
    <Modal opened onClose={props.onClose} title={title} centered closeButtonProps={{ "aria-label": t("common.close") }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (text.trim() || props.kind === "pause") props.onSend(text.trim());
        }}
      >
        <Textarea
          label={t(props.kind === "pause" ? "staff:live.reasonTold" : "staff:live.text")}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          maxLength={LONGEST}
          autosize
          minRows={2}
          maxRows={6}
          data-autofocus
        />
        <QuickTexts kind={props.kind} onPick={setText} />
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={props.onClose}>
            {t("common.cancel")}
          </Button>
          <Button type="submit" disabled={!text.trim() && props.kind !== "pause"}>
            {t(props.kind === "pause" ? "staff:live.pause" : "common.send")}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}

/** One press fills in a text that says the same in both languages. */
export function QuickTexts({ kind, onPick }: { kind: TextKind; onPick: (text: string) => void }) {
  const { t } = useTranslation();
  const language = useLanguage();
  return (
    <Stack gap={6} mt="sm" role="group" aria-label={t("staff:live.quick")}>
      {quickTexts(kind).map((quick) => (
        <Button
          key={quick.en}
          variant="light"
          color="gray"
          size="compact-sm"
          h="auto"
          py={4}
          justify="flex-start"
          styles={{ label: { whiteSpace: "normal", textAlign: "left" } }}
          onClick={() => onPick(LANGUAGES.map((one) => quick[one]).join("\n"))}
        >
          {quick[language]}
        </Button>
      ))}
    </Stack>
  );
}
