// Questions from a file: tried out first, every wrong line named, then all of them or none.
import { Alert, Button, FileInput, Group, Modal, Select, Stack, Text } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck, IconFileUpload } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { QuestionImportReport } from "@/api/types";
import { useFormats } from "@/lib/useFormats";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { problemText } from "@/ui/problemText";
import { useImportQuestions } from "./questionQueries";

const FORMATS = ["auto", "json", "csv", "gift", "aiken", "moodle_xml", "qti"] as const;

export function ImportDialog({ examId, onClose }: { examId: number; onClose: () => void }) {
  const { t } = useTranslation();
  const [file, setFile] = useState<File | null>(null);
  const [format, setFormat] = useState<string>("auto");
  const tried = useImportQuestions(examId);
  const stored = useImportQuestions(examId);
  const reset = () => {
    tried.reset();
    stored.reset();
  };
  const report = stored.data ?? tried.data;
  const problem = stored.error ?? tried.error;
  const isFine = tried.data !== undefined && tried.data.errors.length === 0;
  return (
    <Modal opened onClose={onClose} size="lg" title={t("authoring:import.title")} closeButtonProps={{ "aria-label": t("common.close") }}>
      <Stack gap="sm">
        <Text size="sm">{t("authoring:import.text")}</Text>
        <FileInput
          label={t("authoring:import.file")}
          placeholder={t("staff:import.choose")}
          leftSection={<IconFileUpload size={18} aria-hidden />}
          clearable
          value={file}
          onChange={(value) => {
            setFile(value);
            reset();
          }}
        />
        <Select
          label={t("authoring:import.format")}
          data={FORMATS.map((value) => ({ value, label: value === "auto" ? t("authoring:import.auto") : t(`authoring:format.${value}`) }))}
          value={format}
          onChange={(value) => {
            setFormat(value ?? "auto");
            reset();
          }}
          allowDeselect={false}
        />
        <Group gap="xs">
          <Button
            variant={isFine ? "default" : "filled"}
            disabled={!file}
            loading={tried.isPending}
            onClick={() => file && tried.mutate({ file, format, dryRun: true })}
          >
            {t("staff:import.try")}
          </Button>
          <Button
            disabled={!isFine || stored.isSuccess}
            loading={stored.isPending}
            onClick={() => file && stored.mutate({ file, format, dryRun: false })}
          >
            {t("staff:import.store")}
          </Button>
        </Group>
        <ProblemAlert error={problem} />
        {report ? <Report report={report} stored={stored.isSuccess} /> : null}
      </Stack>
    </Modal>
  );
}

function Report({ report, stored }: { report: QuestionImportReport; stored: boolean }) {
  const { t } = useTranslation();
  const format = useFormats();
  const wrong = report.errors.length;
  return (
    <Alert
      color={wrong > 0 ? "red" : "teal"}
      role="status"
      icon={wrong > 0 ? <IconAlertTriangle aria-hidden /> : <IconCircleCheck aria-hidden />}
      title={t(wrong > 0 ? "staff:import.wrong" : stored ? "staff:import.stored" : "staff:import.fine", { count: wrong, n: format.number(wrong) })}
    >
      <Text size="sm">
        {t("authoring:import.found", { n: format.number(report.found), format: report.format === "auto" ? t("common.unknown") : t(`authoring:format.${report.format}`) })}
        {report.skipped_doubles > 0 ? ` · ${t("authoring:import.doubles", { n: format.number(report.skipped_doubles) })}` : ""}
      </Text>
      {wrong > 0 ? (
        <ul>
          {report.errors.slice(0, 50).map((error, at) => (
            // oxlint-disable-next-line react/no-array-index-key
            <li key={at}>
              {error.line > 0 ? `${t("staff:import.line", { n: format.number(error.line) })}: ` : ""}
              {problemText(t, { code: error.code, params: error.params, message: error.text })}
              {error.text ? <Text size="sm" c="dimmed" component="span">{` “${error.text}”`}</Text> : null}
            </li>
          ))}
        </ul>
      ) : null}
    </Alert>
  );
}
