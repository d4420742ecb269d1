// The room's memory on this device: one IndexedDB, everything in it sealed by a key that cannot be taken out.
import { type DBSchema, type IDBPDatabase, openDB } from "idb";

export type Sealed = { iv: Uint8Array<ArrayBuffer>; data: ArrayBuffer };

export type SittingRow = {
  session: number;
  userId: number;
  key: CryptoKey;
  /** The highest number this device has given to a message. */
  assigned: number;
  /** The highest count this device has given to an answer. */
  clientSeq: number;
};

/** `seq` 0: not numbered yet. Numbers are given when the server has said where to go on. */
export type OutboxRow = { id: number; session: number; seq: number; type: string; sealed: Sealed };

interface RoomSchema extends DBSchema {
  sittings: { key: number; value: SittingRow };
  outbox: { key: number; value: Omit<OutboxRow, "id"> & { id?: number }; indexes: { bySession: number } };
  kept: { key: [number, string]; value: { session: number; name: string; sealed: Sealed }; indexes: { bySession: number } };
}

export type RoomDatabase = IDBPDatabase<RoomSchema>;

/** A commit is on the disk before it is reported: a killed browser or a pulled plug keeps it. */
export const STRICT = { durability: "strict" } as const;

export function openRoomDatabase(name = "proctor-room"): Promise<RoomDatabase> {
  return openDB<RoomSchema>(name, 1, {
    upgrade(db) {
      db.createObjectStore("sittings", { keyPath: "session" });
      db.createObjectStore("outbox", { keyPath: "id", autoIncrement: true }).createIndex("bySession", "session");
      db.createObjectStore("kept", { keyPath: ["session", "name"] }).createIndex("bySession", "session");
    },
    blocking(_current, _blocked, event) {
      (event.target as IDBDatabase | null)?.close();
    },
  });
}

export async function newKey(): Promise<CryptoKey> {
  return crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

/** Bound to its exam session: what was sealed for one cannot be passed off as another's. */
export async function seal(key: CryptoKey, session: number, value: unknown): Promise<Sealed> {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const text = new TextEncoder().encode(JSON.stringify(value));
  const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: contextOf(session) }, key, text);
  return { iv, data };
}

export async function unseal<T>(key: CryptoKey, session: number, { iv, data }: Sealed): Promise<T> {
  const text = await crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData: contextOf(session) }, key, data);
  return JSON.parse(new TextDecoder().decode(text)) as T;
}

function contextOf(session: number): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`exam_session:${session}`);
}

/** Asks the browser not to clear our data when it needs room; a refusal changes nothing else. */
export async function askToPersist(): Promise<boolean> {
  return (await navigator.storage?.persist?.().catch(() => false)) ?? false;
}

/** Whether the device has no room left for what was to be stored. */
export function isQuotaError(error: unknown): boolean {
  return error instanceof DOMException && error.name === "QuotaExceededError";
}
