/**
 * Derivatives of TensorFlow.js. Its bundle for Node leaves them out; the modules that have them name one another without
 * an ending, which only bundlers resolve, so they are loaded with that ending put back. Both copies share one registry.
 */
import { registerHooks } from 'node:module'

const hooks = registerHooks({
  resolve: (specifier, context, next) =>
    specifier.startsWith('.') && context.parentURL?.includes('/tfjs-core/dist/') && !specifier.endsWith('.js')
      ? next(`${specifier}.js`, context)
      : next(specifier, context),
})
await import('@tensorflow/tfjs-core/dist/register_all_gradients.js')
hooks.deregister()
