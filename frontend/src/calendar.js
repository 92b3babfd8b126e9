// The calendar: a record dragged to another day gets that day, by an ordinary edit on the server; a refusal is said.
import { dragging } from './dragging.js'
import { csrfToken, htmx, text } from './page.js'
import { toast } from './toasts.js'

const SENTENCES = { 403: 'forbidden', 404: 'gone', 429: 'too-many' }

function mark(day) {
  for (const each of document.querySelectorAll('.z-calendar__day.is-over')) each.classList.remove('is-over')
  day?.classList.add('is-over')
}

async function move(item, day) {
  const address = `${item.closest('[data-calendar]').dataset.calendar}${item.dataset.item}/`
  const body = new URLSearchParams({ day: day.dataset.day, version: item.dataset.version })
  item.classList.add('is-waiting')
  try {
    const answer = await fetch(address, { method: 'POST', headers: { Accept: 'application/json', 'X-CSRFToken': csrfToken() }, body })
    const told = answer.headers.get('Content-Type')?.startsWith('application/json') ? await answer.json() : {}
    toast(told.text || text(SENTENCES[answer.status] ?? 'server'), answer.ok ? 'success' : 'error')
  } catch {
    toast(text('unreachable'), 'error')
  }
  item.classList.remove('is-waiting')
  // Moved or not, the calendar shows how things stand now.
  htmx.trigger(document.body, 'zhike:changed')
}

export function start() {
  dragging({
    scope: '[data-calendar]',
    source: '.z-calendar__item',
    target: '.z-calendar__day',
    over: mark,
    drop: (item, day) => day && day !== item.closest('.z-calendar__day') && move(item, day),
  })
}
