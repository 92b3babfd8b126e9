// Parts with a state of their own are Alpine components (content-policy build: registered here, no expressions in pages).
import Alpine from '@alpinejs/csp'
import { combobox } from './combobox.js'
import { search } from './search.js'

export function start() {
  Alpine.data('combobox', combobox)
  Alpine.data('search', search)
  Alpine.start()
}
