// The HTTP contract in openapi-typescript's shape; `npm run client` writes this file from openapi.json.
type Json<T> = { content: { "application/json": T }; headers: Record<string, unknown> };
type Body<T> = { content: { "application/json": T } };
type Answers<T> = { 200: Json<T>; 422: Json<components["schemas"]["Problem"]> };
type Path<P> = { query?: never; header?: never; path: P; cookie?: never };
type Nothing = { query?: never; header?: never; path?: never; cookie?: never };
type Paged = { query?: { skip?: number; limit?: number }; header?: never; path?: never; cookie?: never };

export interface components {
  schemas: {
    Problem: {
      detail: string | { loc: (string | number)[]; msg: string; type: string }[];
      code: string;
      params?: Record<string, string | number>;
    };
    Role: "student" | "teacher" | "admin";
    User: {
      id: number;
      email: string;
      full_name: string;
      is_active: boolean;
      role: components["schemas"]["Role"];
      preferred_language: string;
    };
    Tokens: {
      access_token: string;
      refresh_token: string;
      token_type: string;
      expires_in: number;
      user: components["schemas"]["User"];
    };
    ExamStatus: "draft" | "published" | "active" | "completed" | "cancelled";
    ExamIn: {
      title: string;
      description?: string | null;
      start_time: string;
      end_time: string;
      duration_minutes: number;
    };
    Exam: {
      id: number;
      title: string;
      description: string | null;
      start_time: string;
      end_time: string;
      duration_minutes: number;
      status: components["schemas"]["ExamStatus"];
      creator_id: number;
      created_at: string;
      updated_at: string;
    };
    ExamSession: {
      id: number;
      exam_id: number;
      student_id: number;
      start_time: string;
      end_time: string | null;
      is_completed: boolean;
      final_trust_score: number | null;
    };
  };
}
type S = components["schemas"];

export interface paths {
  "/api/v1/auth/login": {
    post: { parameters: Nothing; requestBody: Body<{ email: string; password: string }>; responses: Answers<S["Tokens"]> };
  };
  "/api/v1/auth/refresh": {
    post: { parameters: Nothing; requestBody: Body<{ refresh_token: string }>; responses: Answers<S["Tokens"]> };
  };
  "/api/v1/auth/logout": {
    post: { parameters: Nothing; requestBody: Body<{ refresh_token: string }>; responses: Answers<unknown> };
  };
  "/api/v1/users/me": {
    put: { parameters: Nothing; requestBody: Body<Partial<S["User"]>>; responses: Answers<S["User"]> };
  };
  "/api/v1/users/": { get: { parameters: Paged; responses: Answers<S["User"][]> } };
  "/api/v1/exams/": {
    get: { parameters: Paged; responses: Answers<S["Exam"][]> };
    post: { parameters: Nothing; requestBody: Body<S["ExamIn"]>; responses: Answers<S["Exam"]> };
  };
  "/api/v1/exams/{exam_id}": {
    put: {
      parameters: Path<{ exam_id: number }>;
      requestBody: Body<Partial<S["ExamIn"]>>;
      responses: Answers<S["Exam"]>;
    };
    delete: { parameters: Path<{ exam_id: number }>; responses: Answers<unknown> };
  };
  "/api/v1/exams/{exam_id}/publish": {
    post: { parameters: Path<{ exam_id: number }>; responses: Answers<S["Exam"]> };
  };
  "/api/v1/proctoring/sessions/{exam_id}": {
    get: { parameters: Path<{ exam_id: number }>; responses: Answers<S["ExamSession"][]> };
  };
  "/api/v1/proctoring/live/{exam_id}/ticket": {
    post: { parameters: Path<{ exam_id: number }>; responses: Answers<{ ticket: string; expires_in: number }> };
  };
}
