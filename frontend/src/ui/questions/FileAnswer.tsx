// Files as an answer: each goes to the server at once, because a file of this device may be gone tomorrow.
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormats } from "@/lib/useFormats";
import { problemText } from "../problemText";
import type { InputProps } from "./QuestionInput";

export type UploadFile = (question: number, file: File) => Promise<{ id: number; name: string; size: number }>;

export function FileAnswer({ question, value, onChange, disabled, labelledBy, uploadFile }: InputProps) {
  const { t } = useTranslation("answering");
  const format = useFormats();
  const id = useId();
  const [names, setNames] = useState<Record<number, string>>({});
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState("");
  const files = Array.isArray(value) ? (value as number[]) : [];
  const most = question.body.max_files ?? 1;
  const add = async (file: File | undefined) => {
    if (!file || !uploadFile) return;
    setBusy(true);
    setTrouble("");
    try {
      const kept = await uploadFile(question.id, file);
      setNames((known) => ({ ...known, [kept.id]: kept.name }));
      onChange([...files, kept.id]);
    } catch (error) {
      setTrouble(problemText(t, error as Parameters<typeof problemText>[1]));
    } finally {
      setBusy(false);
    }
  };
  return (
    <div role="group" aria-labelledby={labelledBy} className="qi-rows">
      <ul className="qi-files">
        {files.map((file, index) => {
          const name = names[file] ?? t("answering:file", { n: format.number(index + 1) });
          return (
            <li key={file}>
              {name}{" "}
              <button
                type="button"
                className="qi-small"
                disabled={disabled}
                onClick={() => onChange(files.length > 1 ? files.filter((one) => one !== file) : null)}
              >
                {t("answering:removeFile", { name })}
              </button>
            </li>
          );
        })}
      </ul>
      <label htmlFor={id}>{t("answering:addFile", { n: format.number(files.length), most: format.number(most) })}</label>
      <input
        id={id}
        type="file"
        accept={(question.body.types ?? []).join(",")}
        disabled={disabled || busy || files.length >= most || !uploadFile}
        onChange={({ target }) => {
          void add(target.files?.[0]);
          target.value = "";
        }}
      />
      {busy ? <p className="qi-note">{t("answering:uploading")}</p> : null}
      {trouble ? (
        <p role="alert" className="qi-note qi-over">
          {trouble}
        </p>
      ) : null}
    </div>
  );
}
