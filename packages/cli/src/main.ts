#!/usr/bin/env node
import process from 'node:process'
import { perform } from './command.ts'
import { diffeo } from './diffeo.ts'
import { processTerminal } from './terminal.ts'

const terminal = processTerminal()
process.exitCode = await perform(terminal, process.argv.slice(2), diffeo(terminal))
