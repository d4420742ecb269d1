// One request by method and path, for routes whose answers are files, forms, or shared by several pages.
import { signedFetch } from "./client";
import { asProblem, problemFrom } from "./problem";

type Query = Record<string, string | number | boolean | null | undefined | readonly (string | number)[]>;
export type CallOptions = { query?: Query; body?: unknown; form?: FormData };
export type Method = "GET" | "POST" | "PUT" | "DELETE";

function addressOf(path: string, query: Query = {}): URL {
  const address = new URL(`/api/v1${path}`, window.location.origin);
  for (const [name, value] of Object.entries(query)) {
    if (value === null || value === undefined || value === "") continue;
    for (const one of Array.isArray(value) ? value : [value]) address.searchParams.append(name, String(one));
  }
  return address;
}

async function send(method: Method, path: string, { query, body, form }: CallOptions): Promise<Response> {
  const request = new Request(addressOf(path, query), {
    method,
    ...(form ? { body: form } : {}),
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } }),
  });
  try {
    return await signedFetch(request);
  } catch (error) {
    throw asProblem(error);
  }
}

/** The answer's JSON (null for an empty one), or a thrown Problem. `path` is below /api/v1. */
export async function call<T>(method: Method, path: string, options: CallOptions = {}): Promise<T> {
  const response = await send(method, path, options);
  const body: unknown = await response.json().catch(() => null);
  if (!response.ok) throw problemFrom(response.status, body);
  return body as T;
}

/** Like `call`, but gives the refusal's body too: some refusals carry a report that is worth reading. */
export async function callWithReport<T>(method: Method, path: string, options: CallOptions): Promise<T> {
  const response = await send(method, path, options);
  const body: unknown = await response.json().catch(() => null);
  if (response.ok) return body as T;
  const report = (body as { report?: T } | null)?.report;
  if (report !== undefined && report !== null) return report;
  throw problemFrom(response.status, body);
}

/** A file that only the signed-in may have, with the name the server gives it. */
export async function fetchFile(path: string, query: Query = {}): Promise<{ name: string; blob: Blob }> {
  const response = await send("GET", path, { query });
  if (!response.ok) throw problemFrom(response.status, await response.json().catch(() => null));
  const named = /filename\*=UTF-8''([^;]+)|filename="?([^";]+)/i.exec(response.headers.get("Content-Disposition") ?? "");
  const name = named?.[1] ? decodeURIComponent(named[1]) : (named?.[2] ?? path.split("/").at(-1) ?? "file");
  return { name, blob: await response.blob() };
}

/** Hands the file to the browser's downloads. */
export async function download(path: string, query: Query = {}): Promise<void> {
  const { name, blob } = await fetchFile(path, query);
  const url = URL.createObjectURL(blob);
  const link = Object.assign(document.createElement("a"), { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
