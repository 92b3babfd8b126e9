// Putting lines into order: [data-arrange] holds [data-arrange-item]s, dragged by mouse, pen and finger; buttons with
// data-arrange-step="up|down" do the same by keyboard. A change is told to the form, which asks for its preview.
// Without this script the buttons send the form. Items of one value of data-arrange-item change places among themselves.
import { dragging } from './dragging.js'

const SOURCE = '[data-arrange-item]'

function told(list) {
  list.dispatchEvent(new Event('change', { bubbles: true }))
  const items = [...list.querySelectorAll(SOURCE)]
  for (const [place, item] of items.entries()) {
    for (const button of item.querySelectorAll('[data-arrange-step]')) {
      button.disabled = button.dataset.arrangeStep === 'up' ? place === 0 : place === items.length - 1
    }
  }
}

function step(button) {
  const item = button.closest(SOURCE)
  const up = button.dataset.arrangeStep === 'up'
  const other = up ? item.previousElementSibling : item.nextElementSibling
  if (!other?.matches(SOURCE)) return
  up ? other.before(item) : other.after(item)
  told(item.parentElement)
  button.disabled ? item.querySelector('[data-arrange-step]:not(:disabled)')?.focus() : button.focus()
}

let marked = null

function mark(target) {
  marked?.classList.remove('is-target')
  marked = target
  marked?.classList.add('is-target')
}

const fits = (item, target) => Boolean(target) && target !== item && target.parentElement === item.parentElement && target.dataset.arrangeItem === item.dataset.arrangeItem

export function start() {
  dragging({
    scope: '[data-arrange]',
    source: SOURCE,
    target: SOURCE,
    over: (target, item) => mark(fits(item, target) ? target : null),
    drop: (item, target) => {
      mark(null)
      if (!fits(item, target)) return
      const down = item.compareDocumentPosition(target) & Node.DOCUMENT_POSITION_FOLLOWING
      down ? target.after(item) : target.before(item)
      told(item.parentElement)
    },
  })
  document.addEventListener('click', (event) => {
    const button = event.target.closest?.('[data-arrange-step]')
    if (!button) return
    event.preventDefault()
    step(button)
  })
}
