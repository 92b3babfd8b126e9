// A condition's JSON as the tree that the builder shows, and back. Nodes: group, compare, many; each with an id of its own.
let serial = 0

const made = (node) => ({ id: (serial += 1), ...node })

const group = (parts, mode = 'all', negated = false) => made({ type: 'group', mode, negated, parts })

/** The tree of a text; always a group on top. Throws for what the builder cannot show. */
export function read(text) {
  const raw = text.trim() ? JSON.parse(text) : {}
  if (raw === null || typeof raw !== 'object' || Array.isArray(raw)) throw new Error('no object')
  if (!Object.keys(raw).length) return group([])
  const node = readNode(raw)
  return node.type === 'group' ? node : group([node])
}

function readNode(raw) {
  for (const mode of ['all', 'any']) if (Array.isArray(raw[mode])) return group(raw[mode].map(readNode), mode)
  if (raw.not) {
    const inner = readNode(raw.not)
    if (inner.type !== 'group' || inner.negated) return group([inner], 'all', true)
    inner.negated = true
    return inner
  }
  if (typeof raw.field === 'string') return made({ type: 'compare', path: raw.field, op: raw.op, value: raw.value })
  for (const quantifier of ['some', 'none', 'count']) {
    const inner = raw[quantifier]
    if (!inner || typeof inner.path !== 'string') continue
    const where = inner.where ? readNode(inner.where) : group([])
    const op = { ge: 'gte', le: 'lte' }[raw.op] ?? raw.op
    return made({ type: 'many', quantifier, path: inner.path, op, value: raw.value, where: where.type === 'group' ? where : group([where]) })
  }
  throw new Error('unknown node')
}

const isWhole = (path) => Boolean(path) && !path.endsWith('.')

function isFilled(value) {
  if (Array.isArray(value)) return value.length > 0 && value.every(isFilled)
  return value !== undefined && value !== null && value !== ''
}

const takesNothing = (op) => op === 'is_empty' || op === 'not_empty'

function isDone(node) {
  if (!isWhole(node.path)) return false
  if (node.type === 'many') return node.quantifier !== 'count' || isFilled(node.value)
  return takesNothing(node.op) || isFilled(node.value)
}

/** The comparisons that still miss something. */
export function unfinished(node) {
  if (node.type === 'group') return node.parts.flatMap(unfinished)
  const inner = node.type === 'many' ? unfinished(node.where) : []
  return isDone(node) ? inner : [node, ...inner]
}

/** The JSON of a tree, without what is unfinished; blank for no condition. */
export function write(node, indent = 0) {
  const raw = writeGroup(node, true)
  return raw ? JSON.stringify(raw, null, indent) : ''
}

function writeGroup(node, isTop = false) {
  const parts = node.parts.map(writeNode).filter(Boolean)
  if (!parts.length) return null
  const raw = parts.length === 1 && (isTop || node.negated || node.mode === 'all') ? parts[0] : { [node.mode]: parts }
  return node.negated ? { not: raw } : raw
}

function writeNode(node) {
  if (node.type === 'group') return writeGroup(node)
  if (!isDone(node)) return null
  if (node.type === 'compare') return takesNothing(node.op) ? { field: node.path, op: node.op } : { field: node.path, op: node.op, value: node.value }
  const where = writeGroup(node.where, true)
  const inner = where ? { path: node.path, where } : { path: node.path }
  return node.quantifier === 'count' ? { count: inner, op: node.op, value: node.value } : { [node.quantifier]: inner }
}
