// What happens around the exam in the browser, as events with a beginning and an end; noticed, never judged, here.

export type Noticed = {
  kind: string;
  phase?: "begin" | "end";
  composing?: boolean;
  assistive?: boolean;
  label?: string;
};

export type Lockdown = { clipboard: boolean; rightClick: boolean; shortcuts: boolean; fullscreen: boolean };
/** What was stopped, so that the page can say why and how to go on. */
export type Stopped = "clipboard" | "rightClick" | "shortcuts" | "fullscreen";

export type WatchOptions = {
  lockdown: Lockdown;
  onEvent: (event: Noticed) => void;
  onStopped: (what: Stopped) => void;
  onHidden: (hidden: boolean) => void;
};

const SHORTCUTS = new Set(["p", "s", "u", "f", "g", "h", "j", "o"]);
const CLIPBOARD = ["copy", "cut", "paste"] as const;
const REST_MS = 2_000;

/** Begins watching; the returned function ends it, closing what is open. */
export function watchBrowser(options: WatchOptions): () => void {
  const watcher = new Watcher(options);
  watcher.begin();
  return () => watcher.end();
}

class Watcher {
  readonly #options: WatchOptions;
  readonly #ends = new AbortController();
  readonly #open = new Set<string>();
  readonly #last = new Map<string, number>();
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(options: WatchOptions) {
    this.#options = options;
  }

  begin(): void {
    const { signal } = this.#ends;
    document.addEventListener("visibilitychange", () => this.#visibility(), { signal });
    window.addEventListener("blur", () => setTimeout(() => this.#focus(), 250), { signal });
    window.addEventListener("focus", () => this.#focus(), { signal });
    document.addEventListener("fullscreenchange", () => this.#fullscreen(), { signal });
    for (const name of CLIPBOARD) document.addEventListener(name, (event) => this.#clipboard(event), { signal });
    document.addEventListener("contextmenu", (event) => this.#menu(event), { signal });
    document.addEventListener("keydown", (event) => this.#key(event), { signal, capture: true });
    (screen as Screen & Partial<EventTarget>).addEventListener?.("change", () => this.#screens(), { signal });
    navigator.mediaDevices?.addEventListener?.("devicechange", () => this.#screens(), { signal });
    this.#timer = setInterval(() => this.#devtools(), 5_000);
    this.#screens();
    this.#fullscreen();
    this.#visibility();
  }

  end(): void {
    this.#ends.abort();
    clearInterval(this.#timer);
    for (const kind of this.#open) this.#options.onEvent({ kind, phase: "end" });
    this.#open.clear();
  }

  #lasting(kind: string, on: boolean): void {
    if (on === this.#open.has(kind)) return;
    if (on) this.#open.add(kind);
    else this.#open.delete(kind);
    this.#options.onEvent({ kind, phase: on ? "begin" : "end" });
  }

  /** A held key or a jumping cursor is one event, not a hundred. */
  #once(event: Noticed): void {
    const now = performance.now();
    if (now - (this.#last.get(event.kind) ?? -REST_MS) < REST_MS) return;
    this.#last.set(event.kind, now);
    this.#options.onEvent(event);
  }

  #visibility(): void {
    const hidden = document.visibilityState === "hidden";
    this.#lasting("tab_switch", hidden);
    this.#options.onHidden(hidden);
    this.#focus();
  }

  /** A hidden tab has lost the focus anyway: that is one thing, told once. Our own dialogs and frames keep it. */
  #focus(): void {
    this.#lasting("window_blur", document.visibilityState !== "hidden" && !document.hasFocus());
  }

  #fullscreen(): void {
    if (!this.#options.lockdown.fullscreen) return;
    const out = document.fullscreenEnabled && !document.fullscreenElement;
    this.#lasting("fullscreen_exit", out);
    if (out) this.#options.onStopped("fullscreen");
  }

  #clipboard(event: ClipboardEvent): void {
    if (this.#options.lockdown.clipboard) {
      event.preventDefault();
      this.#options.onStopped("clipboard");
    }
    this.#once({ kind: "copy_paste" });
  }

  #menu(event: MouseEvent): void {
    if (this.#options.lockdown.rightClick) {
      event.preventDefault();
      this.#options.onStopped("rightClick");
    }
    // From the keyboard's menu key: how many work who cannot use a mouse.
    const assistive = event.button !== 2 && (event as PointerEvent).pointerType !== "touch";
    this.#once(assistive ? { kind: "right_click", assistive } : { kind: "right_click" });
  }

  #key(event: KeyboardEvent): void {
    if (event.isComposing || event.keyCode === 229) return;
    const key = event.key.toLowerCase();
    const command = event.ctrlKey || event.metaKey;
    if (key === "f12" || (command && event.shiftKey && (key === "i" || key === "j" || key === "c"))) {
      if (this.#options.lockdown.shortcuts) event.preventDefault();
      this.#once({ kind: "devtools" });
    } else if ((command && SHORTCUTS.has(key)) || key === "printscreen") {
      if (this.#options.lockdown.shortcuts) {
        event.preventDefault();
        this.#options.onStopped("shortcuts");
      }
      this.#once({ kind: "keyboard_shortcut" });
    }
  }

  #screens(): void {
    this.#lasting("second_screen", (screen as Screen & { isExtended?: boolean }).isExtended === true);
  }

  /** A hint and no more: a docked developer tool takes a large part of the window; zoom and phones do not count. */
  #devtools(): void {
    if (window.outerWidth === 0 || devicePixelRatio > 2 || matchMedia("(pointer: coarse)").matches) return;
    const zoom = window.devicePixelRatio || 1;
    const missing = Math.max(window.outerWidth - window.innerWidth * zoom, window.outerHeight - window.innerHeight * zoom);
    if (missing > 500) this.#once({ kind: "devtools" });
  }
}
