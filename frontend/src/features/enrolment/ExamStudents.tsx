// Who may sit the exam, in which group or room, and for whom something is different.
import { ActionIcon, Alert, Badge, Button, Group, Modal, Table, Text, TextInput, Title } from "@mantine/core";
import { IconAdjustments, IconFileImport, IconInfoCircle, IconSearch, IconUserPlus, IconUsers, IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answered, api } from "@/api/client";
import { importList } from "@/api/importList";
import type { Accommodation, EnrolledStudent } from "@/api/types";
import { useUser } from "@/api/useUser";
import { folded } from "@/lib/folded";
import { useFormats } from "@/lib/useFormats";
import { Empty } from "@/ui/Empty";
import { Failure } from "@/ui/Failure";
import { ImportForm } from "@/ui/ImportForm";
import { Loading } from "@/ui/Loading";
import { failureNotice } from "@/ui/notice";
import { StackingTable } from "@/ui/StackingTable";
import { undoNotice } from "@/ui/undoNotice";
import { AccommodationDialog } from "./AccommodationDialog";
import { type Listed, useAccommodations, useEnrolments, useReplaceEnrolments } from "./enrolmentQueries";

export function ExamStudents({ examId }: { examId: number }) {
  const { t } = useTranslation();
  const format = useFormats();
  const enrolments = useEnrolments(examId);
  const accommodations = useAccommodations(examId);
  const replace = useReplaceEnrolments(examId);
  const [importing, setImporting] = useState(false);
  const [different, setDifferent] = useState<EnrolledStudent | null>(null);
  const [search, setSearch] = useState("");
  if (enrolments.isPending) return <Loading />;
  if (enrolments.isError) return <Failure error={enrolments.error} onRetry={() => void enrolments.refetch()} />;
  const students = enrolments.data;
  const wanted = folded(search.trim());
  const shown = students.filter((one) => folded(`${one.full_name} ${one.email} ${one.group}`).includes(wanted));
  const save = (list: Listed[], done?: () => void) =>
    replace.mutate(list, {
      onSuccess: () => done?.(),
      onError: failureNotice,
    });
  const remove = (student: EnrolledStudent) => {
    const before = listed(students);
    save(
      before.filter((one) => one.student !== student.id),
      () => undoNotice(t("staff:students.removed", { name: student.full_name }), () => save(before)),
    );
  };
  return (
    <div style={{ maxWidth: 1000, margin: "0 auto" }}>
      <Group justify="space-between" mb="md" gap="xs">
        <Title order={1} size="h2">
          {t("staff:students.title")} ({format.number(students.length)})
        </Title>
        <Button leftSection={<IconFileImport size={18} aria-hidden />} onClick={() => setImporting(true)}>
          {t("staff:students.import")}
        </Button>
      </Group>
      <OpenNote examId={examId} />
      <AddLine onAdd={(email, group) => save([...listed(students), { student: email, group }])} busy={replace.isPending} />
      {students.length === 0 ? (
        <Empty icon={<IconUsers size={48} aria-hidden />} title={t("staff:students.emptyTitle")} text={t("staff:students.emptyText")} />
      ) : (
        <>
          {students.length > 12 ? (
            <TextInput
              mb="sm"
              aria-label={t("common.search")}
              placeholder={t("common.search")}
              leftSection={<IconSearch size={18} aria-hidden />}
              value={search}
              onChange={(event) => setSearch(event.currentTarget.value)}
            />
          ) : null}
          <StudentTable
            students={shown}
            accommodations={accommodations.data ?? []}
            onGroup={(student, group) => save(listed(students).map((one) => (one.student === student.id ? { student: one.student, group } : one)))}
            onDifferent={setDifferent}
            onRemove={remove}
          />
        </>
      )}
      {importing ? (
        <ImportDialog
          examId={examId}
          onClose={() => {
            setImporting(false);
            void enrolments.refetch();
          }}
        />
      ) : null}
      {different ? (
        <AccommodationDialog
          examId={examId}
          student={different}
          known={accommodations.data?.find((one) => one.student.id === different.id)}
          onClose={() => setDifferent(null)}
        />
      ) : null}
    </div>
  );
}

function listed(students: readonly EnrolledStudent[]): Listed[] {
  return students.map(({ id, group }) => ({ student: id, group }));
}

/** A list that nobody asks for is said to be one. */
function OpenNote({ examId }: { examId: number }) {
  const { t } = useTranslation();
  const exam = useQuery({
    queryKey: ["exams", examId],
    queryFn: () => answered(api.GET("/api/v1/exams/{exam_id}", { params: { path: { exam_id: examId } } })),
  });
  if (exam.data?.enrolment !== "open") return null;
  return (
    <Alert icon={<IconInfoCircle aria-hidden />} mb="md" p="sm">
      {t("staff:students.open")}
    </Alert>
  );
}

function AddLine({ onAdd, busy }: { onAdd: (email: string, group: string) => void; busy: boolean }) {
  const { t } = useTranslation();
  const [email, setEmail] = useState("");
  const [group, setGroup] = useState("");
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!email.trim()) return;
        onAdd(email.trim(), group.trim());
        setEmail("");
      }}
    >
      <Group gap="xs" align="flex-end" mb="md">
        <TextInput
          label={t("people.email")}
          type="email"
          value={email}
          flex="1 1 220px"
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <TextInput label={t("staff:live.group")} value={group} w={160} onChange={(event) => setGroup(event.currentTarget.value)} />
        <Button type="submit" variant="default" leftSection={<IconUserPlus size={18} aria-hidden />} loading={busy}>
          {t("common.add")}
        </Button>
      </Group>
    </form>
  );
}

function StudentTable(props: {
  students: readonly EnrolledStudent[];
  accommodations: readonly Accommodation[];
  onGroup: (student: EnrolledStudent, group: string) => void;
  onDifferent: (student: EnrolledStudent) => void;
  onRemove: (student: EnrolledStudent) => void;
}) {
  const { t } = useTranslation();
  const heads = [t("people.name"), t("people.email"), t("staff:live.group"), t("staff:students.different")];
  return (
    <StackingTable heads={[...heads, <span key="remove" className="visually-hidden">{t("staff:students.remove")}</span>]}>
      {props.students.map((student) => (
        <Table.Tr key={student.id}>
          <Table.Td>
            {student.full_name}{" "}
            {student.is_active ? null : (
              <Badge variant="light" color="gray">
                {t("people.inactive")}
              </Badge>
            )}
          </Table.Td>
          <Table.Td data-label={heads[1]}>{student.email}</Table.Td>
          <Table.Td data-label={heads[2]}>
            <TextInput
              key={student.group}
              size="xs"
              w={130}
              aria-label={t("staff:students.groupOf", { name: student.full_name })}
              defaultValue={student.group}
              maxLength={100}
              onBlur={(event) => {
                const group = event.currentTarget.value.trim();
                if (group !== student.group) props.onGroup(student, group);
              }}
            />
          </Table.Td>
          <Table.Td data-label={heads[3]}>
            <Button
              size="compact-sm"
              variant="default"
              leftSection={<IconAdjustments size={16} aria-hidden />}
              aria-label={t("staff:students.differentFor", { name: student.full_name })}
              onClick={() => props.onDifferent(student)}
            >
              {props.accommodations.some((one) => one.student.id === student.id)
                ? t("staff:students.isDifferent")
                : t("staff:students.asOthers")}
            </Button>
          </Table.Td>
          <Table.Td data-label={t("staff:students.remove")}>
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={t("staff:students.removeOne", { name: student.full_name })}
              onClick={() => props.onRemove(student)}
            >
              <IconX size={18} aria-hidden />
            </ActionIcon>
          </Table.Td>
        </Table.Tr>
      ))}
      {props.students.length === 0 ? (
        <Table.Tr>
          <Table.Td colSpan={5}>
            <Text c="dimmed">{t("live.noMatchTitle")}</Text>
          </Table.Td>
        </Table.Tr>
      ) : null}
    </StackingTable>
  );
}

function ImportDialog({ examId, onClose }: { examId: number; onClose: () => void }) {
  const { t } = useTranslation();
  const isAdmin = useUser()?.role === "admin";
  const options = [
    { name: "replace", label: t("staff:students.replace"), hint: t("staff:students.replaceHint") },
    ...(isAdmin ? [{ name: "create_accounts", label: t("staff:students.create"), hint: t("staff:students.createHint") }] : []),
  ];
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={t("staff:students.import")}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      <ImportForm
        hint={t("staff:students.importHint")}
        example={"email,name,group\nnadia@example.org,Nadia Rahman,A"}
        options={options}
        onImport={(source, chosen, dryRun) =>
          importList(`/exams/${examId}/enrolments/import`, source, { ...chosen, dry_run: dryRun })
        }
      />
    </Modal>
  );
}
