// One question before what cannot be taken back: data-confirm on a form or its button, and hx-confirm.
import { text } from './page.js'

/** Ask in the shell's confirm dialog; resolves to true when the reader agrees. */
export function ask(sentence, { label = '', danger = false } = {}) {
  const dialog = document.getElementById('confirm')
  if (!dialog) return Promise.resolve(window.confirm(sentence))
  const agree = dialog.querySelector('[data-agree]')
  dialog.querySelector('[data-sentence]').textContent = sentence
  agree.textContent = label || text('confirm')
  agree.className = `btn ${danger ? 'btn-danger' : 'btn-primary'}`
  dialog.returnValue = ''
  dialog.showModal()
  return new Promise((resolve) => dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'), { once: true }))
}

export function start() {
  document.addEventListener(
    'submit',
    (event) => {
      const { target: form, submitter } = event
      const asking = submitter?.dataset.confirm ? submitter : form.dataset?.confirm ? form : null
      if (!asking || form.dataset.agreed) return
      event.preventDefault()
      event.stopImmediatePropagation()
      const options = { label: asking.dataset.confirmLabel || submitter?.textContent.trim(), danger: 'confirmDanger' in asking.dataset || submitter?.classList.contains('btn-danger') }
      ask(asking.dataset.confirm, options).then((agreed) => {
        if (!agreed) return
        form.dataset.agreed = 'yes'
        form.requestSubmit(submitter ?? undefined)
        delete form.dataset.agreed
      })
    },
    true,
  )
  document.addEventListener('htmx:confirm', (event) => {
    const { ctx, issueRequest, dropRequest } = event.detail
    event.preventDefault()
    ask(ctx.confirm, { label: ctx.sourceElement.dataset.confirmLabel }).then((agreed) => (agreed ? issueRequest() : dropRequest()))
  })
}
