// Puts a floating list beside what opened it, on the side with room, above everything that would cut it off.
const GAP = 4
const EDGE = 8

/** Set `list` (position: fixed) under `anchor`, or above it where there is more room. */
export function place(list, anchor, { stretch = false, end = false } = {}) {
  const box = anchor.getBoundingClientRect()
  const below = innerHeight - box.bottom - GAP - EDGE
  const above = box.top - GAP - EDGE
  list.style.width = stretch ? `${box.width}px` : ''
  list.style.maxHeight = ''
  const needed = Math.min(list.scrollHeight + 2, 320)
  const upward = below < needed && above > below
  list.style.maxHeight = `${Math.min(320, upward ? above : below)}px`
  list.style.top = upward ? 'auto' : `${box.bottom + GAP}px`
  list.style.bottom = upward ? `${innerHeight - box.top + GAP}px` : 'auto'
  const left = end ? box.right - list.offsetWidth : box.left
  list.style.left = `${Math.max(EDGE, Math.min(left, innerWidth - list.offsetWidth - EDGE))}px`
  list.style.right = 'auto'
}

/** Keep it there while the page scrolls or changes size; call the result to stop. */
export function follow(list, anchor, options) {
  const again = () => place(list, anchor, options)
  again()
  addEventListener('scroll', again, true)
  addEventListener('resize', again)
  return () => {
    removeEventListener('scroll', again, true)
    removeEventListener('resize', again)
  }
}
