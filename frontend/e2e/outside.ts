// The world beyond the server: a mail server and another login server, both real, both on this machine.
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { ROOT } from "./server";

type Place = { issuer: string; smtp_port: number; client: string; secret: string };
type Mail = { to: string; text: string };

export class Outside {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: AsyncIterator<string>;
  environment: Record<string, string> = {};

  private constructor() {
    this.#child = spawn(join(ROOT, ".venv", "bin", "python"), ["-m", "tests.outside"], {
      cwd: join(ROOT, "backend"),
      stdio: ["pipe", "pipe", "inherit"],
    });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  static async open(): Promise<Outside> {
    const outside = new Outside();
    const place = (await outside.#next()) as Place;
    outside.environment = {
      SMTP_HOST: "127.0.0.1",
      SMTP_PORT: String(place.smtp_port),
      SMTP_SECURITY: "none",
      OIDC_ISSUER: place.issuer,
      OIDC_CLIENT_ID: place.client,
      OIDC_CLIENT_SECRET: place.secret,
      OIDC_NAME: "School account",
    };
    return outside;
  }

  async #next(): Promise<unknown> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error("the mail server ended");
    return JSON.parse(value);
  }

  async mail(): Promise<Mail> {
    return (await this.#next()) as Mail;
  }

  async close(): Promise<void> {
    this.#child.stdin.end();
    await once(this.#child, "exit");
  }
}
