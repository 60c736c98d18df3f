// Keeps the page itself, never what is in it, so that it opens without a network.
// Pages come from the network if it answers in time, files with a hash in their name from the cache.
const CACHE = "lair-1";
const PATIENCE = 3_000;
const MOST = 150;

self.addEventListener("install", (event) => {
  self.skipWaiting();
  // The first page of all was there before this was.
  const first = async () => {
    const answer = await fetch("/", { headers: { Accept: "text/html" } });
    if (answer.ok) await keep(answer);
  };
  event.waitUntil(first().catch(() => undefined));
});

self.addEventListener("activate", (event) => {
  const clean = async () => {
    for (const name of await caches.keys()) if (name !== CACHE) await caches.delete(name);
    await self.clients.claim();
  };
  event.waitUntil(clean());
});

// Keeps a page with all the parts that it may ask for later: each file names the next ones.
async function keep(answer) {
  const cache = await caches.open(CACHE);
  await cache.put("/", answer.clone());
  const html = await answer.text();
  const entry = /\/assets\/[^"]+\.js/.exec(html)?.[0];
  const done = `/kept?${entry}`;
  if (!entry || (await cache.match(done))) return;
  const names = (text) =>
    [...text.matchAll(/(?:assets\/|\.\/)([\w-]+\.(?:js|css))\b/g)].map((m) => `/assets/${m[1]}`);
  const all = new Set(names(html));
  for (const name of all) {
    const file = (await cache.match(name)) ?? (await fetch(name));
    if (!file.ok) continue;
    const copy = file.clone();
    if (name.endsWith(".js")) for (const next of names(await file.text())) all.add(next);
    await cache.put(name, copy);
  }
  await cache.put(done, new Response());
}

async function page(event) {
  const { request } = event;
  const cache = await caches.open(CACHE);
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(PATIENCE) });
    // All pages are the same file: one copy is enough.
    if (answer.ok) event.waitUntil(keep(answer.clone()).catch(() => undefined));
    return answer;
  } catch (error) {
    const kept = await cache.match("/");
    if (kept) return kept;
    throw error;
  }
}

async function asset(request) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) {
    await cache.put(request, answer.clone());
    const names = await cache.keys();
    // The oldest come first: files of versions that are gone.
    for (const old of names.slice(0, Math.max(0, names.length - MOST))) await cache.delete(old);
  }
  return answer;
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (url.pathname.startsWith("/assets/")) event.respondWith(asset(request));
  else if (
    request.mode === "navigate" &&
    !/^\/(api|ws|docs|openapi|asyncapi|health|ready|metrics)/.test(url.pathname)
  ) {
    event.respondWith(page(event));
  }
});
