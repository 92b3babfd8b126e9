// The bell: how many notifications are unread, asked again while the page is looked at; the newest ones when it is opened.
import { htmx } from './page.js'

const EVERY = 30_000
let tag = ''
let timer = 0

function show(bell, { unread, label }) {
  const count = bell.querySelector('[data-bell-count]')
  count.textContent = unread
  count.hidden = !unread
  bell.querySelector('[data-bell-label]').textContent = label
  bell.querySelector('summary').title = label
}

async function ask(bell) {
  if (document.hidden || !navigator.onLine) return
  try {
    const answer = await fetch(bell.dataset.bell, { headers: { Accept: 'application/json', ...(tag && { 'If-None-Match': tag }) }, cache: 'no-store', redirect: 'error' })
    if (answer.status !== 200) return
    tag = answer.headers.get('ETag') ?? ''
    show(bell, await answer.json())
  } catch {
    // The server is away, or the session is over: the next page says so.
  }
}

function again(bell) {
  clearInterval(timer)
  timer = setInterval(() => ask(bell), EVERY)
  ask(bell)
}

export function start() {
  const bell = document.querySelector('[data-bell]')
  if (!bell) return
  again(bell)
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) again(bell)
  })
  bell.addEventListener('toggle', () => {
    if (bell.open) htmx.ajax('GET', bell.dataset.newest, { source: bell, target: '#bell-list', swap: 'innerHTML' })
  })
}
