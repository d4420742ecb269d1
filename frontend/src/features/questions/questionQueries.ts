// Questions, sections, the bank, and files over HTTP.
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { call, callWithReport } from "@/api/call";
import { answered, api, fetchPicture } from "@/api/client";
import type { QuestionImportReport, QuestionPicture, QuestionRead, SectionRead, SectionWrite } from "@/api/types";
import type { Question, QuestionDraft } from "./questionDraft";

export type SectionDraft = Required<Omit<SectionWrite, "position">>;
export type Section = SectionDraft & Pick<SectionRead, "id" | "position">;

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

export function useSections(examId: number) {
  return useQuery({
    queryKey: sectionsKey(examId),
    queryFn: async (): Promise<Section[]> =>
      answered(api.GET("/api/v1/exams/{exam_id}/sections", { params: { path: { exam_id: examId } } })),
  });
}

/** Where a question lives: in an exam or in the bank. */
export type Home = { examId: number } | "bank";

function createQuestion(home: Home, body: QuestionDraft): Promise<QuestionRead> {
  return home === "bank"
    ? answered(api.POST("/api/v1/question-bank", { body }))
    : answered(api.POST("/api/v1/exams/{exam_id}/questions", { params: { path: { exam_id: home.examId } }, body }));
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
          ? createQuestion(home, draft)
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

export function useBank({ q, tag }: { q: string; tag: string }) {
  return useInfiniteQuery({
    queryKey: ["question-bank", { q, tag }],
    queryFn: async ({ pageParam }) =>
      (
        await answered(
          api.GET("/api/v1/question-bank", {
            params: { query: { ...(q ? { q } : {}), ...(tag ? { tag } : {}), skip: pageParam, limit: BANK_PAGE } },
          }),
        )
      ).map(whole),
    initialPageParam: 0,
    getNextPageParam: (last, all) => (last.length < BANK_PAGE ? undefined : all.length * BANK_PAGE),
    placeholderData: (known) => known,
  });
}

export function useTakeFromBank(examId: number) {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (ids: number[]) =>
      answered(
        api.POST("/api/v1/exams/{exam_id}/questions/from-bank", { params: { path: { exam_id: examId } }, body: { ids } }),
      ),
    onSettled: () => refresh({ examId }),
  });
}

export function useToBank() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (id: number) =>
      answered(api.POST("/api/v1/questions/{question_id}/to-bank", { params: { path: { question_id: id } } })),
    onSettled: () => refresh("bank"),
  });
}

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

export async function uploadQuestionPicture(file: File): Promise<QuestionPicture> {
  const form = new FormData();
  form.set("file", file);
  return call<QuestionPicture>("POST", "/question-files", { form });
}

export function loadQuestionPicture(id: number): Promise<Blob> {
  return fetchPicture(`/api/v1/question-files/${id}`);
}
