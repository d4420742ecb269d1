// All questions as a file. Where a format cannot carry some of them, one chooses to leave those out.
import { Button, Menu } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { download } from "@/api/call";
import { asProblem, type Problem } from "@/api/problem";
import { ConfirmDialog } from "@/ui/ConfirmDialog";
import { failureNotice } from "@/ui/notice";
import { problemText } from "@/ui/problemText";

const EXPORTS = ["json", "csv", "gift", "aiken", "moodle_xml", "qti"] as const;

type Refused = { format: string; problem: Problem };

export function ExportMenu({ examId }: { examId: number }) {
  const { t } = useTranslation();
  const [refused, setRefused] = useState<Refused | null>(null);
  const take = async (format: string, leaveOut: boolean) => {
    setRefused(null);
    try {
      await download(`/exams/${examId}/questions/export`, { format, leave_out: leaveOut });
    } catch (error) {
      const problem = asProblem(error);
      if (problem.code === "format_cannot_carry") setRefused({ format, problem });
      else failureNotice(problem);
    }
  };
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default" leftSection={<IconDownload size={18} aria-hidden />}>
            {t("authoring:export")}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {EXPORTS.map((format) => (
            <Menu.Item key={format} onClick={() => void take(format, false)}>
              {t(`authoring:format.${format}`)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      {refused ? (
        <ConfirmDialog
          opened
          title={t(`authoring:format.${refused.format}`)}
          text={problemText(t, refused.problem)}
          confirm={t("authoring:leaveOut")}
          onConfirm={() => void take(refused.format, true)}
          onClose={() => setRefused(null)}
        />
      ) : null}
    </>
  );
}
