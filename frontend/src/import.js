// The import: look again when the file was read or the rows are in, and choose the same for all values of a column.
const LOOK_EVERY = 1000

function watch() {
  const waiting = document.querySelector('[data-import-wait]')
  if (!waiting) return
  const timer = setInterval(() => {
    // job.html drops data-poll once the job is over.
    const job = waiting.querySelector('#job')
    if (!job || job.dataset.poll) return
    clearInterval(timer)
    if (waiting.dataset.importBegan) location.reload()
  }, LOOK_EVERY)
  if (waiting.querySelector('#job[data-poll]')) waiting.dataset.importBegan = '1'
}

function chooseForAll(button) {
  const place = button.dataset.importApply
  const wanted = document.querySelector(`[data-import-all="${CSS.escape(place)}"]`)?.value
  if (!wanted) return
  for (const select of document.querySelectorAll(`select[name^="do_${CSS.escape(place)}_"]`)) {
    select.value = wanted
    select.dispatchEvent(new Event('change', { bubbles: true }))
  }
}

export function start() {
  watch()
  document.addEventListener('click', (event) => {
    const button = event.target.closest('[data-import-apply]')
    if (button) chooseForAll(button)
  })
}
