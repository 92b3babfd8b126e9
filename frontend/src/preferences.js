// Theme and row height change at once; the server learns of them by the same form or cookie that works without script.
import { csrfToken, setCookie } from './page.js'

function press(button) {
  for (const each of button.parentElement.querySelectorAll('[aria-pressed]')) each.setAttribute('aria-pressed', String(each === button))
}

export function start() {
  document.addEventListener('submit', (event) => {
    const form = event.target.closest?.('form[data-theme-form]')
    const button = event.submitter
    if (!form || !button) return
    event.preventDefault()
    document.documentElement.dataset.bsTheme = button.value || 'auto'
    press(button)
    fetch(form.action, { method: 'POST', headers: { 'X-CSRFToken': csrfToken() }, body: new URLSearchParams({ theme: button.value }), redirect: 'manual' }).catch(() => {})
  })
  document.addEventListener('click', (event) => {
    const button = event.target.closest?.('[data-density-choice]')
    if (!button) return
    document.documentElement.dataset.density = button.dataset.densityChoice
    setCookie('zhike_density', button.dataset.densityChoice)
    press(button)
  })
}
