// Dialogs: those in the page (data-open-dialog="id") and the one that a link fills with its own page (data-modal).
import { ask } from './confirm.js'
import { hasChanges, forget } from './drafts.js'
import { htmx, text } from './page.js'

/** Close a dialog, asking first when a form in it holds changes. Resolves to whether it closed. */
export async function closeDialog(dialog) {
  if (hasChanges(dialog) && !(await ask(text('leave'), { label: text('leave-label') }))) return false
  forget(dialog)
  dialog.close()
  return true
}

export function plainClick(event) {
  return event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey && !event.defaultPrevented
}

function openModal(link) {
  const dialog = document.getElementById('modal')
  if (!dialog) return false
  const body = document.getElementById('modal-body')
  dialog.removeAttribute('aria-labelledby')
  body.replaceChildren(document.getElementById('skeleton').content.cloneNode(true))
  if (!dialog.open) dialog.showModal()
  htmx.ajax('GET', link.href, { target: '#modal-body', swap: 'innerHTML', headers: { 'X-Zhike-Modal': '1' } })
  return true
}

export function start() {
  document.addEventListener('click', (event) => {
    const opener = event.target.closest?.('[data-open-dialog]')
    if (opener) {
      event.preventDefault()
      document.getElementById(opener.dataset.openDialog)?.showModal()
      return
    }
    const link = event.target.closest?.('a[data-modal]')
    if (link && plainClick(event) && openModal(link)) event.preventDefault()
    const closer = event.target.closest?.('[data-close-dialog]')
    const dialog = closer?.closest('dialog:not(#drawer)')
    if (dialog) {
      event.preventDefault()
      closeDialog(dialog)
    }
  })
  // A press that began and ended on the backdrop closes; a selection dragged out of a field does not.
  let pressed = null
  document.addEventListener('pointerdown', (event) => (pressed = event.target))
  document.addEventListener('click', (event) => {
    const dialog = event.target
    if (dialog === pressed && dialog.matches?.('dialog[open]:not(#drawer, #confirm)')) closeDialog(dialog)
  })
  document.addEventListener(
    'cancel',
    (event) => {
      if (!event.target.matches?.('dialog:not(#drawer, #confirm)')) return
      event.preventDefault()
      closeDialog(event.target)
    },
    true,
  )
  document.addEventListener('htmx:after:swap', ({ detail }) => {
    if (detail.ctx?.target?.id === 'modal-body' && document.getElementById('modal-title')) document.getElementById('modal').setAttribute('aria-labelledby', 'modal-title')
  })
  document.addEventListener('zhike:close', () => {
    const dialog = document.getElementById('modal')
    if (!dialog?.open) return
    forget(dialog)
    dialog.close()
  })
}
