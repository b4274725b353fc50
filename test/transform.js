import swc from '@swc/jest';

/** What sources use of the language and of Node.js that no test replaces. */
const constants = [
  'Array',
  'BigInt',
  'Buffer',
  'DataView',
  'Error',
  'Float64Array',
  'Infinity',
  'Int32Array',
  'Int8Array',
  'JSON',
  'Map',
  'Math',
  'NaN',
  'Number',
  'Object',
  'Promise',
  'Set',
  'String',
  'Symbol',
  'Uint16Array',
  'Uint32Array',
  'Uint8Array',
];

/**
 * As @swc/jest does it, with these as constants of each module: in the context that Jest runs
 * modules in, each use of a global asks an interceptor, some hundred times slower. All in the first
 * line, so that the lines of errors stay.
 */
export default {
  createTransformer(options) {
    const inner = swc.createTransformer(options);
    const withConstants = ({ code, ...rest }, source) => {
      const used = constants.filter((name) => new RegExp(`\\b${name}\\b`).test(source));
      return { ...rest, code: `const { ${used.join(', ')} } = globalThis; ${code}` };
    };
    return {
      ...inner,
      getCacheKey: (...asked) => [inner.getCacheKey(...asked), ...constants].join(' '),
      process: (source, ...rest) => withConstants(inner.process(source, ...rest), source),
      processAsync: async (source, ...rest) =>
        withConstants(await inner.processAsync(source, ...rest), source),
    };
  },
};
