import { vbtAdmin } from './programs.js';
import { runProgram } from './run-program.js';

await runProgram('vbt-admin', vbtAdmin);
