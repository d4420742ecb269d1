// Camera, microphone and screen of this device: opened once, watched, given back.
import type { PictureSource } from "./wire";

export type MediaTrouble = "denied" | "missing" | "busy" | "unsupported" | "ended" | "failed";
export type MediaState = {
  camera: MediaStream | null;
  screen: MediaStream | null;
  cameraTrouble: MediaTrouble | null;
  screenTrouble: MediaTrouble | "not_whole" | null;
  soundTrouble: MediaTrouble | null;
};

const NOTHING: MediaState = { camera: null, screen: null, cameraTrouble: null, screenTrouble: null, soundTrouble: null };

export class Media {
  #state: MediaState = NOTHING;
  readonly #listeners = new Set<() => void>();
  readonly #videos: Partial<Record<PictureSource, HTMLVideoElement>> = {};
  #audio: AudioContext | null = null;
  /** 0..1, of the last 50 ms; for the level meter. */
  level = 0;
  #loudest = 0;
  /** Whether the microphone was asked for: opening again asks for the same. */
  wantsSound = false;
  onSound: ((samples: Float32Array<ArrayBuffer>) => void) | null = null;
  onEnded: ((source: PictureSource) => void) | null = null;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
  readonly state = (): MediaState => this.#state;

  #set(change: Partial<MediaState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }

  /** 0..1, the loudest 50 ms since the last time this was asked: a short word is not missed between two looks. */
  takeLoudest(): number {
    const loudest = this.#loudest;
    this.#loudest = 0;
    return loudest;
  }

  /** Asks for the camera and, where wanted, the microphone; a microphone that is missing does not cost the camera. */
  async openCamera(withSound: boolean): Promise<void> {
    if (this.#state.camera?.getVideoTracks().some(({ readyState }) => readyState === "live")) return;
    this.wantsSound = withSound;
    if (!navigator.mediaDevices?.getUserMedia) return this.#set({ cameraTrouble: "unsupported" });
    const video = { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 15 }, facingMode: "user" };
    const audio = withSound ? { echoCancellation: false, noiseSuppression: false, autoGainControl: true } : false;
    let stream: MediaStream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video, audio });
    } catch (both) {
      try {
        stream = await navigator.mediaDevices.getUserMedia({ video });
        this.#set({ soundTrouble: withSound ? troubleOf(both) : null });
      } catch (error) {
        return this.#set({ camera: null, cameraTrouble: troubleOf(error) });
      }
    }
    await this.#show("camera", stream);
    this.#set({ camera: stream, cameraTrouble: null });
    if (stream.getAudioTracks().length > 0) await this.#listen(stream);
  }

  /** Asks for the whole screen; a window or a tab is refused with the reason. Needs a click. */
  async openScreen(): Promise<void> {
    if (!navigator.mediaDevices?.getDisplayMedia) return this.#set({ screenTrouble: "unsupported" });
    try {
      const wish = { video: { displaySurface: "monitor", frameRate: 2 }, audio: false };
      const hints = { monitorTypeSurfaces: "include", selfBrowserSurface: "exclude", surfaceSwitching: "exclude" };
      const stream = await navigator.mediaDevices.getDisplayMedia({ ...wish, ...hints });
      const surface = stream.getVideoTracks()[0]?.getSettings().displaySurface;
      if (surface !== undefined && surface !== "monitor") {
        for (const track of stream.getTracks()) track.stop();
        return this.#set({ screen: null, screenTrouble: "not_whole" });
      }
      await this.#show("screen", stream);
      this.#set({ screen: stream, screenTrouble: null });
    } catch (error) {
      this.#set({ screen: null, screenTrouble: troubleOf(error) });
    }
  }

  async #show(source: PictureSource, stream: MediaStream): Promise<void> {
    const element = document.createElement("video");
    Object.assign(element, { muted: true, playsInline: true, srcObject: stream });
    this.#videos[source] = element;
    for (const track of stream.getVideoTracks()) track.addEventListener("ended", () => this.#ended(source, stream));
    await element.play().catch(() => undefined);
  }

  #ended(source: PictureSource, stream: MediaStream): void {
    if (this.#state[source] !== stream) return;
    delete this.#videos[source];
    if (source === "camera") this.#set({ camera: null, cameraTrouble: "ended" });
    else this.#set({ screen: null, screenTrouble: "ended" });
    this.onEnded?.(source);
  }

  async #listen(stream: MediaStream): Promise<void> {
    try {
      const audio = new AudioContext();
      await audio.audioWorklet.addModule("/sound-gate.js");
      const gate = new AudioWorkletNode(audio, "sound-gate");
      gate.port.addEventListener("message", ({ data }: MessageEvent<{ level?: number; samples?: Float32Array<ArrayBuffer> }>) => {
        if (data.level !== undefined) {
          this.level = data.level;
          this.#loudest = Math.max(this.#loudest, data.level);
        }
        if (data.samples) this.onSound?.(data.samples);
      });
      gate.port.start();
      // Only what leads to the loudspeaker is worked on, so it does, in silence.
      audio.createMediaStreamSource(stream).connect(gate).connect(new GainNode(audio, { gain: 0 })).connect(audio.destination);
      // A page that was reloaded may not play before a click; listening waits for it too.
      const wake = () => void audio.resume();
      if (audio.state === "suspended") document.addEventListener("pointerdown", wake, { once: true });
      this.#audio = audio;
      this.#set({ soundTrouble: null });
    } catch {
      this.#set({ soundTrouble: "failed" });
    }
  }

  get hasSound(): boolean {
    return this.#audio !== null;
  }

  get cameraLabel(): string {
    return this.#state.camera?.getVideoTracks()[0]?.label ?? "";
  }

  /** What the camera or the screen shows now; null where it shows nothing. */
  async grab(source: PictureSource): Promise<ImageBitmap | null> {
    const video = this.#videos[source];
    if (!video || video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA || video.videoWidth === 0) return null;
    if (video.paused) await video.play().catch(() => undefined);
    return createImageBitmap(video).catch(() => null);
  }

  /** One JPEG in the camera's full size: for enrolment and documents. */
  async still(quality = 0.9): Promise<Blob | null> {
    const bitmap = await this.grab("camera");
    if (!bitmap) return null;
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    canvas.getContext("2d")?.drawImage(bitmap, 0, 0);
    bitmap.close();
    return canvas.convertToBlob({ type: "image/jpeg", quality });
  }

  close(): void {
    for (const stream of [this.#state.camera, this.#state.screen]) {
      for (const track of stream?.getTracks() ?? []) track.stop();
    }
    void this.#audio?.close().catch(() => undefined);
    this.#audio = null;
    this.#set(NOTHING);
  }
}

function troubleOf(error: unknown): MediaTrouble {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "denied";
  if (name === "NotFoundError" || name === "OverconstrainedError") return "missing";
  if (name === "NotReadableError" || name === "AbortError") return "busy";
  return "failed";
}
