import { workerData } from 'node:worker_threads'
import { webAssembly } from '../platform.ts'
import { type Post, serve } from './serve.ts'

// The file that a worker thread of Node runs.
serve(workerData as Post, webAssembly!)
