// Ask again while somebody looks: data-poll="5" data-poll-url="/jobs/3/". The answer replaces the element; without
// data-poll in it, the asking ends.
import { htmx } from './page.js'

const LEAST = 2

export function start() {
  setInterval(() => {
    if (document.hidden || !navigator.onLine) return
    for (const element of document.querySelectorAll('[data-poll]')) {
      const seconds = Math.max(LEAST, Number(element.dataset.poll) || LEAST)
      const due = Number(element.dataset.pollDue || 0)
      if (!due) element.dataset.pollDue = String(Date.now() + seconds * 1000)
      if (!due || Date.now() < due || !element.checkVisibility?.()) continue
      element.dataset.pollDue = String(Date.now() + seconds * 1000)
      htmx.ajax('GET', element.dataset.pollUrl, { source: element, target: element, swap: 'outerHTML' })
    }
  }, 1000)
}
