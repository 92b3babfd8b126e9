// A preview beside a form of the settings: form[data-look="input|change"] is sent to be looked at, and the answer fills #preview.
import { csrfToken } from './page.js'

const PAUSE = 300
let timer = null
let asked = 0

async function look(form) {
  const place = document.querySelector('#preview')
  if (!place) return
  const mine = ++asked
  const content = new FormData(form)
  content.set('preview', '1')
  try {
    const answer = await fetch(location.href, { method: 'POST', body: content, headers: { 'HX-Request': 'true', 'X-CSRFToken': csrfToken() } })
    // An answer that was overtaken, or is a whole page (signed out), is not shown.
    if (!answer.ok || answer.redirected || mine !== asked) return
    place.innerHTML = await answer.text()
  } catch {
    // Away for a moment: the preview stays as it was, and saving says what is wrong.
  }
}

export function start() {
  for (const kind of ['input', 'change']) {
    document.addEventListener(kind, ({ target }) => {
      const form = target.closest?.('form[data-look]')
      if (!form || (kind === 'input' && form.dataset.look === 'change')) return
      clearTimeout(timer)
      timer = setTimeout(() => look(form), PAUSE)
    })
  }
}
