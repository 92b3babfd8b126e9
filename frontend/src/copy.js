// One click copies: data-copy carries the text.
import { icon, text } from './page.js'
import { toast } from './toasts.js'

async function write(words) {
  if (navigator.clipboard) return navigator.clipboard.writeText(words)
  // Plain http on a company's own network has no clipboard; an old command still has.
  const area = document.createElement('textarea')
  area.value = words
  area.className = 'visually-hidden'
  document.body.append(area)
  area.select()
  const done = document.execCommand('copy')
  area.remove()
  if (!done) throw new Error('not copied')
}

export function start() {
  document.addEventListener('click', async (event) => {
    const button = event.target.closest?.('[data-copy]')
    if (!button) return
    event.preventDefault()
    event.stopPropagation()
    try {
      await write(button.dataset.copy)
    } catch {
      toast(text('copy-failed'), 'error')
      return
    }
    const old = button.querySelector('.z-icon')
    const done = icon('check')
    old?.replaceWith(done)
    button.classList.add('is-done')
    toast(text('copied', { text: button.dataset.copy }), 'success')
    setTimeout(() => {
      button.classList.remove('is-done')
      if (old) done.replaceWith(old)
    }, 1600)
  })
}
