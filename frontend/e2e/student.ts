// A student on a plain socket in a page of their own: sits, answers, says what happened, and hears what staff do.
import type { Page } from "@playwright/test";
import { api } from "./sittings";

type Heard = { type: string; [more: string]: unknown };
type Line = { socket: WebSocket; heard: Heard[]; seq: number; acked: number };

export class SocketStudent {
  readonly #page: Page;
  readonly #url: string;
  readonly #token: string;
  readonly sittingId: number;

  private constructor(page: Page, url: string, token: string, sittingId: number) {
    this.#page = page;
    this.#url = url;
    this.#token = token;
    this.sittingId = sittingId;
  }

  static async sit(page: Page, url: string, token: string, examId: number): Promise<SocketStudent> {
    const { id } = await api<{ id: number }>(url, token, "POST", "/proctoring/start-session", { exam_id: examId });
    const student = new SocketStudent(page, url, token, id);
    await student.connect();
    return student;
  }

  async connect(): Promise<void> {
    const { ticket } = await api<{ ticket: string }>(this.#url, this.#token, "POST", `/proctoring/sessions/${this.sittingId}/ticket`);
    await this.#page.goto(`${this.#url}/login`);
    await this.#page.evaluate(
      (address) =>
        new Promise<void>((resolve, reject) => {
          const socket = new WebSocket(address, "360proctor.v1");
          const line: Line = { socket, heard: [], seq: 0, acked: 0 };
          Object.assign(window, { line });
          socket.addEventListener("close", ({ code }) => reject(new Error(`closed with ${code}`)));
          socket.addEventListener("message", ({ data }: MessageEvent<string>) => {
            const message = JSON.parse(data) as Heard & { upto?: number };
            line.heard.push(message);
            if (message.type === "ack") line.acked = message.upto ?? 0;
            if (message.type === "hello") resolve();
          });
          setInterval(() => {
            if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ type: "status", t: Date.now(), position: 1 }));
          }, 2000);
        }),
      `${this.#url.replace("http", "ws")}/api/v1/proctoring/ws/${this.sittingId}?token=${ticket}`,
    );
  }

  /** Resolves when the server has it. */
  async say(message: { type: string; [more: string]: unknown }): Promise<void> {
    await this.#page.evaluate((said) => {
      const { line } = window as unknown as { line: Line };
      line.seq += 1;
      line.socket.send(JSON.stringify({ seq: line.seq, t: Date.now(), ...said }));
    }, message);
    await this.#page.waitForFunction(() => {
      const { line } = window as unknown as { line: Line };
      return line.acked === line.seq;
    });
  }

  /** Resolves with the message when the student has heard one of this type. */
  async hears(type: string): Promise<Heard> {
    const found = await this.#page.waitForFunction((wanted) => {
      const { line } = window as unknown as { line: Line };
      return line.heard.find((one) => one.type === wanted);
    }, type);
    return (await found.jsonValue()) as Heard;
  }

  async begin(): Promise<void> {
    await api(this.#url, this.#token, "POST", `/exam-sessions/${this.sittingId}/begin`);
  }

  async openPaper(): Promise<void> {
    await api(this.#url, this.#token, "GET", `/exam-sessions/${this.sittingId}/paper`);
  }

  async opens(questionId: number): Promise<void> {
    await this.say({ type: "status", opened: { question_id: questionId } });
  }

  async answer(questionId: number, value: string, clientSeq = 1): Promise<void> {
    await this.say({ type: "answer", question_id: questionId, value, client_seq: clientSeq });
  }

  /** A drawn picture of a colour: kind 3 is a second camera, 4 a screen. */
  async shows(kind: 3 | 4, colour: string): Promise<void> {
    await this.#page.evaluate(
      async ([wanted, fill]) => {
        const canvas = new OffscreenCanvas(320, 240);
        const pen = canvas.getContext("2d");
        if (!pen) throw new Error("nothing to draw with");
        pen.fillStyle = fill;
        pen.fillRect(0, 0, 320, 240);
        const jpeg = await (await canvas.convertToBlob({ type: "image/jpeg" })).arrayBuffer();
        const packed = new Uint8Array(16 + jpeg.byteLength);
        const head = new DataView(packed.buffer);
        head.setUint8(0, wanted);
        head.setBigUint64(4, BigInt(Date.now()));
        head.setUint32(12, 1);
        packed.set(new Uint8Array(jpeg), 16);
        (window as unknown as { line: Line }).line.socket.send(packed);
      },
      [kind, colour] as const,
    );
  }

  async handIn(): Promise<void> {
    await api(this.#url, this.#token, "POST", `/proctoring/end-session/${this.sittingId}`);
  }
}
