// htmx under our content policy: no evaluated strings, the CSRF token on every write, and errors as sentences.
import { csrfToken, htmx, text } from './page.js'
import { toast } from './toasts.js'

function Refused() {
  throw new Error('Zhike evaluates no script from attributes.')
}

htmx.registerExtension('zhike', { init: (api) => api.initSecurity(null, Refused, Refused) })

let waiting = 0

function showWaiting(change) {
  waiting = Math.max(0, waiting + change)
  document.documentElement.classList.toggle('is-waiting', waiting > 0)
}

document.addEventListener('htmx:config:request', ({ detail: { ctx } }) => {
  if (!['GET', 'HEAD'].includes(ctx.request.method)) ctx.request.headers['X-CSRFToken'] = csrfToken()
})
document.addEventListener('htmx:before:request', () => showWaiting(1))
document.addEventListener('htmx:finally:request', () => showWaiting(-1))

// A whole page where a piece was asked for is the sign-in page or a redirect: go there instead of nesting it.
document.addEventListener('htmx:before:swap', (event) => {
  const { ctx } = event.detail
  const raw = ctx.response?.raw
  if (!raw?.redirected || ctx.target === document.body || ctx.select) return
  if (!/^\s*<!doctype html/i.test(ctx.text ?? '')) return
  event.preventDefault()
  location.assign(raw.url)
})

document.addEventListener('htmx:response:error', ({ detail: { ctx } }) => {
  const status = ctx.response.status
  if (status === 409 || status === 422) return
  const key = { 403: 'forbidden', 404: 'gone', 413: 'too-large', 429: 'too-many' }[status] ?? (status >= 500 ? 'server' : 'refused')
  toast(text(key), 'error')
})

document.addEventListener('htmx:error', ({ detail: { ctx, error } }) => {
  if (!ctx) {
    console.error(error)
    return
  }
  toast(text(navigator.onLine && error?.name !== 'TypeError' ? 'slow' : 'unreachable'), 'error')
})
