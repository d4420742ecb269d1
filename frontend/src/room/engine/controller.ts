// One sitting as this page holds it: Worker, media, browser events and answers put together, without any screen.
import { Problem } from "@/api/problem";
import type { AnswerValue, Outgoing, ServerMessage } from "./contract";
import type { Media } from "./media";
import { Keeper, type StorageTrouble } from "./keeper";
import { Outbox } from "./outbox";
import type { Ceiling } from "./pace";
import { FIRST_STATE, heard, linked, recalled, type RoomMessage, type RoomState, unread } from "./roomState";
import type { ServerClock } from "./serverClock";
import { isQuotaError, type RoomDatabase } from "./store";
import type { FromWorker, PictureSource, ToWorker } from "./wire";

export type ControllerOptions = {
  session: number;
  userId: number;
  media: Media;
  clock: ServerClock;
  /** Rejects where this browser stores nothing, as some do in a private window. */
  database: Promise<RoomDatabase>;
  ceiling: Ceiling;
  getTicket: (session: number) => Promise<string>;
  makeWorker: () => Worker;
};

export class Controller {
  readonly session: number;
  readonly media: Media;
  readonly kept: Keeper;
  readonly #options: ControllerOptions;
  readonly #worker: Worker;
  readonly #listeners = new Set<() => void>();
  #state: RoomState = FIRST_STATE;
  #stopWatching: (() => void)[] = [];
  #expectsScreen = false;
  readonly #asked: ((messages: Outgoing[]) => void)[] = [];
  onMessage: ((message: ServerMessage) => void) | null = null;

  private constructor(options: ControllerOptions, disk: Outbox | null, trouble: StorageTrouble | null) {
    this.#options = options;
    this.session = options.session;
    this.media = options.media;
    this.#state = { ...FIRST_STATE, storage: trouble };
    this.kept = new Keeper(disk, {
      spill: (message) => this.#order({ do: "spill", message }),
      onDisk: (problem) => problem === this.#state.storage || this.#set({ ...this.#state, storage: problem }),
    });
    this.#worker = options.makeWorker();
    this.#worker.addEventListener("message", ({ data }: MessageEvent<FromWorker>) => this.#onWorker(data));
    const scheme = window.location.protocol === "https:" ? "wss" : "ws";
    this.#order({
      do: "start",
      session: options.session,
      userId: options.userId,
      address: `${scheme}://${window.location.host}/api/v1/proctoring/ws/${options.session}`,
      offsetMs: options.clock.now() - Date.now(),
      ceiling: options.ceiling,
    });
    this.#watchMedia();
    const online = () => this.#order({ do: "retry" });
    window.addEventListener("online", online);
    this.#stopWatching.push(() => window.removeEventListener("online", online));
  }

  static async open(options: ControllerOptions): Promise<Controller> {
    try {
      return new Controller(options, await Outbox.open(await options.database, options.session, options.userId), null);
    } catch (error) {
      return new Controller(options, null, isQuotaError(error) ? "quota" : "failed");
    }
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
  readonly state = (): RoomState => this.#state;

  now(): number {
    return this.#options.clock.now();
  }

  close(): void {
    for (const stop of this.#stopWatching) stop();
    this.#order({ do: "stop" });
    // The Worker gets a moment to close its socket properly, so that the server need not wait for silence.
    setTimeout(() => this.#worker.terminate(), 500);
  }

  // --- what the student does ------------------------------------------------------------------------------------

  /** On the disk of this device when done; where that takes nothing, on its way to the server from memory. */
  async answer(questionId: number, value: AnswerValue): Promise<void> {
    await this.kept.putAnswer(questionId, value, this.now());
    this.#order({ do: "pump" });
  }

  async flag(questionId: number, on: boolean): Promise<void> {
    await this.put({ type: "status", t: this.now(), flagged: { question_id: questionId, on } });
  }

  async put(message: Outgoing): Promise<void> {
    await this.kept.put(message);
    this.#order({ do: "pump" });
  }

  /** What only the Worker's memory holds, when the line is closed for good. */
  rest(): Promise<Outgoing[]> {
    return new Promise((resolve) => {
      this.#order({ do: "rest", id: this.#asked.push(resolve) - 1 });
    });
  }

  /** A question is shown for the first time. */
  opened(questionId: number): void {
    void this.put({ type: "status", t: this.now(), opened: { question_id: questionId } });
  }

  position(position: number | null): void {
    this.#order({ do: "position", position });
  }

  hidden(hidden: boolean): void {
    this.#order({ do: "hidden", hidden });
  }

  hold(ceiling: Ceiling): void {
    this.#order({ do: "hold", ceiling });
  }

  /** Whether the exam wants to see the screen, so that its going away is worth a word. */
  expectScreen(on: boolean): void {
    this.#expectsScreen = on;
  }

  /** Tries the line now: after signing in again, or to take the exam over from another tab. */
  retry(): void {
    this.#order({ do: "retry" });
  }

  putAwayWarning(id: number): void {
    this.#set({ ...this.#state, warnings: this.#state.warnings.filter((one) => one.id !== id) });
    // Read here, it need not be read once more, unless an earlier message has not been.
    if (unread(this.#state).every((one) => one.warning || one.id > id)) this.messagesRead(id);
  }

  roomShown(): void {
    this.#set({ ...this.#state, roomView: false });
  }

  /** The task is over by this device's count, whatever became of the server's word about it. */
  challengeOver(nonce: string): void {
    if (this.#state.challenge?.nonce === nonce) this.#set({ ...this.#state, challenge: null });
  }

  /** A notice was read, or has stood long enough. */
  putAway(what: "challengeDone" | "extended" | "endingTakenBack" | "outside"): void {
    this.#set({ ...this.#state, [what]: null });
  }

  /** Says something to the teachers; shown at once, and as received when the server has it. */
  async chat(text: string): Promise<void> {
    await this.put({ type: "chat", t: this.now(), text });
    this.#set({ ...this.#state, said: [...this.#state.said, { text, at: this.now() }] });
  }

  async raiseHand(raised: boolean): Promise<void> {
    await this.put({ type: "hand", t: this.now(), raised });
    this.#set({ ...this.#state, hand: raised });
    await this.kept.keep("hand", raised);
  }

  /** Everything up to this message was looked at. */
  messagesRead(readUpTo: number): void {
    if (readUpTo <= this.#state.readUpTo) return;
    this.#set({ ...this.#state, readUpTo });
    void this.kept.keep("read", readUpTo);
  }

  /** What this device remembers of hand and messages from before a reload. */
  async remember(): Promise<void> {
    const [hand, readUpTo] = await Promise.all([this.kept.kept<boolean>("hand"), this.kept.kept<number>("read")]);
    this.#set({ ...this.#state, hand: this.#state.hand || (hand ?? false), readUpTo: Math.max(readUpTo ?? 0, this.#state.readUpTo) });
  }

  /** What was said before this page was opened. */
  recall(messages: RoomMessage[]): void {
    this.#set(recalled(this.#state, messages));
  }

  // --- the Worker -----------------------------------------------------------------------------------------------

  #order(order: ToWorker, transfer: Transferable[] = []): void {
    this.#worker.postMessage(order, transfer);
  }

  #onWorker(said: FromWorker): void {
    switch (said.say) {
      case "ticket?":
        void this.#getTicket();
        break;
      case "picture?":
        void this.#picture(said.source);
        break;
      case "status":
        this.#set(linked(this.#state, said.status, this.now()));
        break;
      case "message":
        if (said.message.type === "hello") this.#options.clock.told(Date.parse(said.message.server_time), 400);
        this.#set(heard(this.#state, said.message, this.now()));
        if (said.message.type === "hand") void this.kept.keep("hand", said.message.raised);
        this.onMessage?.(said.message);
        break;
      case "waiting":
        this.#set({ ...this.#state, waiting: said.count });
        break;
      case "figures":
        this.#set({ ...this.#state, figures: said.figures });
        break;
      case "rest":
        this.#asked[said.id]?.(said.messages);
        break;
      case "storage":
        this.#set({ ...this.#state, storage: said.problem });
        break;
    }
  }

  async #getTicket(): Promise<void> {
    try {
      this.#order({ do: "ticket", ticket: await this.#options.getTicket(this.session) });
    } catch (error) {
      const status = error instanceof Problem ? error.status : 0;
      const passing = status === 0 || status === 429 || status >= 500;
      const why = status === 401 ? "signed_out" : "refused";
      this.#order({ do: "no-ticket", why: passing ? null : why });
    }
  }

  async #picture(source: PictureSource): Promise<void> {
    const bitmap = await this.media.grab(source);
    this.#order({ do: "picture", source, bitmap }, bitmap ? [bitmap] : []);
  }

  #watchMedia(): void {
    const watch = () => {
      const { camera, screen } = this.media.state();
      const sources: PictureSource[] = [...(camera ? ["camera" as const] : []), ...(screen ? ["screen" as const] : [])];
      this.#order({ do: "watch", sources, sound: this.media.hasSound });
    };
    watch();
    this.#stopWatching.push(this.media.subscribe(watch));
    this.media.onSound = (samples) => {
      if (!this.#state.soundRefused) this.#order({ do: "sound", samples, capturedAgoMs: 1000 }, [samples.buffer]);
    };
    this.media.onEnded = (source) => {
      if (source === "screen" && this.#expectsScreen) void this.put({ type: "event", t: this.now(), kind: "screen_share_stopped" });
    };
    this.#stopWatching.push(() => {
      this.media.onSound = null;
      this.media.onEnded = null;
    });
  }

  #set(state: RoomState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}
