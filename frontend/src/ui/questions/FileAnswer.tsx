// Files as an answer: each goes to the server at once, because a file of this device may be gone tomorrow.
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormats } from "@/lib/useFormats";
import { problemText } from "../problemText";
import type { InputProps } from "./questionProps";

export function FileAnswer({ question, value, onChange, disabled, labelledBy, onUpload }: InputProps) {
  const { t } = useTranslation();
  const format = useFormats();
  const id = useId();
  const [names, setNames] = useState<Record<number, string>>({});
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState("");
  const files = Array.isArray(value) ? (value as number[]) : [];
  const most = question.body.max_files ?? 1;
  const add = async (file: File | undefined) => {
    if (!file || !onUpload) return;
    setBusy(true);
    setTrouble("");
    try {
      const kept = await onUpload(file);
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
          const name = names[file] ?? t("question:file", { n: format.number(index + 1) });
          return (
            <li key={file}>
              {name}{" "}
              <button
                type="button"
                className="qi-small"
                disabled={disabled}
                onClick={() => onChange(files.length > 1 ? files.filter((one) => one !== file) : null)}
              >
                {t("question:removeFile", { name })}
              </button>
            </li>
          );
        })}
      </ul>
      <input
        id={id}
        type="file"
        className="qi-file"
        accept={(question.body.types ?? []).join(",")}
        disabled={disabled || busy || files.length >= most || !onUpload}
        onChange={({ target }) => {
          void add(target.files?.[0]);
          target.value = "";
        }}
      />
      {/* After the field, so that its look can follow the field's: the browser's own button speaks the browser's language. */}
      <label htmlFor={id} className="qi-small qi-add">
        {`${t("question:addFile")} (${t("question:files", { count: most, n: format.number(most) })})`}
      </label>
      {busy ? <p className="qi-note">{t("question:uploading")}</p> : null}
      {trouble ? (
        <p role="alert" className="qi-note qi-over">
          {trouble}
        </p>
      ) : null}
    </div>
  );
}
