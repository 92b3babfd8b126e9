// Drop-down menus are <details>: they open without script. Here: close outside, Escape, arrows; and the side menu.
import { setCookie } from './page.js'
import { follow } from './place.js'

function items(menu) {
  return [...menu.querySelectorAll('.z-menu__list :is(a[href], button:not(:disabled), input, select)')]
}

function closeAll(except = null) {
  for (const menu of document.querySelectorAll('details.z-menu[open]')) if (menu !== except && !menu.contains(except)) menu.open = false
}

const releases = new WeakMap()

// Inside something that scrolls, the list would be cut off: there it is placed on the screen instead.
function onToggle({ target: menu }) {
  if (!menu.matches?.('details.z-menu')) return
  releases.get(menu)?.()
  releases.delete(menu)
  const list = menu.querySelector('.z-menu__list')
  if (!menu.open || !menu.closest('.z-table-wrap, .z-modal__body, .z-drawer__body, .z-board')) return
  list.classList.add('is-placed')
  releases.set(menu, follow(list, menu.querySelector('summary'), { end: !list.matches('.is-start') }))
}

function onKey(event) {
  const menu = event.target.closest?.('details.z-menu')
  if (!menu) return
  if (event.key === 'Escape' && menu.open) {
    event.preventDefault()
    event.stopPropagation()
    menu.open = false
    menu.querySelector('summary').focus()
  }
  if (!['ArrowDown', 'ArrowUp', 'Home', 'End'].includes(event.key) || event.target.matches('input, select, textarea')) return
  if (!menu.open && event.target.matches('summary')) menu.open = true
  const all = items(menu)
  if (!menu.open || !all.length) return
  event.preventDefault()
  const at = all.indexOf(document.activeElement)
  const next = { ArrowDown: (at + 1) % all.length, ArrowUp: (at - 1 + all.length) % all.length, Home: 0, End: all.length - 1 }[event.key]
  all[next].focus()
}

/** Fold or unfold the side menu; the cookie lets the server render it so. */
export function fold() {
  const root = document.documentElement
  const folded = root.dataset.menu !== 'folded'
  root.dataset.menu = folded ? 'folded' : 'open'
  for (const button of document.querySelectorAll('[data-fold]')) button.setAttribute('aria-expanded', String(!folded))
  setCookie('zhike_menu', folded ? 'folded' : 'open')
}

function slide(open) {
  const side = document.getElementById('menu')
  if (!side) return
  side.classList.toggle('is-open', open)
  if (open) side.querySelector('a')?.focus()
  else document.querySelector('[data-menu-open]')?.focus()
}

export function start() {
  document.addEventListener('click', (event) => {
    closeAll(event.target.closest?.('details.z-menu'))
    if (event.target.closest?.('[data-fold]')) fold()
    if (event.target.closest?.('[data-menu-open]')) {
      event.preventDefault()
      slide(true)
    }
    if (event.target.closest?.('[data-menu-close]')) {
      event.preventDefault()
      slide(false)
    }
  })
  document.addEventListener('toggle', onToggle, true)
  document.addEventListener('keydown', onKey)
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && document.getElementById('menu')?.classList.contains('is-open')) slide(false)
  })
  document.addEventListener('focusout', (event) => {
    const menu = event.target.closest?.('details.z-menu[open]')
    if (menu && event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false
  })
}
