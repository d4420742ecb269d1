// A button that fetches a file and says so when it cannot.
import { Button } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { failureNotice } from "./notice";

export function DownloadButton(props: { label: string; title?: string; icon?: ReactNode; onDownload: () => Promise<void> }) {
  const [busy, setBusy] = useState(false);
  const start = async () => {
    setBusy(true);
    try {
      await props.onDownload();
    } catch (error) {
      failureNotice(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button
      variant="default"
      loading={busy}
      leftSection={props.icon}
      title={props.title}
      aria-label={props.title}
      onClick={() => void start()}
    >
      {props.label}
    </Button>
  );
}
