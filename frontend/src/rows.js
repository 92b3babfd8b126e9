// Selecting rows: data-rows holds a list, .z-cell-select its boxes, data-select-all the one above, .z-bulk the verbs.
import { onContent } from './page.js'

let last = null

const boxes = (rows) => [...rows.querySelectorAll('tbody .z-cell-select input[type="checkbox"]')]

function show(rows) {
  const all = boxes(rows)
  const chosen = all.filter((box) => box.checked).length
  const head = rows.querySelector('[data-select-all]')
  if (head) {
    head.checked = chosen > 0 && chosen === all.length
    head.indeterminate = chosen > 0 && chosen < all.length
  }
  const bar = rows.querySelector('.z-bulk')
  if (!bar) return
  bar.classList.toggle('is-shown', chosen > 0)
  for (const count of bar.querySelectorAll('[data-selected-count]')) count.textContent = String(chosen)
  const matching = bar.querySelector('[data-matching]')
  if (!matching) return
  matching.hidden = chosen !== all.length
  if (matching.hidden) matching.querySelector('input').checked = false
}

function range(rows, box) {
  const all = boxes(rows)
  const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b)
  if (from < 0) return
  for (const each of all.slice(from, to + 1)) each.checked = box.checked
}

export function start() {
  onContent((root) => root.querySelectorAll('[data-rows]').forEach(show))
  document.addEventListener('click', (event) => {
    const box = event.target.closest?.('[data-rows] tbody .z-cell-select input')
    if (!box) {
      const clear = event.target.closest?.('[data-select-none]')
      if (clear) {
        const rows = clear.closest('[data-rows]')
        for (const each of boxes(rows)) each.checked = false
        show(rows)
      }
      return
    }
    if (event.shiftKey && last) range(box.closest('[data-rows]'), box)
    last = box
    show(box.closest('[data-rows]'))
  })
  document.addEventListener('change', ({ target }) => {
    const rows = target.closest?.('[data-rows]')
    if (!rows) return
    if (target.matches('[data-select-all]')) for (const box of boxes(rows)) box.checked = target.checked
    if (target.matches('[data-select-all], .z-cell-select input')) show(rows)
  })
  document.addEventListener(
    'scroll',
    ({ target }) => target.classList?.contains('z-table-wrap') && target.classList.toggle('is-scrolled', target.scrollLeft > 0),
    true,
  )
}
