export * from './client-messages.js';
export * from './codes.js';
export * from './coming-back.js';
export { protocolLimits } from './limits.js';
export * from './server-messages.js';
