// The mark of logo.svg as a PNG, for devices that take no SVG: the same shapes, sampled 4 × 4 per pixel.
import { deflateSync } from 'node:zlib'

const TEAL = [0x0b, 0x6e, 0x8f]
const WHITE = [0xff, 0xff, 0xff]
const SAMPLES = 4

/** Colour at a point of the 64 × 64 drawing. The tile fills the square: systems round the corners themselves. */
function colourAt(x, y) {
  const guest = Math.hypot(x - 32, y - 32) <= 5.5 || (y <= 51 && Math.hypot(x - 32, y - 51) <= 8)
  const arch = y <= 31 ? Math.abs(Math.hypot(x - 32, y - 31) - 15) <= 3 : y <= 51 && Math.abs(Math.abs(x - 32) - 15) <= 3
  const feet = y > 51 && Math.hypot(Math.abs(x - 32) - 15, y - 51) <= 3
  return guest || arch || feet ? WHITE : TEAL
}

function crc32(bytes) {
  let crc = ~0
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  return ~crc >>> 0
}

function chunk(type, body) {
  const bytes = Buffer.concat([Buffer.from(type, 'latin1'), body])
  const frame = Buffer.alloc(bytes.length + 8)
  frame.writeUInt32BE(body.length, 0)
  bytes.copy(frame, 4)
  frame.writeUInt32BE(crc32(bytes), bytes.length + 4)
  return frame
}

/** A square RGB image `size` pixels wide. */
export function markAsPng(size) {
  const rows = Buffer.alloc((size * 3 + 1) * size)
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const sum = [0, 0, 0]
      for (let sample = 0; sample < SAMPLES * SAMPLES; sample++) {
        const x = ((column + ((sample % SAMPLES) + 0.5) / SAMPLES) * 64) / size
        const y = ((row + (Math.floor(sample / SAMPLES) + 0.5) / SAMPLES) * 64) / size
        colourAt(x, y).forEach((value, channel) => (sum[channel] += value))
      }
      const start = row * (size * 3 + 1) + 1 + column * 3
      sum.forEach((value, channel) => (rows[start + channel] = Math.round(value / SAMPLES ** 2)))
    }
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(size, 0)
  header.writeUInt32BE(size, 4)
  header.set([8, 2, 0, 0, 0], 8)
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))])
}
