// Dragging by mouse, pen and finger: a mouse drags at once, a finger after it has rested, so that it can still scroll.
const REST = 350
const FAR = 6
const EDGE = 48

/**
 * Let elements matching `source` be dragged onto elements matching `target`, inside `scope`.
 * `over(element|null, item)` marks what lies below; `drop(item, target|null)` is called at the end. `stop()` keeps it where it is.
 */
export function dragging({ scope, source, target, over, drop, scroller }) {
  let press = null
  let held = null

  function lift() {
    const { item, x, y } = press
    const box = item.getBoundingClientRect()
    const ghost = item.cloneNode(true)
    ghost.classList.add('z-ghost')
    ghost.removeAttribute('id')
    ghost.style.width = `${box.width}px`
    document.body.append(ghost)
    item.classList.add('is-dragged')
    held = { item, ghost, dx: x - box.left, dy: y - box.top, x, y, target: null, frame: 0 }
    document.documentElement.classList.add('is-dragging')
    try {
      item.setPointerCapture(press.id)
    } catch {
      // The pointer may be gone already; the drag then ends with its next event.
    }
    follow()
  }

  function follow() {
    if (!held) return
    held.ghost.style.transform = `translate(${held.x - held.dx}px, ${held.y - held.dy}px)`
    const below = document.elementFromPoint(held.x, held.y)?.closest(target) ?? null
    if (below !== held.target) over((held.target = below), held.item)
    const box = scroller?.(held.item)
    if (box) {
      const edge = box.getBoundingClientRect()
      if (held.x > edge.right - EDGE) box.scrollLeft += 12
      else if (held.x < edge.left + EDGE) box.scrollLeft -= 12
    }
    held.frame = requestAnimationFrame(follow)
  }

  function end(dropped) {
    clearTimeout(press?.timer)
    press = null
    if (!held) return
    const { item, ghost, target: below, frame } = held
    held = null
    cancelAnimationFrame(frame)
    ghost.remove()
    item.classList.remove('is-dragged')
    document.documentElement.classList.remove('is-dragging')
    over(null, item)
    // The click that ends the press is not meant for the link below it.
    addEventListener('click', swallow, { capture: true, once: true })
    setTimeout(() => removeEventListener('click', swallow, { capture: true }), 0)
    drop(item, dropped ? below : null)
  }

  function swallow(event) {
    event.preventDefault()
    event.stopPropagation()
  }

  document.addEventListener('pointerdown', (event) => {
    const item = event.target.closest?.(source)
    if (!item || !item.closest(scope) || event.button !== 0 || event.target.closest('summary, input, select, textarea, [data-modal]')) return
    press = { item, id: event.pointerId, x: event.clientX, y: event.clientY, touch: event.pointerType === 'touch' }
    if (press.touch) press.timer = setTimeout(() => press && lift(), REST)
  })
  document.addEventListener('pointermove', (event) => {
    if (held) {
      held.x = event.clientX
      held.y = event.clientY
    } else if (press && Math.hypot(event.clientX - press.x, event.clientY - press.y) > FAR) {
      if (press.touch) end(false)
      else {
        lift()
        held.x = event.clientX
        held.y = event.clientY
      }
    }
  })
  document.addEventListener('pointerup', () => end(true))
  document.addEventListener('pointercancel', () => end(false))
  document.addEventListener('touchmove', (event) => held && event.cancelable && event.preventDefault(), { passive: false })
  document.addEventListener('contextmenu', (event) => held && event.preventDefault())
  document.addEventListener('dragstart', (event) => event.target.closest?.(source) && event.preventDefault())
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !held) return
    event.preventDefault()
    event.stopPropagation()
    end(false)
  }, true)
}
