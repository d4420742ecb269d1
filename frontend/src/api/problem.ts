// What went wrong with a request: a stable code and its parameters, which the client puts into words.

export class Problem extends Error {
  readonly code: string;
  readonly status: number;
  readonly params: Record<string, string | number>;

  /** `status` is the HTTP status, 0 when no answer came at all. */
  constructor(code: string, options: { status: number; params?: Record<string, string | number>; detail?: string }) {
    super(options.detail ?? code);
    this.name = "Problem";
    this.code = code;
    this.status = options.status;
    this.params = options.params ?? {};
  }
}

type ProblemBody = { code?: unknown; detail?: unknown; params?: unknown };

/** Reads an error answer's body; a body that is not ours still gives a usable code. */
export function problemFrom(status: number, body: unknown): Problem {
  const { code, detail, params } = (typeof body === "object" && body !== null ? body : {}) as ProblemBody;
  return new Problem(typeof code === "string" ? code : codeOfStatus(status), {
    status,
    ...(typeof detail === "string" ? { detail } : {}),
    ...(typeof params === "object" && params !== null ? { params: params as Record<string, string | number> } : {}),
  });
}

/** Turns whatever was thrown into a Problem; `fetch` itself throws only when no answer came. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof TypeError) return new Problem("network", { status: 0, detail: error.message });
  return new Problem("unexpected", { status: 0, detail: String(error) });
}

/** Why trying again does not help; null where it may: no answer, too many requests, a server in trouble. */
export function lastingRefusal(error: unknown): string | null {
  const { status, code } = asProblem(error);
  return status === 0 || status === 429 || status >= 500 ? null : code;
}

function codeOfStatus(status: number): string {
  if (status === 401) return "not_authenticated";
  if (status === 403) return "forbidden";
  if (status === 404) return "not_found";
  if (status === 422) return "validation_failed";
  if (status === 429) return "too_many_requests";
  return status >= 500 ? "server_error" : "unexpected";
}
