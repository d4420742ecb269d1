// A place for the student's own word.
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { Notice, Trouble } from "./basics";

export function CommentBox({ label, send }: { label: string; send: (text: string) => Promise<unknown> }) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const [sent, setSent] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const onSubmit = async (event: FormEvent) => {
    event.preventDefault();
    try {
      await send(text.trim());
      setSent(true);
      setText("");
      setError(null);
    } catch (refused) {
      setError(refused);
    }
  };
  return (
    <form className="stack" onSubmit={(event) => void onSubmit(event)}>
      {error ? <Trouble error={error} /> : null}
      {sent ? <Notice tone="good" title={t("after.commentSent")} live="polite" /> : null}
      <label className="field">
        {label}
        <textarea rows={2} maxLength={2000} value={text} onChange={({ target }) => setText(target.value)} />
      </label>
      <button type="submit" className="button quiet" disabled={!text.trim()}>
        {t("after.commentSend")}
      </button>
    </form>
  );
}
