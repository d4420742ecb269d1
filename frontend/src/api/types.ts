// Short names for the shapes of the HTTP contract.
import type { components } from "./schema.gen";

type Schemas = components["schemas"];

export type Role = Schemas["Role"];
export type User = Schemas["User"];
export type Tokens = Schemas["Tokens"];
export type Exam = Schemas["Exam"];
export type ExamIn = Schemas["ExamIn"];
export type ExamStatus = Schemas["ExamStatus"];
export type ExamSession = Schemas["ExamSession"];
