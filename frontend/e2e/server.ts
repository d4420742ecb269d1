// A real server for a test: own port, own database and evidence, gone afterwards.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

export const ROOT = join(import.meta.dirname, "..", "..");
export const PROCTOR = join(ROOT, ".venv", "bin", "proctor");
const READY_MS = 90_000;

export type Replay = {
  /** Resolves with the time (ms) at which the student heard of a violation's opening; rejects if it never did. */
  opened: Promise<{ at: number; kind: string }>;
  /** Resolves when the video is over and the sitting handed in. */
  done: Promise<void>;
  stop: () => Promise<void>;
};

export type ReplayOptions = { email?: string; password?: string; speed?: number; fps?: number };

export class ProctorServer {
  readonly url: string;
  readonly #port: number;
  readonly #folder: string;
  #process: ChildProcess | null = null;

  readonly #environment: Record<string, string>;

  private constructor(port: number, folder: string, environment: Record<string, string>) {
    this.#environment = environment;
    this.#port = port;
    this.#folder = folder;
    this.url = `http://127.0.0.1:${port}`;
  }

  static async start(environment: Record<string, string> = {}): Promise<ProctorServer> {
    const made = async () => new ProctorServer(await freePort(), await mkdtemp(join(tmpdir(), "proctor-e2e-")), environment);
    const first = await made();
    try {
      await first.run();
      return first;
    } catch (error) {
      // A port that was free a moment ago may be somebody else's by now: once more, with another.
      console.error(`the server did not start: ${String(error)}`);
      await first.dispose();
    }
    const second = await made();
    await second.run();
    return second;
  }

  async run(): Promise<void> {
    this.#process = spawn(PROCTOR, ["serve", "--json"], {
      cwd: join(ROOT, "backend"),
      env: {
        ...process.env,
        HOST: "127.0.0.1",
        PORT: String(this.#port),
        VAR_DIR: join(this.#folder, "var"),
        ANALYSIS_WORKERS: "1",
        PUBLIC_URL: this.url,
        ...this.#environment,
      },
      stdio: ["ignore", "ignore", "inherit"],
    });
    await this.#ready(this.#process);
  }

  async halt(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    const child = this.#process;
    this.#process = null;
    if (!child || child.exitCode !== null) return;
    child.kill(signal);
    await once(child, "exit");
  }

  async dispose(): Promise<void> {
    await this.halt();
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** Runs `proctor …` beside this server, with its keys and database; gives what it prints. Rejects if it fails. */
  async command(...words: string[]): Promise<string> {
    const env = { ...process.env, VAR_DIR: join(this.#folder, "var"), ...this.#environment };
    return (await promisify(execFile)(PROCTOR, words, { cwd: join(ROOT, "backend"), env })).stdout;
  }

  /** A student in a terminal, sitting an exam with a video for a camera. */
  replay(video: string, examId: number, options: ReplayOptions = {}): Replay {
    const more = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
    const child = spawn(PROCTOR, ["replay", video, "--server", this.url, "--exam", String(examId), "--json", ...more], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const done = once(child, "exit").then(() => undefined);
    const opened = new Promise<{ at: number; kind: string }>((resolve, reject) => {
      let last = "";
      createInterface({ input: child.stdout }).on("line", (line) => {
        last = line;
        const said = JSON.parse(line) as { type?: string; violation?: { kind: string } };
        if (said.type === "violation.opened") resolve({ at: Date.now(), kind: said.violation?.kind ?? "" });
      });
      child.once("exit", (code) => reject(new Error(`replay ended (${code}) without a violation: ${last}`)));
    });
    opened.catch(() => undefined);
    return {
      opened,
      done,
      stop: async () => {
        child.kill("SIGTERM");
        await done;
      },
    };
  }

  async #ready(child: ChildProcess): Promise<void> {
    const until = Date.now() + READY_MS;
    while (Date.now() < until) {
      if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`);
      const answer = await fetch(`${this.url}/health/ready`).catch(() => null);
      if (answer?.ok) return;
      await new Promise((resolve) => {
        setTimeout(resolve, 200);
      });
    }
    throw new Error("the server did not become ready");
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (typeof address !== "object" || !address) throw new Error("no free port");
  return address.port;
}
