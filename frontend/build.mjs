// Bundles the front end into zhike/core/static/dist/. Run `node build.mjs`; add --watch while working on it.
import { readFile, writeFile, mkdir, readdir, copyFile, rm } from 'node:fs/promises'
import { existsSync, watch } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as esbuild from 'esbuild'
import * as sass from 'sass'
import { markAsPng } from './src/brand/png.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const source = join(here, 'src')
const packages = join(here, 'node_modules')
const product = join(here, '..', 'zhike')
const out = join(product, 'core', 'static', 'dist')

async function script() {
  await esbuild.build({
    entryPoints: [join(source, 'app.js'), join(source, 'worker.js')],
    outdir: out,
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2022',
    legalComments: 'none',
    logLevel: 'warning',
  })
}

async function style() {
  const compiled = await sass.compileAsync(join(source, 'styles', 'app.scss'), {
    loadPaths: [join(packages, '@tabler', 'core', 'scss')],
    quietDeps: true,
  })
  const small = await esbuild.transform(compiled.css, { loader: 'css', minify: true, target: 'chrome123' })
  await writeFile(join(out, 'app.css'), small.code)
}

// Icons named in icons.txt, and those named as icon="…" by a template or an entity, so that none can be forgotten.
async function iconNames() {
  const listed = (await readFile(join(source, 'icons.txt'), 'utf8')).split(/\s+/).filter(Boolean)
  const names = new Map(listed.map((name) => [name, 'frontend/src/icons.txt']))
  const entries = await readdir(product, { recursive: true, withFileTypes: true })
  const files = entries
    .filter((entry) => entry.isFile() && /\.(html|py)$/.test(entry.name))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .filter((file) => !/[\\/](static|migrations|tests)[\\/]/.test(file))
  for (const file of files) {
    const text = await readFile(file, 'utf8')
    const pattern = file.endsWith('.py') ? /\bicon="([a-z0-9-]+)"/g : /(?:<c-icon\s+name|\sicon)="([a-z0-9-]+)"/g
    for (const [, name] of text.matchAll(pattern)) if (!names.has(name)) names.set(name, relative(join(product, '..'), file))
  }
  return names
}

async function sprite() {
  const symbols = []
  for (const [name, where] of [...(await iconNames())].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const file = join(packages, '@tabler', 'icons', 'icons', 'outline', `${name}.svg`)
    if (!existsSync(file)) throw new Error(`Tabler has no outline icon "${name}" (named in ${where}).`)
    const shapes = (await readFile(file, 'utf8')).replace(/<!--[\s\S]*?-->/g, '').match(/<svg[^>]*>([\s\S]*)<\/svg>/)[1]
    symbols.push(`<symbol id="${name}" viewBox="0 0 24 24">${shapes.replace(/<path stroke="none"[^>]*>/, '').replace(/\s*\n\s*/g, '')}</symbol>`)
  }
  await writeFile(join(out, 'sprite.svg'), `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>`)
}

async function brand() {
  await copyFile(join(source, 'brand', 'logo.svg'), join(out, 'logo.svg'))
  await copyFile(join(source, 'brand', 'manifest.webmanifest'), join(out, 'manifest.webmanifest'))
  for (const size of [32, 180, 192, 512]) await writeFile(join(out, `icon-${size}.png`), markAsPng(size))
}

async function everything() {
  const started = performance.now()
  await mkdir(out, { recursive: true })
  await Promise.all([script(), style(), sprite(), brand()])
  console.log(`Front end built in ${((performance.now() - started) / 1000).toFixed(1)} s: ${relative(process.cwd(), out)}`)
}

if (process.argv.includes('--clean')) await rm(out, { recursive: true, force: true })

try {
  await everything()
} catch (problem) {
  console.error(`The front end was not built. ${problem.message}`)
  process.exit(1)
}

if (process.argv.includes('--watch')) {
  let timer
  watch(source, { recursive: true }, () => {
    clearTimeout(timer)
    timer = setTimeout(() => everything().catch((problem) => console.error(problem.message)), 80)
  })
}
