// Editing a value where it stands: double-click, F2 or the pencil; Enter saves, Escape leaves, Tab goes on to the next one.
import { element, htmx, icon, text } from './page.js'

const PLACE = '[data-inline-place]'
const CONTROL = '.z-inline__row :is(input:not([type=hidden]), select, textarea)'
const wide = matchMedia('(min-width: 768px)')

// What stood in a place before its input did, and where Tab goes once it is saved.
const before = new WeakMap()
let next = null

// The fact whose pencil has the focus again once its page was read anew.
let edited = ''

function headOf(cell) {
  return cell.closest('table')?.tHead?.rows[0]?.cells[cell.cellIndex]
}

/** The address of a cell's input; none where its column or the whole list is not edited in place. */
function addressOf(cell) {
  const head = headOf(cell)
  const link = cell.closest('tr')?.querySelector('.z-cell-name a[data-drawer]')
  if (!wide.matches || !link || !head || !('editable' in head.dataset)) return null
  const asked = cell.closest('form')?.elements.query?.value ?? ''
  return `${new URL(link.href).pathname}inline/${head.dataset.column}/?${new URLSearchParams({ in: 'cell', list: asked })}`
}

function cellsOf(row) {
  return [...row.cells].filter((cell) => addressOf(cell))
}

function open(place, address) {
  if (place.querySelector('.z-inline')) return
  place.querySelector('.z-inline__pencil')?.remove()
  place.setAttribute('data-inline-place', '')
  edited = place.matches('dd') ? address : ''
  before.set(place, [...place.childNodes])
  htmx.ajax('GET', address, { target: place, swap: 'innerHTML' })
}

function openCell(cell) {
  const address = cell && addressOf(cell)
  if (address) open(cell, address)
}

function close(place) {
  const kept = before.get(place)
  if (kept) place.replaceChildren(...kept)
  before.delete(place)
  rest(place)
}

function rest(place) {
  const pencil = place.querySelector('a[data-inline]')
  if (!pencil) place.tabIndex = -1
  const rested = pencil ?? place
  rested.focus({ preventScroll: true })
}

/** The row as it is now: what else changed with the value shows it; the ticked box and what is being edited stay. */
function renew(place, fresh) {
  const row = place.closest('tr')
  const cells = [...(fresh.content.querySelector('tr')?.cells ?? [])]
  if (!row || cells.length !== row.cells.length) {
    htmx.trigger(document.body, 'zhike:changed')
    return
  }
  for (const [at, cell] of [...row.cells].entries()) {
    const now = cells[at]
    cell.querySelector('.z-inline__pencil')?.remove()
    if (cell.matches('.z-cell-select') || (cell !== place && cell.innerHTML === now.innerHTML)) continue
    if (cell !== place && cell.querySelector('.z-inline')) {
      before.set(cell, [...now.childNodes])
      continue
    }
    cell.className = now.className
    if (now.dataset.label) cell.dataset.label = now.dataset.label
    cell.replaceChildren(...now.childNodes)
    if (cell !== place) cell.classList.add('is-renewed')
  }
  row.classList.toggle('is-away', Boolean(row.querySelector('.z-row-note')))
  htmx.process(row)
  const stale = 'stale' in fresh.dataset && document.querySelector('[data-list-stale]')
  if (!stale) return
  stale.hidden = false
  row.closest('table').tFoot?.classList.add('is-stale')
}

function changed(form) {
  return [...form.elements].some((field) => {
    if (!field.name || field.type === 'hidden') return false
    if (['checkbox', 'radio'].includes(field.type)) return field.checked !== field.defaultChecked
    if (field.options) return [...field.options].some((option) => option.selected !== option.defaultSelected)
    return field.value !== field.defaultValue
  })
}

function neighbour(place, by) {
  if (!place.matches('td, th')) return null
  const cells = cellsOf(place.closest('tr'))
  return cells[cells.indexOf(place) + by] ?? null
}

function onFormKey(event, form) {
  const place = form.closest(PLACE)
  if (event.key === 'Escape' && !event.defaultPrevented) {
    event.preventDefault()
    event.stopPropagation()
    close(place)
  } else if (event.key === 'Enter' && (event.target.matches('select') || (event.target.matches('textarea') && (event.ctrlKey || event.metaKey)))) {
    event.preventDefault()
    form.requestSubmit()
  } else if (event.key === 'Tab') {
    const controls = [...form.querySelectorAll(CONTROL)].filter((control) => control.offsetParent)
    const last = event.shiftKey ? controls[0] : controls.at(-1)
    const cell = neighbour(place, event.shiftKey ? -1 : 1)
    if (event.target !== last || !cell) return
    event.preventDefault()
    if (changed(form)) {
      next = cell
      form.requestSubmit()
    } else {
      close(place)
      openCell(cell)
    }
  }
}

function onKey(event) {
  const form = event.target.closest?.('.z-inline')
  if (form) {
    onFormKey(event, form)
    return
  }
  const row = event.target.closest?.('[data-rows] tbody tr')
  if (!row || event.ctrlKey || event.metaKey || event.altKey) return
  const cell = event.target.closest('td, th')
  if (event.key === 'F2' || (event.key === 'Enter' && event.target === cell)) {
    event.preventDefault()
    openCell(addressOf(cell) ? cell : cellsOf(row)[0])
  } else if (['ArrowLeft', 'ArrowRight'].includes(event.key) && (event.target === cell || event.target.matches('a[data-drawer]'))) {
    const cells = cellsOf(row)
    const at = cells.indexOf(cell)
    const to = event.key === 'ArrowRight' ? cells[at + 1] : cells[at - 1]
    if (!to && at < 0) return
    event.preventDefault()
    if (to) rest(to)
    else if (event.key === 'ArrowLeft') row.querySelector('a[data-drawer]').focus()
  }
}

function onHover(event) {
  const cell = event.target.closest?.('[data-rows] tbody td')
  if (!cell || cell.querySelector('.z-inline, .z-inline__pencil') || !addressOf(cell)) return
  for (const old of document.querySelectorAll('button.z-inline__pencil')) old.remove()
  cell.append(element('button', { type: 'button', class: 'z-inline__pencil', tabindex: '-1', 'data-edit-cell': true, 'aria-label': text('edit-cell'), title: text('edit-cell') }, icon('pencil', 'is-small')))
}

function onSwap({ detail }) {
  const place = detail.ctx?.target
  if (!place?.matches?.(PLACE)) {
    const pencil = edited && document.querySelector(`a[data-inline="${edited}"]`)
    if (!pencil) return
    edited = ''
    pencil.focus({ preventScroll: true })
    return
  }
  const form = place.querySelector('.z-inline')
  if (form) {
    next = null
    const control = form.querySelector('[aria-invalid=true]') ?? [...form.querySelectorAll(CONTROL)].find((each) => each.offsetParent) ?? form.querySelector('[data-inline-cancel]')
    control?.focus()
    control?.select?.()
    return
  }
  before.delete(place)
  const fresh = place.querySelector('template[data-inline-row]')
  if (fresh) renew(place, fresh)
  const cell = next
  next = null
  if (place.matches('dd')) htmx.trigger(document.body, 'zhike:changed')
  else if (cell?.isConnected) openCell(cell)
  else rest(place)
}

export function start() {
  document.addEventListener('dblclick', (event) => {
    const cell = event.target.closest?.('[data-rows] tbody td')
    if (cell && !event.target.closest('a, button, input, select, textarea, .z-inline')) openCell(cell)
  })
  document.addEventListener('click', (event) => {
    if (event.target.closest?.('[data-edit-cell]')) openCell(event.target.closest('td'))
    const fact = event.target.closest?.('a[data-inline]')
    if (fact && wide.matches) {
      event.preventDefault()
      open(fact.closest('dd'), fact.dataset.inline)
    }
    const cancel = event.target.closest?.('[data-inline-cancel]')
    if (cancel) close(cancel.closest(PLACE))
  })
  document.addEventListener('pointerover', (event) => event.pointerType === 'mouse' && onHover(event))
  document.addEventListener('keydown', onKey)
  document.addEventListener('htmx:after:swap', onSwap)
}
