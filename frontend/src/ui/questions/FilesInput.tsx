// Files as an answer: uploaded at once, so that nothing waits for the end.
import { ActionIcon, FileButton, Button, Text } from "@mantine/core";
import { IconPaperclip, IconX } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormats } from "@/lib/useFormats";
import { type ProblemLike, problemText } from "../problemText";
import classes from "./Question.module.css";
import type { InputProps } from "./questionProps";

export function FilesInput({ question, value, onChange, disabled = false, onUpload }: InputProps) {
  const { t } = useTranslation();
  const format = useFormats();
  const [names, setNames] = useState<Record<number, string>>({});
  const [state, setState] = useState<{ busy: boolean; problem?: string }>({ busy: false });
  const files = Array.isArray(value) ? (value as number[]) : [];
  const most = question.body.max_files ?? 1;
  const add = async (file: File | null) => {
    if (!file || !onUpload) return;
    setState({ busy: true });
    try {
      const stored = await onUpload(file);
      setNames((known) => ({ ...known, [stored.id]: stored.name }));
      onChange([...files, stored.id]);
      setState({ busy: false });
    } catch (error) {
      setState({ busy: false, problem: problemText(t, error as ProblemLike) });
    }
  };
  const remove = (id: number) => {
    const rest = files.filter((one) => one !== id);
    onChange(rest.length > 0 ? rest : null);
  };
  return (
    <div>
      <ul className={classes.pairs}>
        {files.map((id, at) => {
          const name = names[id] ?? t("question:file", { n: format.number(at + 1) });
          return (
            <li key={id} className={classes.place}>
              <IconPaperclip size={18} aria-hidden />
              <span className={classes.grow}>{name}</span>
              <ActionIcon variant="default" disabled={disabled} aria-label={t("question:removeFile", { name })} onClick={() => remove(id)}>
                <IconX size={18} aria-hidden />
              </ActionIcon>
            </li>
          );
        })}
      </ul>
      <FileButton
        onChange={(file) => void add(file)}
        {...(question.body.types?.length ? { accept: question.body.types.join(",") } : {})}
      >
        {(props) => (
          <Button
            {...props}
            variant="default"
            leftSection={<IconPaperclip size={18} aria-hidden />}
            loading={state.busy}
            disabled={disabled || files.length >= most || !onUpload}
          >
            {t("question:addFile")}
          </Button>
        )}
      </FileButton>
      <Text size="sm" c="dimmed" mt={4}>
        {t("question:files", { count: most, n: format.number(most) })}
        {question.body.types?.length ? ` · ${question.body.types.join(" ")}` : ""}
        {question.body.max_bytes ? ` · ≤ ${t("question:megabytes", { n: format.number(question.body.max_bytes / 1_048_576) })}` : ""}
      </Text>
      {state.problem ? (
        <Text size="sm" c="var(--page-review)" role="alert">
          {state.problem}
        </Text>
      ) : null}
    </div>
  );
}
