// The student application's service worker: its shell is kept, so that a reload without network opens the running exam.
// Only the shell: papers and answers lie sealed in IndexedDB, and no answer of the API is ever kept here.
const SHELL = "room-shell-1";
const PAGE = "/room";
const FIXED = [PAGE, "/favicon.svg", "/room.webmanifest", "/sound-gate.js"];

self.addEventListener("install", (event) => {
  event.waitUntil(
    (async () => {
      const cache = await caches.open(SHELL);
      await cache.addAll(FIXED);
      // Everything that the page names and, in turn, what those files name: code, words, fonts, the Worker.
      const page = await (await cache.match(PAGE)).text();
      await keepNamed(cache, page, new Set(), 0);
      await self.skipWaiting();
    })(),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) if (name !== SHELL) await caches.delete(name);
      await self.clients.claim();
    })(),
  );
});

/** Formula fonts and code colours come when they are first needed. */
const LATER = /katex|KaTeX|\.woff$/i;

async function keepNamed(cache, text, seen, depth) {
  if (depth > 4) return;
  const names = new Set([...text.matchAll(/(?:\/assets\/|\.\/|assets\/)([\w.-]+-[\w-]{8}\.(?:js|css|woff2|json))/g)].map(([, name]) => `/assets/${name}`));
  await Promise.all(
    [...names]
      .filter((name) => !seen.has(name) && !LATER.test(name))
      .map(async (name) => {
        seen.add(name);
        if (depth > 0 && !isOurs(name)) return;
        const kept = (await cache.match(name)) ?? (await fetch(name));
        if (!kept.ok) return;
        await cache.put(name, kept.clone());
        if (/\.(js|css)$/.test(name)) await keepNamed(cache, await kept.text(), seen, depth + 1);
      }),
  );
}

/** The chunks of the other application are named in shared code, too; they are not needed here. */
function isOurs(name) {
  return !/Page-|Mantine|mantine|index-/.test(name);
}

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin || url.pathname.startsWith("/api/")) return;
  if (event.request.mode === "navigate" && (url.pathname === PAGE || url.pathname.startsWith(`${PAGE}/`))) {
    event.respondWith(pageFirst(event.request));
  } else if (url.pathname.startsWith("/assets/") || FIXED.includes(url.pathname)) {
    event.respondWith(keptFirst(event.request));
  }
});

/** The newest page where there is a network within a few seconds, else the one that is kept. */
async function pageFirst(request) {
  const cache = await caches.open(SHELL);
  try {
    const fresh = await fetch(request, { signal: AbortSignal.timeout(6000) });
    if (fresh.ok) await cache.put(PAGE, fresh.clone());
    return fresh;
  } catch (error) {
    const kept = await cache.match(PAGE);
    if (kept) return kept;
    throw error;
  }
}

/** Names carry their content's hash: what is kept is what would come. */
async function keptFirst(request) {
  const cache = await caches.open(SHELL);
  const kept = await cache.match(request);
  if (kept) return kept;
  const fresh = await fetch(request);
  if (fresh.ok) await cache.put(request, fresh.clone());
  return fresh;
}
