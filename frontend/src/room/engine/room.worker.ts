// The room's Worker: socket, outbox, timers and JPEG encoder, out of reach of what slows a page in the background.
/// <reference lib="webworker" />
import { Capture } from "./capture";
import { Link, TicketRefused } from "./link";
import type { Outgoing } from "./contract";
import { Outbox } from "./outbox";
import { ServerClock } from "./serverClock";
import { Spill } from "./spill";
import { isQuotaError, openRoomDatabase } from "./store";
import type { FromWorker, ToWorker } from "./wire";

declare const self: DedicatedWorkerGlobalScope;

const TICK_MS = 100;
/** Often enough for "online" on the live page, well within the server's patience of 60 s. */
const HEARTBEAT_MS = 5_000;

let link: Link | null = null;
let disk: Outbox | null = null;
let spill: Spill | null = null;
/** One after the other: what is asked about comes after what was done. */
let orders: Promise<void> = Promise.resolve();
let asking: { resolve: (ticket: string) => void; reject: (error: Error) => void } | null = null;
let position: number | null = null;
let hidden = false;
const clock = new ServerClock();
const canvas = new OffscreenCanvas(640, 480);

// A Worker's message has one receiver; only a window's needs its origin named.
// oxlint-disable-next-line unicorn/require-post-message-target-origin
const tell = (message: FromWorker) => self.postMessage(message);

const capture = new Capture({
  send: (packed, answered) => link?.sendBinary(packed, answered) ?? false,
  backlog: () => link?.backlog ?? 0,
  ask: (source, width, height) => tell({ say: "picture?", source, width, height }),
  declareSound: (rate) => {
    void put({ type: "audio", t: clock.now(), format: "pcm16", rate });
  },
  serverNow: () => clock.now(),
  now: () => performance.now(),
  encode: async (bitmap, { width, height, quality }) => {
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    canvas.getContext("2d")?.drawImage(bitmap, 0, 0, width, height);
    const blob = await canvas.convertToBlob({ type: "image/jpeg", quality });
    if (blob.type !== "image/jpeg") throw new Error(`this browser makes ${blob.type} instead of JPEG`);
    return blob;
  },
});

/** On the disk or, where that takes nothing, in memory: it goes out either way. */
async function put(message: Outgoing): Promise<void> {
  try {
    if (!disk) throw new Error("no disk");
    await disk.put(message);
  } catch (error) {
    await spill?.add(message);
    tell({ say: "storage", problem: isQuotaError(error) ? "quota" : "failed" });
  }
  await pump();
}

async function pump(): Promise<void> {
  link?.pump();
  await tellWaiting();
}

async function tellWaiting(): Promise<void> {
  if (spill) tell({ say: "waiting", count: await spill.waiting() });
}

async function openDisk(session: number, userId: number): Promise<Outbox | null> {
  try {
    return await Outbox.open(await openRoomDatabase(), session, userId);
  } catch (error) {
    tell({ say: "storage", problem: isQuotaError(error) ? "quota" : "failed" });
    return null;
  }
}

async function start(order: Extract<ToWorker, { do: "start" }>): Promise<void> {
  clock.told(Date.now() + order.offsetMs, 60_000);
  capture.hold(order.ceiling);
  disk = await openDisk(order.session, order.userId);
  const supply = new Spill(disk);
  spill = supply;
  link = new Link({
    address: (ticket) => `${order.address}?token=${encodeURIComponent(ticket)}`,
    getTicket: () =>
      new Promise((resolve, reject) => {
        asking = { resolve, reject };
        tell({ say: "ticket?" });
      }),
    supply,
    onMessage: (message) => {
      if (message.type === "hello") {
        // Half of what a bad line takes at most; an answer over HTTP that was quicker is believed more.
        clock.told(Date.parse(message.server_time), 400);
        capture.connected(message.limits);
      }
      capture.heard(message);
      tell({ say: "message", message });
      if (message.type === "ack" || message.type === "hello") void tellWaiting();
    },
    onStatus: (status) => tell({ say: "status", status }),
  });
}

self.addEventListener("message", ({ data }: MessageEvent<ToWorker>) => {
  switch (data.do) {
    case "start":
      orders = orders.then(() => start(data));
      break;
    case "ticket":
      asking?.resolve(data.ticket);
      asking = null;
      break;
    case "no-ticket":
      asking?.reject(data.why ? new TicketRefused(data.why) : new Error("no ticket"));
      asking = null;
      break;
    case "pump":
      void pump();
      break;
    case "spill":
      orders = orders.then(() => spill?.add(data.message)).then(pump);
      break;
    case "rest":
      orders = orders.then(() => tell({ say: "rest", id: data.id, messages: spill?.rest() ?? [] }));
      break;
    case "retry":
      link?.retryNow();
      break;
    case "stop":
      link?.close();
      link = null;
      break;
    case "watch":
      capture.watch(data.sources, data.sound);
      break;
    case "picture":
      void capture.picture(data.source, data.bitmap).catch(() => undefined);
      break;
    case "sound":
      capture.sound(data.samples, data.capturedAgoMs);
      break;
    case "position":
      position = data.position;
      break;
    case "hidden":
      hidden = data.hidden;
      break;
    case "hold":
      capture.hold(data.ceiling);
      break;
  }
});

setInterval(() => {
  if (link?.live) capture.tick();
}, TICK_MS);

setInterval(() => {
  const figures = capture.figures();
  tell({ say: "figures", figures });
  const known = position === null ? {} : { position };
  link?.say({ type: "status", kbps: Math.round(figures.kbps * 10) / 10, hidden, ...known });
}, HEARTBEAT_MS);
