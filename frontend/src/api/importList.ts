// Sends a list (a file or pasted lines) to one of the import routes and gives its report.
import { call } from "./call";
import { Problem } from "./problem";
import type { ImportReport } from "./types";

type Source = { file: File } | { text: string };

export function importList(path: string, source: Source, options: Record<string, boolean>): Promise<ImportReport> {
  if ("text" in source) return call<ImportReport>("POST", path, { body: { text: source.text, ...options } });
  const form = new FormData();
  form.set("file", source.file);
  for (const [name, on] of Object.entries(options)) form.set(name, String(on));
  if (source.file.size > 10_000_000) return Promise.reject(new Problem("body_too_large", { status: 413 }));
  return call<ImportReport>("POST", path, { form });
}
