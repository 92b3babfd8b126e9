// The calendar: what is dragged to another day or hour, or stretched, is changed by an ordinary edit on the server; a refusal is
// said. An empty hour leads to a form for something new.
import { dragging } from './dragging.js'
import { csrfToken, element, htmx, onContent, setCookie, store, text } from './page.js'
import { toast } from './toasts.js'

const QUARTERS = 96
const LEAST = 2
const SENTENCES = { 403: 'forbidden', 404: 'gone', 429: 'too-many' }
const PLACES = '[data-calendar] :is([data-track], [data-whole], .z-calendar__day)'

const dayOf = (place) => place.closest('[data-day]').dataset.day
const isTrack = (place) => place?.matches('[data-track]') && getComputedStyle(place).display === 'grid'
const clock = (quarter) => `${String(Math.floor(quarter / 4) % 24).padStart(2, '0')}:${String((quarter % 4) * 15).padStart(2, '0')}`
const between = (value, least, most) => Math.min(Math.max(value, least), most)

/** Which quarter of an hour lies at that height of a day. */
function quarterAt(track, y) {
  const box = track.getBoundingClientRect()
  return between(Math.round(((y - box.top) / box.height) * QUARTERS), 0, QUARTERS)
}

async function send(item, changes) {
  const body = new URLSearchParams({ version: item.dataset.version, ...changes })
  item.classList.add('is-waiting')
  try {
    const answer = await fetch(item.dataset.move, { method: 'POST', headers: { Accept: 'application/json', 'X-CSRFToken': csrfToken() }, body })
    const told = answer.headers.get('Content-Type')?.startsWith('application/json') ? await answer.json() : {}
    toast(told.text || text(SENTENCES[answer.status] ?? 'server'), answer.ok ? 'success' : 'error')
  } catch {
    toast(text('unreachable'), 'error')
  }
  item.classList.remove('is-waiting')
  // Moved or not, the calendar shows how things stand now.
  htmx.trigger(document.body, 'zhike:changed')
}

// ------------------------------------------------------------------------------------------------------------- dragging

const shadow = element('div', { class: 'z-hours__ghost', 'aria-hidden': 'true' })

/** Show in a day's hours what letting go would give; without a place nothing. */
function outline(track, begins, ends, words) {
  if (!track) {
    shadow.remove()
    return
  }
  shadow.className = `z-hours__ghost z-at-${begins} z-for-${ends - begins}`
  shadow.textContent = words
  if (shadow.parentElement !== track) track.append(shadow)
}

function mark(place) {
  for (const each of document.querySelectorAll('[data-calendar] .is-over:not(.z-calendar__item)')) each.classList.remove('is-over')
  place?.classList.add('is-over')
}

const scroller = (item) => item.closest('[data-hours]')

/** Where a block would begin whose upper edge hangs there. */
function landing(item, track, point) {
  const length = Number(item.dataset.quarters ?? LEAST)
  const begins = between(quarterAt(track, item.dataset.quarters ? point.y - point.dy : point.y - 6), 0, QUARTERS - Math.min(length, QUARTERS))
  return { begins, ends: Math.min(begins + length, QUARTERS) }
}

function moving() {
  dragging({
    scope: '[data-calendar]',
    source: '[data-move]',
    target: PLACES,
    except: '[data-stretch]',
    follows: true,
    scroller,
    over(place, item, point) {
      const onHours = isTrack(place) && 'timed' in item.dataset
      mark(onHours ? null : place)
      if (!onHours) return outline(null)
      const { begins, ends } = landing(item, place, point)
      return outline(place, begins, ends, `${clock(begins)} ${item.querySelector('.z-calendar__name').textContent}`)
    },
    drop(item, place, point) {
      outline(null)
      if (!place) return
      const changes = { day: dayOf(place) }
      if (isTrack(place) && 'timed' in item.dataset) changes.time = clock(landing(item, place, point).begins)
      else if (place.matches('[data-whole]') && item.dataset.timed === 'free') changes.time = 'none'
      const stays = dayOf(item) === changes.day
      if (stays && (!changes.time || (changes.time === 'none' && !item.dataset.quarters) || changes.time === clock(Number(item.dataset.at)))) return
      send(item, changes)
    },
  })
}

function stretching() {
  const part = (edge, point) => {
    const item = edge.closest('[data-move]')
    const begins = Number(item.dataset.at)
    const track = item.closest('[data-track]')
    return { item, track, begins, ends: between(quarterAt(track, point.y), begins + 1, QUARTERS) }
  }
  dragging({
    scope: '[data-hours]',
    source: '[data-stretch]',
    target: PLACES,
    follows: true,
    ghost: false,
    scroller,
    over(_place, edge, point) {
      const { track, begins, ends } = part(edge, point)
      outline(track, begins, ends, `${clock(begins)}–${clock(ends)}`)
    },
    drop(edge, place, point) {
      outline(null)
      const { item, begins, ends } = part(edge, point)
      if (place && ends - begins !== Number(item.dataset.quarters)) send(item, { day: dayOf(item), until: clock(ends) })
    },
  })
}

// ---------------------------------------------------------------------------------------------------------- empty hours

/** The slot's address with other times: its first moment is the beginning, its second one the end. */
function addressFor(slot, begins, ends) {
  const url = new URL((slot.dataset.url ??= slot.href))
  const times = [begins, ends]
  for (const [name, value] of [...url.searchParams]) {
    if (/T\d\d:\d\d$/.test(value) && times.length) url.searchParams.set(name, value.replace(/T.*/, `T${clock(times.shift())}`))
  }
  return url.href
}

function openModal(href) {
  const link = element('a', { href, 'data-modal': true, hidden: true })
  document.body.append(link)
  link.click()
  link.remove()
}

function choosing() {
  const part = (slot, point) => {
    const track = slot.closest('[data-track]')
    const [one, other] = [quarterAt(track, point.fromY - 6), quarterAt(track, point.y)]
    const begins = between(Math.min(one, other), 0, QUARTERS - 1)
    return { track, begins, ends: Math.max(one, other, begins + 1) }
  }
  dragging({
    scope: '[data-hours]',
    source: '[data-slot]',
    target: PLACES,
    follows: true,
    ghost: false,
    scroller,
    over(_place, slot, point) {
      const { track, begins, ends } = part(slot, point)
      outline(track, begins, ends, `${clock(begins)}–${clock(ends)}`)
    },
    drop(slot, place, point) {
      outline(null)
      const { begins, ends } = part(slot, point)
      if (place) setTimeout(() => openModal(addressFor(slot, begins, Math.min(ends, QUARTERS - 1))), 0)
    },
  })
  document.addEventListener(
    'click',
    (event) => {
      const slot = event.target.closest?.('[data-slot]')
      if (!slot) return
      // A click means the half hour that it hits, the Enter key the whole hour.
      const begins = Number(slot.className.match(/z-at-(\d+)/)[1]) + (event.detail && event.offsetY > slot.offsetHeight / 2 ? 2 : 0)
      slot.href = addressFor(slot, begins, Math.min(begins + LEAST, QUARTERS - 1))
    },
    true,
  )
}

const STEPS = { ArrowDown: [0, 1], ArrowUp: [0, -1], ArrowRight: [1, 0], ArrowLeft: [-1, 0] }

/** One of the empty hours is reached by Tab, the others from it by the arrow keys. */
function walk(slot, [days, hours]) {
  const tracks = [...slot.closest('[data-hours]').querySelectorAll('[data-track]')]
  const at = tracks.indexOf(slot.closest('[data-track]')) + days
  const hour = [...slot.closest('[data-track]').querySelectorAll('[data-slot]')].indexOf(slot) + hours
  const next = tracks[at]?.querySelectorAll('[data-slot]')[hour]
  if (!next) return
  slot.tabIndex = -1
  next.tabIndex = 0
  next.focus({ preventScroll: true })
  next.scrollIntoView({ block: 'nearest' })
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return
  const slot = event.target.closest?.('[data-slot]')
  if (slot && STEPS[event.key]) {
    event.preventDefault()
    walk(slot, STEPS[event.key])
    return
  }
  const item = event.target.closest?.('[data-calendar] [data-move]')
  if (!item || event.key.toLowerCase() !== 'm' || store.read('zhike.keys.off') || document.querySelector('dialog[open]')) return
  event.preventDefault()
  openModal(item.dataset.move)
}

// ------------------------------------------------------------------------------------------------------------ the hours

/** The line of the present moment goes on while the page stays open. */
function tick() {
  const line = document.querySelector('[data-now]')
  if (!line) return
  line.dataset.since ??= Date.now()
  const minutes = Number(line.dataset.now) + (Date.now() - Number(line.dataset.since)) / 60000
  if (minutes >= 24 * 60) return
  const quarter = Math.floor(minutes / 15)
  line.className = `z-hours__now z-at-${quarter}`
  line.style.transform = `translateY(${((minutes / 15 - quarter) * line.parentElement.offsetHeight) / QUARTERS}px)`
}

// Where the hours were scrolled to, and what had the focus, before the calendar was read anew.
let left = null

/** What was moved by keyboard keeps the focus where it went. */
function refocus() {
  if (!left?.focused || document.activeElement !== document.body) return
  document.querySelector(`[data-move="${left.focused}"] a`)?.focus({ preventScroll: true })
  left.focused = null
}

function prepare() {
  refocus()
  const hours = document.querySelector('[data-hours]')
  if (!hours || hours.dataset.prepared) return
  hours.dataset.prepared = '1'
  const first = hours.querySelector('.z-hours__label.is-first')
  const scale = hours.closest('[data-scale]')?.dataset.scale
  if (left && left.scale === scale) hours.scrollTop = left.top
  else if (first) hours.scrollTop = (Number(first.className.match(/z-at-(\d+)/)[1]) / QUARTERS) * first.parentElement.offsetHeight - 10
  const track = hours.querySelector('.is-today [data-track]') ?? hours.querySelector('[data-track]')
  const slots = track?.querySelectorAll('[data-slot]')
  if (slots?.length) slots[8].tabIndex = 0
  tick()
}

export function start() {
  moving()
  stretching()
  choosing()
  document.addEventListener('keydown', onKey)
  document.addEventListener('click', (event) => {
    const scale = event.target.closest?.('[data-scale-name]')
    const name = scale?.closest('[data-scale-cookie]')?.dataset.scaleCookie
    if (name) setCookie(name, scale.dataset.scaleName)
  })
  document.addEventListener('htmx:before:swap', () => {
    const hours = document.querySelector('[data-hours]')
    const focused = document.activeElement?.closest('[data-calendar] [data-move]')?.dataset.move
    left = { top: hours?.scrollTop ?? 0, scale: hours?.closest('[data-scale]')?.dataset.scale, focused: focused ?? left?.focused }
  })
  onContent(prepare)
  setInterval(tick, 30000)
}
