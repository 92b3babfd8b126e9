// Dragging by mouse, pen and finger: a mouse drags at once, a finger after it has rested, so that it can still scroll.
const REST = 350
const FAR = 6
const EDGE = 48

/**
 * Let elements matching `source` be dragged onto elements matching `target`, inside `scope`.
 * `over(element|null, item, point)` marks what lies below, `drop(item, target|null, point)` is called at the end. `point` is where
 * the pointer is, and how far inside the item it was pressed. With `follows` the item is told of every movement, and without a
 * `ghost` nothing hangs on the pointer. What lies inside `except` is not dragged.
 */
export function dragging({ scope, source, target, over, drop, scroller, except, follows = false, ghost = true }) {
  let press = null
  let held = null

  function lift() {
    const { item, x, y } = press
    const box = item.getBoundingClientRect()
    const shadow = ghost ? item.cloneNode(true) : null
    if (shadow) {
      shadow.classList.add('z-ghost')
      shadow.removeAttribute('id')
      shadow.style.width = `${box.width}px`
      document.body.append(shadow)
    }
    item.classList.add('is-dragged')
    held = { item, shadow, dx: x - box.left, dy: y - box.top, x, y, fromX: x, fromY: y, target: null, frame: 0 }
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
    if (held.shadow) held.shadow.style.transform = `translate(${held.x - held.dx}px, ${held.y - held.dy}px)`
    const below = document.elementFromPoint(held.x, held.y)?.closest(target) ?? null
    if (below !== held.target || follows) over((held.target = below), held.item, held)
    const box = scroller?.(held.item)
    if (box) {
      const edge = box.getBoundingClientRect()
      if (held.x > edge.right - EDGE) box.scrollLeft += 12
      else if (held.x < edge.left + EDGE) box.scrollLeft -= 12
      if (held.y > edge.bottom - EDGE) box.scrollTop += 8
      else if (held.y < edge.top + EDGE) box.scrollTop -= 8
    }
    held.frame = requestAnimationFrame(follow)
  }

  function end(dropped) {
    clearTimeout(press?.timer)
    press = null
    if (!held) return
    const point = held
    const { item, shadow, target: below, frame } = held
    held = null
    cancelAnimationFrame(frame)
    shadow?.remove()
    item.classList.remove('is-dragged')
    document.documentElement.classList.remove('is-dragging')
    over(null, item, point)
    // The click that ends the press is not meant for the link below it.
    addEventListener('click', swallow, { capture: true, once: true })
    setTimeout(() => removeEventListener('click', swallow, { capture: true }), 0)
    drop(item, dropped ? below : null, point)
  }

  function swallow(event) {
    event.preventDefault()
    event.stopPropagation()
  }

  document.addEventListener('pointerdown', (event) => {
    const item = event.target.closest?.(source)
    if (!item || !item.closest(scope) || event.button !== 0 || event.target.closest('summary, input, select, textarea')) return
    if (event.target.closest('[data-modal]:not([data-slot])') || (except && event.target.closest(except))) return
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
