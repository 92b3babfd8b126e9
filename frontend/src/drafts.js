// Nothing typed is lost: forms with data-draft-key are kept in this browser until they are sent, and leaving asks.
import { ask } from './confirm.js'
import { element, icon, onContent, store, text } from './page.js'

const PREFIX = 'zhike.draft.'
const DAYS = 7
const initial = new WeakMap()
const sending = new WeakSet()

// After this what was typed counts as not sent: the answer got lost.
const PATIENCE = 15_000

const watched = 'form[data-draft-key], form[data-ask-on-leave]'

function values(form) {
  const kept = {}
  for (const field of form.elements) {
    if (!field.name || field.disabled || ['password', 'hidden', 'file', 'submit', 'button'].includes(field.type) || field.matches('[data-no-draft]')) continue
    if (['checkbox', 'radio'].includes(field.type)) (kept[field.name] ??= []).push(...(field.checked ? [field.value] : []))
    else if (field.type === 'select-multiple') kept[field.name] = [...field.selectedOptions].map((option) => option.value)
    else kept[field.name] = field.value
  }
  return kept
}

const print = (form) => JSON.stringify(values(form))

/** Whether a watched form under `root` differs from what the server sent. */
export function hasChanges(root) {
  return [...root.querySelectorAll(watched)].some((form) => initial.has(form) && !sending.has(form) && initial.get(form) !== print(form))
}

/** Drop the changes of forms under `root`: the reader said so. */
export function forget(root) {
  for (const form of root.querySelectorAll(watched)) {
    initial.set(form, print(form))
    if (form.dataset.draftKey) store.drop(PREFIX + form.dataset.draftKey)
  }
}

function fill(form, kept) {
  for (const field of form.elements) {
    if (!(field.name in kept)) continue
    const value = kept[field.name]
    if (['checkbox', 'radio'].includes(field.type)) field.checked = value.includes(field.value)
    else if (field.type === 'select-multiple') for (const option of field.options) option.selected = value.includes(option.value)
    else field.value = value
    field.dispatchEvent(new Event('change', { bubbles: true }))
  }
}

function offer(form, draft) {
  const when = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: 'short', timeStyle: 'short' }).format(draft.at)
  const restore = element('button', { type: 'button', class: 'btn btn-sm' }, text('draft-restore'))
  const drop = element('button', { type: 'button', class: 'btn btn-sm btn-ghost' }, text('draft-drop'))
  const notice = element('div', { class: 'z-notice', role: 'status', 'data-draft-notice': true }, icon('history'), element('div', {}, element('p', {}, text('draft', { when })), element('div', { class: 'z-cluster' }, restore, drop)))
  restore.addEventListener('click', () => {
    fill(form, draft.values)
    notice.remove()
  })
  drop.addEventListener('click', () => {
    store.drop(PREFIX + form.dataset.draftKey)
    notice.remove()
  })
  form.prepend(notice)
}

function watch(root) {
  for (const form of root.querySelectorAll(watched)) {
    if (initial.has(form)) continue
    initial.set(form, print(form))
    const key = form.dataset.draftKey
    const draft = key && store.read(PREFIX + key)
    if (!draft) continue
    if (form.querySelector('[aria-invalid="true"]') || 'draftQuiet' in form.dataset) continue
    if (JSON.stringify(draft.values) !== initial.get(form)) offer(form, draft)
  }
}

function keep(form) {
  if (!form.dataset.draftKey) return
  if (print(form) === initial.get(form)) store.drop(PREFIX + form.dataset.draftKey)
  else store.write(PREFIX + form.dataset.draftKey, { at: Date.now(), values: values(form) })
}

function dropOld() {
  const limit = Date.now() - DAYS * 86_400_000
  for (const key of store.keys()) if (key.startsWith(PREFIX) && !((store.read(key)?.at ?? 0) > limit)) store.drop(key)
}

// A draft that was sent goes when the next page is one of the shell without that form, which is how success looks;
// an error page or the sign-in page keeps it.
function settleSent() {
  const key = sessionStorage.getItem('zhike.sent')
  sessionStorage.removeItem('zhike.sent')
  const failed = key && document.querySelector(`form[data-draft-key="${CSS.escape(key)}"]`)
  if (key && !failed && document.getElementById('drawer')) store.drop(PREFIX + key)
}

export function start() {
  dropOld()
  settleSent()
  onContent(watch)
  let timer
  document.addEventListener('input', ({ target }) => {
    const form = target.form
    if (!form?.matches(watched)) return
    clearTimeout(timer)
    timer = setTimeout(() => keep(form), 400)
  })
  document.addEventListener('change', ({ target }) => target.form?.matches(watched) && keep(target.form))
  document.addEventListener('submit', (event) => {
    const form = event.target
    if (form.matches('[data-sign-out]')) for (const key of store.keys()) if (key.startsWith(PREFIX)) store.drop(key)
    if (!form.matches(watched)) return
    keep(form)
    if (event.defaultPrevented) return
    sending.add(form)
    setTimeout(() => sending.delete(form), PATIENCE)
    if (form.dataset.draftKey) sessionStorage.setItem('zhike.sent', form.dataset.draftKey)
  })
  document.addEventListener('htmx:after:request', ({ detail: { ctx } }) => {
    const form = ctx.sourceElement?.closest?.(watched)
    if (form && ctx.request.method !== 'GET' && ctx.response.status < 400) {
      sending.add(form)
      if (form.dataset.draftKey) store.drop(PREFIX + form.dataset.draftKey)
    }
  })
  addEventListener('pageshow', (event) => {
    if (!event.persisted) return
    for (const form of document.querySelectorAll(watched)) sending.delete(form)
  })
  addEventListener('beforeunload', (event) => {
    if (hasChanges(document)) event.preventDefault()
  })
  document.addEventListener('click', async (event) => {
    const link = event.target.closest?.('a[data-cancel]')
    const form = link?.closest(watched)
    if (!form || !hasChanges(form.parentElement)) return
    event.preventDefault()
    if (!(await ask(text('leave'), { label: text('leave-label') }))) return
    forget(form.parentElement)
    location.assign(link.href)
  })
}
