// What every module needs from the page: its sentences, its sprite, and a call when new content appears.
import htmx from 'htmx.org/dist/htmx.esm.js'

/** A sentence of <template id="texts">, in the reader's language; {names} are filled from `values`. */
export function text(key, values = {}) {
  const found = document.getElementById('texts')?.content.querySelector(`[data-key="${key}"]`)
  const sentence = found?.textContent.trim() ?? ''
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole)
}

/** An icon of the sprite as an element. */
export function icon(name, extra = '') {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  svg.setAttribute('class', `z-icon ${extra}`.trim())
  svg.setAttribute('aria-hidden', 'true')
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use')
  use.setAttribute('href', `${document.body.dataset.sprite}#${name}`)
  svg.append(use)
  return svg
}

export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) if (value !== null && value !== false) made.setAttribute(name, value === true ? '' : value)
  made.append(...children)
  return made
}

/** Call `work(root)` now for the page and again for everything htmx swaps in. */
export function onContent(work) {
  work(document)
  document.addEventListener('htmx:after:swap', () => work(document))
}

export function csrfToken() {
  return document.querySelector('meta[name="csrf-token"]')?.content ?? ''
}

/** Remember a preference that the server reads when it renders. */
export function setCookie(name, value) {
  const secure = location.protocol === 'https:' ? '; secure' : ''
  document.cookie = `${name}=${value}; path=/; max-age=31536000; samesite=lax${secure}`
}

/** localStorage, which may be full or forbidden. */
export const store = {
  read(key) {
    try {
      return JSON.parse(localStorage.getItem(key))
    } catch {
      return null
    }
  },
  write(key, value) {
    try {
      localStorage.setItem(key, JSON.stringify(value))
    } catch {
      // A full or forbidden store only costs the convenience.
    }
  },
  drop(key) {
    try {
      localStorage.removeItem(key)
    } catch {
      // As above.
    }
  },
  keys() {
    try {
      return Object.keys(localStorage)
    } catch {
      return []
    }
  },
}

export { htmx }
