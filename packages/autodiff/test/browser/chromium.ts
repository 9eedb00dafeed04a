import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome']

const isProgram = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** The Chromium of this machine: the one that DIFFEO_CHROMIUM names, or the first on the PATH. */
const chromiumHere = (): string | undefined => {
  const named = process.env.DIFFEO_CHROMIUM
  const folders = (process.env.PATH ?? '').split(delimiter)
  const candidates = named ? [named] : folders.flatMap((folder) => NAMES.map((name) => join(folder, name)))
  return candidates.find(isProgram)
}

/** Graphics, too, are computed by software, so that every machine has the same. */
const FLAGS = [
  '--no-sandbox',
  '--use-gl=angle',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
]

/**
 * Starts Chromium; where there is none, gives the reason to skip what needs it.
 * @throws there, where DIFFEO_REQUIRE_BROWSER=1 asks for it
 */
export const startChromium = async (): Promise<Browser | string> => {
  const executablePath = chromiumHere()
  if (executablePath) return chromium.launch({ executablePath, args: FLAGS })
  const missing = 'there is no Chromium on the PATH, nor where DIFFEO_CHROMIUM says'
  if (process.env.DIFFEO_REQUIRE_BROWSER === '1')
    throw new Error(`browser tests: ${missing}; DIFFEO_REQUIRE_BROWSER=1 asks for one.`)
  return missing
}
