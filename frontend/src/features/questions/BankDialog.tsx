// Takes questions from the bank into an exam; they become the exam's own copies.
import { Button, Checkbox, Group, Modal } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormats } from "@/lib/useFormats";
import { failureNotice, notice } from "@/ui/notice";
import { BankSearch } from "./BankSearch";
import { useTakeFromBank } from "./questionQueries";

export function BankDialog({ examId, onClose }: { examId: number; onClose: () => void }) {
  const { t } = useTranslation();
  const format = useFormats();
  const [chosen, setChosen] = useState<readonly number[]>([]);
  const take = useTakeFromBank(examId);
  return (
    <Modal opened onClose={onClose} size="lg" title={t("authoring:fromBank")} closeButtonProps={{ "aria-label": t("common.close") }}>
      <BankSearch
        renderBefore={(question, text) => (
          <Checkbox
            aria-label={t("authoring:choose", { text })}
            checked={chosen.includes(question.id)}
            onChange={(event) =>
              setChosen(event.currentTarget.checked ? [...chosen, question.id] : chosen.filter((id) => id !== question.id))
            }
          />
        )}
      />
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={onClose}>
          {t("common.cancel")}
        </Button>
        <Button
          disabled={chosen.length === 0}
          loading={take.isPending}
          onClick={() =>
            take.mutate([...chosen], {
              onSuccess: () => {
                notice(t("authoring:taken", { count: chosen.length, n: format.number(chosen.length) }));
                onClose();
              },
              onError: failureNotice,
            })
          }
        >
          {t("authoring:take", { count: chosen.length, n: format.number(chosen.length) })}
        </Button>
      </Group>
    </Modal>
  );
}
