// Files dropped on a record, or chosen, are sent one by one, each with its progress. Without script the form sends them together.
import { csrfToken, htmx, onContent, text } from './page.js'

const ready = new WeakSet()

function line(form, name) {
  const made = form.querySelector('[data-file-line]').content.firstElementChild.cloneNode(true)
  made.querySelector('[data-name]').textContent = name
  form.querySelector('[data-file-progress]').append(made)
  return made
}

function said(shown, sentence) {
  shown.querySelector('progress').remove()
  shown.querySelector('[data-said]').textContent = sentence
  shown.classList.add('is-refused')
}

function refusal(request) {
  try {
    return JSON.parse(request.responseText).refused.join(' ')
  } catch {
    return text(request.status === 413 ? 'too-large' : request.status === 403 ? 'forbidden' : request.status ? 'server' : 'unreachable')
  }
}

/** Send one file; resolves to whether it was taken. */
function send(form, file) {
  const shown = line(form, file.name)
  const body = new FormData()
  body.append('file', file)
  return new Promise((resolve) => {
    const request = new XMLHttpRequest()
    request.open('POST', form.action)
    request.setRequestHeader('Accept', 'application/json')
    request.setRequestHeader('X-CSRFToken', csrfToken())
    request.upload.addEventListener('progress', (event) => {
      if (event.lengthComputable) shown.querySelector('progress').value = (100 * event.loaded) / event.total
    })
    request.addEventListener('loadend', () => {
      const taken = request.status === 201
      if (taken) shown.remove()
      else said(shown, refusal(request))
      resolve(taken)
    })
    request.send(body)
  })
}

async function sendAll(form, files) {
  let taken = 0
  for (const file of files) taken += await send(form, file)
  // The page reads itself anew; what was refused stays readable, so only when nothing was.
  if (taken && taken === files.length) htmx.trigger(document.body, 'zhike:changed')

}

function prepare(place) {
  const form = place.querySelector('form')
  const input = form?.querySelector('input[type=file]')
  if (!input || ready.has(form)) return
  ready.add(form)
  input.addEventListener('change', () => {
    const files = [...input.files]
    input.value = ''
    sendAll(form, files)
  })
  const drop = form.querySelector('.z-files__drop')
  for (const name of ['dragenter', 'dragover']) {
    place.addEventListener(name, (event) => {
      if (!event.dataTransfer?.types.includes('Files')) return
      event.preventDefault()
      drop.classList.add('is-over')
    })
  }
  for (const name of ['dragleave', 'drop']) place.addEventListener(name, () => drop.classList.remove('is-over'))
  place.addEventListener('drop', (event) => {
    if (!event.dataTransfer?.files.length) return
    event.preventDefault()
    sendAll(form, [...event.dataTransfer.files])
  })
}

export function start() {
  onContent((root) => {
    for (const place of root.querySelectorAll('[data-upload-to]')) prepare(place)
  })
}
