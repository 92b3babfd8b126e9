// Tells the server that a record was looked at, once it is shown: reading itself writes nothing.
import { csrfToken, onContent } from './page.js'

const told = new WeakSet()

function tell(shown) {
  if (told.has(shown)) return
  told.add(shown)
  const body = new URLSearchParams({ record: shown.dataset.viewed })
  // Nothing depends on it: a failure is passed over.
  fetch('/viewed/', { method: 'POST', body, headers: { 'X-CSRFToken': csrfToken() }, keepalive: true }).catch(() => {})
}

export function start() {
  onContent((root) => {
    for (const shown of root.querySelectorAll('[data-viewed]')) tell(shown)
  })
}
