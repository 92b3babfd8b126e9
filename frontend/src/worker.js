// The service worker: keeps the product's own files and one page that says the connection is gone. It never keeps what people
// read or write: pages and answers of the API belong to a person and may change his rights from one moment to the next.
const KEPT = 'zhike-1'
const OFFLINE = '/offline/'

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(KEPT).then((cache) => cache.add(new Request(OFFLINE, { credentials: 'omit', cache: 'reload' }))))
  self.skipWaiting()
})

self.addEventListener('activate', (event) => {
  event.waitUntil(caches.keys().then((names) => Promise.all(names.filter((name) => name !== KEPT).map((name) => caches.delete(name)))))
})

async function asset(request) {
  const cache = await caches.open(KEPT)
  try {
    const answer = await fetch(request)
    if (answer.ok) await cache.put(request, answer.clone())
    return answer
  } catch (problem) {
    const kept = await cache.match(request)
    if (kept) return kept
    throw problem
  }
}

self.addEventListener('fetch', (event) => {
  const { request } = event
  const address = new URL(request.url)
  if (request.method !== 'GET' || address.origin !== location.origin) return
  if (address.pathname.startsWith('/static/')) event.respondWith(asset(request))
  else if (request.mode === 'navigate') event.respondWith(fetch(request).catch(async () => (await caches.match(OFFLINE)) ?? Response.error()))
})
