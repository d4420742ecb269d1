// Short names for the shapes of the HTTP contract.
import type { components } from "./schema.gen";

type Schemas = components["schemas"];

export type Role = Schemas["Role"];
export type User = Schemas["UserRead"];
export type Tokens = Schemas["Tokens"];
export type Exam = Schemas["ExamRead"];
export type ExamIn = Schemas["ExamCreate"];
export type ExamStatus = Schemas["ExamStatus"];
export type Violation = Schemas["ViolationOut"];
export type Evidence = Schemas["EvidenceOut"];
export type Severity = Schemas["Severity"];
export type Band = Schemas["TrustBand"];
export type SittingState = Schemas["SessionState"];
export type ExamChanges = Schemas["ExamUpdate"];
export type Preset = Schemas["Preset"];
export type PresetRead = Schemas["PresetRead"];
export type ViolationKind = Schemas["ViolationKind"];
export type Review = Schemas["ReviewRead"];
export type ReviewedViolation = Schemas["ReviewedViolation"];
export type QueueItem = Schemas["QueueItem"];
export type Verdict = Schemas["Verdict"];
export type VerdictRead = Schemas["VerdictRead"];
export type Decision = Schemas["Decision"];
export type EnrolledStudent = Schemas["EnrolledStudent"];
export type Accommodation = Schemas["AccommodationRead"];
export type AccommodationIn = Schemas["AccommodationWrite"];
export type GradingRead = Schemas["GradingRead"];
export type GradingItem = Schemas["GradingItem"];
export type GradedQuestion = Schemas["GradedQuestion"];
export type GradingSummary = Schemas["GradingSummary"];
export type MarkIn = Schemas["MarkWrite"];
export type ResultsRead = Schemas["ResultsRead"];
export type ResultRow = Schemas["ResultRead"];
export type QuestionStatistics = Schemas["QuestionStatistics"];
export type Notification = Schemas["NotificationRead"];
