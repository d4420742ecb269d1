// A list from a file or from pasted lines: tried out first, then taken over, with a report of every wrong line.
import { Alert, Button, Checkbox, FileInput, Group, Stack, Table, Tabs, Text, Textarea } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck, IconFileUpload } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemAlert } from "./ProblemAlert";
import { useFormats } from "@/lib/useFormats";
import { type ProblemLike } from "./problemText";

export type ImportReport = {
  found: number;
  created: number;
  existing: number;
  added?: number;
  removed?: number;
  ignored_columns: string[];
  errors: { line: number; code: string; column?: string; detail: string }[];
  accounts: { id: number; email: string; password: string }[];
};
export type ImportSource = { file: File } | { text: string };
export type ImportOption = { name: string; label: string; hint?: string };

export function ImportForm(props: {
  hint: string;
  example: string;
  options: readonly ImportOption[];
  /** `dryRun`: nothing is stored. Throws a Problem. */
  onImport: (source: ImportSource, chosen: Record<string, boolean>, dryRun: boolean) => Promise<ImportReport>;
}) {
  const { t } = useTranslation();
  const [file, setFile] = useState<File | null>(null);
  const [text, setText] = useState("");
  const [way, setWay] = useState<string | null>("paste");
  const [chosen, setChosen] = useState<Record<string, boolean>>({});
  const [state, setState] = useState<{ busy: boolean; report?: ImportReport; stored?: boolean; problem?: ProblemLike }>({
    busy: false,
  });
  const source: ImportSource | null = way === "file" ? (file ? { file } : null) : text.trim() ? { text } : null;
  const reset = () => setState({ busy: false });
  const start = async (dryRun: boolean) => {
    if (!source) return;
    setState({ busy: true });
    try {
      const report = await props.onImport(source, chosen, dryRun);
      setState({ busy: false, report, stored: !dryRun && report.errors.length === 0 });
    } catch (error) {
      setState({ busy: false, problem: error as ProblemLike });
    }
  };
  const tried = state.report !== undefined && !state.stored && state.report.errors.length === 0;
  return (
    <Stack gap="sm">
      <Text size="sm">{props.hint}</Text>
      <Tabs
        value={way}
        onChange={(value) => {
          setWay(value);
          reset();
        }}
      >
        <Tabs.List>
          <Tabs.Tab value="paste">{t("staff:import.paste")}</Tabs.Tab>
          <Tabs.Tab value="file">{t("staff:import.file")}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="paste" pt="sm">
          <Textarea
            aria-label={t("staff:import.paste")}
            placeholder={props.example}
            autosize
            minRows={5}
            maxRows={14}
            value={text}
            onChange={(event) => {
              setText(event.currentTarget.value);
              reset();
            }}
          />
        </Tabs.Panel>
        <Tabs.Panel value="file" pt="sm">
          <FileInput
            label={t("staff:import.file")}
            placeholder={t("staff:import.choose")}
            accept=".csv,.xlsx,.txt,text/csv"
            leftSection={<IconFileUpload size={18} aria-hidden />}
            clearable
            value={file}
            onChange={(value) => {
              setFile(value);
              reset();
            }}
          />
        </Tabs.Panel>
      </Tabs>
      {props.options.map((option) => (
        <Checkbox
          key={option.name}
          label={option.label}
          description={option.hint}
          checked={chosen[option.name] ?? false}
          onChange={(event) => {
            setChosen({ ...chosen, [option.name]: event.currentTarget.checked });
            reset();
          }}
        />
      ))}
      <Group gap="xs">
        <Button variant={tried ? "default" : "filled"} disabled={!source} loading={state.busy && !tried} onClick={() => void start(true)}>
          {t("staff:import.try")}
        </Button>
        <Button disabled={!tried} onClick={() => void start(false)}>
          {t("staff:import.store")}
        </Button>
      </Group>
      <ProblemAlert error={state.problem} />
      {state.report ? <Report report={state.report} stored={state.stored ?? false} /> : null}
    </Stack>
  );
}

function Report({ report, stored }: { report: ImportReport; stored: boolean }) {
  const { t } = useTranslation();
  const format = useFormats();
  const wrong = report.errors.length;
  const figures = (["found", "existing", "created", "added", "removed"] as const)
    .filter((name) => report[name])
    .map((name) => t(`staff:import.${name}`, { count: report[name] ?? 0, n: format.number(report[name] ?? 0) }));
  return (
    <Alert
      color={wrong > 0 ? "red" : "teal"}
      role="status"
      icon={wrong > 0 ? <IconAlertTriangle aria-hidden /> : <IconCircleCheck aria-hidden />}
      title={t(wrong > 0 ? "staff:import.wrong" : stored ? "staff:import.stored" : "staff:import.fine", {
        count: wrong,
        n: format.number(wrong),
      })}
    >
      <Text size="sm">{figures.join(" · ")}</Text>
      {report.ignored_columns.length > 0 ? (
        <Text size="sm">{t("staff:import.ignored", { columns: report.ignored_columns.join(", ") })}</Text>
      ) : null}
      {wrong > 0 ? (
        <ul>
          {report.errors.slice(0, 50).map((error) => (
            <li key={`${error.line}/${error.code}/${error.column ?? ""}`}>
              {t("staff:import.line", { n: format.number(error.line) })}: {error.detail}
            </li>
          ))}
        </ul>
      ) : null}
      {report.accounts.length > 0 ? <Accounts accounts={report.accounts} /> : null}
    </Alert>
  );
}

/** One-time passwords are shown here and nowhere else again. */
function Accounts({ accounts }: { accounts: ImportReport["accounts"] }) {
  const { t } = useTranslation();
  return (
    <>
      <Text size="sm" fw={600} mt="xs">
        {t("staff:import.accounts")}
      </Text>
      <Table>
        <Table.Tbody>
          {accounts.map((one) => (
            <Table.Tr key={one.id}>
              <Table.Td>{one.email}</Table.Td>
              <Table.Td>
                <code>{one.password}</code>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </>
  );
}
