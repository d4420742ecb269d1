// Ends one sitting: a reason that the student is told, a confirmation, and half a minute to think again.
import { Alert, Button, Checkbox, Group, Modal, Textarea } from "@mantine/core";
import { IconInfoCircle } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

const LONGEST = 500;

export function EndDialog(props: { name: string; onEnd: (reason: string) => void; onClose: () => void }) {
  const { t } = useTranslation();
  const [reason, setReason] = useState("");
  const [sure, setSure] = useState(false);
  return (
    <Modal
      opened
      onClose={props.onClose}
      title={t("staff:live.endTitle", { name: props.name })}
      centered
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (reason.trim() && sure) props.onEnd(reason.trim());
        }}
      >
        <Alert color="yellow" icon={<IconInfoCircle aria-hidden />} mb="sm">
          {t("staff:live.endText")}
        </Alert>
        <Textarea
          label={t("staff:live.reasonTold")}
          required
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          maxLength={LONGEST}
          autosize
          minRows={2}
          data-autofocus
        />
        <Checkbox
          mt="sm"
          label={t("staff:live.endSure")}
          checked={sure}
          onChange={(event) => setSure(event.currentTarget.checked)}
        />
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={props.onClose}>
            {t("common.cancel")}
          </Button>
          <Button type="submit" color="red" disabled={!reason.trim() || !sure}>
            {t("staff:live.end")}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
