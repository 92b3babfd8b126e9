// Quick choices: button[data-fill="name"] puts its value into that field of its form and sends the form.
export function start() {
  document.addEventListener('click', (event) => {
    const button = event.target.closest?.('button[data-fill]')
    const field = button?.form?.elements[button.dataset.fill]
    if (!field) return
    field.value = button.value
    button.form.requestSubmit()
  })
}
