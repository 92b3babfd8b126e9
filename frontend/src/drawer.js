// The drawer: a record's own page fetched into a panel. The address carries ?open=, so back, refresh and a sent link work.
import { ask } from './confirm.js'
import { plainClick } from './dialogs.js'
import { forget, hasChanges } from './drafts.js'
import { htmx, store, text } from './page.js'

const PATH = /^(\/[a-z0-9-]+)+\/\d+\/$/

const dialog = () => document.getElementById('drawer')

function withoutOpen(address) {
  const url = new URL(address, location.href)
  url.searchParams.delete('open')
  return url.pathname + url.search
}

let base = withoutOpen(location.href)

/** ?open=42 is a record of this list, ?open=/contacts/7/ one of another entity. */
function pathOf(open) {
  if (PATH.test(open)) return open
  return /^\d+$/.test(open ?? '') ? `${document.querySelector('[data-drawer-base]')?.dataset.drawerBase ?? location.pathname}${open}/` : null
}

function openOf(path) {
  const own = document.querySelector('[data-drawer-base]')?.dataset.drawerBase ?? location.pathname
  return path.startsWith(own) && /^\d+\/$/.test(path.slice(own.length)) ? path.slice(own.length, -1) : path
}

function links() {
  return [...document.querySelectorAll('a[data-drawer]')].filter((link) => !link.closest('dialog'))
}

function mark(path) {
  for (const row of document.querySelectorAll('.is-open')) if (row.matches('tr, .z-board__card')) row.classList.remove('is-open')
  const open = path && links().find((link) => new URL(link.href).pathname === path)
  open?.closest('tr, .z-board__card')?.classList.add('is-open')
  const steps = links().map((link) => new URL(link.href).pathname)
  const at = steps.indexOf(path)
  for (const button of dialog()?.querySelectorAll('[data-drawer-step]') ?? []) button.disabled = at < 0 || !(steps[at + Number(button.dataset.drawerStep)] || pageBeside(Number(button.dataset.drawerStep)))
}

function show(path) {
  const panel = dialog()
  const body = document.getElementById('drawer-body')
  panel.dataset.path = path
  panel.querySelector('[data-drawer-full]').href = path
  if (!panel.open) {
    body.replaceChildren(document.getElementById('skeleton').content.cloneNode(true))
    panel.showModal()
  }
  body.setAttribute('aria-busy', 'true')
  body.scrollTop = 0
  mark(path)
  htmx.ajax('GET', path, { target: '#drawer-body', swap: 'innerHTML', headers: { 'X-Zhike-Drawer': '1' } })
}

function addressFor(path) {
  const url = new URL(location.href)
  url.searchParams.set('open', openOf(path))
  return `${url.pathname}?${url.searchParams.toString().replaceAll('%2F', '/')}`
}

async function mayLeave() {
  const panel = dialog()
  if (!panel.open || !hasChanges(panel)) return true
  const agreed = await ask(text('leave'), { label: text('leave-label') })
  if (agreed) forget(panel)
  return agreed
}

async function go(path, replacing = false) {
  if (!(await mayLeave())) return
  const depth = history.state?.drawer ?? 0
  if (replacing) history.replaceState({ drawer: depth }, '', addressFor(path))
  else history.pushState({ drawer: depth + 1 }, '', addressFor(path))
  show(path)
}

async function close() {
  if (!(await mayLeave())) return
  const depth = history.state?.drawer ?? 0
  if (depth) {
    history.go(-depth)
    return
  }
  history.replaceState(null, '', base)
  sync()
}

function sync() {
  const panel = dialog()
  const path = pathOf(new URLSearchParams(location.search).get('open'))
  if (path && panel.dataset.path !== path) show(path)
  if (!path && panel.open) {
    panel.close()
    mark(null)
  }
  if (!path) delete panel.dataset.path
}

function onTraverse() {
  if (withoutOpen(location.href) === base) sync()
  else if (!history.state?.htmx) location.reload()
  else base = withoutOpen(location.href)
}

const typing = 'input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable=true]'

/** The record before or after; beyond the border of the page, the first or last one of the page beside it. */
function step(by) {
  const all = links().map((each) => new URL(each.href).pathname)
  const at = all.indexOf(dialog().dataset.path)
  if (at < 0) return
  if (all[at + by]) {
    go(all[at + by], true)
    return
  }
  const page = pageBeside(by)
  if (!page) return
  turning = by
  page.click()
}

const pageBeside = (by) => document.querySelector(`#list .z-list-foot a[rel=${by > 0 ? 'next' : 'prev'}]`)

// While the list turns its page for the drawer: which end of it comes next.
let turning = 0

export function start() {
  if (!dialog()) return
  document.addEventListener('click', (event) => {
    const link = event.target.closest?.('a[data-drawer]')
    if (link && plainClick(event)) {
      event.preventDefault()
      go(new URL(link.href).pathname)
      return
    }
    const stepper = event.target.closest?.('[data-drawer-step]')
    if (stepper) step(Number(stepper.dataset.drawerStep))
    if (event.target === dialog() || event.target.closest?.('#drawer [data-close-dialog]')) close()
  })
  dialog().addEventListener('cancel', (event) => {
    if (event.target !== dialog()) return
    event.preventDefault()
    close()
  })
  document.addEventListener('htmx:after:swap', ({ detail }) => {
    if (detail.ctx?.target?.id === 'drawer-body') {
      detail.ctx.target.removeAttribute('aria-busy')
      dialog().setAttribute('aria-label', detail.ctx.target.querySelector('h1, h2')?.textContent.trim() ?? '')
    } else if (turning && detail.ctx?.target?.id === 'list') {
      const next = turning > 0 ? links()[0] : links().at(-1)
      turning = 0
      if (next) go(new URL(next.href).pathname, true)
    } else if (dialog().open) mark(dialog().dataset.path)
  })
  document.addEventListener('keydown', (event) => {
    if (!dialog().open || !['j', 'k'].includes(event.key) || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return
    if (event.target.closest?.(typing) || store.read('zhike.keys.off') || document.querySelectorAll('dialog[open]').length > 1) return
    event.preventDefault()
    step(event.key === 'j' ? 1 : -1)
  })
  document.addEventListener('htmx:response:error', ({ detail }) => {
    if (detail.ctx.target?.id === 'drawer-body' && ![409, 422].includes(detail.ctx.response.status)) close()
  })
  document.addEventListener('htmx:before:history:restore', (event) => {
    if (withoutOpen(event.detail.path) === base) event.preventDefault()
  })
  for (const name of ['push', 'replace']) document.addEventListener(`htmx:after:history:${name}`, () => (base = withoutOpen(location.href)))
  addEventListener('popstate', onTraverse)
  sync()
}
