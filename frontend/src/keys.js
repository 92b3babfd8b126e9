// Keyboard: / or Ctrl+K searches, c creates, ? helps, j and k walk the list, x selects. Single keys can be switched off.
import { store } from './page.js'

const OFF = 'zhike.keys.off'

function typing(target) {
  return target.closest?.('input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable=true]')
}

function focusSearch() {
  const box = document.getElementById('search')
  if (!box?.offsetParent) {
    const page = document.querySelector('[data-search-page]')
    if (page) location.assign(page.href)
    return
  }
  box.focus()
  box.select()
}

function walk(step) {
  const links = [...document.querySelectorAll('[data-rows] tbody :is(a[data-drawer], .z-cell-name a)')].filter((link, at, all) => all.indexOf(link) === at)
  if (!links.length) return
  const row = document.activeElement?.closest?.('tr')
  const at = links.findIndex((link) => link === document.activeElement || (row && link.closest('tr') === row))
  const next = links[Math.min(Math.max(at + step, 0), links.length - 1)]
  next.focus()
  next.scrollIntoView({ block: 'nearest' })
}

const keys = {
  '/': focusSearch,
  c: () => {
    const menu = document.getElementById('quick-create')
    if (!menu) return
    menu.open = true
    menu.querySelector('a')?.focus()
  },
  '?': () => document.getElementById('keys')?.showModal(),
  j: () => walk(1),
  k: () => walk(-1),
  x: () => document.activeElement?.closest?.('tr')?.querySelector('.z-cell-select input')?.click(),
}

export function start() {
  document.addEventListener('keydown', (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === 'k') {
      event.preventDefault()
      focusSearch()
      return
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return
    if (store.read(OFF) || document.querySelector('dialog[open]')) return
    const work = keys[event.key]
    if (!work) return
    event.preventDefault()
    work()
  })
  const box = document.querySelector('[data-keys-switch]')
  if (!box) return
  box.checked = !store.read(OFF)
  box.addEventListener('change', () => (box.checked ? store.drop(OFF) : store.write(OFF, true)))
}
