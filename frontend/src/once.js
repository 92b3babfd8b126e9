// A form is sent once: a second press while the first is on its way would store the same thing twice.

// After this the reader may press again: the answer got lost, or was a file and no page.
const PATIENCE = 15_000
// An answer that comes sooner needs no sign that one waits for it.
const QUICK = 200
const sending = new WeakSet()
const pressed = new WeakMap()

function hold(form) {
  sending.add(form)
  form.classList.add('is-sending')
  setTimeout(() => sending.has(form) && pressed.get(form)?.classList.add('is-pressed'), QUICK)
}

function release(form) {
  sending.delete(form)
  form.classList.remove('is-sending')
  for (const button of form.querySelectorAll('.is-pressed')) button.classList.remove('is-pressed')
}

const formOf = ({ ctx }) => (ctx?.sourceElement?.matches?.('form') && ctx.request?.method !== 'GET' ? ctx.sourceElement : null)

export function start() {
  document.addEventListener(
    'submit',
    (event) => {
      if (!sending.has(event.target)) return
      event.preventDefault()
      event.stopImmediatePropagation()
    },
    true,
  )
  document.addEventListener('submit', (event) => {
    const { target: form, submitter } = event
    if (submitter) pressed.set(form, submitter)
    if (event.defaultPrevented || form.getAttribute('method')?.toLowerCase() !== 'post' || (submitter ?? form).closest('[data-download]')) return
    hold(form)
    setTimeout(() => release(form), PATIENCE)
  })
  document.addEventListener('htmx:before:request', ({ detail }) => {
    const form = formOf(detail)
    if (form) hold(form)
  })
  document.addEventListener('htmx:finally:request', ({ detail }) => {
    const form = formOf(detail)
    if (form) release(form)
  })
  addEventListener('pageshow', (event) => {
    if (event.persisted) document.querySelectorAll('form.is-sending').forEach(release)
  })
}
