import { join, relative } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { Browser, Page } from 'playwright-core'
import { afterAll, type TestContext } from 'vitest'
import { bundle } from './bundle.ts'
import { startChromium } from './chromium.ts'
import { type Server, serve } from './serve.ts'

/** Where in a browser a program runs. */
export interface Place {
  readonly thread: 'page' | 'worker'
  /** Whether the page is cross-origin isolated, so that threads may share memory. */
  readonly isolated: boolean
  /** false: as plain modules, without a bundler; on a page, and within this package. */
  readonly bundled?: false
}

export const PLACES: readonly Place[] = [
  { thread: 'page', isolated: true },
  { thread: 'worker', isolated: true },
  { thread: 'page', isolated: false },
  { thread: 'worker', isolated: false },
]
export const nameOf = ({ thread, isolated }: Place): string =>
  `a ${thread} ${isolated ? 'with' : 'without'} cross-origin isolation`

/**
 * Runs a program in a place and gives what it gives. Without a browser the test that runs is skipped.
 * @throws what the program throws, with what the page has printed; where the program leaves threads of the page behind
 */
export type Run = <I, O>(context: TestContext, program: string, place: Place, input: I) => Promise<O>

interface Stage {
  readonly browser: Browser
  readonly page: Page
  readonly server: Server
  /** What the page says. */
  readonly heard: string[]
}

/**
 * A browser for the tests of a file; it starts when the first of them runs.
 * @param folder - of programs: modules whose default export is a function from JSON to a promise of JSON
 */
export const stageFor = (folder: string): Run => {
  let stage: Promise<Stage | string> | undefined
  afterAll(async () => {
    const started = await stage?.catch(() => undefined)
    if (typeof started !== 'object') return
    await started.browser.close()
    started.server.close()
  })
  return async (context, program, { thread, isolated, bundled }, input) => {
    stage ??= setUp(folder)
    const started = await stage
    if (typeof started === 'string') return context.skip(started)
    const { page, server, heard } = started
    const root = `${server.address}/${isolated ? 'isolated' : 'open'}`
    heard.length = 0
    // A fresh page, with nothing of the program before.
    await page.goto(`${root}/`)
    try {
      const call =
        bundled === false
          ? `import('${root}/package/${within(folder)}/${program}.ts').then((own) => own.default(${JSON.stringify(input)}))`
          : `import('${root}/bundle/start.js').then(({ start }) => start(${JSON.stringify([thread, program, input]).slice(1, -1)}))`
      const found = (await page.evaluate(call)) as never
      // Those of a worker end with it.
      for (let i = 0; thread === 'page' && page.workers().length > 0; i++) {
        if (i === 100) throw new Error(`${program} left ${page.workers().length} threads behind.`)
        await setTimeout(50)
      }
      return found
    } catch (error) {
      throw new Error([String(error), ...heard].join('\n'))
    }
  }
}

const within = (folder: string): string => relative(join(import.meta.dirname, '../..'), folder)

const setUp = async (folder: string): Promise<Stage | string> => {
  const browser = await startChromium()
  if (typeof browser === 'string') return browser
  const server = await serve(await bundle(folder))
  const page = await browser.newPage()
  const heard: string[] = []
  page.on('console', (message) => heard.push(message.text()))
  page.on('pageerror', (error) => heard.push(String(error)))
  return { browser, page, server, heard }
}
