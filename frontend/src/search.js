// The search box: htmx brings the suggestions into its listbox, the arrows walk them, Enter opens.
export function search() {
  return {
    init() {
      this.box = this.$root.querySelector('input')
      this.list = this.$root.querySelector('.z-listbox')
      this.box.addEventListener('keydown', (event) => this.onKey(event))
      this.box.addEventListener('focus', () => this.show())
      this.box.addEventListener('input', () => this.box.value.trim() || this.hide())
      this.list.addEventListener('htmx:after:swap', () => this.show())
      this.$root.addEventListener('htmx:after:swap', () => this.show())
      this.$root.addEventListener('focusout', (event) => this.$root.contains(event.relatedTarget) || this.hide())
      this.list.addEventListener('pointerdown', (event) => event.preventDefault())
    },
    options() {
      return [...this.list.querySelectorAll('[role="option"]')]
    },
    show() {
      const open = document.activeElement === this.box && Boolean(this.box.value.trim()) && this.list.childElementCount > 0
      this.list.hidden = !open
      this.box.setAttribute('aria-expanded', String(open))
      if (open) this.mark(-1)
    },
    hide() {
      this.list.hidden = true
      this.box.setAttribute('aria-expanded', 'false')
      this.box.removeAttribute('aria-activedescendant')
    },
    mark(at) {
      this.options().forEach((option, index) => {
        option.id ||= `search-option-${index}`
        option.setAttribute('aria-selected', String(index === at))
        if (index === at) option.scrollIntoView({ block: 'nearest' })
      })
      if (at >= 0) this.box.setAttribute('aria-activedescendant', this.options()[at].id)
      else this.box.removeAttribute('aria-activedescendant')
    },
    onKey(event) {
      if (event.isComposing) return
      const all = this.options()
      const at = all.findIndex((option) => option.getAttribute('aria-selected') === 'true')
      if (event.key === 'Escape') {
        if (this.list.hidden) this.box.blur()
        this.hide()
      } else if ((event.key === 'ArrowDown' || event.key === 'ArrowUp') && all.length) {
        event.preventDefault()
        if (this.list.hidden) this.show()
        this.mark(event.key === 'ArrowDown' ? (at + 1) % all.length : (at - 1 + all.length) % all.length)
      } else if (event.key === 'Enter' && at >= 0 && !this.list.hidden) {
        event.preventDefault()
        all[at].click()
      }
    },
  }
}
