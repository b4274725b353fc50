export * from './client-messages.js';
export * from './codes.js';
export { protocolLimits } from './limits.js';
export { Negotiations } from './negotiations.js';
export * from './server-messages.js';
