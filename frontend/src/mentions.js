// @ and some letters in a textarea with data-mentions offer colleagues: by name, pinyin or username. Without script one
// types the name oneself. The textarea stays a text box; what is offered is its list (aria-controls, aria-activedescendant).
import { element, text } from './page.js'
import { follow } from './place.js'

// As the server reads a mention: not behind a letter (an e-mail address), and up to the next blank.
const TYPED = /(?<![\p{L}\p{N}_.@/])@([^\s@]{0,60})$/u
const LATER = 120

let open = null
let timer = 0
let asked = null
let serial = 0

function address(box) {
  const url = new URL(box.dataset.mentions, location.href)
  if (!url.searchParams.get('about')) url.searchParams.set('about', box.form?.elements.about?.value ?? '')
  return url
}

function typed(box) {
  if (box.selectionStart !== box.selectionEnd) return null
  const found = TYPED.exec(box.value.slice(0, box.selectionStart))
  return found && { words: found[1], from: found.index, to: box.selectionStart }
}

async function find(box, words) {
  const url = address(box)
  if (!url.searchParams.get('about')) return []
  url.searchParams.set('q', words)
  try {
    const answer = await fetch(url, { headers: { 'HX-Request': 'true' } })
    if (!answer.ok || answer.redirected) return []
    const made = document.createElement('template')
    made.innerHTML = `<select>${await answer.text()}</select>`
    return [...made.content.querySelectorAll('option')]
  } catch {
    return []
  }
}

function listOf(box) {
  const id = `mentions-${(serial += 1)}`
  const list = element('div', { class: 'z-listbox z-mentions', id, role: 'listbox', 'aria-label': text('people'), popover: 'manual' })
  box.after(list)
  box.setAttribute('aria-controls', id)
  // A press must not take the caret away; the click chooses.
  list.addEventListener('pointerdown', (event) => event.preventDefault())
  list.addEventListener('click', (event) => {
    const row = event.target.closest('[role="option"][data-at]')
    if (row) choose(Number(row.dataset.at))
  })
  return list
}

function row(list, option, at) {
  const made = element('div', { class: 'z-option', role: 'option', id: `${list.id}-${at}`, 'data-at': at, 'aria-selected': 'false' }, element('span', { class: 'z-option__title' }, option.textContent.trim()))
  if (option.dataset.note) made.append(element('span', { class: 'z-option__note' }, option.dataset.note))
  return made
}

/** A mention in what is no comment is told to nobody: say so where it is typed. */
function caution(box) {
  const kind = box.form?.elements.kind?.value
  return kind && kind !== 'comment' ? (box.dataset.mentionsElsewhere ?? '') : ''
}

function mark(at) {
  open.active = at
  const rows = [...open.list.querySelectorAll('[data-at]')]
  rows.forEach((each, index) => each.setAttribute('aria-selected', String(index === at)))
  rows[at].scrollIntoView({ block: 'nearest' })
  open.box.setAttribute('aria-activedescendant', rows[at].id)
}

function close() {
  asked = null
  clearTimeout(timer)
  if (!open) return
  const { box, list, release } = open
  open = null
  release()
  list.remove()
  box.removeAttribute('aria-activedescendant')
  box.removeAttribute('aria-controls')
}

async function offer(box) {
  const place = typed(box)
  if (!place) return close()
  const question = (asked = Symbol('question'))
  const found = await find(box, place.words)
  if (asked !== question || document.activeElement !== box) return
  close()
  if (!found.length) return
  const list = listOf(box)
  list.append(...found.map((option, at) => row(list, option, at)))
  const said = caution(box)
  if (said) list.append(element('div', { class: 'z-listbox__note', role: 'option', 'aria-disabled': 'true' }, said))
  list.showPopover()
  open = { box, list, found, place, active: 0, release: follow(list, box) }
  mark(0)
}

function choose(at) {
  const { box, found, place } = open
  const name = `@${found[at].value} `
  const rest = box.value.slice(place.to)
  close()
  box.focus()
  box.setRangeText(name, place.from, rest.startsWith(' ') ? place.to + 1 : place.to, 'end')
  // Drafts and growing boxes listen to it; the list stays closed behind the blank.
  box.dispatchEvent(new Event('input', { bubbles: true }))
}

function onKey(event) {
  if (!open || event.target !== open.box || event.isComposing) return
  const many = open.found.length
  const works = {
    ArrowDown: () => mark((open.active + 1) % many),
    ArrowUp: () => mark((open.active - 1 + many) % many),
    Enter: () => choose(open.active),
    Tab: () => choose(open.active),
    Escape: close,
  }
  const work = event.ctrlKey || event.metaKey || event.altKey || event.shiftKey ? null : works[event.key]
  if (!work) return
  event.preventDefault()
  event.stopPropagation()
  work()
}

export function start() {
  const later = (event) => {
    const box = event.target
    if (!box.matches?.('textarea[data-mentions]') || event.isComposing) return
    clearTimeout(timer)
    timer = setTimeout(() => offer(box), LATER)
  }
  document.addEventListener('input', later)
  document.addEventListener('compositionend', later)
  // Before anything else that Enter and Escape do in a form, a drawer or a dialog.
  document.addEventListener('keydown', onKey, true)
  document.addEventListener('click', (event) => open && event.target !== open.box && !open.list.contains(event.target) && close())
  document.addEventListener('focusout', (event) => open && event.target === open.box && close())
}
