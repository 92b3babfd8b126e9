// Column widths: drag the edge of a heading, or Alt+arrow on it; remembered per list in this browser.
import { element, onContent, store, text } from './page.js'

const KEY = 'zhike.columns.'
const LEAST = 64

function heads(table) {
  return [...table.tHead.rows[0].cells]
}

function apply(table, widths) {
  const cells = heads(table)
  table.querySelector('colgroup[data-widths]')?.remove()
  if (!widths) {
    table.style.removeProperty('table-layout')
    table.style.removeProperty('width')
    return
  }
  const group = element('colgroup', { 'data-widths': true })
  let sum = 0
  for (const cell of cells) {
    const width = widths[cell.dataset.column] ?? (cell.matches('.z-cell-select') ? 40 : 140)
    const column = element('col')
    column.style.width = `${width}px`
    sum += width
    group.append(column)
  }
  // What is left over goes to the last column, so that the others keep exactly their width.
  if (sum < table.parentElement.clientWidth) group.lastElementChild.style.width = 'auto'
  table.prepend(group)
  table.style.tableLayout = 'fixed'
  table.style.width = `${Math.max(sum, table.parentElement.clientWidth)}px`
}

function measure(table) {
  return Object.fromEntries(heads(table).filter((cell) => cell.dataset.column).map((cell) => [cell.dataset.column, Math.round(cell.offsetWidth)]))
}

function resize(table, name, change) {
  const widths = { ...measure(table), ...store.read(KEY + table.dataset.columns) }
  widths[name] = Math.max(LEAST, Math.round(widths[name] + change))
  store.write(KEY + table.dataset.columns, widths)
  apply(table, widths)
}

function drag(event, table, head) {
  event.preventDefault()
  const grip = event.target
  const started = event.clientX
  const widths = measure(table)
  const width = widths[head.dataset.column]
  grip.setPointerCapture(event.pointerId)
  const move = (moved) => {
    widths[head.dataset.column] = Math.max(LEAST, Math.round(width + moved.clientX - started))
    apply(table, widths)
  }
  grip.addEventListener('pointermove', move)
  grip.addEventListener(
    'lostpointercapture',
    () => {
      grip.removeEventListener('pointermove', move)
      store.write(KEY + table.dataset.columns, widths)
    },
    { once: true },
  )
}

function prepare(root) {
  for (const table of root.querySelectorAll('table[data-columns]')) {
    if (table.dataset.gripped || !table.tHead || !table.offsetParent) continue
    table.dataset.gripped = 'yes'
    for (const head of heads(table)) {
      if (!head.dataset.column) continue
      const grip = element('span', { class: 'z-column-grip', title: text('column-width'), 'aria-hidden': 'true' })
      grip.addEventListener('pointerdown', (event) => drag(event, table, head))
      grip.addEventListener('dblclick', () => {
        store.drop(KEY + table.dataset.columns)
        apply(table, null)
      })
      head.append(grip)
    }
    const kept = store.read(KEY + table.dataset.columns)
    if (kept && matchMedia('(min-width: 768px)').matches) apply(table, kept)
  }
}

export function start() {
  onContent(prepare)
  document.addEventListener('keydown', (event) => {
    const head = event.target.closest?.('table[data-columns] th[data-column]')
    if (!head || !event.altKey || !['ArrowLeft', 'ArrowRight'].includes(event.key)) return
    event.preventDefault()
    resize(head.closest('table'), head.dataset.column, event.key === 'ArrowRight' ? 16 : -16)
  })
}
