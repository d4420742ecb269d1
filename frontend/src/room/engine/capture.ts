// Pictures and sound on their way out: asked for when it is time, packed to fit the line, at most one in flight.
import { FRAME, type Limits, packBinary, type ServerMessage } from "./contract";
import { BitBucket, type Ceiling, nextQuality, Pace, type Shape } from "./pace";
import type { Figures, PictureSource } from "./wire";

const DEFAULT_LIMITS: Limits = { max_fps: 2, max_bytes: 200_000, width: 640, height: 480, quality: 0.6 };
/** A picture that nobody has judged after so long is given up. */
const LOST_MS = 12_000;
/** The screen changes slowly, and text must stay readable: fewer, larger pictures. */
const SCREEN_EVERY = { normal: 5_000, low: 15_000, stills: 30_000 } as const;

type Flight = { number: number; at: number };
type Lane = { number: number; askedAt: number; lastAt: number; quality: number; flight: Flight | null };

export type CaptureOptions = {
  send: (packed: ArrayBuffer, answered: boolean) => boolean;
  backlog: () => number;
  ask: (source: PictureSource, width: number, height: number) => void;
  /** The sound that follows has another rate. */
  declareSound: (rate: number) => void;
  serverNow: () => number;
  now: () => number;
  encode: (bitmap: ImageBitmap, shape: { width: number; height: number; quality: number }) => Promise<Blob>;
};

export class Capture {
  readonly pace = new Pace(DEFAULT_LIMITS);
  readonly #options: CaptureOptions;
  readonly #lanes: Record<PictureSource, Lane>;
  #sources: PictureSource[] = [];
  #wantsSound = false;
  #soundRate = 0;
  #soundNumber = 0;
  #bucket: BitBucket;
  #bytes: { at: number; bytes: number }[] = [];
  #roundTrip: number | null = null;
  #sent = 0;

  constructor(options: CaptureOptions) {
    this.#options = options;
    const now = options.now();
    this.#lanes = { camera: newLane(), screen: newLane() };
    this.#bucket = new BitBucket(now);
  }

  watch(sources: PictureSource[], sound: boolean): void {
    this.#sources = sources;
    this.#wantsSound = sound;
  }

  hold(ceiling: Ceiling): void {
    this.pace.hold(ceiling);
  }

  /** A new connection: what was in flight is lost, and sound has to be declared again. */
  connected(limits: Limits): void {
    this.pace.limits = limits;
    for (const lane of Object.values(this.#lanes)) lane.flight = null;
    this.#soundRate = 0;
  }

  /** Called often; asks the page for a picture when one is due. */
  tick(): void {
    const now = this.#options.now();
    const shape = this.pace.shape(now);
    for (const source of this.#sources) {
      const lane = this.#lanes[source];
      if (lane.flight && now - lane.flight.at > LOST_MS) {
        lane.flight = null;
        this.pace.stalled(now);
      }
      const every = source === "screen" ? SCREEN_EVERY[this.pace.mode] : shape.everyMs;
      const asked = now - lane.askedAt < 2_000;
      if (lane.flight || asked || now - lane.lastAt < every || this.#options.backlog() > 64 * 1024) continue;
      lane.askedAt = now;
      const [width, height] = source === "screen" ? [1280, 720] : [shape.width, shape.height];
      this.#options.ask(source, width, height);
    }
  }

  /** The page's answer; null where the camera gives nothing now. */
  async picture(source: PictureSource, bitmap: ImageBitmap | null): Promise<void> {
    const lane = this.#lanes[source];
    const now = this.#options.now();
    lane.askedAt = -1e9;
    lane.lastAt = now;
    if (!bitmap) return;
    const capturedAt = this.#options.serverNow();
    const shape = this.pace.shape(now);
    const body = await (await this.#fit(lane, bitmap, source === "screen" ? screenShape(shape) : shape)).arrayBuffer();
    const number = lane.number;
    const kind = source === "screen" ? FRAME.screen : FRAME.camera;
    if (!this.#options.send(packBinary(kind, capturedAt, number, body), true)) return;
    lane.number += 1;
    lane.flight = { number, at: this.#options.now() };
    this.#sent += 1;
    this.#count(body.byteLength + 24);
  }

  async #fit(lane: Lane, bitmap: ImageBitmap, shape: Shape): Promise<Blob> {
    const scale = Math.min(1, shape.width / bitmap.width, shape.height / bitmap.height);
    let [width, height] = [Math.round(bitmap.width * scale), Math.round(bitmap.height * scale)];
    lane.quality = Math.min(lane.quality, shape.quality);
    let blob = await this.#options.encode(bitmap, { width, height, quality: lane.quality });
    for (let tries = 0; tries < 3 && blob.size > shape.bytes; tries += 1) {
      if (lane.quality <= 0.2) [width, height] = [Math.round(width * 0.75), Math.round(height * 0.75)];
      lane.quality = nextQuality(lane.quality, blob.size, shape);
      // oxlint-disable-next-line no-await-in-loop
      blob = await this.#options.encode(bitmap, { width, height, quality: lane.quality });
    }
    lane.quality = nextQuality(lane.quality, blob.size, shape);
    bitmap.close();
    return blob;
  }

  heard(message: ServerMessage): void {
    const now = this.#options.now();
    if (message.type === "frame.done") this.#judged(message.source === "screen" ? "screen" : "camera", message.number, now);
    else if (message.type === "slow") this.pace.slow(message.max_fps, now);
    else if (message.type === "error" && message.code === "frame_refused") {
      this.#judged(message.params["source"] === "screen" ? "screen" : "camera", Number(message.params["number"]), now);
    } else if (message.type === "error" && message.code === "audio_refused" && message.params["reason"] === "switched_off") {
      this.#wantsSound = false;
    }
  }

  #judged(source: PictureSource, number: number, now: number): void {
    const lane = this.#lanes[source];
    if (lane.flight?.number !== number) return;
    const took = now - lane.flight.at;
    lane.flight = null;
    this.#roundTrip = this.#roundTrip === null ? took : 0.7 * this.#roundTrip + 0.3 * took;
    if (source === "camera") this.pace.judged(took, this.#options.backlog(), now);
  }

  /** One chunk of what the microphone heard above its own noise; 16 kHz, −1..1. */
  sound(samples: Float32Array, capturedAgoMs: number): void {
    const now = this.#options.now();
    const shape = this.pace.shape(now);
    if (!this.#wantsSound || this.#options.backlog() > 64 * 1024) return;
    const pcm = toPcm16(samples, shape.soundRate);
    if (!this.#bucket.take(pcm.byteLength * 8, shape.soundBits, now)) return;
    if (this.#soundRate !== shape.soundRate) {
      this.#soundRate = shape.soundRate;
      this.#options.declareSound(shape.soundRate);
      return; // the declaration goes first, through the outbox; this chunk is let go
    }
    const packed = packBinary(FRAME.sound, this.#options.serverNow() - capturedAgoMs, this.#soundNumber, pcm.buffer);
    if (!this.#options.send(packed, false)) return;
    this.#soundNumber += 1;
    this.#count(packed.byteLength + 8);
  }

  figures(): Figures {
    const now = this.#options.now();
    this.#bytes = this.#bytes.filter(({ at }) => now - at < 20_000);
    const since = Math.max(5_000, now - (this.#bytes[0]?.at ?? now));
    const bits = this.#bytes.reduce((sum, { bytes }) => sum + 8 * bytes, 0);
    return { mode: this.pace.mode, kbps: bits / since, roundTripMs: this.#roundTrip, sent: this.#sent };
  }

  #count(bytes: number): void {
    this.#bytes.push({ at: this.#options.now(), bytes });
    if (this.#bytes.length > 200) this.#bytes.shift();
  }
}

function newLane(): Lane {
  return { number: 0, askedAt: -1e9, lastAt: -1e9, quality: 0.5, flight: null };
}

function screenShape(shape: Shape): Shape {
  return { ...shape, width: 1280, height: 720, quality: 0.5, bytes: shape.bytes * 3 };
}

/** To 16-bit samples; at 8 kHz two neighbours become one. */
export function toPcm16(samples: Float32Array, rate: 8_000 | 16_000): Int16Array<ArrayBuffer> {
  const step = rate === 8_000 ? 2 : 1;
  const pcm = new Int16Array(Math.floor(samples.length / step));
  for (let i = 0; i < pcm.length; i += 1) {
    const value = step === 2 ? ((samples[2 * i] ?? 0) + (samples[2 * i + 1] ?? 0)) / 2 : (samples[i] ?? 0);
    pcm[i] = Math.round(Math.max(-1, Math.min(1, value)) * 32767);
  }
  return pcm;
}
