// The student application's service worker: its shell is kept, so that a reload without network opens the running exam.
// Only the shell: papers and answers lie sealed in IndexedDB, and no answer of the API is ever kept here.
// The build writes the list: the page and everything that its first load, both languages and a reload need.
const SHELL = "room-__VERSION__";
const FILES = __FILES__;
const PAGE = "/room";

self.addEventListener("install", (event) => {
  event.waitUntil(
    (async () => {
      const cache = await caches.open(SHELL);
      await cache.addAll([PAGE, ...FILES]);
      await self.skipWaiting();
    })(),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      // The one before stays: a page that is open now may still ask for its files.
      const names = (await caches.keys()).filter((name) => name.startsWith("room-"));
      await Promise.all(names.slice(0, -2).map((name) => caches.delete(name)));
      await self.clients.claim();
    })(),
  );
});

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin || url.pathname.startsWith("/api/")) return;
  if (event.request.mode === "navigate" && (url.pathname === PAGE || url.pathname.startsWith(`${PAGE}/`))) {
    event.respondWith(pageFirst(event.request));
  } else if (FILES.includes(url.pathname) || url.pathname.startsWith("/assets/")) {
    event.respondWith(keptFirst(event.request));
  }
});

/** The newest page where the network gives it within a few seconds, else the one that is kept. */
async function pageFirst(request) {
  try {
    const fresh = await fetch(request, { signal: AbortSignal.timeout(6000) });
    if (fresh.ok || fresh.status < 500) return fresh;
  } catch {
    // No network: below.
  }
  return (await caches.match(PAGE, { ignoreVary: true })) ?? Response.error();
}

/**
 * Names of assets carry their content's hash: what is kept is what would come. The server's `Vary: Origin` is ignored: a
 * module's request names its origin and the one that filled the cache did not, yet the file is the same.
 */
async function keptFirst(request) {
  const kept = await caches.match(request, { ignoreVary: true });
  if (kept) return kept;
  const fresh = await fetch(request);
  if (fresh.ok) await keep(request, fresh.clone());
  return fresh;
}

/** A device without room still opens the exam: what cannot be kept is fetched again. */
async function keep(request, response) {
  try {
    await (await caches.open(SHELL)).put(request, response);
  } catch {
    // Full, or not allowed to store.
  }
}
