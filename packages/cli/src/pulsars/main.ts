#!/usr/bin/env node
import { enableCompileCache } from 'node:module'
import process from 'node:process'

// Before anything else is loaded: from the second start on, half of the time to start is saved.
enableCompileCache()
const { perform } = await import('../command.ts')
const { pulsars } = await import('./pulsars.ts')
const { processTerminal } = await import('../terminal.ts')

const terminal = processTerminal()
process.exitCode = await perform(terminal, process.argv.slice(2), pulsars(terminal))
