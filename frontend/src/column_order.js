// Choosing columns: the arrows beside a column move it in place; its keeper (the name) stays ticked.
export function start() {
  document.addEventListener('click', (event) => {
    const button = event.target.closest?.('[data-columns-order] :is([name="up"], [name="down"])')
    if (!button) return
    event.preventDefault()
    const row = button.closest('.z-column-choices__row')
    const other = button.name === 'up' ? row.previousElementSibling : row.nextElementSibling
    if (!other?.matches('.z-column-choices__row')) return
    if (button.name === 'up') other.before(row)
    else other.after(row)
    button.focus()
  })
  document.addEventListener('change', ({ target }) => {
    if (target.matches?.('[data-columns-order] [data-kept]')) target.checked = true
  })
}
