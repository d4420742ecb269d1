// Questions, sections, the bank, and files over HTTP.
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { call, callWithReport } from "@/api/call";
import { answered, api, fetchPicture } from "@/api/client";
import type { QuestionRead, SectionRead } from "@/api/types";
import type { Words } from "@/ui/questions/questionTypes";
import type { Question, QuestionDraft } from "./questionDraft";

export type Section = {
  id: number;
  position: number;
  title: Words;
  instructions: Words;
  pool: number | null;
  seconds: number | null;
  navigation: "free" | "forward" | null;
};
export type SectionDraft = Omit<Section, "id" | "position">;

const questionsKey = (examId: number) => ["exams", examId, "questions"];
const sectionsKey = (examId: number) => ["exams", examId, "sections"];

/** The server leaves out what is null; here nothing is left out. */
function whole(question: QuestionRead | Question): Question {
  return { ...question, section_id: question.section_id ?? null, seconds: question.seconds ?? null, exam_id: question.exam_id ?? null };
}

export function useQuestions(examId: number) {
  return useQuery({
    queryKey: questionsKey(examId),
    queryFn: async () =>
      (await answered(api.GET("/api/v1/exams/{exam_id}/questions", { params: { path: { exam_id: examId } } }))).map(whole),
  });
}

function wholeSection(section: SectionRead): Section {
  const { pool = null, seconds = null, navigation = null } = section;
  return { ...section, pool, seconds, navigation };
}

export function useSections(examId: number) {
  return useQuery({
    queryKey: sectionsKey(examId),
    queryFn: async () =>
      (await answered(api.GET("/api/v1/exams/{exam_id}/sections", { params: { path: { exam_id: examId } } }))).map(wholeSection),
  });
}

/** Where a question lives: in an exam or in the bank. */
export type Home = { examId: number } | "bank";

function homePath(home: Home): string {
  return home === "bank" ? "/question-bank" : `/exams/${home.examId}/questions`;
}

function useRefresh() {
  const queryClient = useQueryClient();
  return (home: Home) =>
    queryClient.invalidateQueries({ queryKey: home === "bank" ? ["question-bank"] : ["exams", home.examId] });
}

export function useSaveQuestion(home: Home) {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: async ({ id, draft }: { id: number | null; draft: QuestionDraft }) =>
      whole(
        await (id === null
          ? call<Question>("POST", homePath(home), { body: draft })
          : answered(
              api.PUT("/api/v1/questions/{question_id}", { params: { path: { question_id: id } }, body: draft }),
            )),
      ),
    onSettled: () => refresh(home),
  });
}

export function useDeleteQuestion(home: Home) {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (id: number) =>
      answered(api.DELETE("/api/v1/questions/{question_id}", { params: { path: { question_id: id } } })),
    onSettled: () => refresh(home),
  });
}

export function useOrderQuestions(examId: number) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ sectionId, ids }: { sectionId: number | null; ids: number[] }) =>
      answered(
        api.PUT("/api/v1/exams/{exam_id}/questions/order", {
          params: { path: { exam_id: examId } },
          body: { section_id: sectionId, ids },
        }),
      ),
    // Moved at once: whoever moves by keyboard must see where it went.
    onMutate: ({ sectionId, ids }) => {
      queryClient.setQueryData<Question[]>(questionsKey(examId), (known) =>
        known?.map((one) =>
          ids.includes(one.id) ? Object.assign({}, one, { position: ids.indexOf(one.id), section_id: sectionId }) : one,
        ),
      );
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: questionsKey(examId) }),
  });
}

export function useSaveSection(examId: number) {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: ({ id, draft }: { id: number | null; draft: SectionDraft }) =>
      id === null
        ? answered(api.POST("/api/v1/exams/{exam_id}/sections", { params: { path: { exam_id: examId } }, body: draft }))
        : answered(api.PUT("/api/v1/sections/{section_id}", { params: { path: { section_id: id } }, body: draft })),
    onSettled: () => refresh({ examId }),
  });
}

export function useDeleteSection(examId: number) {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (id: number) =>
      answered(api.DELETE("/api/v1/sections/{section_id}", { params: { path: { section_id: id } } })),
    onSettled: () => refresh({ examId }),
  });
}

const BANK_PAGE = 50;

export function useBank(search: { q: string; tag: string }) {
  return useInfiniteQuery({
    queryKey: ["question-bank", search],
    queryFn: async ({ pageParam }) =>
      (await call<Question[]>("GET", "/question-bank", { query: { ...search, skip: pageParam, limit: BANK_PAGE } })).map(whole),
    initialPageParam: 0,
    getNextPageParam: (last, all) => (last.length < BANK_PAGE ? undefined : all.length * BANK_PAGE),
    placeholderData: (known) => known,
  });
}

export function useTakeFromBank(examId: number) {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (ids: number[]) => call<Question[]>("POST", `/exams/${examId}/questions/from-bank`, { body: { ids } }),
    onSettled: () => refresh({ examId }),
  });
}

export function useToBank() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (id: number) => call<Question>("POST", `/questions/${id}/to-bank`),
    onSettled: () => refresh("bank"),
  });
}

export type QuestionImportReport = {
  format: string;
  found: number;
  imported: number;
  skipped_doubles: number;
  errors: { line: number | null; code: string; params?: Record<string, string | number>; text?: string }[];
};

export function useImportQuestions(examId: number) {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: ({ file, format, dryRun }: { file: File; format: string; dryRun: boolean }) => {
      const form = new FormData();
      form.set("file", file);
      form.set("format", format);
      form.set("dry_run", String(dryRun));
      return callWithReport<QuestionImportReport>("POST", `/exams/${examId}/questions/import`, { form });
    },
    onSettled: () => refresh({ examId }),
  });
}

export async function uploadQuestionPicture(file: File): Promise<{ id: number }> {
  const form = new FormData();
  form.set("file", file);
  return call<{ id: number }>("POST", "/question-files", { form });
}

export function loadQuestionPicture(id: number): Promise<Blob> {
  return fetchPicture(`/api/v1/question-files/${id}`);
}
