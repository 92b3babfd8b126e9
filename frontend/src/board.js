// The board: a card dropped in another column runs what that column means on the server; a refusal puts the card back.
import { forget } from './drafts.js'
import { dragging } from './dragging.js'
import { csrfToken, htmx, text } from './page.js'
import { toast } from './toasts.js'

const CARD = '.z-board__card'
const COLUMN = '.z-board__column'

// The card that is lifted by keyboard: where it came from, and what stood behind it.
let lifted = null

const columnOf = (card) => card.closest(COLUMN)
const nameOf = (card) => card.querySelector('.z-board__name a').textContent
const labelOf = (column) => column.querySelector('h2').textContent

function say(sentence) {
  const place = document.querySelector('[data-board-says]')
  if (place) place.textContent = sentence
}

function mark(column) {
  for (const each of document.querySelectorAll(`${COLUMN}.is-over`)) each.classList.remove('is-over')
  if (column && !('shut' in column.dataset)) column.classList.add('is-over')
}

function put(card, column, before = null) {
  const cards = column.querySelector('.z-board__cards')
  cards.insertBefore(card, before?.parentElement === cards ? before : cards.firstElementChild)
}

function address(board, card) {
  return `${board.dataset.board}${card.dataset.card}/?${board.dataset.asked}`
}

async function send(board, card, from, to) {
  const body = new URLSearchParams({ to, from, version: card.dataset.version })
  const answer = await fetch(address(board, card), {
    method: 'POST',
    headers: { Accept: 'application/json', 'X-CSRFToken': csrfToken(), 'X-Zhike-Modal': '1' },
    body,
  })
  const isOurs = answer.headers.get('Content-Type')?.startsWith('application/json')
  return { status: answer.status, moved: answer.ok && isOurs, ...(isOurs ? await answer.json() : {}) }
}

const SENTENCES = { 403: 'forbidden', 404: 'gone', 429: 'too-many' }

/** Bring the card there, and let the server have the last word. */
async function move(card, column, home) {
  const board = card.closest('.z-board')
  const from = home.column.dataset.column
  const hadFocus = card.contains(document.activeElement) // which a card loses when it is put elsewhere
  put(card, column)
  card.classList.add('is-waiting')
  let answer
  try {
    answer = await send(board, card, from, column.dataset.column)
  } catch {
    answer = { status: 0, text: text('unreachable') }
  }
  card.classList.remove('is-waiting')
  if (answer.asks) {
    put(card, home.column, home.before)
    if (hadFocus) card.querySelector('[data-lift]').focus()
    askMore(answer.asks)
    return
  }
  show(board, card, answer, home, hadFocus)
  const sentence = answer.text || text(SENTENCES[answer.status] ?? 'server')
  if (!answer.moved) toast(sentence, 'error')
  else toast(sentence, 'success')
  say(sentence)
}

function show(board, card, answer, home, hadFocus) {
  for (const [key, head] of Object.entries(answer.heads ?? {})) {
    const place = columnBy(board, key)?.querySelector('[data-head]')
    if (place) place.innerHTML = head
  }
  if (answer.status === 404) {
    card.remove()
    return
  }
  const column = answer.column == null ? home.column : (columnBy(board, answer.column) ?? home.column)
  if (!answer.moved && column === home.column) put(card, home.column, home.before)
  else if (columnOf(card) !== column) put(card, column)
  if (!answer.card) return
  card.insertAdjacentHTML('afterend', answer.card)
  const fresh = card.nextElementSibling
  card.remove()
  htmx.process(fresh)
  fresh.classList.add('is-new')
  if (hadFocus) fresh.querySelector('[data-lift]').focus()
}

const columnBy = (board, key) => [...board.querySelectorAll(COLUMN)].find((column) => column.dataset.column === key)

/** The verb's own form, in place, filled as far as the drop says; when it is sent the board reads itself anew. */
function askMore(content) {
  const dialog = document.getElementById('modal')
  const body = document.getElementById('modal-body')
  forget(dialog)
  body.innerHTML = content
  htmx.process(body)
  dialog.setAttribute('aria-labelledby', 'modal-title')
  if (!dialog.open) dialog.showModal()
  body.querySelector('[aria-invalid=true], .is-invalid, .z-form__fields :is(input, select, textarea):not([type=hidden])')?.focus()
}

// ---------------------------------------------------------------------------------------------------------- keyboard

function lift(card) {
  const column = columnOf(card)
  lifted = { card, column, home: { column, before: card.nextElementSibling } }
  card.classList.add('is-lifted')
  say(text('board-lifted', { card: nameOf(card), column: labelOf(column) }))
}

function settle() {
  lifted?.card.classList.remove('is-lifted')
  mark(null)
  lifted = null
}

function step(by) {
  const columns = [...lifted.card.closest('.z-board').querySelectorAll(`${COLUMN}:not([data-shut])`)]
  const all = [...lifted.card.closest('.z-board').querySelectorAll(COLUMN)]
  const at = all.indexOf(lifted.column)
  const next = by > 0 ? columns.find((each) => all.indexOf(each) > at) : columns.findLast((each) => all.indexOf(each) < at)
  if (!next) return
  lifted.column = next
  mark(next)
  const active = lifted.card.querySelector('[data-lift]')
  put(lifted.card, next, next === lifted.home.column ? lifted.home.before : null)
  active.focus()
  next.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  say(text('board-over', { column: labelOf(next) }))
}

function back() {
  const { card, home } = lifted
  put(card, home.column, home.before)
  settle()
  card.querySelector('[data-lift]').focus()
  say(text('board-back', { card: nameOf(card), column: labelOf(home.column) }))
}

function dropLifted() {
  const { card, column, home } = lifted
  settle()
  if (column === home.column) {
    put(card, home.column, home.before)
    card.querySelector('[data-lift]').focus()
    say(text('board-back', { card: nameOf(card), column: labelOf(column) }))
  } else move(card, column, home)
}

function onKey(event) {
  if (lifted) {
    if (!lifted.card.isConnected) {
      lifted = null
      return
    }
    const works = { ArrowRight: () => step(1), ArrowLeft: () => step(-1), Enter: dropLifted, ' ': dropLifted, Escape: back }
    const work = works[event.key]
    if (work) {
      event.preventDefault()
      event.stopPropagation()
      work()
    } else if (event.key === 'Tab') back()
    return
  }
  const card = event.target.closest?.(CARD)
  if (!card || event.ctrlKey || event.metaKey || event.altKey) return
  const onGrip = event.target.matches('[data-lift]')
  if ((onGrip && ['Enter', ' '].includes(event.key)) || (event.key === ' ' && event.target.matches('[data-drawer]'))) {
    event.preventDefault()
    if (!onGrip) card.querySelector('[data-lift]').focus()
    lift(card)
  }
}

// After the whole board was read anew, it stands where it was scrolled to.
let scrolled = 0

export function start() {
  dragging({
    scope: '.z-board[data-board]',
    source: CARD,
    target: COLUMN,
    scroller: (card) => card.closest('.z-board'),
    over: mark,
    drop(card, column) {
      const home = { column: columnOf(card), before: card.nextElementSibling }
      if (!column || column === home.column || 'shut' in column.dataset) return
      move(card, column, home)
    },
  })
  document.addEventListener('keydown', onKey, true)
  document.addEventListener('focusout', (event) => lifted && event.target === lifted.card.querySelector('[data-lift]') && event.relatedTarget && back())
  document.addEventListener('htmx:before:swap', ({ detail }) => {
    if (detail.ctx?.target?.id === 'list') scrolled = document.querySelector('.z-board')?.scrollLeft ?? 0
  })
  document.addEventListener('htmx:after:swap', () => {
    const board = document.querySelector('.z-board[data-board]')
    if (board && scrolled) board.scrollLeft = scrolled
    scrolled = 0
  })
}
