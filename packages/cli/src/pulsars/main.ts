#!/usr/bin/env node
import process from 'node:process'
import { perform } from '../command.ts'
import { processTerminal } from '../terminal.ts'
import { pulsars } from './pulsars.ts'

const terminal = processTerminal()
process.exitCode = await perform(terminal, process.argv.slice(2), pulsars(terminal))
