// What a comparison is compared with: one box, several, or two; words, figures, days relative to today, choices, records.
import { element, icon } from './page.js'

const SPAN = /^P(\d+)([DWMY])$/
const LISTS = ['in', 'not_in']

const isDay = (field) => field.input === 'date' || field.input === 'moment'
const isChosen = (field) => field.input === 'choose' || field.input === 'record'

/** What stands there before anybody chose. */
export function blankValue(field, op) {
  if (op === 'within') return { ago: 'P7D' }
  if (LISTS.includes(op)) return isChosen(field) ? [] : ['']
  if (op === 'between') return ['', '']
  return ''
}

/** The value as the next comparison can take it. */
export function fitted(field, op, before, value) {
  if (op === before) return value
  if ([op, before].some((each) => each === 'within' || each === 'longer_than') || value === undefined) return blankValue(field, op)
  const first = Array.isArray(value) ? value[0] ?? '' : value
  if (LISTS.includes(op)) return Array.isArray(value) ? value : first === '' ? blankValue(field, op) : [first]
  if (op === 'between') return [first, '']
  return first
}

/** The controls for the value of `node`; `field` says which. */
export function drawValue(builder, node, field) {
  const place = element('div', { class: 'z-conditions__value' })
  if (node.op === 'is_empty' || node.op === 'not_empty') return place
  const set = (value) => {
    node.value = value
    builder.changed()
  }
  const at = `${node.id}.value`
  if (node.op === 'within') place.append(...span(builder, at, node.value, set))
  else if (LISTS.includes(node.op) && isChosen(field)) place.append(choice(builder, field, at, [].concat(node.value ?? []), set, true))
  else if (LISTS.includes(node.op) || node.op === 'between') place.append(...several(builder, node, field, set))
  else place.append(...single(builder, node.op === 'longer_than' ? { ...field, input: 'count' } : field, at, node.value, set))
  return place
}

function several(builder, node, field, set) {
  const values = [].concat(node.value ?? [''])
  const drawn = values.flatMap((value, place) => {
    const one = single(builder, field, `${node.id}.value${place}`, value, (changed) => {
      values[place] = changed
      set([...values])
    })
    if (node.op === 'between') return place ? [element('span', { class: 'z-muted' }, builder.word('and')), ...one] : one
    return one
  })
  if (node.op === 'between') return drawn
  const more = element('button', { type: 'button', class: 'btn btn-sm btn-ghost is-icon', 'aria-label': builder.word('add-value'), title: builder.word('add-value') }, icon('plus'))
  more.addEventListener('click', () => {
    node.value = [...values.filter((each) => each !== ''), '']
    builder.redraw(`${node.id}.value${node.value.length - 1}`)
  })
  return [...drawn, more]
}

function single(builder, field, at, value, set) {
  if (isChosen(field)) return [choice(builder, field, at, value === undefined || value === '' ? [] : [value], (chosen) => set(chosen[0] ?? ''), false)]
  if (isDay(field)) return day(builder, field, at, value, set)
  if (field.input === 'count') return [box(builder.word('number'), at, value ?? '', { inputmode: 'numeric' }, (text) => set(/^\d+$/.test(text) ? Number(text) : ''))]
  return [box(builder.word('value'), at, value ?? '', field.input === 'number' ? { inputmode: 'decimal' } : {}, (text) => set(field.input === 'number' ? text.replace(/[,，\s]/g, '') : text))]
}

function box(label, at, value, more, set) {
  const input = element('input', { type: 'text', class: 'form-control', 'aria-label': label, 'data-at': at, 'data-no-draft': true, autocomplete: 'off', ...more })
  input.value = String(value)
  input.addEventListener('input', () => set(input.value.trim()))
  return input
}

// Choices and records ---------------------------------------------------------------------------------------------------
function choice(builder, field, at, values, set, multiple) {
  const known = new Map([...(field.always ?? []), ...(field.choices ?? [])])
  const label = builder.word(multiple ? 'values' : 'value')
  const select = element('select', { class: 'form-select', 'aria-label': label, 'data-at': at, 'data-no-draft': true, multiple, 'data-combobox': multiple || Boolean(field.url), 'data-options-url': field.url ?? null })
  if (!multiple) select.append(new Option('—', ''))
  for (const [value, shown] of known) {
    const option = new Option(shown, value)
    if (field.url) option.dataset.always = 'yes'
    select.append(option)
  }
  for (const value of values.map(String)) {
    const shown = known.get(value) ?? builder.labels[field.key]?.[value] ?? `#${value}`
    if (!known.has(value)) select.append(new Option(shown, value))
    for (const option of select.options) if (option.value === value) option.selected = true
  }
  select.addEventListener('change', () => {
    const chosen = [...select.selectedOptions].filter((option) => option.value)
    for (const option of chosen) (builder.labels[field.key] ??= {})[option.value] = option.textContent.trim()
    set(chosen.map((option) => (field.input === 'record' && /^\d+$/.test(option.value) ? Number(option.value) : option.value)))
  })
  return element('div', { class: 'z-combobox', 'x-data': multiple || field.url ? 'combobox' : null }, select)
}

// Days ------------------------------------------------------------------------------------------------------------------
function kindOf(value) {
  if (value === '$today') return 'today'
  if (value && typeof value === 'object') return 'in' in value ? 'in' : 'ago'
  return typeof value === 'string' && value.includes('T') ? 'moment' : 'day'
}

function day(builder, field, at, value, set) {
  const kinds = ['day', ...(field.input === 'moment' ? ['moment'] : []), 'today', 'ago', 'in'].map((each) => [each, builder.word(each)])
  const place = element('span', { class: 'z-conditions__day' })
  const draw = (kind, present) => {
    if (kind === 'today') place.replaceChildren()
    else if (kind === 'ago' || kind === 'in') place.replaceChildren(...amount(builder, at, present, kind, set))
    else {
      const input = element('input', { type: kind === 'moment' ? 'datetime-local' : 'date', class: 'form-control', 'aria-label': builder.word('value'), 'data-at': at, 'data-no-draft': true })
      input.value = typeof present === 'string' ? present.slice(0, kind === 'moment' ? 16 : 10) : ''
      input.addEventListener('input', () => set(kind === 'moment' && input.value ? `${input.value}:00` : input.value))
      place.replaceChildren(input)
    }
  }
  const kind = builder.select(kinds, kindOf(value), builder.word('day-kind'), `${at}.kind`, (chosen) => {
    const begun = chosen === 'today' ? '$today' : chosen === 'ago' || chosen === 'in' ? { [chosen]: 'P7D' } : ''
    draw(chosen, begun)
    set(begun)
  })
  draw(kindOf(value), value)
  return [kind, place]
}

/** "the last 7 days": for `within`. */
function span(builder, at, value, set) {
  const present = typeof value === 'string' ? { ago: value } : value ?? { ago: 'P7D' }
  const place = element('span', { class: 'z-conditions__day' })
  let word = 'in' in present ? 'in' : 'ago'
  const draw = (now) => place.replaceChildren(...amount(builder, at, now, word, set))
  const kinds = [['ago', builder.word('last')], ['in', builder.word('next')]]
  const kind = builder.select(kinds, word, builder.word('day-kind'), `${at}.kind`, (chosen) => {
    const { [word]: length, ...rest } = present
    delete present[word]
    word = chosen
    Object.assign(present, { [word]: length ?? 'P7D' }, rest)
    draw(present)
    set({ ...present })
  })
  draw(present)
  return [kind, place]
}

/** A number and its unit; a span of several units stays as it is written. */
function amount(builder, at, value, word, set) {
  const written = value?.[word] ?? 'P7D'
  const found = SPAN.exec(written)
  let unit = !found ? 'span' : value?.unit === 'workday' ? 'workday' : found[2]
  let number = found ? found[1] : written
  const send = () => {
    if (unit === 'span') set(number ? { [word]: number } : '')
    else if (!/^\d+$/.test(number)) set('')
    else set(unit === 'workday' ? { [word]: `P${number}D`, unit } : { [word]: `P${number}${unit}` })
  }
  const input = box(builder.word('number'), at, number, { inputmode: unit === 'span' ? 'text' : 'numeric', class: 'form-control z-conditions__number' }, (text) => {
    number = text
    send()
  })
  const units = ['D', 'workday', 'W', 'M', 'Y', 'span'].map((each) => [each, builder.word(each)])
  const select = builder.select(units, unit, builder.word('unit'), `${at}.unit`, (chosen) => {
    if (chosen === 'span') number = `P${number}D`
    else if (unit === 'span') number = SPAN.exec(number)?.[1] ?? '7'
    unit = chosen
    input.value = number
    send()
  })
  return [input, select]
}
