// Messages that pass by. Those of the server stand in #toasts already; those of the page are added here.
import { element, icon, text } from './page.js'

const ICONS = { success: 'circle-check', error: 'alert-circle', warning: 'alert-triangle', info: 'info-circle' }
const TONES = { success: 'is-green', error: 'is-red', warning: 'is-amber', info: 'is-blue' }
const SECONDS = 6

function stack() {
  return document.getElementById('toasts')
}

// Showing the popover again lifts it above a dialog that was opened after it.
function lift() {
  const place = stack()
  if (!place?.showPopover) return
  if (place.matches(':popover-open')) place.hidePopover()
  if (place.children.length) place.showPopover()
}

function expire(item) {
  if (item.dataset.kind === 'error' || item.dataset.timed) return
  item.dataset.timed = 'yes'
  let timer
  const begin = () => (timer = setTimeout(() => remove(item), SECONDS * 1000))
  item.addEventListener('pointerenter', () => clearTimeout(timer))
  item.addEventListener('pointerleave', begin)
  begin()
}

function remove(item) {
  item.remove()
  lift()
}

/** Show one sentence. Errors stay until closed. */
export function toast(sentence, kind = 'info') {
  const place = stack()
  if (!place || !sentence) return
  for (const same of place.querySelectorAll('.z-toast')) if (same.querySelector('p')?.textContent === sentence) same.remove()
  const close = element('button', { type: 'button', 'data-close-toast': true, 'aria-label': text('close') }, icon('x'))
  const item = element('div', { class: `z-toast ${TONES[kind]}`, 'data-kind': kind, role: kind === 'error' ? 'alert' : 'status' }, icon(ICONS[kind]), element('p', {}, sentence), close)
  place.append(item)
  lift()
  expire(item)
}

export function start() {
  document.addEventListener('click', (event) => {
    const close = event.target.closest?.('[data-close-toast]')
    if (close) remove(close.closest('.z-toast'))
  })
  const settle = () => {
    for (const item of stack()?.children ?? []) expire(item)
    lift()
  }
  settle()
  document.addEventListener('htmx:after:swap', settle)
  document.addEventListener('zhike:toast', ({ detail }) => toast(detail?.text ?? detail?.value, detail?.kind))
  const offline = document.getElementById('offline')
  const showOffline = () => offline && (offline.hidden = navigator.onLine)
  addEventListener('offline', showOffline)
  addEventListener('online', showOffline)
  showOffline()
}
