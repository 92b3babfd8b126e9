// Filters that send themselves: form[data-auto-submit], on change at once, while typing after a pause.
const PAUSE = 350

export function start() {
  let timer
  const send = (form) => {
    clearTimeout(timer)
    form.requestSubmit()
  }
  document.addEventListener('change', ({ target }) => {
    if (target.form?.matches('[data-auto-submit]') && !target.matches('[type=search], [type=text], [data-no-submit]')) send(target.form)
  })
  document.addEventListener('input', (event) => {
    const { target } = event
    if (event.isComposing || !target.form?.matches('[data-auto-submit]') || !target.matches('[type=search], [type=text]')) return
    clearTimeout(timer)
    timer = setTimeout(() => send(target.form), PAUSE)
  })
  document.addEventListener('compositionend', ({ target }) => target.form?.matches('[data-auto-submit]') && send(target.form))
  document.addEventListener('change', ({ target }) => {
    if (target.matches?.('select[data-go]') && target.value) location.assign(target.value)
  })
}
