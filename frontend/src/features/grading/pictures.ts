// Pictures of questions and files of answers, for those who mark.
import { download } from "@/api/call";
import { fetchPicture } from "@/api/client";

export function loadQuestionPicture(id: number): Promise<Blob> {
  return fetchPicture(`/api/v1/question-files/${id}`);
}

export function downloadAnswerFile(id: number): Promise<void> {
  return download(`/answer-files/${id}`);
}
