// Search-select. The native <select> stays in the form and works without script; with script a text box stands in front
// of it. data-options-url?q=… answers with <option value> elements (data-note for a second line); without it, the
// select's own options are filtered. With `multiple`, choices become chips, in the colour of `data-tone`; with `data-makes` what
// is typed and not there yet may be chosen as well.
import { element, icon, text } from './page.js'
import { follow } from './place.js'

// A short list is quicker as the plain select it is.
const LONG = 12
// What ends a word where several are typed.
const ENDS = /[,，;；、|]/

let serial = 0

function wanted(select) {
  if (select.disabled || select.dataset.enhanced || select.dataset.depends) return false
  return 'combobox' in select.dataset || Boolean(select.dataset.optionsUrl) || select.multiple || select.options.length > LONG
}

export function combobox() {
  return {
    init() {
      this.select = this.$root.querySelector('select')
      if (!this.select || !wanted(this.select)) return
      this.select.dataset.enhanced = 'yes'
      this.id = `combobox-${(serial += 1)}`
      this.active = -1
      this.found = []
      this.build()
      this.render()
      this.listen()
    },
    build() {
      const { select } = this
      const label = select.labels?.[0]
      this.input = element('input', { type: 'text', class: 'z-combobox__input', id: `${this.id}-input`, role: 'combobox', autocomplete: 'off', spellcheck: 'false', 'aria-autocomplete': 'list', 'aria-expanded': 'false', 'aria-controls': `${this.id}-list`, 'aria-describedby': select.getAttribute('aria-describedby'), 'aria-invalid': select.getAttribute('aria-invalid'), 'aria-required': select.required ? 'true' : null, 'aria-label': label ? null : select.getAttribute('aria-label') })
      if (label) {
        label.id ||= `${this.id}-label`
        this.input.setAttribute('aria-labelledby', label.id)
        label.htmlFor = this.input.id
      }
      this.box = element('div', { class: 'z-combobox__box' }, this.input)
      if (select.getAttribute('aria-invalid') === 'true') this.box.classList.add('is-invalid')
      this.list = element('div', { class: 'z-listbox', id: `${this.id}-list`, role: 'listbox', 'aria-label': text('options'), popover: 'manual' })
      this.clear = element('button', { type: 'button', class: 'z-combobox__clear', 'aria-label': text('clear'), tabindex: '-1' }, icon('x', 'is-small'))
      select.hidden = true
      // A hidden required select cannot show the browser's own message; the server's stands beside the field.
      select.required = false
      this.$root.append(this.box, this.clear, icon('chevron-down', 'is-small z-combobox__arrow'), this.list)
    },
    listen() {
      const { input, select } = this
      this.box.addEventListener('pointerdown', (event) => event.target === this.box && setTimeout(() => input.focus()))
      input.addEventListener('focus', () => input.select())
      input.addEventListener('click', () => this.open(''))
      input.addEventListener('input', (event) => event.isComposing || this.typed())
      input.addEventListener('compositionend', () => this.typed())
      input.addEventListener('keydown', (event) => this.onKey(event))
      input.addEventListener('blur', () => {
        if ('makes' in select.dataset && this.shown()) this.take(input.value.trim())
        this.close()
      })
      this.list.addEventListener('pointerdown', (event) => event.preventDefault())
      this.list.addEventListener('click', (event) => {
        const option = event.target.closest('[role="option"]')
        if (option) this.choose(this.found[Number(option.dataset.at)])
      })
      this.clear.addEventListener('click', () => {
        for (const option of select.options) option.selected = false
        if (!select.multiple) select.value = ''
        this.changed()
        input.focus()
      })
      select.addEventListener('change', () => this.render())
    },
    shown() {
      return this.list.matches(':popover-open')
    },
    destroy() {
      this.release?.()
    },
    chosen() {
      return [...this.select.selectedOptions].filter((option) => option.value)
    },
    render() {
      const chosen = this.chosen()
      this.clear.hidden = !chosen.length || this.select.dataset.required === 'true'
      for (const chip of this.box.querySelectorAll('.z-chip')) chip.remove()
      if (!this.select.multiple) {
        this.input.value = chosen[0]?.textContent.trim() ?? ''
        this.input.placeholder = this.select.dataset.placeholder ?? text('choose')
        return
      }
      for (const option of chosen) {
        const remove = element('button', { type: 'button', 'aria-label': text('remove', { name: option.textContent.trim() }) }, icon('x'))
        remove.addEventListener('click', () => {
          option.selected = false
          this.changed()
        })
        this.input.before(element('span', { class: `z-chip${option.dataset.tone ? ` is-toned is-${option.dataset.tone}` : ''}` }, element('span', {}, option.textContent.trim()), remove))
      }
      this.input.value = ''
      this.input.placeholder = chosen.length ? '' : (this.select.dataset.placeholder ?? text('choose'))
    },
    changed() {
      this.select.dispatchEvent(new Event('change', { bubbles: true }))
      this.select.dispatchEvent(new Event('input', { bubbles: true }))
    },
    typed() {
      const { value } = this.input
      if (!('makes' in this.select.dataset) || !ENDS.test(value)) {
        this.later(value)
        return
      }
      // Everything up to the last comma is chosen, whether it is there or new.
      const words = value.split(ENDS)
      const rest = words.pop()
      for (const word of words) this.take(word.trim())
      this.input.value = rest
      this.later(rest)
    },
    take(word) {
      if (!word) return
      const own = [...this.select.options].find((option) => option.textContent.trim().toLowerCase() === word.toLowerCase())
      this.choose(own ?? new Option(word, word))
    },
    later(words) {
      clearTimeout(this.timer)
      this.timer = setTimeout(() => this.open(words), this.select.dataset.optionsUrl ? 150 : 0)
    },
    async open(words) {
      const asked = (this.asked = Symbol('question'))
      const found = await this.find(words.trim())
      if (asked !== this.asked || document.activeElement !== this.input) return
      this.found = found ?? []
      this.list.replaceChildren(...this.found.map((option, at) => this.row(option, at)))
      if (!this.found.length) this.list.append(element('div', { class: 'z-listbox__note', role: 'option', 'aria-disabled': 'true' }, text(found ? 'nothing-found' : 'unreachable')))
      if (!this.shown()) this.list.showPopover()
      this.release?.()
      this.release = follow(this.list, this.box, { stretch: true })
      this.input.setAttribute('aria-expanded', 'true')
      const current = this.found.findIndex((option) => option.value === this.select.value)
      // Where one may type, Enter on a blank box is not yet a choice.
      const exact = this.found.findIndex((option) => option.textContent.trim().toLowerCase() === words.trim().toLowerCase())
      this.mark(words ? Math.max(exact, 0) : 'makes' in this.select.dataset ? -1 : Math.max(current, 0))
    },
    async find(words) {
      if (!this.select.dataset.optionsUrl) {
        const low = words.toLowerCase()
        const found = [...this.select.options].filter((option) => option.value && !(this.select.multiple && option.selected) && `${option.textContent} ${option.dataset.note ?? ''}`.toLowerCase().includes(low))
        if (!words || !('makes' in this.select.dataset) || [...this.select.options].some((option) => option.textContent.trim().toLowerCase() === low)) return found
        const made = new Option(words, words)
        made.dataset.title = text('new-choice', { name: words })
        return [...found, made]
      }
      const url = new URL(this.select.dataset.optionsUrl, location.href)
      url.searchParams.set('q', words)
      // What is offered first may depend on another field of the form.
      const beside = this.select.dataset.optionsBeside
      if (beside) url.searchParams.set(beside, this.select.form?.elements[beside]?.value ?? this.select.dataset.optionsAround ?? '')
      try {
        const answer = await fetch(url, { headers: { 'HX-Request': 'true' } })
        if (!answer.ok || answer.redirected) return null
        const made = document.createElement('template')
        made.innerHTML = `<select>${await answer.text()}</select>`
        const chosen = new Set(this.chosen().map((option) => option.value))
        // Choices that stand for whoever asks ("me") are the page's own and come first.
        const own = [...this.select.options].filter((option) => option.dataset.always && option.textContent.toLowerCase().includes(words.toLowerCase()))
        return [...own, ...[...made.content.querySelectorAll('option')].filter((option) => option.value && !(this.select.multiple && chosen.has(option.value)))]
      } catch {
        return null
      }
    },
    row(option, at) {
      const row = element('div', { class: 'z-option', role: 'option', id: `${this.id}-${at}`, 'data-at': at, 'aria-selected': 'false' }, element('span', { class: `z-option__title${option.dataset.tone ? ` is-toned is-${option.dataset.tone}` : ''}` }, option.dataset.title ?? option.textContent.trim()))
      if (option.dataset.note) row.append(element('span', { class: 'z-option__note' }, option.dataset.note))
      if (option.value === this.select.value && !this.select.multiple) row.append(icon('check', 'is-small z-push'))
      return row
    },
    mark(at) {
      this.active = at
      const rows = [...this.list.querySelectorAll('[data-at]')]
      rows.forEach((row, index) => row.setAttribute('aria-selected', String(index === at)))
      rows[at]?.scrollIntoView({ block: 'nearest' })
      if (rows[at]) this.input.setAttribute('aria-activedescendant', rows[at].id)
      else this.input.removeAttribute('aria-activedescendant')
    },
    choose(option) {
      if (!option) return
      let own = [...this.select.options].find((each) => each.value === option.value)
      if (!own) {
        own = new Option(option.textContent.trim(), option.value)
        this.select.append(own)
      }
      own.selected = true
      this.changed()
      this.render()
      // Where one may type, the next word opens the list again; until then nothing is covered by it.
      if (this.select.multiple && !('makes' in this.select.dataset)) this.open('')
      else this.close()
    },
    close() {
      this.asked = null
      clearTimeout(this.timer)
      if (this.shown()) this.list.hidePopover()
      this.release?.()
      this.release = null
      this.input.setAttribute('aria-expanded', 'false')
      this.input.removeAttribute('aria-activedescendant')
      if (!this.select.multiple && !this.input.value.trim() && this.chosen().length && this.select.dataset.required !== 'true') {
        this.select.value = ''
        this.changed()
      }
      this.render()
    },
    onKey(event) {
      if (event.isComposing) return
      const shown = this.shown()
      if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
        event.preventDefault()
        if (!shown) this.open('')
        else if (this.found.length) this.mark((this.active + (event.key === 'ArrowDown' ? 1 : -1) + this.found.length) % this.found.length)
      } else if (event.key === 'Enter' && shown && (this.found[this.active] || this.input.value.trim())) {
        event.preventDefault()
        this.choose(this.found[this.active])
      } else if (event.key === 'Escape' && shown) {
        event.preventDefault()
        event.stopPropagation()
        this.close()
      } else if (event.key === 'Backspace' && this.select.multiple && !this.input.value) {
        const lastChosen = this.chosen().at(-1)
        if (lastChosen) {
          lastChosen.selected = false
          this.changed()
        }
      }
    },
  }
}
