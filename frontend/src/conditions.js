// The condition builder: data-conditions around a text box with a condition's JSON. The box stays what is sent; here stands
// the form before it. Fields come from data-fields-url (one answer for each kind of record), words and number of rows from
// data-check-url. docs/reference/conditions.md describes the language.
import { csrfToken, element, icon, onContent } from './page.js'
import { read, unfinished, write } from './condition_tree.js'
import { drawValue, blankValue, fitted } from './condition_values.js'

const PAUSE = 400
const MOST_STEPS = 3
const trees = new Map()

async function load(slug) {
  if (trees.has(slug)) return
  const answer = await fetch(`/${slug}/condition/fields/`, { headers: { Accept: 'application/json' } })
  if (!answer.ok) throw new Error(`${answer.status}`)
  trees.set(slug, await answer.json())
}

/** The kinds of records that a path steps through, the field or relation at its end, and whether it is whole. */
function resolve(slug, path, { many = false } = {}) {
  const names = path.split('.')
  const found = [trees.get(slug)]
  for (const name of names.slice(0, -1)) {
    const to = found.at(-1)?.fields.find((field) => field.name === name)?.to
    if (!to || !trees.has(to)) return { trees: found, missing: to }
    found.push(trees.get(to))
  }
  const last = found.at(-1)?.[many ? 'many' : 'fields'].find((each) => each.name === names.at(-1))
  return { trees: found, end: last }
}

/** Fetch what the paths of a node step into. */
async function prepare(node, slug) {
  await load(slug)
  if (node.type === 'group') {
    for (const part of node.parts) await prepare(part, slug)
    return
  }
  const many = node.type === 'many'
  for (;;) {
    const { missing, end } = resolve(slug, node.path, { many })
    if (missing) await load(missing)
    else {
      if (many && end) await prepare(node.where, end.to)
      return
    }
  }
}

class Builder {
  constructor(root) {
    this.root = root
    this.box = root.querySelector('textarea')
    this.slug = root.dataset.fieldsUrl.split('/')[1]
    this.words = Object.fromEntries([...root.querySelector('[data-condition-words]').content.children].map((each) => [each.dataset.key, each.textContent.trim()]))
    this.labels = {}
    this.form = element('div', { class: 'z-conditions__form' })
    this.told = element('p', { class: 'z-conditions__told', role: 'status' })
    this.wrong = element('p', { class: 'z-conditions__wrong', role: 'alert', hidden: true })
    this.toggle = element('button', { type: 'button', class: 'btn btn-ghost btn-sm' }, icon('code'), element('span'))
    this.toggle.addEventListener('click', () => this.switch())
    this.box.before(this.form)
    this.box.after(this.told, this.wrong, this.toggle)
    this.box.addEventListener('input', () => this.soon())
    this.box.form?.addEventListener('submit', (event) => this.onSubmit(event))
    this.start()
  }

  async start() {
    await this.check()
    await this.toForm()
  }

  word(key) {
    return this.words[key] ?? key
  }

  async toForm() {
    try {
      this.node = read(this.box.value)
      await prepare(this.node, this.slug)
      this.checkPaths(this.node, this.slug)
    } catch {
      this.node = null
      this.show(false)
      this.complain(this.word('foreign'))
      return
    }
    this.show(true)
    this.draw()
  }

  /** A path this reader cannot be shown leaves the condition to the text box. */
  checkPaths(node, slug) {
    if (node.type === 'group') {
      for (const part of node.parts) this.checkPaths(part, slug)
      return
    }
    const { end } = resolve(slug, node.path, { many: node.type === 'many' })
    if (!end) throw new Error(node.path)
    if (node.type === 'many') this.checkPaths(node.where, end.to)
  }

  show(asForm) {
    this.form.hidden = !asForm
    this.box.hidden = asForm
    this.toggle.lastElementChild.textContent = this.word(asForm ? 'as-text' : 'as-form')
  }

  switch() {
    this.complain('')
    if (this.box.hidden) {
      this.box.value = this.node ? write(this.node, 1) : this.box.value
      this.show(false)
      this.box.focus()
    } else this.toForm()
  }

  onSubmit(event) {
    if (this.form.hidden || !this.node) return
    const open = unfinished(this.node)
    this.mark(open)
    if (!open.length) return
    event.preventDefault()
    this.complain(this.word('unfinished'))
    this.form.querySelector('.is-unfinished :is(select, input)')?.focus()
  }

  mark(nodes) {
    for (const row of this.form.querySelectorAll('[data-node]')) row.classList.toggle('is-unfinished', nodes.some((node) => String(node.id) === row.dataset.node))
  }

  complain(sentence) {
    this.wrong.textContent = sentence
    this.wrong.hidden = !sentence
  }

  /** Something changed: the box follows, and the words and the count after a pause. */
  changed() {
    this.box.value = write(this.node)
    this.box.dispatchEvent(new Event('change', { bubbles: true }))
    this.complain('')
    this.mark([])
    this.soon()
  }

  soon() {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.check(), PAUSE)
  }

  async check() {
    const asked = (this.asked = Symbol('question'))
    this.told.textContent = this.word('waiting')
    const body = new URLSearchParams({ condition: this.box.value })
    let answer
    try {
      const response = await fetch(this.root.dataset.checkUrl, { method: 'POST', body, headers: { 'X-CSRFToken': csrfToken(), Accept: 'application/json' } })
      answer = response.ok ? await response.json() : {}
    } catch {
      answer = {}
    }
    if (asked !== this.asked) return
    for (const [key, names] of Object.entries(answer.labels ?? {})) this.labels[key] = { ...this.labels[key], ...names }
    this.complain(answer.mistake ? `${answer.mistake}${answer.path ? ` (${answer.path})` : ''}` : '')
    const said = this.box.value.trim() ? answer.words : this.word('empty')
    this.told.replaceChildren(...(answer.mistake || !answer.found ? [] : [element('strong', { 'data-found': answer.count }, answer.found), ` ${said ?? ''}`]))
  }

  /** Draw the whole form anew and put the focus where it was, or where `focus` says. */
  async redraw(focus) {
    await prepare(this.node, this.slug)
    this.changed()
    this.draw(focus)
  }

  draw(focus = document.activeElement?.dataset?.at) {
    this.form.replaceChildren(this.group(this.node, this.slug, null))
    if (focus) this.form.querySelector(`[data-at="${focus}"]`)?.focus()
  }

  // Groups ------------------------------------------------------------------------------------------------------------
  group(node, slug, remove) {
    const modes = [['all', false], ['any', false], ['all', true], ['any', true]].map(([mode, negated]) => [`${negated ? 'not-' : ''}${mode}`, this.word(`${negated ? 'not-' : ''}${mode}`)])
    const mode = this.select(modes, `${node.negated ? 'not-' : ''}${node.mode}`, this.word('group'), `${node.id}.mode`, (value) => {
      node.negated = value.startsWith('not-')
      node.mode = value.replace('not-', '')
      this.changed()
    })
    const head = element('div', { class: 'z-conditions__head' }, mode)
    if (remove) head.append(this.removal(remove, this.word('remove-group')))
    const parts = element('ul', { class: 'z-conditions__parts' })
    for (const part of node.parts) parts.append(element('li', {}, this.part(part, node, slug)))
    const add = (key, type, image) =>
      this.button(this.word(key), image, `${node.id}.${key}`, () => {
        const made = this.made(type)
        node.parts.push(made)
        this.redraw(`${made.id}.${type === 'group' ? 'mode' : 'path0'}`)
      })
    const foot = element('div', { class: 'z-conditions__add' }, add('add', 'compare', 'plus'), add('add-group', 'group', 'plus'))
    if (trees.get(slug)?.many.length || trees.get(slug)?.fields.some((field) => field.to)) foot.append(add('add-many', 'many', 'plus'))
    return element('fieldset', { class: 'z-conditions__group', 'data-node': node.id }, element('legend', { class: 'visually-hidden' }, this.word('group')), head, parts, foot)
  }

  made(type) {
    if (type === 'group') return read('{"all": []}')
    return read(type === 'many' ? '{"some": {"path": ""}}' : '{"field": "", "op": "eq"}').parts[0]
  }

  part(node, parent, slug) {
    const remove = () => {
      parent.parts.splice(parent.parts.indexOf(node), 1)
      this.redraw(`${parent.id}.add`)
    }
    if (node.type === 'group') return this.group(node, slug, remove)
    const row = node.type === 'many' ? this.many(node, slug, remove) : this.compare(node, slug, remove)
    row.dataset.node = node.id
    return row
  }

  // Comparisons ---------------------------------------------------------------------------------------------------------
  compare(node, slug, remove) {
    const row = element('div', { class: 'z-conditions__row' }, ...this.path(node, slug, this.word('field'), this.word('choose-field')))
    const { end } = resolve(slug, node.path)
    if (end) {
      row.append(
        this.select(end.operators, node.op, this.word('operator'), `${node.id}.op`, (value) => {
          node.value = fitted(end, value, node.op, node.value)
          node.op = value
          this.redraw()
        }),
        drawValue(this, node, end),
      )
    }
    row.append(this.removal(remove, this.word('remove')))
    return row
  }

  many(node, slug, remove) {
    const kinds = ['some', 'none', 'count'].map((each) => [each, this.word(each)])
    const kind = this.select(kinds, node.quantifier, this.word('quantifier'), `${node.id}.quantifier`, (value) => {
      node.quantifier = value
      if (value === 'count' && !node.op) Object.assign(node, { op: 'gte', value: 1 })
      this.redraw()
    })
    const line = element('div', { class: 'z-conditions__row' }, kind, ...this.path(node, slug, this.word('records'), this.word('choose-records'), true))
    const { end } = resolve(slug, node.path, { many: true })
    if (node.quantifier === 'count' && end) {
      line.append(
        this.select(trees.get(slug).numbers, node.op, this.word('operator'), `${node.id}.op`, (value) => {
          node.value = value === 'between' ? [].concat(node.value ?? 1, node.value ?? 1).slice(0, 2) : [].concat(node.value ?? 1)[0]
          node.op = value
          this.redraw()
        }),
        drawValue(this, node, { input: 'count', key: '' }),
      )
    }
    line.append(this.removal(remove, this.word('remove')))
    const whole = element('div', { class: 'z-conditions__many' }, line)
    if (end) whole.append(element('div', { class: 'z-conditions__where' }, element('span', { class: 'z-muted' }, this.word('where')), this.group(node.where, end.to, null)))
    return whole
  }

  /** One select for each step of the path; stepping into a related record brings the next. */
  path(node, slug, label, placeholder, many = false) {
    const names = node.path.split('.')
    const { trees: found } = resolve(slug, node.path, { many })
    return names.slice(0, found.length).map((name, depth) => {
      const tree = found[depth]
      const own = (many ? tree.many : tree.fields).map((each) => [each.name, each.label])
      const steps = depth + 1 < MOST_STEPS ? tree.fields.filter((each) => each.to).map((each) => [`${each.name}.`, `${each.label} ›`]) : []
      const present = depth < names.length - 1 ? `${name}.` : name
      const chosen = (value) => {
        node.path = [...names.slice(0, depth), value].join('.')
        this.begin(node, slug, many)
        this.redraw(value.endsWith('.') ? `${node.id}.path${depth + 1}` : `${node.id}.path${depth}`)
      }
      const select = this.select([['', placeholder]], present, label, `${node.id}.path${depth}`, chosen)
      for (const [text, pairs] of [[many ? this.word('records') : this.word('own'), own], [this.word('related'), steps]]) {
        if (pairs.length) select.append(element('optgroup', { label: text }, ...pairs.map(([value, shown]) => new Option(shown, value, false, value === present))))
      }
      return select
    })
  }

  begin(node, slug, many) {
    const { end } = resolve(slug, node.path, { many })
    if (many) {
      node.where = this.made('group')
      return
    }
    node.op = end ? (end.operators.find(([name]) => name === 'contains' && end.input === 'text') ?? end.operators[0])[0] : 'eq'
    node.value = end ? blankValue(end, node.op) : undefined
  }

  // Controls ------------------------------------------------------------------------------------------------------------
  select(pairs, present, label, at, then) {
    const select = element('select', { class: 'form-select', 'aria-label': label, 'data-at': at, 'data-no-draft': true })
    for (const [value, shown] of pairs) select.append(new Option(shown, value, false, value === present))
    select.addEventListener('change', () => then(select.value))
    return select
  }

  button(label, image, at, then) {
    const made = element('button', { type: 'button', class: 'btn btn-sm btn-ghost', 'data-at': at }, icon(image), element('span', {}, label))
    made.addEventListener('click', then)
    return made
  }

  removal(then, label) {
    const made = element('button', { type: 'button', class: 'btn btn-sm btn-ghost is-icon z-push', 'aria-label': label, title: label }, icon('x'))
    made.addEventListener('click', then)
    return made
  }
}

export function start() {
  onContent((root) => {
    for (const each of root.querySelectorAll('[data-conditions]:not([data-built])')) {
      each.dataset.built = 'yes'
      new Builder(each)
    }
  })
}
