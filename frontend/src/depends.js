// A select whose options follow another: data-depends="#id_province" data-options-url="/regions/?parent={value}".
// The address answers with <option> elements; the present value is kept when it is still among them.
import { text } from './page.js'
import { toast } from './toasts.js'

async function refill(select, source) {
  const before = select.value
  const blank = select.querySelector('option[value=""]')?.cloneNode(true)
  const fill = (options) => {
    select.replaceChildren(...(blank ? [blank] : []), ...options)
    select.value = before
    if (select.selectedIndex < 0) select.value = ''
    select.disabled = !options.length
    select.dispatchEvent(new Event('change', { bubbles: true }))
  }
  if (!source.value) return fill([])
  select.disabled = true
  try {
    const answer = await fetch(select.dataset.optionsUrl.replace('{value}', encodeURIComponent(source.value)), { headers: { 'HX-Request': 'true' } })
    if (!answer.ok) throw new Error(answer.statusText)
    const made = document.createElement('template')
    made.innerHTML = `<select>${await answer.text()}</select>`
    fill([...made.content.querySelectorAll('option')].filter((option) => option.value))
  } catch {
    select.disabled = false
    toast(text('unreachable'), 'error')
  }
}

export function start() {
  document.addEventListener('change', ({ target }) => {
    if (!target.id || !target.matches?.('select, input')) return
    for (const select of document.querySelectorAll(`select[data-depends="#${CSS.escape(target.id)}"]`)) refill(select, target)
  })
  // Switch parts of a form on by the value of a field: data-shown-by="#id_kind" data-shown-for="company public".
  const show = (root) => {
    for (const part of root.querySelectorAll('[data-shown-by]')) {
      const source = document.querySelector(part.dataset.shownBy)
      if (source) part.hidden = !part.dataset.shownFor.split(' ').includes(source.type === 'checkbox' ? String(source.checked) : source.value)
    }
  }
  show(document)
  document.addEventListener('change', () => show(document))
  document.addEventListener('htmx:after:swap', () => show(document))
}
